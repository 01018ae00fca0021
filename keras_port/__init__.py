"""The tutorial's three networks in Keras 3, on any of its backends. Nothing here needs legacy_graph.

    import keras, keras_port
    model = keras_port.lstm.build()                     # or multi_lstm, bi_lstm
    model = keras.saving.load_model("model.keras")      # importing keras_port, before or after Keras, is all this needs

Importing the package does not import Keras: the commands check their arguments first.
"""

from typing import TYPE_CHECKING

from keras_port import registration
from mnist_training import lazy

if TYPE_CHECKING:
    from keras_port import bi_lstm, lstm, multi_lstm
    from keras_port.cell import BasicLSTMCell

__all__ = ["BasicLSTMCell", "bi_lstm", "lstm", "multi_lstm"]
__getattr__, __dir__ = lazy.attributes(
    __name__,
    BasicLSTMCell="keras_port.cell:BasicLSTMCell",
    bi_lstm="keras_port.bi_lstm:",
    lstm="keras_port.lstm:",
    multi_lstm="keras_port.multi_lstm:",
)
registration.register_when_keras_loads()
