"""`python -m parity`: compare MODEL|all, traps, prove CAPTURE OUT, port SCRIPT."""

from mnist_training import early

early.begin("parity")

import shlex
import sys

from mnist_training import MODELS
from mnist_training.cli import command, flags, verdict
from mnist_training.cli.quiet_start import without_startup_messages
from mnist_training.progress import write_log
from parity import at_once
from parity.ports import command as ports
from parity.report import report
from parity.report.table import summary

SEED = 1  # a proof can be repeated; and of this seed TensorFlow 1.15's own training is recorded


def main():
    """Run the command line; ends the process: 0 the same, 1 they differ, 2 bad input."""
    command.run(_main, "parity", failed=3)


def _main():
    parser = command.Parser(prog="parity", description="A TF 1 graph and its Keras port, side by side.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    compare = commands.add_parser("compare", help="train both from the same start and compare")
    compare.add_argument("model", choices=[*MODELS, "all"], metavar="MODEL", help=", ".join([*MODELS, "all"]))
    flags.add_training_flags(compare, model_dir="it is not kept", seed=SEED)
    compare.add_argument("--out", metavar="DIR", help="folder for the report: report.html and its plots as PNGs")
    verdict.add_flags(compare)
    compare.set_defaults(action=verdict.reported(_compare))
    traps = commands.add_parser("traps", help="what a naive port gets wrong, measured")
    verdict.add_flags(traps)
    traps.set_defaults(action=verdict.reported(_traps))
    ports.add_commands(commands)
    given, script_arguments = _split_command_line(sys.argv[1:])
    arguments = parser.parse_args(given)
    if script_arguments:
        if arguments.command != "port":
            parser.error(f"arguments after --, {shlex.join(script_arguments)}, are for the script of `parity port`")
        arguments.script_arguments = script_arguments
    return arguments.action(arguments)


def _split_command_line(given):
    """Split a command line at the first `--`: our arguments, and the script's."""
    place = given.index("--") if "--" in given else len(given)
    return given[:place], given[place + 1 :]


def _compare(arguments):
    everything = arguments.model == "all"
    recipes = [
        flags.recipe_from(arguments, model, one_of_all=everything)
        for model in (MODELS if everything else [arguments.model])
    ]
    flags.check_places(arguments)
    if arguments.out is not None:
        report.check(arguments.out)
    comparisons = []
    for comparison in at_once.comparisons(recipes, arguments.data_dir, arguments.model_dir):
        comparisons.append(comparison)
        print(summary(comparisons[-1]), end="\n\n", flush=True)
        if arguments.log:  # after each: what is finished is kept, whatever comes
            write_log(arguments.log, _entries(comparisons), keep=len(comparisons) == 1)
    files = {} if arguments.out is None else {"report": _report(arguments.out, comparisons, with_traps=everything)}
    print("; ".join(f"{comparison.recipe.model}: {comparison.verdict}" for comparison in comparisons))
    return [_result(comparison, files) for comparison in comparisons]


def _entries(comparisons):
    return [
        {"model": comparison.recipe.model, "side": side, "step": step, "loss": loss, "seconds": seconds}
        for comparison in comparisons
        for side, losses in comparison.curves.items()
        for step, loss, seconds in zip(comparison.recipe.step_numbers, losses, comparison.seconds[side])
    ]


def _result(comparison, files):
    checks = [verdict.Check.of(rung) for rung in comparison.report.rungs]
    checks.append(verdict.Check("test accuracy", comparison.accuracies_agree))
    return verdict.Result(comparison.recipe.model, comparison.same, comparison.verdict, checks, files)


def _report(directory, comparisons, with_traps):
    from parity.traps import TRAPS

    traps = [(trap, trap.run()) for trap in TRAPS] if with_traps else []
    path, earlier = report.write(directory, comparisons, shlex.join(["parity", *sys.argv[1:]]), traps)
    if earlier:
        print(f"kept the earlier report in {earlier}")
    print(f"wrote {path}")
    return str(path)


def _traps(_):
    with without_startup_messages():
        from parity.report.table import trap
        from parity.traps import TRAPS
    rungs = []
    for each in TRAPS:
        rungs.append(each.run())
        print(trap(each, rungs[-1]), end="\n\n", flush=True)
    caught = sum(not rung.same for rung in rungs)
    print(f"{caught} of {len(TRAPS)} mistakes caught")
    return [
        verdict.Result(each.name, not rung.same, "not caught" if rung.same else "caught", [verdict.Check.of(rung)])
        for each, rung in zip(TRAPS, rungs)
    ]


if __name__ == "__main__":
    main()
