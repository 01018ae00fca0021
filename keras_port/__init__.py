"""the tutorial's three networks in Keras 3, on any of its backends. Nothing here needs legacy_graph.

import keras, keras_port
model = keras_port.lstm.build()                     # or multi_lstm, bi_lstm
model = keras.saving.load_model("model.keras")      # importing keras_port is all this needs
"""

import pathlib
import sys


def _a_command_starts():
    """Whether this import is the start of `python -m keras_port` or of the script keras-port."""
    if sys.argv[:1] == ["-m"]:
        return "keras_port" in sys.orig_argv
    return pathlib.Path(*sys.argv[:1]).stem == "keras-port"


# The commands check what they were asked before they spend seconds on importing Keras.
if not _a_command_starts():
    from keras_port import bi_lstm, lstm, multi_lstm
    from keras_port.cell import BasicLSTMCell

    __all__ = ["BasicLSTMCell", "bi_lstm", "lstm", "multi_lstm"]
