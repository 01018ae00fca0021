"""Writes the folder of a capture, atomically.

graph.meta      the graph: a MetaGraphDef in op types that every TensorFlow has
model.ckpt.*    the variables before the first captured step, as tf.train.Saver writes them
steps.npz       for each captured step: step_N/feed/TENSOR, step_N/fetch/TENSOR, step_N/loss
capture.json    which tensor is what, the optimizer, where the script made each op: see `describing.describe`
"""

import json
import os
import shutil
import tempfile

import numpy as np

from mnist_training.errors import InputError


class Folder:
    """The folder of a capture: written under a temporary name beside it, and renamed when complete.

    Raises InputError where the path is a file, is a folder that is not empty, or cannot be written.
    """

    def __init__(self, path):
        self.path = os.path.abspath(path)
        if os.path.lexists(self.path) and not os.path.isdir(self.path):
            raise InputError(f"--capture {path}: this is a file; expected a folder that is new or empty")
        if os.path.isdir(self.path) and os.listdir(self.path):
            raise InputError(f"--capture {path}: the folder is not empty; name a new one, or empty it")
        parent = os.path.dirname(self.path)
        try:
            os.makedirs(parent, exist_ok=True)
            self._work = tempfile.mkdtemp(prefix=".capture-", dir=parent)
        except OSError as error:
            raise InputError(f"--capture {path}: cannot be written: {error.strerror}: {error.filename}") from None

    def write(self, meta_graph, variables, steps, description):
        """Write the files, and move the folder into place.

        Args:
          meta_graph: a MetaGraphDef.
          variables: {name: array}.
          steps: [{"feeds": {name: array}, "loss": number, "fetches": {name: array}}].
          description: the contents of capture.json.
        """
        with open(os.path.join(self._work, "graph.meta"), "wb") as stream:
            stream.write(meta_graph.SerializeToString())
        save_checkpoint(os.path.join(self._work, "model.ckpt"), variables)
        arrays = {}
        for number, step in enumerate(steps):
            arrays[f"step_{number}/loss"] = np.float64(step["loss"])
            for kind, values in (("feed", step["feeds"]), ("fetch", step["fetches"])):
                for name, value in values.items():
                    arrays[f"step_{number}/{kind}/{name}"] = value.astype(np.bytes_) if value.dtype == object else value
        np.savez(os.path.join(self._work, "steps.npz"), **arrays)
        with open(os.path.join(self._work, "capture.json"), "w", encoding="utf-8") as stream:
            json.dump(description, stream, indent=1, allow_nan=False)
            stream.write("\n")
        os.chmod(self._work, 0o777 & ~_umask())
        os.rename(self._work, self.path)

    def discard(self):
        """Delete the temporary folder, if the capture was not written."""
        shutil.rmtree(self._work, ignore_errors=True)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def save_checkpoint(prefix, variables):
    """Write {name: array} as a checkpoint in the format of tf.train.Saver."""
    import tensorflow.compat.v1 as tf  # imported here, so that a bad path is reported before TensorFlow loads

    with tf.Graph().as_default():
        tensors = [tf.placeholder(value.dtype, value.shape) for value in variables.values()]
        save = tf.raw_ops.SaveV2(
            prefix=prefix, tensor_names=list(variables), shape_and_slices=[""] * len(variables), tensors=tensors
        )
        with tf.Session() as session:
            session.run(save, dict(zip(tensors, variables.values())))
