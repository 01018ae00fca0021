"""What the command lines of all packages share.

`command` is the parser, the error line and the exit status; `flags` what `train` and `compare`
take; `verdict` what --json prints; `quiet_start` keeps TensorFlow's start-up messages off the screen.

Exit status 0: success. 1: the comparison failed. 2: bad input, one line on stderr. 130: interrupted.
"""

from mnist_training.cli import command, flags, verdict

__all__ = ["command", "flags", "verdict"]
