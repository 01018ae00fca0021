"""What users built on the classes: cells of their own, of every style, and private helpers."""

import copy

from _rnn_tools import BATCH, WIDTH, dynamic, each_way, error, module, one_step, record, sequence, static
from _tools import structure, variables

SUBJECTS = {
    "cell_that_overrides_call_only": ["RNNCell"],
    "cell_that_overrides_dunder_call": ["RNNCell"],
    "cell_without_super_init": ["RNNCell", "MultiRNNCell", "DropoutWrapper", "HighwayWrapper"],
    "cell_of_nested_state": ["RNNCell"],
    "layer_cell": ["LayerRNNCell"],
    "child_of_a_stock_cell": ["BasicLSTMCell", "GRUCell"],
    "child_of_a_contrib_cell": ["LayerNormBasicLSTMCell", "LSTMBlockCell"],
    "own_wrapper": ["RNNCell", "MultiRNNCell"],
    "duck_typed_cell": ["MultiRNNCell", "DropoutWrapper"],
    "cell_with_python_control_flow": ["RNNCell"],
    "linear": ["RNNCell"],
    "sizes_and_zeros": ["RNNCell"],
    "module_contents": ["RNNCell"],
    "like_an_rnn_cell": ["RNNCell"],
    "configurations": ["BasicRNNCell", "BasicLSTMCell", "GRUCell", "LSTMCell", "DropoutWrapper",
                       "ResidualWrapper", "DeviceWrapper"],
    "scope_settings": ["BasicLSTMCell", "UGRNNCell"],
    "copies": ["BasicLSTMCell", "DropoutWrapper"],
}


def _minimal(tf):
    class MinimalCell(tf.contrib.rnn.RNNCell):
        def __init__(self, units, reuse=None):
            super(MinimalCell, self).__init__(_reuse=reuse)
            self._units = units

        @property
        def state_size(self):
            return self._units

        @property
        def output_size(self):
            return self._units

        def call(self, inputs, state):
            w = tf.get_variable("w", [inputs.shape[1], self._units])
            u = tf.get_variable("u", [self._units, self._units], initializer=tf.ones_initializer())
            frozen = tf.get_variable("frozen", [self._units], trainable=False)
            state = tf.tanh(tf.matmul(inputs, w) + tf.matmul(state, u) + frozen * 0)
            return state, state
    return MinimalCell


def cell_that_overrides_call_only(tf):
    """Variables by get_variable inside `call`: found again at each step, and owned by the cell."""
    recorded = each_way(tf, lambda: _minimal(tf)(3), (one_step, dynamic, static))
    cell = _minimal(tf)(3)
    cell(tf.zeros([2, WIDTH]), cell.zero_state(2, tf.float32))
    recorded["weights"] = variables(cell.trainable_weights) + variables(cell.non_trainable_weights)
    recorded["name"] = cell.name
    cell(tf.zeros([2, WIDTH]), cell.zero_state(2, tf.float32), scope="elsewhere")
    recorded["after another scope"] = variables(tf.global_variables())
    return recorded


def _dunder(tf, with_init=True):
    class OldStyleCell(tf.nn.rnn_cell.RNNCell):
        def __init__(self, units):
            if with_init:
                super(OldStyleCell, self).__init__()
            self.units = units

        @property
        def state_size(self):
            return tf.nn.rnn_cell.LSTMStateTuple(self.units, self.units)

        @property
        def output_size(self):
            return self.units

        def __call__(self, inputs, state, scope=None):
            with tf.variable_scope(scope or type(self).__name__):
                c, h = state
                joined = tf.concat([inputs, h], 1)
                w = tf.get_variable("W", [joined.get_shape()[1].value, 2 * self.units])
                with tf.variable_scope("Bias"):
                    b = tf.get_variable("b", [2 * self.units], initializer=tf.constant_initializer(0.1))
                gate, new = tf.split(tf.matmul(joined, w) + b, 2, 1)
                c = c * tf.sigmoid(gate) + tf.tanh(new)
                return tf.tanh(c), tf.nn.rnn_cell.LSTMStateTuple(c, tf.tanh(c))
    return OldStyleCell


def cell_that_overrides_dunder_call(tf):
    """The old style: the whole `__call__`, in a scope named after the class. static_rnn reuses it."""
    recorded = each_way(tf, lambda: _dunder(tf)(3), (dynamic, static))
    stack = tf.contrib.rnn.MultiRNNCell([_dunder(tf)(3), _dunder(tf)(2)])
    recorded.update(("stack: " + key, value) for key, value in dynamic(tf, stack).items())
    return recorded


