"""The comparison of kernels sees one unit in the last place, and nothing where there is nothing."""

import numpy as np

from tests.golden.compare_kernels import differences


def test_one_unit_in_the_last_place_is_seen():
    before = {"a": np.float32([1.0, -2.0]), "b": np.float32([0.5])}
    now = {"a": np.nextafter(before["a"], np.float32([2.0, -2.0])), "b": before["b"].copy()}
    assert list(differences(before, now)) == [("a", 0.5, 1), ("b", 0.0, 0)]
