"""Networks compared at once, in processes: the order of the results, and what becomes of errors and of ends."""

import contextlib
import dataclasses
import multiprocessing
import os

import pytest

from mnist_training import MODELS, InputError, Recipe
from mnist_training.errors import RunError
from parity import at_once, comparison
from parity.ladder import LEFT, Report, Rung

RECIPES = [Recipe.of(model, steps=2, units=4, seed=1) for model in MODELS]
SHARES = [[0], [0]]


@dataclasses.dataclass
class Result:
    """What the processes of these tests return for a Part."""

    report: Report
    model: str


def result(part, same=True):
    rung = Rung("masks replayed" if part.dropout else "losses", same)
    report = Report((rung,), {}, {})
    return Result(report, part.recipe.model) if part.dropout or part.recipe.keep_prob == 1 else report


# What a process does, in place of training: `work` of at_once._in_processes.


def report_quickly(connection, cores):
    with contextlib.suppress(EOFError):
        while True:
            part = connection.recv()
            connection.send((at_once.SAID, f"began {part.recipe.model}"))
            connection.send((at_once.STEPPED, None))
            connection.send((at_once.DONE, result(part)))


def refuse(connection, cores):
    connection.recv()
    connection.send((at_once.FAILED, (InputError("the digits: not there"), "in line 7")))
    connection.recv()


def die(connection, cores):
    connection.recv()
    os._exit(9)


def compared(work, recipes=RECIPES):
    parts = [part for recipe in recipes for part in comparison.parts_of(recipe)]
    return list(at_once._in_processes(recipes, parts, SHARES, work))


def test_results_come_in_the_order_of_the_recipes_and_with_what_was_said(capfd):
    found = compared(report_quickly)
    assert [each.model for each in found] == list(MODELS)
    assert [rung.name for rung in found[1].report.rungs] == ["losses", "masks replayed"]
    out, err = capfd.readouterr()
    assert sorted(out.splitlines()) == sorted(f"began {model}" for model in (*MODELS, "multi_lstm"))
    assert not err and not multiprocessing.active_children()


def test_an_error_in_a_process_is_raised_here_and_the_others_end():
    with pytest.raises(InputError, match="the digits: not there") as caught:
        compared(refuse)
    assert str(caught.value.__cause__) == "in line 7"
    assert not multiprocessing.active_children()


def test_a_process_that_dies_ends_the_comparison_with_the_network_named():
    with pytest.raises(RunError, match="the process that compared multi_lstm ended with status 9"):
        compared(die)
    assert not multiprocessing.active_children()


@pytest.fixture
def work(monkeypatch):
    """Return a function that lets `at_once._work` do one part by `run(part, progress, here)`; it returns `here`.

    That is the end of the pipe of the process that waits for the result.
    """
    from parity import compare

    def work(run):
        here, there = multiprocessing.Pipe()
        monkeypatch.setattr(compare, "run", lambda part, mnist, model_dir, progress: run(part, progress, here))
        monkeypatch.setattr(at_once, "digits", lambda recipe, data_dir: None)
        monkeypatch.setattr(os, "sched_setaffinity", lambda process, cores: None)
        here.send(comparison.parts_of(RECIPES[0])[0])
        here.send(None)  # no further part
        at_once._work(None, None, there, [0])
        return here

    return work


def test_a_process_reports_what_is_printed_and_each_step_and_its_result(work):
    def run(part, progress, here):
        print("up the", end=" ")
        print("ladder")
        with progress(part.recipe, "label") as shown:
            shown.step(1, 0.5)
        return part.recipe.model

    here = work(run)
    assert [here.recv() for _ in range(3)] == [
        (at_once.SAID, "up the ladder"),
        (at_once.STEPPED, None),
        (at_once.DONE, "lstm"),
    ]


def test_a_process_reports_an_error_with_its_traceback(work):
    def run(part, progress, here):
        raise InputError("the digits: not there")

    kind, (error, there) = work(run).recv()
    assert kind == at_once.FAILED and str(error) == "the digits: not there" and "in run" in there


def test_a_process_whose_results_nobody_waits_for_ends_at_its_next_step(work):
    taken = []

    def run(part, progress, here):
        with progress(part.recipe, "label") as shown:
            for step in range(10):
                taken.append(step)
                if step == 3:
                    here.close()
                shown.step(step, 0.5)

    work(run)
    assert taken == [0, 1, 2, 3]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system gives a process no cores of its own")
@pytest.mark.parametrize(
    "cores, most, shares",
    [
        ({0, 1}, 4, [[0], [1]]),
        ({2, 5, 7, 8, 9}, 2, [[2, 5], [7, 8, 9]]),
        (set(range(8)), 4, [[0, 1], [2, 3], [4, 5], [6, 7]]),
        ({3}, 4, [[3]]),
        ({0, 1}, 1, [[0, 1]]),
    ],
)
def test_each_process_has_cores_of_its_own(monkeypatch, cores, most, shares):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: cores)
    assert at_once._shares_of_cores(most) == shares


def test_rungs_with_dropout_count_only_where_the_ladder_held():
    from tests.parity import test_report  # not above: the processes of these tests import this file, and no TensorFlow

    of_dropout = test_report.comparison("multi_lstm", rungs=[Rung("masks replayed", True)])
    recipe = of_dropout.recipe
    assert [part.dropout for part in comparison.parts_of(recipe)] == [False, True]
    for same, names in ((True, ["losses", "masks replayed"]), (False, ["losses"])):
        whole = comparison.joined([Report((Rung("losses", same),), {}, {}), of_dropout])
        assert [rung.name for rung in whole.report.rungs] == names
        assert whole.same is same and whole.last_loss(LEFT) == of_dropout.last_loss(LEFT)


def test_the_longest_part_begins_first():
    parts = [part for recipe in map(Recipe.of, MODELS) for part in comparison.parts_of(recipe)]
    longest_first = sorted(parts, key=lambda part: -part.cost)
    named = [(part.recipe.model, part.dropout) for part in longest_first]
    assert named == [("multi_lstm", True), ("multi_lstm", False), ("lstm", False), ("bi_lstm", False)]


@pytest.mark.slow
def test_in_processes_the_figures_are_those_of_one_process(monkeypatch):
    recipes = [Recipe.of(model, steps=5, units=8, batch_size=16, seed=1) for model in MODELS]

    def figures():
        return [
            (each.verdict, [(rung.name, rung.same, rung.bound) for rung in each.report.rungs], each.curves, each.test)
            for each in at_once.comparisons(recipes, None, None)
        ]

    with monkeypatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda process: {0})
        one = figures()
    cores = sorted(os.sched_getaffinity(0))
    monkeypatch.setattr(at_once, "_shares_of_cores", lambda most: [cores, cores])  # processes also where there is one
    several = figures()
    for (*words, curves, test), (*other_words, other_curves, other_test) in zip(one, several):
        assert words[0] == other_words[0] and [rung[:2] for rung in words[1]] == [rung[:2] for rung in other_words[1]]
        for side, losses in curves.items():
            assert losses == pytest.approx(other_curves[side], abs=1e-5)
            assert test[side] == pytest.approx(other_test[side], abs=1e-4)
