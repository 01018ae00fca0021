"""Small TensorFlow 1 graphs for the translation's tests: built, run once, and written as a .meta and a checkpoint."""

import numpy as np
import tensorflow.compat.v1 as v1

from keras_port.translation import capture, port, translator
from legacy_graph.behavior import tf1_behavior


def write(folder, build, feeds, seed=0, open_axes=1):
    """Build a graph and run it; returns {output name: array}.

    Args:
      folder: a pathlib.Path, where graph.meta and its checkpoint go.
      build: function of {name: placeholder} that returns {name: output tensor}.
      feeds: {name: array}.
      seed: the graph's seed.
      open_axes: how many of the placeholders' first axes are of any size.
    """
    with tf1_behavior() as graph:
        v1.set_random_seed(seed)
        inputs = {
            name: v1.placeholder(
                value.dtype, ([None] * open_axes + [*value.shape[open_axes:]])[: value.ndim], name=name
            )
            for name, value in feeds.items()
        }
        outputs = {name: v1.identity(value, name=name) for name, value in build(inputs).items()}
        with v1.Session(graph=graph) as session:
            session.run(v1.global_variables_initializer())
            distinct = np.random.default_rng(1)
            for variable in v1.global_variables():  # all different and small
                values = distinct.permutation(np.linspace(-0.3, 0.3, int(np.prod(variable.shape.as_list()))))
                variable.load(values.reshape(variable.shape.as_list()), session)
            if v1.global_variables():
                v1.train.Saver().save(session, str(folder / "graph"), write_meta_graph=False)
            v1.train.export_meta_graph(str(folder / "graph.meta"))
            return session.run(outputs, {inputs[name]: value for name, value in feeds.items()})


def translated(folder, outputs, inputs=(), **options):
    """Return the Port of the graph in a folder."""
    return translator.Translation(capture.read_graph(folder / "graph.meta", None, inputs, list(outputs)), **options)


def model(folder, outputs, inputs=()):
    """Translate the graph in a folder; returns (the filled keras.Model, the module's text)."""
    found = capture.read_graph(folder / "graph.meta", None, inputs, list(outputs))
    port.port(found, folder / "port")
    module = port.load_module(folder / "port" / "model.py")
    made = module.build()
    made.load_weights(folder / "port" / "model.keras")
    return made, (folder / "port" / "model.py").read_text(encoding="utf-8")
