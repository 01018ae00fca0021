"""Base classes and helpers of the cells and wrappers in this package."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.rnn_cell_impl import LayerRNNCell, RNNCell, assert_like_rnncell

# Decorates the methods of this package, which autograph would otherwise convert, for no benefit, at
# each cell's first call. (A user's own `call` is converted, as in TF 1.15.)
as_written = tf.autograph.experimental.do_not_convert


class Cell(RNNCell):
    """Base of cells that get their variables with `tf.get_variable` in `call`.

    Args:
      state_size, output_size: values of the properties of these names.
      others: arguments of TF 1's layers (`name`, `dtype`, `_reuse`).
    """

    def __init__(self, state_size, output_size, **others):
        super().__init__(**others)
        self._state_size, self._output_size = state_size, output_size

    @property
    def state_size(self):
        return self._state_size

    @property
    def output_size(self):
        return self._output_size


class LayerCell(Cell, LayerRNNCell):
    """Base of cells that create their variables once, in `build`."""

    def __init__(self, state_size, output_size, ndim=2, **others):
        super().__init__(state_size, output_size, **others)
        if ndim is not None:
            self.input_spec = internals.keras_v1.layers.InputSpec(ndim=ndim)


class WrapperCell(RNNCell):
    """Base of wrappers: takes over the sizes and the zero state of the wrapped cell, `_cell`.

    Raises TypeError if `cell` is not like an RNNCell.
    """

    def __init__(self, cell, **others):
        super().__init__(**others)
        assert_like_rnncell("cell", cell)
        self._cell = cell

    @property
    def state_size(self):
        return self._cell.state_size

    @property
    def output_size(self):
        return self._cell.output_size

    def zero_state(self, batch_size, dtype):
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


def known_width(inputs):
    """Return the last dimension of `inputs`. Raises ValueError if they are not 2-D, or it is unknown."""
    width = inputs.shape.with_rank(2).as_list()[1]
    if width is None:
        raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
    return width


def split_lstm_state(state, num_units, num_proj, state_is_tuple):
    """Return (c, m) of a state that is a pair, or one tensor, [c, m] concatenated along the columns."""
    if state_is_tuple:
        return state
    return tf.slice(state, [0, 0], [-1, num_units]), tf.slice(state, [0, num_units], [-1, num_proj])


def clip(value, limit):
    """Return `value` clipped to [-limit, limit], or unchanged if `limit` is None."""
    return value if limit is None else tf.clip_by_value(value, -limit, limit)


def sharded_variable(name, shape, dtype, num_shards):
    """Get a matrix stored in `num_shards` variables NAME_0, NAME_1, ..., concatenated along the rows.

    The concatenated tensor NAME/concat is created once per scope. Raises ValueError if there are more
    shards than rows.
    """
    if num_shards > shape[0]:
        raise ValueError(f"Too many shards: shape={shape}, num_shards={num_shards}")
    rows, longer = divmod(shape[0], num_shards)
    shards = [tf.get_variable(f"{name}_{k}", [rows + (k < longer)] + shape[1:], dtype=dtype) for k in range(num_shards)]
    if num_shards == 1:
        return shards[0]
    whole_name = f"{tf.get_variable_scope().name}/{name}/concat:0"
    for whole in tf.get_collection(tf.GraphKeys.CONCATENATED_VARIABLES):
        if whole.name == whole_name:
            return whole
    whole = tf.concat(shards, 0, name=name + "/concat")
    tf.add_to_collection(tf.GraphKeys.CONCATENATED_VARIABLES, whole)
    return whole
