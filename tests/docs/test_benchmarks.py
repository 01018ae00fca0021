"""docs/benchmarks.md says what docs/benchmarks.json holds, and ratios are taken round by round."""

import json

from benchmarks import __main__ as benchmarks


def test_the_page_is_made_of_the_figures():
    figures = json.loads(benchmarks.FIGURES.read_text())
    assert {"lstm", benchmarks.START_UP} <= set(figures) <= set(benchmarks.TARGETS)
    assert benchmarks.page(figures) == benchmarks.PAGE.read_text()
    figures["lstm"]["found"]["keras_port"]["seconds"] = figures["lstm"]["found"]["legacy_graph"]["seconds"]
    assert benchmarks.page(figures) != benchmarks.PAGE.read_text()


def test_a_machine_that_slows_down_slows_both_and_not_the_ratio():
    slowing = [1, 2, 3, 4, 50]
    reference = [[(2.0 * slow, 4.0 * slow)] * 3 for slow in slowing]
    candidate = [[(1.0 * slow, 1.0 * slow)] * 3 for slow in slowing]
    assert benchmarks._ratios(reference, candidate, 0) == "2.00 (2.00 to 2.00)"
    assert benchmarks._ratios(reference, candidate, 1) == "4.00 (4.00 to 4.00)"
