"""Section 3: one LSTM reads a digit's 28 rows, top to bottom; its last h is classified.

The Keras version of `legacy_graph/lstm.py`.
"""

import keras
from keras import layers

from keras_port.cell import BasicLSTMCell, compile_model
from keras_port.recurrence import LSTM, InputProjection


def build(units: int = 128, learning_rate: float = 0.001, rows: int = 28, columns: int = 28, classes: int = 10,
          forget_bias: float = 1.0) -> keras.Model:
    """Return the compiled keras.Model from images (batch, rows, columns) to logits (batch, classes).

    Layers with weights: input_projection, lstm, readout. The projection is applied row by row,
    so that a digit may have any number of rows; the tutorial's reshape to [-1, input_size,
    units] needs as many rows as columns.
    """
    images = keras.Input((rows, columns), name="images")
    projected = InputProjection(
        units, name="input_projection",
        kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
        bias_initializer=keras.initializers.Constant(0.1))(images)      # (batch, rows, units)
    h = LSTM(BasicLSTMCell(units, forget_bias), name="lstm")(projected)
    logits = layers.Dense(
        classes, name="readout",
        kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
        bias_initializer=keras.initializers.Constant(0.1))(h)           # (batch, classes)
    return compile_model(keras.Model(images, logits, name="lstm"), learning_rate)
