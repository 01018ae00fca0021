"""`python -m legacy_graph`: train MODEL, run SCRIPT, record SCRIPT GOLDEN, check GOLDEN SCRIPT."""

import os
import sys

_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if __name__ == "__main__" and sys.path[0] == os.getcwd() != _HOME:
    # `python -m` puts this folder first on sys.path. A six.py there is meant for the script, not for TensorFlow.
    sys.path[0] = os.path.join(sys.prefix, "bin")

from mnist_training import early

early.begin("legacy_graph")

from legacy_graph.regression import command as regression
from legacy_graph.regression import recorder
from legacy_graph.runner import runner
from mnist_training import MODELS, digits
from mnist_training.cli import command, flags, verdict
from mnist_training.cli.quiet_start import without_startup_messages


def main():
    """Run the command line; ends the process."""
    command.run(_main, "legacy_graph")


def _main():
    parser = command.Parser(prog="legacy_graph", description="TensorFlow 1 RNN programs, today.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    train = commands.add_parser("train", help="train one of the tutorial's networks as a TF 1 graph")
    train.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    flags.add_training_flags(train)
    flags.add_resume_flags(train)
    train.set_defaults(action=_train_or_stop)
    run = commands.add_parser("run", help="run an unmodified TensorFlow 1 script, module or notebook")
    runner.add_arguments(run)
    run.set_defaults(action=runner.main)
    record = commands.add_parser("record", help="record what a script does in a golden file, for later checks")
    recorder.add_arguments(record)
    record.set_defaults(action=regression.record)
    check = commands.add_parser("check", help="run a script again: 0 as recorded, 1 differs, 2 bad input")
    regression.add_check_arguments(check)
    check.set_defaults(action=verdict.reported(regression.check))
    arguments = parser.parse_args()
    return arguments.action(arguments)


def _train_or_stop(arguments):
    with command.handling_signals("legacy_graph"):
        _train(arguments)


def _train(arguments):
    recipe, saving = flags.recipe_from(arguments, arguments.model), flags.saving_from(arguments)
    mnist = digits(recipe, arguments.data_dir)
    with without_startup_messages():
        from legacy_graph import training
    if training.draws_in_order(recipe):
        print(
            "dropout is repeatable: time steps run one after another, some 1.5 times as long a training step; "
            "without --seed they overlap"
        )
    model_dir = arguments.model_dir or os.path.join("models", recipe.model)
    loss, accuracy = training.train_and_evaluate(recipe, mnist.train, mnist.test, model_dir, **saving)
    print(f"test digits: accuracy {accuracy:.4f}, loss {loss:.4f}, without dropout")


if __name__ == "__main__":
    main()