def cell_without_super_init(tf):
    make = _dunder(tf, with_init=False)
    cells = [make(WIDTH), tf.contrib.rnn.DropoutWrapper(make(WIDTH), 0.7, seed=2),
             tf.contrib.rnn.HighwayWrapper(make(WIDTH)), tf.contrib.rnn.ResidualWrapper(make(WIDTH))]
    return static(tf, tf.contrib.rnn.MultiRNNCell(cells))


def cell_of_nested_state(tf):
    """States may be nested, and of shapes that TensorShape says."""
    class Nested(tf.contrib.rnn.RNNCell):
        @property
        def state_size(self):
            return (tf.TensorShape([2, 2]), [WIDTH, tf.TensorShape([1])])

        @property
        def output_size(self):
            return tf.TensorShape([2, 2])

        def call(self, inputs, state):
            square, (row, count) = state
            scale = tf.get_variable("scale", [1])
            square = tf.tanh(square + tf.reshape(inputs, [-1, 2, 2]) * scale)
            return square, (square, [row + inputs, count + 1])

    return each_way(tf, Nested)


def layer_cell(tf):
    """`build` makes the variables with add_variable, once; `inputs_shape` is a TensorShape."""
    class Layered(tf.contrib.rnn.LayerRNNCell):
        def __init__(self, units, **kwargs):
            super(Layered, self).__init__(**kwargs)
            self._units, self.shapes = units, []

        @property
        def state_size(self):
            return self._units

        @property
        def output_size(self):
            return self._units

        def build(self, inputs_shape):
            self.shapes.append("%s %s" % (inputs_shape, inputs_shape[1].value))
            self.kernel = self.add_variable(
                "kernel", [inputs_shape[1].value + self._units, self._units],
                initializer=tf.constant_initializer(0.1), regularizer=tf.nn.l2_loss)
            self.steps = self.add_variable("steps", [], tf.int32, trainable=False,
                                           initializer=tf.zeros_initializer())
            self.built = True

        def call(self, inputs, state):
            state = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), self.kernel))
            return state, state

    recorded = each_way(tf, lambda: Layered(3, name="mine"))
    cell = Layered(2, trainable=False)
    tf.nn.static_rnn(cell, tf.unstack(tf.constant(sequence()), axis=1), dtype=tf.float32)
    recorded.update({"shapes": cell.shapes, "of the cell": variables(cell.variables),
                     "frozen": variables(tf.trainable_variables()),
                     "losses": structure(tf.losses.get_regularization_losses())})
    return recorded


def child_of_a_stock_cell(tf):
    class Leaky(tf.contrib.rnn.BasicLSTMCell):
        def call(self, inputs, state):
            output, new_state = super(Leaky, self).call(inputs, state)
            return output + 0.1 * tf.reduce_sum(inputs, 1, keepdims=True), new_state

    class Doubled(tf.nn.rnn_cell.GRUCell):
        def __call__(self, inputs, state, scope=None):
            output, state = super(Doubled, self).__call__(inputs, state, scope=scope)
            return 2 * output, state

    return each_way(tf, lambda: tf.contrib.rnn.MultiRNNCell([Leaky(3), Doubled(2)]), (static,))


def child_of_a_contrib_cell(tf):
    class Shifted(tf.contrib.rnn.LayerNormBasicLSTMCell):
        def call(self, inputs, state):
            output, state = super(Shifted, self).call(inputs + 1, state)
            return output - 1, state

    class Named(tf.contrib.rnn.LSTMBlockCell):
        def __init__(self, units):
            super(Named, self).__init__(units, name="named")

    return each_way(tf, lambda: tf.contrib.rnn.MultiRNNCell([Shifted(3), Named(2)]), (dynamic,))


def own_wrapper(tf):
    class Noted(tf.contrib.rnn.RNNCell):
        def __init__(self, cell):
            super(Noted, self).__init__()
            self._cell = cell

        state_size = property(lambda self: self._cell.state_size)
        output_size = property(lambda self: self._cell.output_size + 1)

        def zero_state(self, batch_size, dtype):
            return self._cell.zero_state(batch_size, dtype)

        def call(self, inputs, state):
            output, state = self._cell(inputs, state)
            weight = tf.get_variable("weight", [1])
            return tf.concat([output, tf.reduce_sum(inputs, 1, keepdims=True) * weight], 1), state

    return each_way(tf, lambda: tf.contrib.rnn.MultiRNNCell(
        [Noted(tf.contrib.rnn.GRUCell(3)), tf.contrib.rnn.BasicLSTMCell(2)]), (one_step, dynamic))


