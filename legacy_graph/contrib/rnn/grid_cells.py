"""LSTM cells that also recur over frequency within each time step.

J. Li, A. Mohamed, G. Zweig, Y. Gong, LSTM Time and Frequency Recurrence for Automatic Speech
Recognition, ASRU 2015; Exploring Multidimensional LSTMs for Large Vocabulary ASR, ICASSP 2016.
N. Kalchbrenner, I. Danihelka, A. Graves, Grid LSTM, https://arxiv.org/abs/1507.01526
"""

import collections

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn.cell import Cell, as_written, clip, known_width, sharded_variable


def _windows(inputs, starts, width):
    """Return slices of `inputs`, `width` columns each, that start at the columns `starts`."""
    return [tf.slice(inputs, [0, start], [-1, width]) for start in starts]


def _count_windows(columns, width, skip):
    return int((columns - width) / skip) + 1


class TimeFreqLSTMCell(Cell):
    """An LSTM with shared weights, applied to one frequency window after the other.

    Each window also reads the output of the previous window. The states and outputs of the windows
    are concatenated along the columns.

    Args:
      num_units: number of units.
      use_peepholes: whether to add the peephole connections W_F_diag, W_I_diag, W_O_diag.
      cell_clip: if not None, clip the cell state to [-cell_clip, cell_clip].
      initializer: accepted and ignored, as in TF 1.15.
      num_unit_shards: number of variables in which W is stored.
      forget_bias: added to the forget gate.
      feature_size, frequency_skip: width of a window, and distance between the starts of two windows.
      reuse: if True, reuse the variables of the scope.

    state_size and output_size are those of a single window, as in TF 1.15.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        cell_clip=None,
        initializer=None,
        num_unit_shards=1,
        forget_bias=1.0,
        feature_size=None,
        frequency_skip=1,
        reuse=None,
    ):
        super().__init__(2 * num_units, num_units, _reuse=reuse)
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._initializer, self._num_unit_shards = initializer, num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size, self._frequency_skip = feature_size, frequency_skip

    @as_written
    def call(self, inputs, state):
        n, dtype, width = self._num_units, inputs.dtype, known_width(inputs)
        count = _count_windows(width, self._feature_size, self._frequency_skip)
        windows = _windows(inputs, [k * self._frequency_skip for k in range(count)], self._feature_size)
        kernel = sharded_variable("W", [self._feature_size + 2 * n, 4 * n], dtype, self._num_unit_shards)
        bias = tf.get_variable("B", [4 * n], initializer=tf.zeros_initializer(), dtype=dtype)
        peephole = self._peepholes(dtype)
        m_of_frequency = tf.zeros([inputs.shape[0], n], dtype)
        states, outputs = None, None
        for k, window in enumerate(windows):
            c = tf.slice(state, [0, 2 * k * n], [-1, n])
            m = tf.slice(state, [0, (2 * k + 1) * n], [-1, n])
            joined = tf.concat([window, m, m_of_frequency], 1)
            i, j, f, o = tf.split(tf.nn.bias_add(tf.matmul(joined, kernel), bias), 4, axis=1)
            f = tf.sigmoid(peephole["f"](f + self._forget_bias, c)) * c
            c = clip(f + tf.sigmoid(peephole["i"](i, c)) * tf.tanh(j), self._cell_clip)
            m = m_of_frequency = tf.sigmoid(peephole["o"](o, c)) * tf.tanh(c)
            states = tf.concat([c, m] if states is None else [states, c, m], 1)
            outputs = m if outputs is None else tf.concat([outputs, m], 1)
        return outputs, states

    def _peepholes(self, dtype):
        """Return {gate: function that adds its peephole connection}."""
        if not self._use_peepholes:
            return dict.fromkeys("fio", lambda gate, c: gate)
        weights = {g: tf.get_variable(f"W_{g.upper()}_diag", [self._num_units], dtype=dtype) for g in "fio"}
        return {g: lambda gate, c, w=w: gate + w * c for g, w in weights.items()}


class GridLSTMCell(Cell):
    """Two LSTMs per frequency window: one recurs over time, the other over frequency.

    The windows are grouped in blocks, each with its own weights. The output of a window is the output
    of the time LSTM, followed by that of the frequency LSTM. The state is a namedtuple of the time
    LSTM's states, state_f<window>_b<block>_c and ..._m.

    Args:
      num_units: number of units of each LSTM.
      use_peepholes: whether to add peephole connections to the cell states of both LSTMs.
      share_time_frequency_weights: whether both LSTMs use the same weights.
      cell_clip: if not None, clip the cell states to [-cell_clip, cell_clip].
      initializer: accepted and ignored, as in TF 1.15.
      num_unit_shards: number of variables in which each kernel is stored.
      forget_bias: added to the forget gates.
      feature_size, frequency_skip: width of a window, and distance between the starts of two windows.
      num_frequency_blocks: list with the number of windows of each block.
      start_freqindex_list, end_freqindex_list: first and end column of each block; None for all columns.
      couple_input_forget_gates: if True, the forget gate is 1 - input gate.
      state_is_tuple: if False, the state is one concatenated tensor.
      reuse: if True, reuse the variables of the scope.

    Raises ValueError without num_frequency_blocks. Calling the cell raises ValueError if the lists do
    not match each other or the inputs.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        share_time_frequency_weights=False,
        cell_clip=None,
        initializer=None,
        num_unit_shards=1,
        forget_bias=1.0,
        feature_size=None,
        frequency_skip=None,
        num_frequency_blocks=None,
        start_freqindex_list=None,
        end_freqindex_list=None,
        couple_input_forget_gates=False,
        state_is_tuple=True,
        reuse=None,
    ):
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        self._num_units, self._num_frequency_blocks = num_units, num_frequency_blocks
        self._total_blocks = sum(map(int, num_frequency_blocks))
        self._state_tuple_type = None
        state_size = output_size = 2 * num_units * self._total_blocks
        if state_is_tuple:
            self._state_tuple_type = self._make_state_type("GridLSTMStateTuple", ["state"])
            state_size = self._sizes_of_state()
        super().__init__(state_size, output_size, _reuse=reuse)
        if not state_is_tuple:
            tf.logging.warn(
                "%s: Using a concatenated state is slower and will soon be deprecated.  Use state_is_tuple=True.", self
            )
        self._use_peepholes, self._cell_clip = use_peepholes, cell_clip
        self._share_time_frequency_weights = share_time_frequency_weights
        self._couple_input_forget_gates = couple_input_forget_gates
        self._state_is_tuple, self._initializer = state_is_tuple, initializer
        self._num_unit_shards, self._forget_bias = num_unit_shards, forget_bias
        self._feature_size, self._frequency_skip = feature_size, frequency_skip
        self._start_freqindex_list, self._end_freqindex_list = start_freqindex_list, end_freqindex_list

    @property
    def state_tuple_type(self):
        return self._state_tuple_type

    def _make_state_type(self, name, prefixes):
        return collections.namedtuple(
            name,
            [
                f"{prefix}_f{window:02d}_b{block:02d}_{part}"
                for prefix in prefixes
                for block, count in enumerate(self._num_frequency_blocks)
                for window in range(count)
                for part in "cm"
            ],
        )

    def _sizes_of_state(self):
        return self._state_tuple_type(*[self._num_units] * len(self._state_tuple_type._fields))

    @as_written
    def call(self, inputs, state):
        batch = inputs.shape.as_list()[0] or tf.shape(inputs)[0]
        outputs, states = self._run(self._make_tf_features(inputs), state, batch, "state")
        new_state = self._state_tuple_type(*states) if self._state_is_tuple else tf.concat(states, 1)
        return tf.concat(outputs, 1), new_state

    def _run(self, blocks, state, batch, prefix):
        """Run all blocks; return lists of outputs and of new states, (batch, num_units) each."""
        outputs, states = [], []
        for block, windows in enumerate(blocks):
            self._run_block(windows, block, state, batch, prefix, outputs, states)
        return outputs, states

    def _run_block(self, windows, block, state, batch, prefix, outputs, states):
        weights = _Weights(self, block, windows[0])
        m_freq = tf.zeros([batch, self._num_units], windows[0].dtype)
        c_freq = tf.zeros([batch, self._num_units], windows[0].dtype)
        for number, window in enumerate(windows):
            c_time, m_time = self._state_of(state, f"{prefix}_f{number:02d}_b{block:02d}", number)
            joined = tf.concat([window, m_time, m_freq], 1)
            freq = weights.gates("freq", joined)
            time = freq if self._share_time_frequency_weights else weights.gates("time", joined)
            new_c_freq = self._new_c(weights, "freq", freq, c_freq, c_freq, c_time)
            new_c_time = self._new_c(weights, "time", time, c_time, c_freq, c_time)
            c_freq, c_time = new_c_freq, new_c_time
            m_freq = tf.sigmoid(weights.peek("freq", "o", freq["o"], c_freq, c_time)) * tf.tanh(c_freq)
            m_time = tf.sigmoid(weights.peek("time", "o", time["o"], c_freq, c_time)) * tf.tanh(c_time)
            outputs += [m_time, m_freq]
            states += [c_time, m_time]

    def _state_of(self, state, name, number):
        if self._state_is_tuple:
            return getattr(state, name + "_c"), getattr(state, name + "_m")
        n = self._num_units  # counted per block, as in TF 1.15
        return (tf.slice(state, [0, 2 * number * n], [-1, n]), tf.slice(state, [0, (2 * number + 1) * n], [-1, n]))

    def _new_c(self, weights, axis, gates, c, c_freq, c_time):
        i = tf.sigmoid(weights.peek(axis, "i", gates["i"], c_freq, c_time))
        if self._couple_input_forget_gates:
            f = 1.0 - i
        else:
            f = gates["f"] + self._forget_bias
            f = tf.sigmoid(weights.peek(axis, "f", f, c_freq, c_time))
        return clip(f * c + i * tf.tanh(gates["j"]), self._cell_clip)

    def _make_tf_features(self, inputs, slice_offset=0):
        """Return the windows of each block, shifted by `slice_offset` columns and zero-padded."""
        width = known_width(inputs)
        if slice_offset:
            ahead, behind = max(-slice_offset, 0), max(slice_offset, 0)
            inputs = tf.pad(inputs, tf.constant([[0, 0], [ahead, behind]]))
        offset = max(slice_offset, 0)
        size, skip = self._feature_size, self._frequency_skip
        blocks = []
        for start, end, expected in self._ranges(width):
            count = _count_windows(end - start, size, skip)
            if count != expected:
                raise ValueError(
                    f"Invalid num_frequency_blocks, requires {expected} but gets {count}, "
                    "please check the input size and filter config are correct."
                )
            blocks.append(_windows(inputs, [start + offset + k * skip for k in range(count)], size))
        return blocks

    def _ranges(self, width):
        """Return (first column, end column, number of windows) of each block."""
        starts, ends, counts = (self._start_freqindex_list, self._end_freqindex_list, self._num_frequency_blocks)
        if not starts:
            if len(counts) != 1:
                raise ValueError(f"Length of num_frequency_blocks is not 1, but instead is {len(counts)}")
            return [(0, width, counts[0])]
        if len(starts) != len(ends):
            raise ValueError(f"Length of start and end freqindex_list does not match {len(starts)} {len(ends)}")
        if len(counts) != len(starts):
            raise ValueError(
                f"Length of num_frequency_blocks is not equal to start_freqindex_list {len(counts)} {len(starts)}"
            )
        return list(zip(starts, ends, counts))


