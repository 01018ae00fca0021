"""Section 4: a stack of LSTM layers with dropout; the second layer's last h is classified.

The Keras version of `legacy_graph/multi_lstm.py`. Three things in it are unexpected, and all are
the tutorial's:

- There is one LSTM layer, called twice: the layers of the tutorial's stack share their weights.
- Dropout is on the inputs of each layer, not on its outputs, with a new mask for every time step and
  layer: one Dropout layer call draws the masks of the whole sequence.
- The h that is read out is the second layer's. The loss does not depend on the layers above it, so they
  are not computed here.
"""

import keras
from keras import layers as keras_layers

from keras_port.cell import BasicLSTMCell, compile_model
from keras_port.recurrence import LSTM


def build(units: int = 128, learning_rate: float = 0.001, layers: int = 3, keep_prob: float = 0.5, rows: int = 28,
          columns: int = 28, classes: int = 10, forget_bias: float = 1.0) -> keras.Model:
    """Return the compiled keras.Model from images (batch, rows, columns) to logits (batch, classes).

    Layers: input_projection, dropout_1, dropout_2 (keep_prob is the probability of keeping each input),
    lstm, readout. `layers` is the tutorial's number of layers; any number from 2 up gives the
    same network. Raises ValueError below 2: there is no second layer to read out.
    """
    if layers < 2:
        raise ValueError(f"layers: expected 2 or more, since the second layer is read out; received {layers}")
    if not 0 < keep_prob <= 1:
        raise ValueError(f"keep_prob: expected above 0 and at most 1; received {keep_prob}")
    images = keras.Input((rows, columns), name="images")
    projected = keras_layers.Dense(
        units, name="input_projection",
        kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
        bias_initializer=keras.initializers.Constant(0.1))(images)      # (batch, rows, units)
    lstm = LSTM(
        BasicLSTMCell(units, forget_bias), return_sequences=True, return_state=True, name="lstm")
    kept = keras_layers.Dropout(1 - keep_prob, name="dropout_1")(projected)
    first, _, _ = lstm(kept)                                            # (batch, rows, units)
    kept = keras_layers.Dropout(1 - keep_prob, name="dropout_2")(first)
    _, second_h, _ = lstm(kept)                                         # (batch, units)
    logits = keras_layers.Dense(
        classes, name="readout",
        kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
        bias_initializer=keras.initializers.Constant(0.1))(second_h)    # (batch, classes)
    return compile_model(keras.Model(images, logits, name="multi_lstm"), learning_rate)