def duck_typed_cell(tf):
    """No child of RNNCell at all: the sizes, zero_state and a call are enough."""
    class Duck(object):
        state_size, output_size = WIDTH, WIDTH

        def zero_state(self, batch_size, dtype):
            return tf.zeros([batch_size, WIDTH], dtype)

        def __call__(self, inputs, state, scope=None):
            state = tf.tanh(inputs + 0.5 * state)
            return state, state

    stack = tf.contrib.rnn.MultiRNNCell([Duck(), tf.contrib.rnn.DropoutWrapper(Duck(), 0.5, seed=1)])
    return static(tf, stack)


def cell_with_python_control_flow(tf):
    """TF 1.15 read `call` by autograph: an `if` on a tensor becomes a cond, a loop over a range stays."""
    class Branching(tf.contrib.rnn.RNNCell):
        state_size, output_size = WIDTH, WIDTH

        def call(self, inputs, state):
            w = tf.get_variable("w", [WIDTH])
            for _ in range(2):
                state = tf.tanh(state + inputs * w)
            if tf.reduce_sum(inputs) > 0:
                state = state * 2
            else:
                state = state - 1
            return state, state

    return one_step(tf, Branching())


def linear(tf):
    core = module("tensorflow.contrib.rnn.python.ops.core_rnn_cell")
    x = tf.constant(sequence())
    first, second = x[:, 0], x[:, 1, :2]
    with tf.variable_scope("f", initializer=tf.constant_initializer(0.3)):
        outputs = [core._linear([first, second], 3, True)]
    with tf.variable_scope("f", reuse=True):
        outputs.append(core._linear([second, first], 3, False))
    with tf.variable_scope("g"):
        outputs.append(core._linear(first, 2, True, bias_initializer=tf.constant_initializer(0.7),
                                    kernel_initializer=tf.orthogonal_initializer(seed=4)))
    with tf.variable_scope("h", partitioner=tf.fixed_size_partitioner(2)):
        mapped = core._Linear([first, second], 4, True)
        outputs += [mapped([first, second]), mapped([2 * first, second])]
    with tf.variable_scope("k"):
        outputs.append(core._Linear(first, 2, False)(first))
    recorded = record(tf, x, outputs, ())
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        recorded["first values"] = sess.run(outputs[2])
    recorded["errors"] = [error(core._linear, *args) for args in (
        (None, 3, True), ([], 3, True), (x, 3, True), (tf.placeholder(tf.float32, [2, None]), 3, True))]
    recorded["errors of the class"] = [error(core._Linear, *args) for args in (
        (None, 3, True), ([], 3, True), (x, 3, True), (tf.placeholder(tf.float32, [2, None]), 3, True))]
    return recorded


def sizes_and_zeros(tf):
    impl = module("tensorflow.python.ops.rnn_cell_impl")
    batch = tf.placeholder_with_default(BATCH, [])
    zeros = [impl._zero_state_tensors(size, batch_size, tf.float32)
             for batch_size in (2, batch)
             for size in (5, (3, [tf.TensorShape([2, 2]), 1]), impl.LSTMStateTuple(1, 2))]
    shapes = [impl._concat(2, 3), impl._concat(batch, 3), impl._concat(batch, tf.TensorShape([4, 5]))]
    with tf.Session() as sess:
        shape_values = sess.run(shapes)
    return {"zeros": [structure(zero) for zero in zeros], "shapes": [v.tolist() for v in shape_values],
            "static": [repr(impl._concat(a, b, static=True)) for a, b in (
                (2, 3), (batch, 3), (None, 3), (2, tf.TensorShape([4, None])))],
            "errors": [error(impl._concat, None, 3), error(impl._concat, tf.zeros([2, 2], tf.int32), 3)]}


