"""tagger.py in Keras 3, as a port's model.py is: what the tests prove, and then spoil."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("tagger")
class SummedEmbedding(layers.Embedding):
    """An Embedding whose optimizer sees each word's gradients summed up."""

    def call(self, inputs):
        """Return the rows of `inputs`, (batch, steps)."""
        return ops.take(self.embeddings * 1.0, inputs, axis=0)


@keras.saving.register_keras_serializable("tagger")
class Mask(layers.Layer):
    """Which steps are within each sentence."""

    def call(self, lengths):
        """Return (batch, 5), true up to each length."""
        return ops.less(ops.arange(5), lengths[:, None])


def build(keep_prob=0.8):
    """Return the compiled model."""
    words = keras.Input((5,), dtype="int32", name="words")
    lengths = keras.Input((), dtype="int32", name="lengths")
    vectors = SummedEmbedding(9, 4, name="embedding")(words)
    h = layers.LSTM(6, name="lstm")(vectors, mask=Mask()(lengths))
    h = layers.Dropout(1 - keep_prob)(h)
    model = keras.Model([words, lengths], layers.Dense(3, name="readout")(h))
    model.compile(
        keras.optimizers.Adam(0.01, epsilon=1e-8), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    return model
