"""Load what test_exports.py exported and run it: under TensorFlow 1.15 or today's. Python 3.7 can run this file.

python exports_reader.py FOLDER    # prints {export: output} as JSON
"""

import glob
import json
import os
import sys

import numpy as np

IMAGES = np.linspace(-1, 1, 2 * 3 * 4).reshape(2, 3, 4).astype("float32")


def outputs(tf, folder):
    """Return {export: its output for IMAGES}, each loaded into a graph of its own."""
    return {name: np.asarray(_in_new_graph(tf, load, folder)).tolist() for name, load in sorted(LOADERS.items())}


def _in_new_graph(tf, load, folder):
    with tf.Graph().as_default(), tf.Session() as session:
        load(tf, session, folder)
        return session.run("output:0", {"images:0": IMAGES})


def _meta_graph(tf, session, folder):
    tf.train.import_meta_graph(os.path.join(folder, "model.meta")).restore(session, os.path.join(folder, "model"))


def _text_meta_graph(tf, session, folder):
    saver = tf.train.import_meta_graph(os.path.join(folder, "text.meta"))
    saver.restore(session, os.path.join(folder, "model"))


def _saved_model(tf, session, folder):
    tf.saved_model.loader.load(session, ["serve"], os.path.join(folder, "saved"))


def _frozen(tf, session, folder):
    graph_def = tf.GraphDef()
    with open(os.path.join(folder, "frozen.pb"), "rb") as stream:
        graph_def.ParseFromString(stream.read())
    tf.import_graph_def(graph_def, name="")


def _text_graph(tf, session, folder):
    from google.protobuf import text_format

    with open(os.path.join(folder, "graph.pbtxt")) as stream:
        tf.import_graph_def(text_format.Parse(stream.read(), tf.GraphDef()), name="")
    _restore(tf, session, folder)


def _summary(tf, session, folder):
    (events,) = glob.glob(os.path.join(folder, "logs", "events*"))
    (graph_def,) = [event.graph_def for event in tf.train.summary_iterator(events) if event.graph_def]
    tf.import_graph_def(tf.GraphDef.FromString(graph_def), name="")
    _restore(tf, session, folder)


def _restore(tf, session, folder):
    """The graph's own restore op, since the collections do not stand in a GraphDef."""
    session.run("save/restore_all", {"save/Const:0": os.path.join(folder, "model")})


LOADERS = {
    "frozen graph": _frozen,
    "graph as text": _text_graph,
    "meta graph": _meta_graph,
    "meta graph as text": _text_meta_graph,
    "SavedModel": _saved_model,
    "summary graph": _summary,
}


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow

    print(json.dumps(outputs(tensorflow, sys.argv[1])))
