"""Mistakes that the goldens of tf.contrib.rnn must catch, what they cover, and what is refused."""

import functools
import importlib
import itertools

import pytest
import tensorflow.compat.v1 as tf

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.contrib import cudnn_rnn, rnn
from legacy_graph.contrib.rnn import (
    core_rnn_cell,
    fused_rnn_cell,
    gradients,
    linear,
    lstm_cells,
    nn_rnn_cell,
    norm_cells,
    rnn_cell,
    rnn_cell_impl,
    wrappers,
)
from tests.golden import store

CASE_MODULES = [name for name in store.case_modules() if name.startswith("rnn_")]
read = functools.cache(store.read)


class Noticed(Exception):
    """A case has given what differs from its recording: nothing more needs to be run."""


def is_noticed(module, case, monkeypatch):
    """Whether a case differs from its recording. Ends after the first way of running a cell that does."""
    expected = read(module)[0][case]
    cases = store.load_cases(module)
    tools = store.load_module("_rnn_tools")

    def until_noticed(tf, make_cell, ways=(tools.one_step, tools.dynamic)):
        recorded = {}
        for way in ways:
            got = tools.each_way(tf, make_cell, (way,))
            if set(got) <= set(expected) and store.differences({key: expected[key] for key in got}, got):
                raise Noticed
            recorded.update(got)
        return recorded

    monkeypatch.setitem(cases[case].__globals__, "each_way", until_noticed)
    with tf1_behavior():
        try:
            got = cases[case](tf1)
        except Noticed:
            return True
    return bool(store.differences(expected, got))


@pytest.mark.parametrize("module, case", [("rnn_basic", "lstm_cell_one_tensor_state"), ("rnn_cells", "ugrnn_cell")])
def test_a_right_cell_is_not_noticed(module, case, monkeypatch):
    assert not is_noticed(module, case, monkeypatch)


def child(original, **methods):
    """A subclass of the same name, so that its variables have the same names."""
    return type(original.__name__, (original,), methods)


def calling(original, wrong_call):
    """A subclass whose `call` is wrong_call(call, self, inputs, state)."""
    return child(
        original,
        call=lambda self, inputs, state: wrong_call(functools.partial(original.call, self), self, inputs, state),
    )


def making(original, **wrong):
    """A subclass that is always made with these arguments, whatever the case says."""
    return child(original, __init__=lambda self, *args, **kwargs: original.__init__(self, *args, **{**kwargs, **wrong}))


def with_gates(original, order):
    """A subclass that reads the gates' columns in another order."""

    def call(call, self, inputs, state):
        right = self._kernel, self._bias
        self._kernel, self._bias = (tf.concat([tf.split(value, 4, axis=-1)[k] for k in order], -1) for value in right)
        try:
            return call(inputs, state)
        finally:
            self._kernel, self._bias = right

    return calling(original, call)


def swapped(first, second):
    order = [0, 1, 2, 3]
    order[first], order[second] = order[second], order[first]
    return order


GATE_PAIRS = list(itertools.combinations(range(4), 2))


@pytest.mark.parametrize("pair", GATE_PAIRS, ids=["ijfo"[a] + "ijfo"[b] for a, b in GATE_PAIRS])
@pytest.mark.parametrize(
    "module, case, name",
    [
        ("rnn_basic", "lstm_cell_one_tensor_state", "LSTMCell"),
        ("rnn_blocks", "lstm_block_cell_peepholes_clipping", "LSTMBlockCell"),
    ],
    ids=["LSTMCell", "LSTMBlockCell"],
)
def test_two_gates_swapped_are_noticed(module, case, name, pair, monkeypatch):
    wrong = with_gates(getattr(rnn, name), swapped(*pair))
    for place in rnn, nn_rnn_cell:
        monkeypatch.setattr(place, name, wrong, raising=False)
    assert is_noticed(module, case, monkeypatch)


def c_for_h(call, self, inputs, state):
    output, (c, h) = call(inputs, state)
    return c, type(state)(c, h)


def state_c_and_h_swapped(call, self, inputs, state):
    output, (c, h) = call(inputs, state)
    return output, type(state)(h, c)


def peepholes_left_out(call, self, inputs, state):
    self._use_peepholes = False
    return call(inputs, state)


def without(name):
    """Call with the attribute `name` as zeros."""

    def wrong(call, self, inputs, state):
        right = getattr(self, name)
        setattr(self, name, right * 0)
        try:
            return call(inputs, state)
        finally:
            setattr(self, name, right)

    return wrong


def inputs_for_outputs_dropped(original):
    class DropoutWrapper(original):
        def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, *args, **kwargs):
            super().__init__(cell, output_keep_prob, input_keep_prob, *args, **kwargs)

    return DropoutWrapper


