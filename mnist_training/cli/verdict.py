"""Machine-readable verdicts: what `--json` prints, one schema for every command that has a verdict.

Such a command is a function of its parsed arguments that returns `Result`s:

    verdict.add_flags(parser)                                # --json and --quiet
    parser.set_defaults(action=verdict.reported(_compare))   # prints, and returns 0 or 1

    def _compare(arguments):
        return [verdict.Result("lstm", True, "same", [verdict.Check("logits", True, 2e-7, 1e-6, "logits[3, 1]")])]

docs/ci.md describes the schema for users.
"""

import argparse
import contextlib
import dataclasses
import functools
import importlib.metadata
import io
import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mnist_digits import DataError
from mnist_training.errors import InputError

SCHEMA = "tf1-rnn/verdict/1"
DISTRIBUTION = "tf1-rnn"


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing that was compared.

    Attributes:
      name: what was compared, e.g. "logits".
      same: whether the difference is within the bound.
      difference, bound: the largest difference found and the largest allowed; None where nothing is measured.
      where: the place of the largest difference, or what differs, in words.
    """

    name: str
    same: bool
    difference: float | None = None
    bound: float | None = None
    where: str = ""

    @classmethod
    def of(cls, rung: Any) -> "Check":
        """Return a Check with the attributes of another object, such as a parity.ladder.Rung."""
        return cls(*(getattr(rung, field.name) for field in dataclasses.fields(cls)))


@dataclasses.dataclass(frozen=True)
class Result:
    """The verdict on one subject, such as a network, a script or a trap.

    Attributes:
      name: the subject.
      passed: whether the subject is as expected; the command passes when all its results do.
      summary: the verdict in a few words.
      checks: the Checks made, in order; a command may stop at the first that differs.
      files: {kind: path} of the files written.
    """

    name: str
    passed: bool
    summary: str
    checks: tuple = ()
    files: dict = dataclasses.field(default_factory=dict)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add --json and --quiet to the parser of a command with a verdict."""
    parser.add_argument(
        "--json", action="store_true", help="print the verdict as one JSON object on stdout; all else goes to stderr"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print one line for each result and nothing else")


def reported(action: Callable[[argparse.Namespace], Iterable[Result]]) -> Callable[[argparse.Namespace], int]:
    """Decorate a command's `action(arguments)`, which returns Results: print them and return the exit status, 0 or 1.

    With --json one object goes to stdout, also when `action` raises InputError or DataError, which is
    raised again: `command.run` prints its one line and exits with 2.
    """

    @functools.wraps(action)
    def run(arguments):
        command = command_name(arguments)
        try:
            with _stdout_for_verdict(arguments):
                results = list(action(arguments))
        except (InputError, DataError) as error:
            if arguments.json:
                print_refusal(command, str(error))
            raise
        passed = all(result.passed for result in results)
        if arguments.json:
            _print({**_head(command), "passed": passed, "exit_status": int(not passed), "error": None}, results)
        elif arguments.quiet:
            for result in results:
                print(f"{result.name}: {result.summary}")
        return int(not passed)

    return run


def command_name(arguments: argparse.Namespace) -> str:
    """Return the command's name, such as "parity compare": its parser's `prog`."""
    return getattr(arguments, "prog", None) or " ".join(sys.argv[:1])


def print_refusal(command: str, error: str) -> None:
    """Print the JSON object of a command that was given bad input."""
    _print({**_head(command), "passed": False, "exit_status": 2, "error": " ".join(error.split())}, [])


def json_requested(parser: argparse.ArgumentParser) -> bool:
    """Whether --json is on the command line that `parser` could not parse, and is a flag of its."""
    return "--json" in parser._option_string_actions and "--json" in sys.argv[1:]


def version() -> str:
    """Return the version of this project that is installed."""
    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


class VersionAction(argparse.Action):
    """Print the versions of everything that affects a command's numbers, and exit."""

    def __init__(
        self,
        option_strings: Sequence[str],
        dest: str = argparse.SUPPRESS,
        default: Any = argparse.SUPPRESS,
        help: str | None = None,
        **_: Any,
    ) -> None:
        super().__init__(option_strings, dest=dest, default=default, nargs=0, help=help)

    def __call__(self, parser, namespace, values, option_string=None):
        """Print one line: this project's version, then those of its dependencies."""
        beneath = []
        for name in ("tensorflow", "tf-keras", "keras", "numpy"):
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                beneath.append(f"{name} {importlib.metadata.version(name)}")
        beneath.append("Python {}.{}.{}".format(*sys.version_info))
        print(f"{parser.prog} {version()} ({', '.join(beneath)})")
        parser.exit()


@contextlib.contextmanager
def _stdout_for_verdict(arguments):
    """Redirect or drop what the body prints, so that stdout holds the verdict alone."""
    if arguments.json and not arguments.quiet:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    elif arguments.quiet:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    else:
        yield


def _head(command):
    return {"schema": SCHEMA, "command": command, "version": version()}


def _print(head, results):
    results = [dataclasses.asdict(result) for result in results]
    print(json.dumps(_plain({**head, "results": results}), indent=1, allow_nan=False))


def _plain(value):
    """Convert to what JSON can hold: numpy scalars to Python's; nan and infinity, which JSON lacks, to text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
