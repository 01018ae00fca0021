"""Mistakes that the goldens of contrib.seq2seq and legacy_seq2seq must catch, what they cover,
references without TensorFlow, and what is refused."""

import functools
import itertools
import math

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.contrib import legacy_seq2seq, seq2seq
from legacy_graph.contrib.legacy_seq2seq import decoders, losses, models
from legacy_graph.contrib.seq2seq import (
    attention_mechanism,
    attention_wrapper,
    beam_search_decoder,
    beam_search_step,
    decoder,
    helper,
    loss,
    monotonic,
    training_helpers,
)
from tests.golden import store

CASE_MODULES = [name for name in store.case_modules() if "seq2seq" in name]
read = functools.cache(store.read)


def differences(module, case):
    expected, _ = read(module)
    with tf1_behavior():
        return store.differences(expected[case], store.load_cases(module)[case](tf1))


# Mistakes: each is planted, and a golden must notice it.


def scores_not_masked(score, **_):
    return score


def memory_not_masked(memory, *_, **__):
    return memory


def mask_one_too_long(score, memory_sequence_length=None, **others):
    longer = tf.minimum(tf.convert_to_tensor(memory_sequence_length) + 1, tf.shape(score)[1])
    return _MASK(score, memory_sequence_length=longer, **others)


def normalised_over_the_batch(probability_fn):
    return lambda score, _: tf.nn.softmax(score, 0)


def direction_not_normalised(query, keys, v, g=None, b=None):
    return tf.reduce_sum(g * v * tf.tanh(keys + tf.expand_dims(query, 1) + b), [2])


def scale_left_out(query, keys, scale):
    return _LUONG(query, keys, None)


def context_before_output(mechanism, cell_output, state, layer):
    def swapped(joined):
        size = cell_output.shape.as_list()[-1]
        return layer(tf.concat([joined[:, size:], joined[:, :size]], 1))

    return _ATTEND(mechanism, cell_output, state, layer and swapped)


def attention_not_fed(inputs, attention):
    return tf.concat([inputs, 0 * attention], -1)


def first_alignments_of_zeros(self, batch_size, dtype):
    return tf.zeros([batch_size, self._alignments_size], dtype)


def product_with_this_place(x, *args, **kwargs):
    return _CUMPROD(x, *args, **{**kwargs, "exclusive": False})


def finished_not_imputed(decoder, zero_outputs):
    return _BODY(decoder, None)


def finished_forgotten(decoder, zero_outputs):
    class Forgets:
        tracks_own_finished = True
        step = decoder.step

    return _BODY(Forgets, zero_outputs)


def always_cached(variable_scope):
    variable_scope.set_caching_device(lambda op: op.device)


def read_backwards(inputs):
    return _UNSTACK(tf.reverse(inputs, [0]))


def feeds_the_least_likely(self, time, outputs, state, name=None):
    return tf.argmin(outputs, axis=-1, output_type=tf.int32)


def temperature_multiplied(self, time, outputs, state, name=None):
    return helper.categorical_sample(outputs * self._softmax_temperature, seed=self._seed)


def drawn_and_given_swapped(indices, rows, others, other_rows, shape):
    return _SCATTER(indices, 0 * rows, others, other_rows, shape)


def loss_not_masked(logits, targets, function):
    return tf.reduce_mean(_LOSSES(logits, targets, function)) + 0 * _LOSSES(logits, targets, function)


def averaged_over_the_other_axis(
    *args, average_across_timesteps=True, average_across_batch=True, sum_over_timesteps=False, sum_over_batch=False
):
    return _SEQUENCE_LOSS(
        *args,
        average_across_timesteps=average_across_batch,
        average_across_batch=average_across_timesteps,
        sum_over_timesteps=sum_over_batch,
        sum_over_batch=sum_over_timesteps,
    )


def finished_beams_go_on(probs, eos_token, finished):
    return probs


def penalty_of_another_constant(lengths, factor):
    return ((4.0 + tf.cast(lengths, tf.float32)) / 5.0) ** factor


