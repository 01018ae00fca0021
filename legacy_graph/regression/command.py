"""`legacy-graph record SCRIPT GOLDEN [ARGS]` and `legacy-graph check GOLDEN SCRIPT [ARGS]`."""

import argparse
import json
import os
import re
import sys
import tempfile

from legacy_graph.regression import recorder
from legacy_graph.regression.compare import SECTIONS, compare
from mnist_training.cli import verdict
from mnist_training.errors import InputError


def add_check_arguments(parser):
    """Add the arguments of `check` to a parser."""
    parser.add_argument(
        "--exact",
        action="store_true",
        help="no tolerances: every number equal to the bit, for runs on one kind of processor",
    )
    parser.add_argument(
        "--any-versions", action="store_true", help="other versions of libraries do not count as a difference"
    )
    parser.add_argument("--here", action="store_true", help="run in this folder itself, not in a copy of it")
    parser.add_argument("golden", metavar="GOLDEN", help="the JSON file that `record` wrote")
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument(
        "arguments", nargs=argparse.REMAINDER, metavar="ARGS", help="arguments of the script (default: as recorded)"
    )
    verdict.add_flags(parser)


def record(arguments):
    """Record a golden; return 0, or 1 where two runs differ and nothing is recorded."""
    _check_settings(arguments)
    _check_script(arguments.script)
    _check_place(arguments.golden)
    earlier = None
    if os.path.exists(arguments.golden):
        if not arguments.force:
            raise InputError(f"{arguments.golden}: it is there already; --force replaces it and says what changed")
        earlier = read(arguments.golden)
    is_recorded, said = recorded(
        arguments.golden,
        earlier,
        arguments.script,
        arguments.arguments,
        arguments.here,
        **{name: getattr(arguments, name) for name in recorder.SETTINGS},
    )
    print(said, file=sys.stdout if is_recorded else sys.stderr)
    return int(not is_recorded)


def recorded(path, earlier, script, words=(), here=False, root=".", **settings):
    """Write the golden of a script to `path`, unless its runs differ; return whether it was written, and messages.

    `earlier`: the golden that is replaced, or None; its arguments and settings are the defaults.
    """
    golden, notes = recorder.golden_of(
        script,
        list(words) or (earlier or {}).get("arguments", []),
        lambda script, words, seed: run(script, words, seed, here, root),
        earlier,
        **settings,
    )
    if golden is None:
        return False, "\n  ".join([f"{script}: it cannot be repeated, nothing is recorded", *notes])
    recorder.write(path, golden)
    said = [f"{script}: {note}" for note in notes]
    if earlier:
        said.append(report(path, *compare(earlier, {**golden, "errors": ""}, exact=True)))
    return True, "\n".join([*said, f"recorded {path}: {summary(golden)}"])


def _check_settings(arguments):
    for pattern in arguments.ignore or ():
        try:
            re.compile(pattern)
        except re.error as error:
            raise InputError(f"--ignore {pattern}: not a regular expression: {error}") from None
    for flag in ("rtol_losses", "rtol_printed"):
        value = getattr(arguments, flag)
        if value is not None and not 0 <= value < 1:
            raise InputError(f"--{flag.replace('_', '-')} {value}: expected a number from 0 up to 1, such as 1e-4")


def _check_place(golden):
    """Raise InputError where the golden cannot be written, before the script runs for minutes."""
    folder = os.path.abspath(os.path.dirname(golden))
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    if os.path.isdir(golden) or not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise InputError(
            f"{golden}: cannot be written; name a file in a folder with write permission, such as goldens/train.json"
        )


def check(arguments):
    """Run a script again, print where it differs from its golden, and return the Result."""
    golden = read(arguments.golden)
    _check_script(arguments.script)
    words = arguments.arguments or golden["arguments"]
    differences, notes = checked(
        golden, arguments.script, words, arguments.here, exact=arguments.exact, any_versions=arguments.any_versions
    )
    print(report(arguments.golden, differences, notes))
    return [result(arguments.golden, differences)]


def checked(golden, script, words, here=False, root=".", **how):
    """Run a script with `words` as its arguments, and return (differences, notes), see `compare.compare`."""
    observed = run(script, words, golden["seed"], here, root)
    observed["printed"] = recorder.kept_lines(observed["printed"], golden["ignore"])
    return compare(golden, observed, **how)


def run(script, words, seed=recorder.SEED, here=False, root="."):
    """Run a script once, repeatably, in a process of its own; return what was observed, see `recorder.observe`.

    `script` is a path from the folder `root` on.
    """
    with tempfile.TemporaryDirectory() as folder:
        observation = os.path.join(folder, "observation.json")
        command = [sys.executable, "-m", "legacy_graph", "run", "--repeatable", f"--seed={seed}"]
        command += ["--observe", observation, recorder.inside(script, root), *words]
        return recorder.observe(command, observation, here, root)


def read(path):
    """Return the golden in a file; InputError where there is none."""
    try:
        with open(path, encoding="utf-8") as stream:
            golden = json.load(stream)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; expected a golden that `legacy-graph record` wrote") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error}); expected a golden that `legacy-graph record` wrote") from None
    written = golden.get("format") if isinstance(golden, dict) else None
    if written != recorder.FORMAT:
        raise InputError(f"{path}: format {written}; expected {recorder.FORMAT}. Record it again: legacy-graph record")
    for name, kind in _KINDS.items():
        if not isinstance(golden.get(name), kind):
            raise InputError(
                f"{path}: {name!r} is {golden.get(name)!r:.40}, not what `legacy-graph record` writes. "
                "Record it again, or take the file of an earlier commit"
            )
    return golden


_KINDS = {
    **dict.fromkeys(("arguments", "ignore", "printed", "graphs"), list),
    **dict.fromkeys(("versions", "machine", "losses", "variables"), dict),
    **dict.fromkeys(("seed", "status", "steps"), int),
    **dict.fromkeys(("rtol_losses", "rtol_printed"), (int, float)),
    "engine": str,
}


def _check_script(path):
    if not os.path.isfile(path):
        raise InputError(f"{path}: there is no such file (in {os.getcwd()}); expected a script or a notebook")


def summary(golden):
    """Say in a few words what a golden holds."""
    losses = sum(len(recorder.numbers(loss["values"])) for loss in golden["losses"].values())
    return (
        f"exit status {golden['status']}, {len(golden['printed'])} lines, {golden['steps']} training steps, "
        f"{losses} fetched numbers, {len(golden['variables'])} variables"
    )


def report(path, differences, notes):
    """Return a comparison as lines of text, the first difference first."""
    if not differences:
        return "\n".join([f"{path}: same", *(f"  note: {note}" for note in notes)])
    lines = [f"{path}: differs in {', '.join(dict.fromkeys(found.section for found in differences))}"]
    for found in differences:
        lines.append(f"  {found.section}: {found.where}")
        if found.difference is not None:
            lines[-1] += f" (difference {found.difference:.2e}, bound {found.bound:.2e})"
        lines += [f"      {line}" for line in found.details]
    return "\n".join([*lines, *(f"  note: {note}" for note in notes)])


def result(path, differences):
    """Return the verdict.Result of a comparison: a Check for each section, with the place of its difference."""
    checks = []
    for section in SECTIONS:
        found = next((found for found in differences if found.section == section), None)
        if found is None:
            checks.append(verdict.Check(section, True))
        else:
            checks.append(verdict.Check(section, False, found.difference, found.bound, found.where))
    first = f"differs in {differences[0].section}: {differences[0].where}" if differences else "same"
    return verdict.Result(path, not differences, first, checks)
