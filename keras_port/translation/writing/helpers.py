"""The functions and classes that a module gets where Keras lacks them, as text."""

HELPER_FUNCTIONS = {  # those that others call come last
    "reverse_sequence": '''\
def reverse_sequence(x, lengths):
    """Reverse each sequence of (batch, time) or (batch, time, features) up to its length, as TensorFlow 1 does."""
    steps = positions(x[0, :, 0] if len(x.shape) == 3 else x[0])
    last = lengths[:, None] - 1
    order = ops.where(steps <= last, last - steps, steps)
    return ops.take_along_axis(x, order[:, :, None] if len(x.shape) == 3 else order, axis=1)
''',
    "positions": '''\
def positions(x):
    """0, 1, 2, ... for the elements of a vector whose length varies."""
    return ops.cumsum(ops.ones_like(x, dtype="int32")) - 1
''',
}

HELPER_CLASSES = {
    "Embedding": '''\
@keras.saving.register_keras_serializable("ported")
class Embedding(layers.Embedding):
    """Rows of a table, by number; the gradient is dense.

    Keras's optimizers take the rows of a number that repeats one by one. TensorFlow 1 summed them first.
    """

    def call(self, inputs):
        return ops.take(self.embeddings * 1.0, inputs, axis=0)
''',
    "Weight": '''\
@keras.saving.register_keras_serializable("ported")
class Weight(layers.Layer):
    """An array that is no layer's kernel or bias: what it is called on does not matter."""

    def __init__(self, array_shape, dtype="float32", trainable=True, **kwargs):
        super().__init__(dtype=dtype, trainable=trainable, **kwargs)
        self.array_shape = tuple(array_shape)

    def build(self, input_shape):
        self.array = self.add_weight(shape=self.array_shape, initializer="zeros", name="array")

    def call(self, inputs):
        return self.array * 1.0

    def compute_output_shape(self, input_shape):
        return self.array_shape

    def get_config(self):
        return {**super().get_config(), "array_shape": self.array_shape}
''',
    "WithLoss": '''\
@keras.saving.register_keras_serializable("ported")
class WithLoss(layers.Layer):
    """Passes its first input on, and adds its second to what the model is trained to make small."""

    def call(self, inputs):
        value, loss = inputs
        self.add_loss(loss)
        return value

    def compute_mask(self, inputs, mask=None):
        return None  # the loss has been masked already
''',
    "Noise": '''\
@keras.saving.register_keras_serializable("ported")
class Noise(layers.Layer):
    """Random numbers for each row of a batch, new ones each time."""

    def __init__(self, array_shape, kind, **kwargs):
        super().__init__(**kwargs)
        self.array_shape, self.kind = tuple(array_shape), kind
        self.seed = keras.random.SeedGenerator()

    def call(self, inputs):
        return getattr(keras.random, self.kind)((ops.shape(inputs)[0], *self.array_shape), seed=self.seed)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.array_shape)

    def get_config(self):
        return {**super().get_config(), "array_shape": self.array_shape, "kind": self.kind}
''',
    "JoinAxes": '''\
@keras.saving.register_keras_serializable("ported")
class JoinAxes(layers.Layer):
    """Joins the first two axes, of any sizes: the words of all sentences become one batch."""

    def call(self, inputs):
        return ops.reshape(inputs, (-1, *ops.shape(inputs)[2:]))

    def compute_output_shape(self, input_shape):
        return (None, *input_shape[2:])
''',
    "SplitAxis": '''\
@keras.saving.register_keras_serializable("ported")
class SplitAxis(layers.Layer):
    """Splits the first axis of its first input into the first two axes of its second one."""

    def call(self, inputs):
        joined, like = inputs
        return ops.reshape(joined, (*ops.shape(like)[:2], *ops.shape(joined)[1:]))

    def compute_output_shape(self, input_shape):
        joined, like = input_shape
        return (*like[:2], *joined[1:])
''',
    "IfTraining": '''\
@keras.saving.register_keras_serializable("ported")
class IfTraining(layers.Layer):
    """Its first input while the model is trained, its second one afterwards."""

    def call(self, inputs, training=False):
        return inputs[0] if training else inputs[1]

    def compute_output_shape(self, input_shape):
        return input_shape[0]
''',
    "LSTM": '''\
@keras.saving.register_keras_serializable("ported")
class ForgetBiasLSTMCell(layers.LSTMCell):
    """keras.layers.LSTMCell with a constant added to the forget gate at run time, as BasicLSTMCell adds it."""

    def __init__(self, units, forget_bias=1.0, **kwargs):
        super().__init__(units, unit_forget_bias=False, **kwargs)
        self.forget_bias = forget_bias

    def call(self, inputs, states, training=False):
        h, c = states
        z = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        i, f, j, o = ops.split(z, 4, axis=1)
        c = c * ops.sigmoid(f + self.forget_bias) + ops.sigmoid(i) * self.activation(j)
        h = self.activation(c) * ops.sigmoid(o)
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "forget_bias": self.forget_bias}
''',
}