def kept_for_dropped(original):
    class DropoutWrapper(original):
        def __init__(self, cell, keep_prob=1.0, *args, **kwargs):
            super().__init__(cell, 1 - keep_prob, *args, **kwargs)

    return DropoutWrapper


def memory_dropped_too(original):
    return making(original, dropout_state_filter_visitor=lambda state: True)


def seeds_not_salted(original):
    return child(original, _gen_seed=lambda self, prefix, index: self._seed)


def cells_not_shared(original):
    class MultiRNNCell(original):
        def __init__(self, cells, state_is_tuple=True):
            super().__init__([type(cell)(cell.output_size) for cell in cells], state_is_tuple)

    return MultiRNNCell


def only_forward_fed(layer, *args):
    def wrong(*of_layer):
        outputs, state_fw, state_bw = layer(*of_layer)
        return [tf.concat([o[:, :3], o[:, :3]], 1) for o in outputs], state_fw, state_bw

    return _STACK(wrong, *args)


def lengths_unseen(self, sequence, lengths):
    return sequence[::-1] if isinstance(sequence, list) else tf.reverse(sequence, [0])


def population_of_one(inputs, scope, gain, shift, dtype=tf.float32):
    """Layer norm that divides by (n - 1), as a sample's variance does."""
    n = inputs.shape.as_list()[-1]
    return _LAYER_NORM(inputs, scope, gain, shift, dtype) * ((n - 1) / n) ** 0.5


def bias_left_out(self, args):
    return tf.matmul(tf.concat(args, 1) if self._is_sequence else args, self._weights)


def carry_and_transform_swapped(self, inp, out):
    return _HIGHWAY(self, out, inp)


def newest_forgotten(self, query, memory):
    attention, _ = _ATTENTION(self, query, memory)
    return attention, memory[:, :-1]