class _Weights:
    """The variables of one block of a GridLSTMCell, created in TF 1.15's order."""

    def __init__(self, cell, block, window):
        self._names = "ijo" if cell._couple_input_forget_gates else "ijfo"
        axes = ["freq"] if cell._share_time_frequency_weights else ["freq", "time"]
        self._shared = len(axes) == 1
        n, dtype = cell._num_units, window.dtype
        shape = [window.shape.as_list()[1] + 2 * n, len(self._names) * n]
        self._maps, self._diagonals = {}, {}
        for axis in axes:
            kernel = sharded_variable(f"W_{axis[0]}_{block}", shape, dtype, cell._num_unit_shards)
            bias = tf.get_variable(f"B_{axis[0]}_{block}", shape[1:], initializer=tf.zeros_initializer(), dtype=dtype)
            self._maps[axis] = kernel, bias
        if cell._use_peepholes:
            for axis in axes:
                for gate in [gate for gate in "fio" if gate in self._names]:
                    self._diagonals[axis, gate] = [
                        tf.get_variable(f"W_{gate.upper()}_diag_{axis}{seen}_{block}", [n], dtype=dtype)
                        for seen in "ft"
                    ]

    def gates(self, axis, joined):
        """Return {gate: pre-activation, (batch, num_units)}."""
        kernel, bias = self._maps[axis]
        parts = tf.split(tf.nn.bias_add(tf.matmul(joined, kernel), bias), len(self._names), axis=1)
        return dict(zip(self._names, parts))

    def peek(self, axis, gate, value, c_freq, c_time):
        """Add the peephole connections, if there are any, to a gate's pre-activation."""
        if not self._diagonals:
            return value
        of_freq, of_time = self._diagonals["freq" if self._shared else axis, gate]
        return value + of_freq * c_freq + of_time * c_time