def all_places_covered(log_probs, coverage_penalty_weight, **others):
    return _SCORES(log_probs=log_probs, coverage_penalty_weight=0.0, **others)


def ids_not_followed_back(step_ids, parent_ids, max_sequence_lengths, end_token):
    return step_ids


def states_not_reordered(indices, tensor, *_):
    return tensor


def whole_batch_repeated(t, multiplier):
    return tf.concat([t] * multiplier, 0)


def fed_back_is_trained(embedding, output_projection=None, update_embedding=True):
    return _EMBED(embedding, output_projection, True)


def projection_left_out(embedding, output_projection=None, update_embedding=True):
    return _EMBED(embedding, None, update_embedding)


def attended_over_the_batch(states, num_heads, dtype):
    return _HEADS(tf.reverse(states, [0]), num_heads, dtype)


def encoder_shares_the_cell(cell):
    return cell


def loss_summed_over_time(*args, average_across_timesteps=True, **others):
    return _BY_EXAMPLE(*args, average_across_timesteps=False, **others)


_MASK, _LUONG = attention_mechanism._maybe_mask_score, attention_mechanism._luong_score
_ATTEND, _CUMPROD = attention_wrapper._compute_attention, monotonic.safe_cumprod
_BODY, _UNSTACK = decoder._loop_body, training_helpers._unstack_ta
_SCATTER, _LOSSES = training_helpers._scatter_rows, loss._cross_entropies
_SEQUENCE_LOSS = seq2seq.sequence_loss
_SCORES, _EMBED = beam_search_step._get_scores, decoders._extract_argmax_and_embed
_HEADS, _BY_EXAMPLE = decoders._attention_heads, losses.sequence_loss_by_example
MISTAKES = {
    "scores not masked": ("seq2seq_attention", "luong", attention_mechanism, "_maybe_mask_score", scores_not_masked),
    "memory not masked": (
        "seq2seq_attention",
        "subclass_of_bahdanau",
        attention_wrapper,
        "_prepare_memory",
        memory_not_masked,
    ),
    "mask one too long": ("seq2seq_attention", "luong", attention_mechanism, "_maybe_mask_score", mask_one_too_long),
    "alignments normalised over the batch": (
        "seq2seq_attention",
        "luong",
        attention_mechanism,
        "_stateless",
        normalised_over_the_batch,
    ),
    "direction not normalised": (
        "seq2seq_attention",
        "bahdanau_normalized",
        attention_mechanism,
        "_bahdanau_score",
        direction_not_normalised,
    ),
    "scale left out": ("seq2seq_attention", "double_precision", attention_mechanism, "_luong_score", scale_left_out),
    "context before output": (
        "seq2seq_attention",
        "luong",
        attention_wrapper,
        "_compute_attention",
        context_before_output,
    ),
    "attention not fed": ("seq2seq_attention", "luong", attention_wrapper, "_join_attention", attention_not_fed),
    "first monotonic alignments of zeros": (
        "seq2seq_monotonic",
        "luong_scaled",
        monotonic._BaseMonotonicAttentionMechanism,
        "initial_alignments",
        first_alignments_of_zeros,
    ),
    "product with this place": (
        "seq2seq_monotonic",
        "distribution",
        monotonic,
        "safe_cumprod",
        product_with_this_place,
    ),
    "finished not imputed": (
        "seq2seq_decode",
        "training_helper_time_major_imputed",
        decoder,
        "_loop_body",
        finished_not_imputed,
    ),
    "finished forgotten": ("seq2seq_decode", "greedy_time_major", decoder, "_loop_body", finished_forgotten),
    "variables cached in a loop": ("seq2seq_decode", "inside_a_loop", decoder, "_cache_variables", always_cached),
    "inputs read backwards": ("seq2seq_decode", "training_helper", training_helpers, "_unstack_ta", read_backwards),
    "the least likely fed": (
        "seq2seq_decode",
        "greedy_time_major",
        helper.GreedyEmbeddingHelper,
        "sample",
        feeds_the_least_likely,
    ),
    "multiplied by the temperature": (
        "seq2seq_decode",
        "sample_embedding_with_temperature",
        helper.SampleEmbeddingHelper,
        "sample",
        temperature_multiplied,
    ),
    "drawn symbols not fed": (
        "seq2seq_scheduled",
        "embedding_by_a_function_time_major",
        training_helpers,
        "_scatter_rows",
        drawn_and_given_swapped,
    ),
    "loss not masked": ("seq2seq_loss", "real_weights_and_zero_weights", loss, "_cross_entropies", loss_not_masked),
    "averaged over the other axis": (
        "seq2seq_loss",
        "reductions",
        seq2seq,
        "sequence_loss",
        averaged_over_the_other_axis,
    ),
    "finished beams go on": ("seq2seq_beam", "stack", beam_search_step, "_mask_probs", finished_beams_go_on),
    "length penalty of another constant": (
        "seq2seq_beam",
        "length_penalty",
        beam_search_step,
        "_length_penalty",
        penalty_of_another_constant,
    ),
    "coverage left out": ("seq2seq_beam", "coverage_penalty", beam_search_step, "_get_scores", all_places_covered),
    "ids not followed back": (
        "seq2seq_beam",
        "unknown_batch",
        beam_search_decoder,
        "gather_tree",
        ids_not_followed_back,
    ),
    "states not reordered": (
        "seq2seq_beam",
        "unknown_batch",
        beam_search_step,
        "_maybe_tensor_gather_helper",
        states_not_reordered,
    ),
    "whole batch repeated": ("seq2seq_beam", "tiles", beam_search_decoder, "_tile_batch", whole_batch_repeated),
    "embedding trained by what was fed back": (
        "legacy_seq2seq",
        "embedding_tied_fed_by_a_tensor",
        models,
        "_extract_argmax_and_embed",
        fed_back_is_trained,
    ),
    "fed back without projection": (
        "legacy_seq2seq",
        "embedding_attention",
        decoders,
        "_extract_argmax_and_embed",
        projection_left_out,
    ),
    "attended to another's states": (
        "legacy_seq2seq",
        "attention",
        decoders,
        "_attention_heads",
        attended_over_the_batch,
    ),
    "encoder and decoder share the cell": (
        "legacy_seq2seq",
        "basic_stack",
        models.copy,
        "deepcopy",
        encoder_shares_the_cell,
    ),
    "loss by example not averaged": (
        "legacy_seq2seq",
        "losses",
        losses,
        "sequence_loss_by_example",
        loss_summed_over_time,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_noticed(mistake, monkeypatch):
    module, case, place, name, wrong = MISTAKES[mistake]
    monkeypatch.setattr(place, name, wrong)
    assert differences(module, case)


# References in plain Python: what the papers say, without TensorFlow.


def run(build):
    """Evaluate what `build(tf)` returns, in a graph of its own."""
    with tf1_behavior(), tf1.Session() as session:
        return session.run(build(tf1))


def followed_back(ids, parents, lengths, end):
    """gather_tree, one beam at a time."""
    beams = np.full_like(ids, end)
    for row, beam in np.ndindex(*ids.shape[1:]):
        place = beam
        for step in reversed(range(min(lengths[row], len(ids)))):
            beams[step, row, beam] = ids[step, row, place]
            place = parents[step, row, place]
        ends = np.flatnonzero(beams[:, row, beam] == end)
        if len(ends):
            beams[ends[0] :, row, beam] = end
    return beams


@pytest.mark.parametrize("seed", range(3))
def test_trees_are_followed_back_as_by_hand(seed):
    random = np.random.default_rng(seed)
    ids = random.integers(0, 9, (6, 4, 3), dtype="int32")
    parents = random.integers(0, 3, (6, 4, 3), dtype="int32")
    lengths = random.integers(0, 8, 4, dtype="int32")
    expected = followed_back(ids, parents, lengths, 1)
    found = run(lambda tf: tf.contrib.seq2seq.gather_tree(ids, parents, lengths, 1))
    assert np.array_equal(found, expected)
    assert not np.array_equal(ids, expected)


class Chain(tf1.nn.rnn_cell.RNNCell):
    """A toy whose logits depend on the symbol before alone: log probabilities from a table."""

    state_size = output_size = 4

    def call(self, inputs, state):
        return inputs, state


def test_a_wide_beam_finds_the_best_of_all_sequences():
    """With as many beams as there are beginnings nothing is lost: the best of 4 ** 3 is found."""
    steps, symbols, start, end = 3, 4, 0, 3
    table = np.random.default_rng(5).normal(size=(symbols, symbols)).astype("float32")
    table -= np.log(np.exp(table).sum(1, keepdims=True))

    def log_probability(sequence):
        total, before = 0.0, start
        for symbol in sequence:
            if before == end:  # after the end only the end, surely
                total += 0.0 if symbol == end else -math.inf
            else:
                total, before = total + table[before, symbol], symbol
        return total

    every = list(itertools.product(range(symbols), repeat=steps))
    best = sorted(every, key=log_probability, reverse=True)[:5]

    def build(tf):
        cell = Chain()
        decoder = tf.contrib.seq2seq.BeamSearchDecoder(
            cell, tf.constant(table), [start], end, cell.zero_state(16, tf.float32), 16
        )
        outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=steps)
        return outputs.predicted_ids, outputs.beam_search_decoder_output.scores

    ids, scores = run(build)
    assert [tuple(beam) for beam in ids[0].T[:5]] == best
    assert scores[0, -1, :5] == pytest.approx([log_probability(beam) for beam in best], abs=1e-5)


def test_monotonic_attention_is_what_a_walk_along_the_memory_expects():
    """Sum over where attention was, and over all walks on from there."""
    random = np.random.default_rng(2)
    choose = random.uniform(0.05, 0.95, (2, 5)).astype("float32")
    before = random.dirichlet(np.ones(5), 2).astype("float32")
    expected = np.zeros_like(choose)
    for row, old, new in np.ndindex(2, 5, 5):
        if new >= old:
            walk = np.prod(1 - choose[row, old:new]) * choose[row, new]
            expected[row, new] += before[row, old] * walk
    for mode in "recursive", "parallel":
        found = run(lambda tf: tf.contrib.seq2seq.monotonic_attention(choose, before, mode))
        assert found == pytest.approx(expected, abs=1e-6)


def test_the_score_is_the_papers():
    random = np.random.default_rng(3)
    query, keys, v = random.normal(size=(2, 3)), random.normal(size=(2, 4, 3)), random.normal(size=3)
    found = run(
        lambda tf: (
            attention_mechanism._bahdanau_score(query, keys, v),
            attention_mechanism._luong_score(tf.constant(query), tf.constant(keys), None),
        )
    )
    assert found[0] == pytest.approx(np.tanh(keys + query[:, None]) @ v)
    assert found[1] == pytest.approx(np.einsum("bd,btd->bt", query, keys))


def test_weights_of_zero_leave_a_step_out_of_the_loss():
    random = np.random.default_rng(4)
    logits, targets = random.normal(size=(2, 3, 5)), random.integers(0, 5, (2, 3))
    weights = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    log_probabilities = logits - np.log(np.exp(logits).sum(2, keepdims=True))
    each = -np.take_along_axis(log_probabilities, targets[:, :, None], 2)[:, :, 0]
    found = run(
        lambda tf: tf.contrib.seq2seq.sequence_loss(tf.constant(logits), tf.constant(targets), tf.constant(weights))
    )
    assert found == pytest.approx((each * weights).sum() / weights.sum())
    assert found != pytest.approx(each.mean())


def test_a_saved_graph_searches_without_this_package(tmp_path):
    """What stands for the kernel of gather_tree is of TensorFlow's own ops: the graph is portable."""
    ids, parents = np.int32([[[1, 2]], [[3, 4]]]), np.int32([[[0, 0]], [[1, 0]]])
    with tf1_behavior() as graph:
        tf1.identity(seq2seq.gather_tree(ids, parents, [2], 0), name="beams")
        definition = graph.as_graph_def().SerializeToString()
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(tf.GraphDef.FromString(definition), name="")
        assert session.run("beams:0").tolist() == [[[2, 1]], [[3, 4]]]


# What is supplied, and what is refused.


@pytest.mark.parametrize("namespace", [seq2seq, legacy_seq2seq], ids=["seq2seq", "legacy_seq2seq"])
def test_every_public_name_is_there_and_has_a_case(namespace):
    place = namespace.__name__.rpartition(".")[2]
    of_115 = set(read("seq2seq_names")[0][place])
    covered = {
        name for module in CASE_MODULES for names in store.load_module(module).SUBJECTS.values() for name in names
    }
    assert set(namespace.__all__) == of_115
    assert {f"tf.contrib.{place}.{name}" for name in of_115} <= covered


@pytest.mark.parametrize("module", [name for name in CASE_MODULES if name != "seq2seq_names"])
def test_every_case_names_its_subjects(module):
    assert set(store.load_module(module).SUBJECTS) == set(store.load_cases(module))


@pytest.mark.parametrize(
    "namespace, name, words",
    [
        (seq2seq, "TrainingHelpr", "Did you mean TrainingHelper"),
        (seq2seq, "BasicDecoderV2", "not supplied"),
        (legacy_seq2seq, "rnn_decode", "Did you mean rnn_decoder"),
    ],
    ids=["misspelt", "newer", "misspelt in legacy_seq2seq"],
)
def test_a_name_that_is_not_there_is_refused(namespace, name, words):
    with pytest.raises(AttributeError, match=words):
        getattr(namespace, name)


def _searched(rows):
    cell = tf1.nn.rnn_cell.GRUCell(2)
    return seq2seq.BeamSearchDecoder(cell, tf1.zeros([3, 2]), [0, 0], 1, cell.zero_state(rows, tf1.float32), 3)


@pytest.mark.parametrize(
    "make, kind, words",
    [
        (lambda: seq2seq.dynamic_decode(None), TypeError, "NoneType"),
        (lambda: seq2seq.dynamic_decode(_searched(6), decoder_init_input=1), TypeError, "decoder_init_input"),
        (
            lambda: seq2seq.sequence_loss(tf1.zeros([2, 3]), tf1.zeros([2]), tf1.zeros([2])),
            ValueError,
            r"logits .* must be of shape \(batch, steps, classes\), got \(2, 3\)",
        ),
        (lambda: seq2seq.TrainingHelper(tf1.zeros([2, 3, 1]), 3), ValueError, r"received shape: \(\)"),
        (lambda: seq2seq.GreedyEmbeddingHelper(tf1.zeros([3, 2]), 0, 1), ValueError, "start_tokens must be a vector"),
        (lambda: _searched(2), ValueError, "tile_batch"),
        (lambda: seq2seq.tile_batch(tf1.constant(1.0), 2), ValueError, "rank, at least 1"),
        (lambda: seq2seq.monotonic_attention([[0.5]], [[1.0]], "soft"), ValueError, "recursive, parallel, hard"),
        (lambda: seq2seq.AttentionWrapper(tf1.nn.rnn_cell.GRUCell(2), "none"), TypeError, "received: str"),
        (
            lambda: seq2seq.LuongAttention(3, tf1.zeros([2, 4, 5]))(tf1.zeros([2, 2]), None),
            ValueError,
            "the query has 2 units and the keys have 3",
        ),
        (
            lambda: legacy_seq2seq.model_with_buckets([1], [1], [1], [1], [(2, 1)], None),
            ValueError,
            "needs 2 encoder_inputs, received 1",
        ),
        (lambda: legacy_seq2seq.sequence_loss_by_example([1], [], []), ValueError, "received 1, 0 and 0"),
    ],
)
def test_an_error_says_what_is_wrong(make, kind, words):
    with tf1_behavior(), pytest.raises(kind, match=words):
        make()