_STACK, _LAYER_NORM = rnn.rnn._stack, norm_cells.layer_norm
_HIGHWAY, _ATTENTION = wrappers.HighwayWrapper._highway, wrappers.AttentionCellWrapper._attention
MISTAKES = {
    "forget bias left out": (
        "rnn_basic",
        "basic_lstm_cell_one_tensor_state",
        nn_rnn_cell,
        "BasicLSTMCell",
        making(rnn.BasicLSTMCell, forget_bias=0.0),
    ),
    "c for h": ("rnn_basic", "multi_rnn_cell", rnn, "BasicLSTMCell", calling(rnn.BasicLSTMCell, c_for_h)),
    "c and h swapped in the state": (
        "rnn_basic",
        "multi_rnn_cell",
        rnn,
        "BasicLSTMCell",
        calling(rnn.BasicLSTMCell, state_c_and_h_swapped),
    ),
    "peepholes left out": (
        "rnn_basic",
        "lstm_cell_peepholes_projection_clipping",
        rnn,
        "LSTMCell",
        calling(rnn.LSTMCell, peepholes_left_out),
    ),
    "one peephole left out": (
        "rnn_basic",
        "lstm_cell_peepholes_projection_clipping",
        rnn,
        "LSTMCell",
        calling(rnn.LSTMCell, without("_w_o_diag")),
    ),
    "projection not clipped": (
        "rnn_basic",
        "lstm_cell_peepholes_projection_clipping",
        rnn,
        "LSTMCell",
        making(rnn.LSTMCell, proj_clip=None),
    ),
    "state not clipped": (
        "rnn_basic",
        "lstm_cell_peepholes_projection_clipping",
        rnn,
        "LSTMCell",
        making(rnn.LSTMCell, cell_clip=None),
    ),
    "GRU's candidate bias left out": (
        "rnn_basic",
        "gru_cell",
        rnn,
        "GRUCell",
        calling(rnn.GRUCell, without("_candidate_bias")),
    ),
    "another activation": (
        "rnn_basic",
        "basic_rnn_cell_relu",
        nn_rnn_cell,
        "BasicRNNCell",
        making(rnn.BasicRNNCell, activation="tanh"),
    ),
    "cells not shared": (
        "rnn_basic",
        "multi_rnn_cell_of_one_shared_cell",
        rnn,
        "MultiRNNCell",
        cells_not_shared(rnn.MultiRNNCell),
    ),
    "outputs dropped for inputs": (
        "rnn_wrappers",
        "dropout_of_inputs_and_outputs",
        rnn,
        "DropoutWrapper",
        inputs_for_outputs_dropped(rnn.DropoutWrapper),
    ),
    "keep probability for drop rate": (
        "rnn_wrappers",
        "dropout_of_inputs_and_outputs",
        rnn,
        "DropoutWrapper",
        kept_for_dropped(rnn.DropoutWrapper),
    ),
    "memory dropped too": (
        "rnn_wrappers",
        "dropout_of_states",
        rnn,
        "DropoutWrapper",
        memory_dropped_too(rnn.DropoutWrapper),
    ),
    "seeds not salted": (
        "rnn_wrappers",
        "dropout_of_inputs_and_outputs",
        rnn,
        "DropoutWrapper",
        seeds_not_salted(rnn.DropoutWrapper),
    ),
    "a mask for each step": (
        "rnn_wrappers",
        "dropout_variational",
        rnn,
        "DropoutWrapper",
        making(rnn.DropoutWrapper, variational_recurrent=False),
    ),
    "residual left out": (
        "rnn_wrappers",
        "residual_wrapper",
        rnn,
        "ResidualWrapper",
        making(rnn.ResidualWrapper, residual_fn=lambda inputs, outputs: outputs),
    ),
    "projection without bias": ("rnn_wrappers", "output_projection_wrapper", linear._Linear, "__call__", bias_left_out),
    "highway's ways swapped": (
        "rnn_wrappers",
        "highway_wrapper",
        wrappers.HighwayWrapper,
        "_highway",
        carry_and_transform_swapped,
    ),
    "newest output forgotten": (
        "rnn_wrappers",
        "attention_cell_wrapper_one_tensor_state",
        wrappers.AttentionCellWrapper,
        "_attention",
        newest_forgotten,
    ),
    "block's forget bias left out": (
        "rnn_blocks",
        "lstm_block_fused_cell",
        rnn,
        "LSTMBlockFusedCell",
        making(rnn.LSTMBlockFusedCell, forget_bias=0.0),
    ),
    "block's peepholes left out": (
        "rnn_blocks",
        "lstm_block_fused_cell_peepholes_clipping",
        rnn,
        "LSTMBlockFusedCell",
        making(rnn.LSTMBlockFusedCell, use_peephole=False),
    ),
    "cuDNN's second bias left out": (
        "rnn_blocks",
        "cudnn_compatible_gru_cell",
        cudnn_rnn,
        "CudnnCompatibleGRUCell",
        calling(cudnn_rnn.CudnnCompatibleGRUCell, without("_candidate_hidden_bias")),
    ),
    "reversed beyond the lengths": (
        "rnn_blocks",
        "time_reversed_fused_rnn",
        fused_rnn_cell.TimeReversedFusedRNN,
        "_reverse",
        lengths_unseen,
    ),
    "only the forward outputs fed on": (
        "rnn_functions",
        "stack_bidirectional_rnn",
        rnn.rnn,
        "_stack",
        only_forward_fed,
    ),
    "sample variance": ("rnn_cells", "layer_norm_basic_lstm_cell", norm_cells, "layer_norm", population_of_one),
    "candidate not dropped": (
        "rnn_cells",
        "layer_norm_basic_lstm_cell_dropout",
        rnn,
        "LayerNormBasicLSTMCell",
        making(rnn.LayerNormBasicLSTMCell, dropout_keep_prob=1.0),
    ),
    "recurrent weights left out": (
        "rnn_cells",
        "ind_rnn_cell",
        rnn,
        "IndRNNCell",
        calling(rnn.IndRNNCell, without("_kernel_u")),
    ),
    "UGRNN's forget bias left out": (
        "rnn_cells",
        "ugrnn_cell",
        rnn,
        "UGRNNCell",
        making(rnn.UGRNNCell, forget_bias=0.0),
    ),
    "always open": (
        "rnn_cells",
        "phased_lstm_cell",
        lstm_cells.PhasedLSTMCell,
        "_openness",
        lambda self, time: tf.constant(1.0),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_noticed(mistake, monkeypatch):
    module, case, place, name, wrong = MISTAKES[mistake]
    monkeypatch.setattr(place, name, wrong)
    assert is_noticed(module, case, monkeypatch)


@pytest.mark.parametrize(
    "op_type, cell", [("LSTMBlockCell", "lstm_block_cell"), ("GRUBlockCell", "gru_block_cell")], ids=["LSTM", "GRU"]
)
def test_a_wrong_gradient_of_a_block_is_noticed(op_type, cell):
    """Wrong: the gradient does not pass through the previous h."""
    name = f"WithoutH{op_type}"
    right = {"LSTMBlockCell": gradients._lstm_block_cell, "GRUBlockCell": gradients._gru_block_cell}[op_type]
    h_input = {"LSTMBlockCell": 2, "GRUBlockCell": 1}[op_type]

    @tf.RegisterGradient(name)
    def without_h(op, *grads):
        found = list(right(op, *grads))
        found[h_input] = tf.zeros_like(found[h_input])
        return found

    tools = store.load_module("_rnn_tools")
    make = {"LSTMBlockCell": rnn.LSTMBlockCell, "GRUBlockCell": rnn.GRUBlockCell}[op_type]
    expected = {
        key[len("one_step: ") :]: value
        for key, value in read("rnn_blocks")[0][cell].items()
        if key.startswith("one_step: ")
    }
    for override, found in ({}, False), ({op_type: name}, True):
        with tf1_behavior() as graph, graph.gradient_override_map(override):
            assert bool(store.differences(expected, tools.one_step(tf1, make(5)))) == found


def test_gradients_may_be_registered_already():
    importlib.reload(gradients)
    gradients._register("MatMul", None)


def test_every_public_name_has_a_case():
    """What the cases name is what there is; the cells without a public name are named by place."""
    named = {name for module in CASE_MODULES for names in store.load_module(module).SUBJECTS.values() for name in names}
    place = "tensorflow.contrib.rnn.python.ops.rnn_cell."
    private = set(rnn_cell.__all__) - set(rnn.__all__) - {"_Linear"}
    cells = {f"cudnn_rnn.{name}" for name in cudnn_rnn.__all__ if name.startswith("CudnnCompatible")}
    supplied = set(rnn.__all__) | cells | {place + name for name in private}
    assert named == supplied


@pytest.mark.parametrize("module", CASE_MODULES)
def test_every_case_names_its_subjects(module):
    assert list(store.load_module(module).SUBJECTS) == list(store.load_cases(module))


@pytest.mark.parametrize(
    "namespace, name, words",
    [
        (rnn, "BasicLTSMCell", "Did you mean BasicLSTMCell"),
        (nn_rnn_cell, "LSTMBlockCell", "not supplied"),
        (cudnn_rnn, "CudnnParamsFormatConverterLSTM", "known to cuDNN only"),
        (rnn_cell, "LSTMCell", "not supplied"),
    ],
    ids=["misspelt", "in another place", "of cuDNN", "of the core"],
)
def test_a_name_that_is_not_there_is_refused(namespace, name, words):
    with pytest.raises(AttributeError, match=words):
        getattr(namespace, name)


def test_names_of_earlier_versions_are_there():
    assert rnn_cell_impl._linear is core_rnn_cell._linear
    assert rnn_cell_impl._LayerRNNCell is rnn.LayerRNNCell and rnn_cell_impl._RNNCell is rnn.RNNCell
    with tf1_behavior():
        assert rnn_cell_impl._like_rnncell(rnn.GRUCell(3)) and not rnn_cell_impl._like_rnncell("no cell")


def test_a_star_import_brings_the_modules_that_the_module_imported():
    found = {}
    exec(f"from {rnn_cell_impl.__name__} import *", found)
    assert found["RNNCell"] is rnn.RNNCell and found["nest"].flatten([1, [2]]) == [1, 2]
    assert found["vs"].get_variable and found["array_ops"].concat and found["base_layer"].Layer


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: rnn.GRUBlockCell(), "num_units or cell_size"),
        (lambda: rnn.MultiRNNCell([]), "at least one cell"),
        (lambda: rnn.GLSTMCell(5, number_of_groups=2), "num_units must be divisible"),
        (lambda: rnn.GridLSTMCell(5), "Must specify num_frequency_blocks"),
        (lambda: rnn.OutputProjectionWrapper(rnn.GRUCell(3), 0), "must be > 0: 0"),
        (lambda: rnn.AttentionCellWrapper(rnn.GRUCell(3), -1), "greater than zero, got -1"),
        (lambda: rnn.Conv1DLSTMCell(input_shape=[3], output_channels=1, kernel_shape=[2]), r"input_shape \[3\]"),
        (lambda: rnn.stack_bidirectional_rnn([rnn.GRUCell(3)], rnn.GRUCell(3), [0]), "cells_bw must be a list"),
        (lambda: rnn.IntersectionRNNCell(3)(tf.zeros([2, 4]), tf.zeros([2, 3])), "num_in_proj should be set"),
    ],
)
def test_an_error_says_what_is_wrong(make, words):
    with tf1_behavior(), pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    "wrapper",
    [
        rnn.DropoutWrapper,
        rnn.ResidualWrapper,
        rnn.HighwayWrapper,
        rnn.CompiledWrapper,
        lambda cell: rnn.DeviceWrapper(cell, "/cpu:0"),
        lambda cell: rnn.EmbeddingWrapper(cell, 2, 2),
    ],
    ids=["dropout", "residual", "highway", "compiled", "device", "embedding"],
)
def test_only_a_cell_can_be_wrapped(wrapper):
    with tf1_behavior(), pytest.raises(TypeError, match="'cell' .* is not an RNNCell"):
        wrapper("no cell")
