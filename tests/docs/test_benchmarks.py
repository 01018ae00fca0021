"""docs/benchmarks.md says what docs/benchmarks.json holds, and ratios are taken round by round."""

import json

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import floor, growth, profile, readme, recipes, turns


def test_the_page_is_made_of_the_figures():
    figures = json.loads(benchmarks.FIGURES.read_text())
    assert {"lstm", benchmarks.START_UP} <= set(figures) <= set(benchmarks.TARGETS)
    assert benchmarks.page(figures) == benchmarks.PAGE.read_text()
    figures["lstm"]["found"]["keras_port"]["seconds"] = figures["lstm"]["found"]["legacy_graph"]["seconds"]
    assert benchmarks.page(figures) != benchmarks.PAGE.read_text()


@pytest.mark.parametrize("page", readme.PAGES, ids=lambda page: page.name)
def test_the_readme_has_the_figures_of_the_page(page):
    figures, text = json.loads(benchmarks.FIGURES.read_text()), page.read_text(encoding="utf-8")
    assert benchmarks.readme_page(text, figures) == text
    figures["lstm"]["found"]["keras_port"]["seconds"] = figures["lstm"]["found"]["legacy_graph"]["seconds"]
    assert benchmarks.readme_page(text, figures) != text
    with pytest.raises(ValueError, match="expected one table of 3 rows"):
        benchmarks.readme_page(text.replace("<!-- speed -->", ""), figures)


def test_a_machine_that_slows_down_slows_both_and_not_the_ratio():
    slowing = [1, 2, 3, 4, 50]
    reference = [[(2.0 * slow, 4.0 * slow)] * 3 for slow in slowing]
    candidate = [[(1.0 * slow, 1.0 * slow)] * 3 for slow in slowing]
    assert turns.ratios(reference, candidate, 0) == "2.00 (2.00 to 2.00)"
    assert turns.ratios(reference, candidate, 1) == "4.00 (4.00 to 4.00)"


def test_slopes_are_those_of_the_cost():
    points = [[size, 3e-3 * size**2, 5 * size] for size in (1, 2, 4, 8, 16)]
    assert growth.slopes(points) == pytest.approx((2, 1))
    assert growth.table({"batch": points})[4].endswith("| 2.00 | 1.00 |")
    assert growth.picture({"batch": points}).count("<circle") == len(points)


def test_the_floor_counts_the_products_of_a_step():
    # By hand, in units of 2 * 128 * 28 operations: every recurrent product is there three times, the digits' twice.
    unit = 2 * 128 * 28
    assert floor.operations("lstm") == unit * (3 * 128 * 512 + 2 * 28 * 512)
    assert floor.operations("multi_lstm") == unit * 2 * 6 * 128 * 512
    assert floor.operations("bi_lstm") == unit * (3 * 256 * 1024 + 2 * 28 * 1024) + unit // 28 * 2 * 28 * 1024


def test_a_recipe_is_compared_round_by_round_until_the_model_is_saved():
    rounds = {"TensorFlow 1.15": [(4.0, 5.0), (40.0, 41.0)], "keras-port train": [(2.0, 9.0), (20.0, 90.0)]}
    lines = recipes.table({"steps": 7, "seconds": rounds})
    assert lines[-1] == "| keras-port train | 11.0 | 2.00 | 49.5 |"


def test_what_is_no_other_part_of_a_step_is_gates_and_loop():
    parts = {"whole": 50.0, "products": 30.0, "optimizer": 2.0, "call": 1.0, "rate": 1e11, "on all cores": 28.0}
    assert profile.table({"lstm": parts})[-1] == "| lstm | 50.0 | 30.0 | 17.0 | 2.0 | 1.0 | 25.0 | 28.0 |"
