"""How a command reads its arguments and how it ends: the parser, error lines and exit statuses."""

import argparse
import contextlib
import difflib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from mnist_digits import DataError
from mnist_training import early, stopping
from mnist_training.cli import verdict
from mnist_training.errors import InputError, RunError, Stopped

_LONGEST = 1000  # characters of an error line
INTERNAL = 70  # the exit status of a bug of ours; it must not be that of a failed comparison


class Parser(argparse.ArgumentParser):
    """An argument parser with one-line errors and a --version flag.

    The parsed arguments have an attribute `prog`, the command's name, such as "parity compare".
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_argument("--version", action=verdict.VersionAction, help="print the versions and exit")
        self.set_defaults(prog=self.prog)

    def error(self, message: str) -> NoReturn:
        """Print one line (with --json the verdict, too) and exit with status 2."""
        if verdict.json_requested(self):
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


def handling_signals(prog: str) -> contextlib.AbstractContextManager[stopping.Stop]:
    """Return a context in which SIGINT, SIGTERM or SIGHUP saves a training run, and ends other work with one line."""

    def end(stopped):
        os.write(2, f"{prog}: {stopped}\n".encode())
        os._exit(128 + stopped.signum)

    return stopping.handling_signals(end)


def run(main: Callable[[], int | None], prog: str, failed: int = 1) -> NoReturn:
    """Call `main()`, which returns an exit status or None, and end the process accordingly.

    `failed`: the exit status of a RunError: the input was good, but the run failed.
    """
    early.end(prog)
    _open_all_streams()
    try:
        status = main() or 0
    except SystemExit as ended:
        status = _flushed(prog, 0, failed)
        sys.exit(ended.code or status)
    except (InputError, DataError) as error:
        status = _print_line(prog, error, 2)
    except RunError as error:
        status = _print_line(prog, error, failed)
    except Stopped as stopped:
        status = _print_line(prog, stopped, 128 + stopped.signum)
    except KeyboardInterrupt:
        status = _print_line(prog, "interrupted", 130)
    except BrokenPipeError:  # nobody reads on: `| head -1`
        status = 128 + signal.SIGPIPE
    except OSError as error:
        status = _print_line(prog, f"{error.filename or 'output'}: {error.strerror or error}", failed)
    except MemoryError:
        status = _print_line(prog, "not enough memory for what was asked: ask for less", failed)
    except Exception:
        traceback.print_exc()
        status = _print_line(prog, "this is a fault of the program, not yours; please report it", INTERNAL)
    sys.exit(_flushed(prog, status, failed))


def _print_line(prog, what, status):
    with contextlib.suppress(OSError):
        line = " ".join(str(what).split())
        print(f"{prog}: {line if len(line) <= _LONGEST else line[:_LONGEST] + '...'}", file=sys.stderr)
    return status


def _open_all_streams():
    """Open /dev/null for each standard stream that was closed (`>&-`), so that no later file gets its descriptor."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != descriptor:
                os.dup2(null, descriptor)
                os.close(null)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))


def _flushed(prog, status, failed):
    """Flush stdout and return the exit status; report output that cannot be written, unless its reader has gone."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
    except (OSError, ValueError) as error:
        _drop_stdout()
        status = (
            _print_line(prog, f"output: {getattr(error, 'strerror', None) or error}", failed) if status == 0 else status
        )
    return status


def _drop_stdout():
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
