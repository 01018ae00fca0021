"""The flags of `run --capture`, and the context in which the script then runs."""

import contextlib

from legacy_graph.runner.capture.writing import Folder
from mnist_training.errors import InputError


def add_arguments(parser):
    """Add the flags to an argparse parser."""
    parser.add_argument(
        "--capture", metavar="DIR", help="keep what a port of the trained model needs in DIR, then end the script"
    )
    parser.add_argument(
        "--capture-steps", type=int, default=20, metavar="N", help="how many training steps to keep (default: 20)"
    )
    parser.add_argument(
        "--capture-continue", action="store_true", help="let the script go on once the capture is written"
    )


@contextlib.contextmanager
def capturing(arguments, script, script_arguments):
    """Capture the training of the script that the body runs; does nothing without --capture.

    Yields a function to call with the script's exit status when the script is over. It writes what was recorded,
    unless that was done before, and returns the command's exit status. A script that has trained the wanted number of
    steps is ended by SystemExit(0), except with --capture-continue.

    Args:
      arguments: the parsed flags.
      script, script_arguments: what is run, for capture.json.

    Raises InputError where the folder cannot be used, or the script ended without training.
    """
    if arguments.capture is None:
        yield lambda status: status
        return
    if arguments.capture_steps < 1:
        raise InputError(f"--capture-steps {arguments.capture_steps}: expected 1 or more")
    folder = Folder(arguments.capture)
    try:
        from legacy_graph.runner.capture.capture import Capture

        origin = script, script_arguments, arguments.seed
        capture = Capture(folder, arguments.capture_steps, arguments.capture_continue, origin)
        with capture.watch.watching():
            yield lambda status: _finish(capture, status)
    finally:
        folder.discard()


def _finish(capture, status):
    capture.finish()
    if not capture.is_written and not status:
        raise InputError(
            "--capture: the script ended without training: no run of a session updated variables by an optimizer "
            "with gradients of tf.gradients; nothing was written"
        )
    return status