class BidirectionalGridLSTMCell(GridLSTMCell):
    """Two GridLSTMCells, one in order of ascending frequency, the other of descending frequency.

    Args:
      backward_slice_offset: number of columns by which the second cell's windows are shifted.
      others: arguments of `GridLSTMCell`.

    The state is always a namedtuple, fwd_state_... then bwd_state_...; the outputs are concatenated.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        share_time_frequency_weights=False,
        cell_clip=None,
        initializer=None,
        num_unit_shards=1,
        forget_bias=1.0,
        feature_size=None,
        frequency_skip=None,
        num_frequency_blocks=None,
        start_freqindex_list=None,
        end_freqindex_list=None,
        couple_input_forget_gates=False,
        backward_slice_offset=0,
        reuse=None,
    ):
        super().__init__(
            num_units,
            use_peepholes,
            share_time_frequency_weights,
            cell_clip,
            initializer,
            num_unit_shards,
            forget_bias,
            feature_size,
            frequency_skip,
            num_frequency_blocks,
            start_freqindex_list,
            end_freqindex_list,
            couple_input_forget_gates,
            True,
            reuse,
        )
        self._backward_slice_offset = int(backward_slice_offset)
        self._state_tuple_type = self._make_state_type("BidirectionalGridLSTMStateTuple", ["fwd_state", "bwd_state"])
        self._state_size, self._output_size = self._sizes_of_state(), 2 * self._output_size

    @as_written
    def call(self, inputs, state):
        batch = inputs.shape.as_list()[0] or tf.shape(inputs)[0]
        upward = self._make_tf_features(inputs)
        downward = upward
        if self._backward_slice_offset:
            downward = self._make_tf_features(inputs, self._backward_slice_offset)
        with tf.variable_scope("fwd"):
            outputs, states = self._run(upward, state, batch, "fwd_state")
        with tf.variable_scope("bwd"):
            more_outputs, more_states = self._run([windows[::-1] for windows in downward], state, batch, "bwd_state")
        return tf.concat(outputs + more_outputs, 1), self._state_tuple_type(*states + more_states)
