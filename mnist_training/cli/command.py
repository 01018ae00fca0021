"""How a command reads its arguments and how it ends: the parser, error lines and exit statuses."""

import argparse
import difflib
import os
import sys

from mnist_digits import DataError
from mnist_training import stopping
from mnist_training.cli import verdict
from mnist_training.errors import InputError, RunError, Stopped


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, and that knows --version.

    What it parses has an attribute `prog`: the command that was named, such as "parity compare".
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_argument("--version", action=verdict.VersionAction, help="print the versions and exit")
        self.set_defaults(prog=self.prog)

    def error(self, message):
        """Print one line (with --json the verdict, too) and exit with status 2."""
        if verdict.wanted(self):
            verdict.print_refusal(self.prog, message)
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(2)

    def _check_value(self, action, value):
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            nearest = difflib.get_close_matches(str(value), known, n=1)
            hint = f". Did you mean {nearest[0]}?" if nearest else ""
            what = action.metavar or action.dest
            self.error(f"unknown {what} {value!r}: expected one of {', '.join(known)}{hint}")


def heeding_signals(prog):
    """Within this context a signal that asks for the end saves a training run, and ends the rest with one line."""

    def end(stopped):
        os.write(2, f"{prog}: {stopped}\n".encode())
        os._exit(128 + stopped.signum)

    return stopping.heeding_signals(end)


def run(main, prog, failed=1):
    """Call `main()`, which returns an exit status or None, and end the process accordingly.

    `failed`: the status of a RunError.
    """
    try:
        status = main()
    except (InputError, DataError) as error:
        print(f"{prog}: {' '.join(str(error).split())}", file=sys.stderr)
        status = 2
    except RunError as error:
        print(f"{prog}: {' '.join(str(error).split())}", file=sys.stderr)
        status = failed
    except Stopped as stopped:
        print(f"{prog}: {stopped}", file=sys.stderr)
        status = 128 + stopped.signum
    except KeyboardInterrupt:
        print(f"{prog}: interrupted", file=sys.stderr)
        status = 130
    sys.exit(status or 0)
