"""Every case, run on ours, gives what TensorFlow 1.15 recorded for it."""

import functools

import numpy as np
import pytest

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph115.kernels import exact_kernels
from tests.golden import store

# Slow are the modules *_slow; embedding_attention within a whole model, embedding_tied with one argument more;
# a second way of attending, sampling, searching or fitting where the first is fast; training; and the losses of
# the tutorial programs, whose first steps tests/legacy_graph/test_loss_curves.py compares.
SLOW = {
    "contrib_opt": ("ada_max", "nadam"),
    "contrib_learn": ("fitted_with_arrays", "input_functions", "monitors"),
    "legacy_seq2seq": ("embedding_attention_model", "embedding_tied_fed_by_a_tensor"),
    "keras_in_graph": ("sequential_fit",),
    "op_seeds_contrib": ("sequence_to_sequence",),
    "seq2seq_beam": ("length_penalty",),
    "seq2seq_monotonic": ("luong", "noise"),
    "seq2seq_scheduled": ("output",),
    "op_seeds_programs": ("losses_of_lstm", "losses_of_multi_lstm", "losses_of_bi_lstm"),
}


def is_slow(module, case):
    return module.endswith("_slow") or case in SLOW.get(module, ())


read = functools.cache(store.read)
CASES = [
    pytest.param(module, case, id=f"{module}-{case}", marks=[pytest.mark.slow] if is_slow(module, case) else [])
    for module in store.case_modules()
    for case in store.load_cases(module)
]


@pytest.mark.parametrize("module, case", CASES)
def test_case_gives_what_tf115_recorded(module, case):
    expected, _ = read(module)
    with tf1_behavior(), exact_kernels("always"):  # as 1.15 did, in graphs without a seed too
        got = store.load_cases(module)[case](tf1)
    assert not store.differences(expected[case], got)


@pytest.mark.parametrize("module", store.case_modules())
def test_every_case_is_recorded_and_every_recording_has_its_case(module):
    recorded, provenance = read(module)
    assert set(recorded) == set(store.load_cases(module))
    assert provenance["tensorflow"].startswith("1.15.")


@pytest.mark.parametrize("value", ["text", 3, np.float32([0.1, 0.2])], ids=["text", "int", "float"])
def test_a_difference_is_found(value):
    arrays, texts = store.split({"key": value})
    expected = {**arrays, **texts}
    other = value + "s" if isinstance(value, str) else value + np.asarray(value).dtype.type(1)
    assert not store.differences(expected, {"key": value})
    assert store.differences(expected, {"key": other})
    assert store.differences(expected, {})


def test_bits_are_compared_as_bits():
    almost = np.float32([0.1]) + np.float32(1e-8)
    expected = {"bits/key": np.float32([0.1]), "key": np.float32([0.1])}
    assert not store.differences(expected, {"bits/key": np.float32([0.1]), "key": almost})
    assert store.differences(expected, {"bits/key": almost, "key": almost})