def module_contents(tf):
    """The names in the private modules that scripts import, one class under each."""
    impl = module("tensorflow.python.ops.rnn_cell_impl")
    older = module("tensorflow.python.ops.rnn_cell")
    core = module("tensorflow.contrib.rnn.python.ops.core_rnn_cell")
    contrib = module("tensorflow.contrib.rnn.python.ops.rnn_cell")
    lstm_ops, gru_ops = [module("tensorflow.contrib.rnn.python.ops." + name)
                         for name in ("lstm_ops", "gru_ops")]
    fused, stacked = [module("tensorflow.contrib.rnn.python.ops." + name)
                      for name in ("fused_rnn_cell", "rnn")]
    rnn, functions = tf.contrib.rnn, module("tensorflow.python.ops.rnn")
    same = [(impl.RNNCell, rnn.RNNCell), (older.RNNCell, rnn.RNNCell), (core.RNNCell, rnn.RNNCell),
            (impl.LSTMStateTuple, rnn.LSTMStateTuple), (older.LSTMStateTuple, rnn.LSTMStateTuple),
            (impl.LayerRNNCell, rnn.LayerRNNCell), (contrib._Linear, core._Linear),
            (contrib.NASCell, rnn.NASCell), (core.EmbeddingWrapper, rnn.EmbeddingWrapper),
            (lstm_ops.LSTMBlockCell, rnn.LSTMBlockCell), (gru_ops.GRUBlockCellV2, rnn.GRUBlockCellV2),
            (fused.FusedRNNCell, rnn.FusedRNNCell),
            (stacked.stack_bidirectional_rnn, rnn.stack_bidirectional_rnn),
            (functions._best_effort_input_batch_size, rnn.best_effort_input_batch_size),
            (functions._transpose_batch_time, rnn.transpose_batch_time)]
    imported = ["array_ops", "base_layer", "clip_ops", "collections", "constant_op", "dtypes", "init_ops",
                "logging", "math_ops", "nest", "nn_ops", "ops", "tensor_shape", "vs"]
    return {"same": [a is b for a, b in same], "imported": [hasattr(impl, name) for name in imported],
            "names": [impl._WEIGHTS_VARIABLE_NAME, impl._BIAS_VARIABLE_NAME, core._WEIGHTS_VARIABLE_NAME,
                      impl.ASSERT_LIKE_RNNCELL_ERROR_REGEXP]}


def like_an_rnn_cell(tf):
    impl = module("tensorflow.python.ops.rnn_cell_impl")
    try:
        impl.assert_like_rnncell("the cell", 5)
        message = None
    except TypeError as problem:
        message = str(problem)
    return {"message": message, "cell": error(impl.assert_like_rnncell, "x", tf.contrib.rnn.GRUCell(3)),
            "dtypes": [error(impl._check_supported_dtypes, dtype) for dtype in (
                None, tf.float32, tf.complex64, tf.int32)]}


def configurations(tf):
    rnn = tf.contrib.rnn
    cells = [rnn.BasicRNNCell(3), rnn.BasicLSTMCell(3, activation=tf.nn.relu), rnn.LSTMCell(3, num_proj=2),
             rnn.GRUCell(3, kernel_initializer=tf.orthogonal_initializer(seed=1)),
             rnn.DropoutWrapper(rnn.GRUCell(2), 0.5, seed=3), rnn.ResidualWrapper(rnn.GRUCell(2)),
             rnn.DeviceWrapper(rnn.GRUCell(2), "/cpu:0")]
    configs = [cell.get_config() for cell in cells]
    again = [type(cell).from_config(config) for cell, config in list(zip(cells, configs))[:4]]
    return {"configs": [repr(sorted(config.items(), key=lambda item: item[0])) for config in configs],
            "again": [repr((cell.state_size, cell.output_size)) for cell in again]}


def scope_settings(tf):
    """A scope's custom getter, regularizer and resource variables reach a cell's weights."""
    def frozen(getter, name, *args, **kwargs):
        kwargs["trainable"] = False
        return getter(name, *args, **kwargs)

    x = tf.constant(sequence())
    with tf.variable_scope("frozen", custom_getter=frozen):
        cell = tf.contrib.rnn.BasicLSTMCell(3)
        tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    with tf.variable_scope("penalised", regularizer=tf.nn.l2_loss):
        tf.nn.dynamic_rnn(tf.contrib.rnn.UGRNNCell(3), x, dtype=tf.float32)
    with tf.variable_scope("resources", use_resource=True):
        tf.nn.dynamic_rnn(tf.contrib.rnn.BasicLSTMCell(3), x, dtype=tf.float32)
    return {"variables": variables(tf.global_variables()), "trainable": variables(tf.trainable_variables()),
            "of the frozen cell": [len(cell.trainable_weights), len(cell.non_trainable_weights)],
            "penalties": [t.name for t in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]}


def copies(tf):
    """Layers that are deep copies of one cell do not share its weights."""
    cell = tf.contrib.rnn.DropoutWrapper(tf.contrib.rnn.BasicLSTMCell(3), tf.placeholder(tf.float32, []))
    stack = tf.contrib.rnn.MultiRNNCell([copy.deepcopy(cell) for _ in range(2)])
    tf.nn.dynamic_rnn(stack, tf.constant(sequence()), dtype=tf.float32)
    return {"variables": variables(tf.global_variables())}
