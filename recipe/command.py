"""The flags that `train` and `compare` share, and how a command ends.

Exit status 0: done. 1: it ran, and they differ. 2: asked wrongly, one line on stderr.
130: interrupted.
"""

import argparse
import difflib
import sys

from mnist_digits import DataError
from recipe.errors import InputError
from recipe.values import DOCUMENTS, Recipe

_HYPERPARAMETERS = (  # flag, type, what it is
    ("--seed", int, "of weights, batches and dropout masks"),
    ("--steps", int, "training steps; as many as the documents' sample count gives when not said"),
    ("--batch-size", int, "digits in a training step"),
    ("--units", int, "size of the LSTM's hidden state"),
    ("--layers", int, "height of multi_lstm's stack"),
    ("--keep-prob", float, "chance of multi_lstm's inputs to be kept"),
    ("--learning-rate", float, "Adam's"),
)


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


def add_training_flags(parser, **own_defaults):
    """Add the flags of `train` and `compare` to a parser; `own_defaults` stand for the documents'."""
    for flag, kind, what in _HYPERPARAMETERS:
        name = _attribute(flag)
        own = own_defaults.get(name)
        defaults = {getattr(recipe, name) for recipe in DOCUMENTS.values()} if own is None else {own}
        shown = f" (default {defaults.pop()})" if len(defaults) == 1 and None not in defaults else ""
        parser.add_argument(flag, type=kind, metavar="N" if kind is int else "X", help=what + shown, default=own)
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the four idx files (default: bundled)")
    parser.add_argument("--model-dir", metavar="DIR", help="where the trained model goes")
    parser.add_argument("--log", metavar="FILE", help="one JSON object a step goes here")


def _attribute(flag):
    return flag[2:].replace("-", "_")


def recipe_from(arguments, model, one_of_all=False):
    """Return the Recipe of `model` that the parsed flags ask for; InputError where they cannot be.

    `one_of_all`: the flags are for all models at once; those of multi_lstm leave the others alone.
    """
    names = [_attribute(flag) for flag, _, _ in _HYPERPARAMETERS]
    if one_of_all and model != "multi_lstm":
        names = [name for name in names if name not in ("layers", "keep_prob")]
    given = {name: getattr(arguments, name) for name in names}
    return Recipe.of(model, **{name: value for name, value in given.items() if value is not None})


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
