"""The flags that `train` and `compare` share, and the Recipe that they ask for."""

import argparse
from typing import Any

from mnist_training.errors import InputError
from mnist_training.files import check_file, check_folder
from mnist_training.loop import SAVE_EVERY
from mnist_training.recipe import TUTORIAL, Recipe

_HYPERPARAMETERS = (  # flag, type, what it is
    ("--seed", int, "seed of the weights, batches and dropout masks"),
    ("--steps", int, "training steps (default: from the tutorial's sample count)"),
    ("--batch-size", int, "digits in a training step"),
    ("--units", int, "size of the LSTM's hidden state"),
    ("--layers", int, "number of layers of multi_lstm"),
    ("--keep-prob", float, "probability of keeping each input of a multi_lstm layer"),
    ("--learning-rate", float, "learning rate of Adam"),
)


def add_training_flags(parser: argparse.ArgumentParser, model_dir: str = "models/MODEL", **own_defaults: Any) -> None:
    """Add the flags of `train` and `compare` to a parser.

    `own_defaults` replace the tutorial's defaults; `model_dir` is what the help says of --model-dir's.
    """
    for flag, kind, what in _HYPERPARAMETERS:
        name = _attribute(flag)
        own = own_defaults.get(name)
        defaults = {getattr(recipe, name) for recipe in TUTORIAL.values()} if own is None else {own}
        shown = f" (default {defaults.pop()})" if len(defaults) == 1 and None not in defaults else ""
        parser.add_argument(flag, type=kind, metavar="N" if kind is int else "X", help=what + shown, default=own)
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the four idx files (default: bundled)")
    parser.add_argument("--model-dir", metavar="DIR", help=f"folder for the trained model (default: {model_dir})")
    parser.add_argument("--log", metavar="FILE", help="write a JSON object for each step to this file")


def add_resume_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `train` alone: how often it saves, and whether it resumes an unfinished run."""
    parser.add_argument(
        "--save-every",
        type=int,
        metavar="N",
        default=SAVE_EVERY,
        help=f"steps between saves (default {SAVE_EVERY}); the last step is always saved",
    )
    parser.add_argument(
        "--resume",
        action=argparse.BooleanOptionalAction,
        help="resume the unfinished run in --model-dir, which must exist (default: resume if there is one); "
        "--no-resume starts a new run",
    )


def saving_from(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of mnist_training.loop.train that the flags of `train` set."""
    if arguments.save_every < 1:
        raise InputError(f"--save-every must be 1 or more, not {arguments.save_every}")
    check_places(arguments)
    return {"log": arguments.log, "save_every": arguments.save_every, "resume": arguments.resume}


def check_places(arguments: argparse.Namespace) -> None:
    """Raise InputError unless --model-dir and --log, where given, can be written to."""
    if arguments.model_dir is not None:
        check_folder(arguments.model_dir, "--model-dir")
    if arguments.log is not None:
        check_file(arguments.log, "--log")


def _attribute(flag):
    return flag[2:].replace("-", "_")


def recipe_from(arguments: argparse.Namespace, model: str, one_of_all: bool = False) -> Recipe:
    """Return the Recipe of `model` with the parsed flags; raises InputError for values that do not fit.

    `one_of_all`: the flags apply to all models; --layers and --keep-prob then apply to multi_lstm only.
    """
    names = [_attribute(flag) for flag, _, _ in _HYPERPARAMETERS]
    if one_of_all and model != "multi_lstm":
        names = [name for name in names if name not in ("layers", "keep_prob")]
    given = {name: getattr(arguments, name) for name in names}
    return Recipe.of(model, **{name: value for name, value in given.items() if value is not None})
