"""TensorFlow 1 checkpoints, read and written without a graph or a session.

The only module of keras_port that imports TensorFlow; only `convert` needs it. Reading reads tensors
and runs nothing: a checkpoint's .meta file, which holds a graph, is never opened.
"""

import glob
import math
import os
import pathlib
import re
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from mnist_training import InputError, replacing

# What TensorFlow's reader raises on files that are damaged or are something else.
_DAMAGE = (tf.errors.OpError, LookupError, RuntimeError, ValueError)
_LARGEST_STATE = 2**20  # bytes of a `checkpoint` file
_PARTS = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")


class Checkpoint:
    """A checkpoint of TensorFlow 1's Saver, of format V1 or V2.

    Args:
      path: what Saver.save returned (DIR/model.ckpt-782), one of its files, or a folder whose
        `checkpoint` file names the latest.

    Attributes:
      prefix: the path that Saver.restore takes.
      shapes: {variable name: shape}.

    Raises InputError where there is no checkpoint, where it is damaged, or where TensorFlow 2's
    tf.train.Checkpoint wrote it.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.prefix = _prefix(str(path))
        try:
            self._reader = tf.train.load_checkpoint(self.prefix)
            shapes = self._reader.get_variable_to_shape_map()
        except _DAMAGE as error:
            raise self._damaged(error) from error
        self.shapes = {name: tuple(shape) for name, shape in shapes.items()}
        if any(".ATTRIBUTES" in name or name == "_CHECKPOINTABLE_OBJECT_GRAPH" for name in self.shapes):
            raise InputError(
                f"{self.prefix}: TensorFlow 2's tf.train.Checkpoint wrote this; "
                "expected what TensorFlow 1's tf.train.Saver writes"
            )

    def read(self, name: str) -> np.ndarray:
        """Return a variable's value; InputError unless it is float32, whole and finite."""
        return self._read(name, (np.float32,))

    def read_all(self) -> dict[str, np.ndarray]:
        """Return {name: value} of all variables, counters such as `global_step` as the integers they are.

        Raises InputError as `read` does, where one is neither float32 nor a whole number.
        """
        return {name: self._read(name, (np.float32, np.int32, np.int64)) for name in self.shapes}

    def _read(self, name, types):
        self._check_size(name)
        try:
            value = np.asarray(self._reader.get_tensor(name))
        except _DAMAGE as error:
            raise self._damaged(error) from error
        if value.dtype not in types:
            raise InputError(f"{self.prefix}: {name} has dtype {value.dtype}; expected {np.dtype(types[0])}")
        if not np.isfinite(value).all():
            raise InputError(f"{self.prefix}: {name} holds numbers that are not finite; take an earlier checkpoint")
        return value

    def _check_size(self, name):
        """Refuse a variable larger than the files, before memory is allocated for it."""
        data = glob.glob(f"{glob.escape(self.prefix)}.data-[0-9]*")
        held = sum(map(os.path.getsize, data))
        if data and math.prod(self.shapes.get(name, ())) > held:
            raise self._damaged(f"{name} claims the shape {self.shapes[name]}, and the data has {held} bytes")

    def _damaged(self, error):
        reason = str(error).partition("\n")[0]
        return InputError(f"{self.prefix}: not a checkpoint, or a damaged one: {reason}")


def _prefix(path):
    if os.path.isdir(path):
        return _latest(path)
    for prefix in (path, _PARTS.sub("", path)):  # a V1 checkpoint is a file of its own
        if os.path.isfile(prefix + ".index"):
            return prefix
    if not _PARTS.search(path) and glob.glob(path):
        return path
    raise InputError(
        f"{path}: no such checkpoint; expected what Saver.save returned, such as "
        f"DIR/model.ckpt-782, and {path}.index to be there"
    )


def _latest(folder):
    """Return the checkpoint in a folder that its `checkpoint` file names, wherever the folder was at the time."""
    named = ""
    state = os.path.join(folder, "checkpoint")
    if os.path.isfile(state) and os.path.getsize(state) < _LARGEST_STATE:
        with open(state, encoding="utf-8", errors="replace") as stream:
            found = re.search(r'^model_checkpoint_path: "((?:[^"\\]|\\.)*)"', stream.read(), re.MULTILINE)
        named = found[1].replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") if found else ""
    inside = [os.path.basename(named)] if os.path.isabs(named) else [named, os.path.basename(named)]
    for name in inside:
        prefix = os.path.join(folder, name)
        if name and (os.path.isfile(prefix + ".index") or os.path.isfile(prefix)):
            return prefix
    raise InputError(
        f"{folder}: a folder without a `checkpoint` file that names a checkpoint in it; "
        "name the checkpoint itself, such as DIR/model.ckpt-782"
    )


def write(prefix: str | os.PathLike, variables: Mapping[str, np.ndarray]) -> None:
    """Write {name: array} as a V2 checkpoint for Saver.restore, atomically."""
    prefix = pathlib.Path(prefix)
    names = list(variables)
    with replacing(f"{prefix}.index") as index, replacing(f"{prefix}.data-00000-of-00001"):
        tf.raw_ops.SaveV2(
            prefix=str(index).removesuffix(".index"),
            tensor_names=names,
            shape_and_slices=[""] * len(names),
            tensors=[tf.constant(variables[name]) for name in names],
        )
