"""Section 5: one LSTM reads a digit's rows downwards, another upwards; both are classified at the last row.

The Keras version of `legacy_graph/bi_lstm.py`. The tutorial reads out `output[-1]`, at the last row: there
the forward LSTM has read all 28 rows. The backward LSTM starts at that row, so it has read only that one.
The loss does not depend on its other 27 steps, so only the first is computed here; and since that step
starts from h = 0, the backward recurrent kernel is never trained, in the tutorial's network and in this one.
keras.layers.Bidirectional would concatenate the two outputs after 28 rows each.
"""

import keras
from keras import layers

from keras_port.cell import BasicLSTMCell, compile_model
from keras_port.recurrence import LSTM


def build(units: int = 256, learning_rate: float = 0.001, rows: int = 28, columns: int = 28, classes: int = 10,
          forget_bias: float = 1.0) -> keras.Model:
    """Return the compiled keras.Model from images (batch, rows, columns) to logits (batch, classes).

    Layers with weights: forward_lstm, backward_lstm, readout.
    """
    images = keras.Input((rows, columns), name="images")
    forward = LSTM(
        BasicLSTMCell(units, forget_bias), name="forward_lstm")(images)     # (batch, units)
    last_row = layers.Cropping1D((rows - 1, 0), name="last_row")(images)    # (batch, 1, columns)
    backward = LSTM(
        BasicLSTMCell(units, forget_bias), name="backward_lstm")(last_row)  # (batch, units)
    both = layers.Concatenate(name="both_directions")([forward, backward])  # (batch, 2 * units)
    logits = layers.Dense(
        classes, name="readout",
        kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.1),
        bias_initializer=keras.initializers.Constant(0.1))(both)            # (batch, classes)
    return compile_model(keras.Model(images, logits, name="bi_lstm"), learning_rate)
