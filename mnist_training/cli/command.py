"""How a command reads its arguments and how it ends: the parser, error lines and exit statuses."""

import argparse
import difflib
import sys

from mnist_digits import DataError
from mnist_training.errors import InputError


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message):
        """Print one line and exit with status 2."""
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(2)

    def _check_value(self, action, value):
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            nearest = difflib.get_close_matches(str(value), known, n=1)
            hint = f". Did you mean {nearest[0]}?" if nearest else ""
            what = action.metavar or action.dest
            self.error(f"unknown {what} {value!r}: expected one of {', '.join(known)}{hint}")


def run(main, prog):
    """Call `main()`, which returns an exit status or None, and end the process accordingly."""
    try:
        status = main()
    except (InputError, DataError) as error:
        print(f"{prog}: {' '.join(str(error).split())}", file=sys.stderr)
        status = 2
    except KeyboardInterrupt:
        print(f"{prog}: interrupted", file=sys.stderr)
        status = 130
    sys.exit(status or 0)
