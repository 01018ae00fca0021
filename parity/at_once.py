"""Compares several networks at once: the parts of the comparisons, each in a process with cores of its own.

A training step of these sizes does not fill the cores: two are busy for four fifths of its time. A core that has a
network to itself waits for nobody. Two threads of one process do not do as well: they get in each other's way.

Where there is one core, or one part, or where the system does not give a process cores of its own, the networks are
compared here, one after another.
"""

import contextlib
import functools
import io
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence

from tqdm import tqdm

from mnist_training import Recipe, digits
from mnist_training.cli.quiet_start import without_startup_messages
from mnist_training.data import read
from mnist_training.errors import RunError
from parity import comparison
from parity.comparison import Comparison

SAID, STEPPED, DONE, FAILED = "said", "stepped", "done", "failed"  # what a process reports


def comparisons(
    recipes: Sequence[Recipe], data_dir: str | os.PathLike | None, model_dir: str | os.PathLike | None
) -> Iterator[Comparison]:
    """Yield the Comparison of each recipe, in order, each as soon as it and those before it are there.

    Prints what begins, and on a terminal shows how far it is. The arguments are `compare.compare`'s; `data_dir`:
    the folder of the digits, None for the bundled ones. Raises what `compare.compare` and `mnist_training.digits` do,
    and RunError where a process ends that should not.
    """
    _check(recipes, data_dir)
    parts = [part for recipe in recipes for part in comparison.parts_of(recipe)]
    shares = _shares_of_cores(len(parts))
    if len(shares) > 1:
        yield from _in_processes(recipes, parts, shares, functools.partial(_work, data_dir, model_dir))
        return
    with without_startup_messages():
        from parity import compare
    for recipe in recipes:
        yield compare.compare(recipe, digits(recipe, data_dir), model_dir)


def _check(recipes, data_dir):
    """Raise what `mnist_training.digits` would, before anything begins."""
    train = read(data_dir).train
    for recipe in recipes:
        recipe.check_fits(train)


def _shares_of_cores(most):
    """Return the cores of each process, one share for each; at most so many."""
    if not hasattr(os, "sched_setaffinity"):
        return [None]
    cores = sorted(os.sched_getaffinity(0))
    count = min(len(cores), most)
    bounds = [len(cores) * share // count for share in range(count + 1)]
    return [cores[start:end] for start, end in zip(bounds, bounds[1:])]


def _in_processes(recipes, parts, shares, work):
    """Yield the Comparisons; `work`: function of a connection and of cores, for each process to run."""
    waiting = sorted(parts, key=lambda part: part.cost)  # the longest first: they come off the end
    at_work, results = {}, {}
    with _processes(shares, work) as processes, _bar(parts) as bar:

        def begin_next(connection):
            if waiting:
                at_work[connection] = waiting.pop()
                with _expected_to_live(processes[connection], at_work[connection]):
                    connection.send(at_work[connection])

        for connection in processes:
            begin_next(connection)
        for recipe in recipes:
            own = comparison.parts_of(recipe)
            while not all(part in results for part in own):
                for connection in multiprocessing.connection.wait(list(at_work)):
                    with _expected_to_live(processes[connection], at_work[connection]):
                        kind, value = connection.recv()
                    if kind == SAID:
                        bar.write(value)
                        sys.stdout.flush()
                    elif kind == STEPPED:
                        bar.update()
                    elif kind == FAILED:
                        error, there = value
                        raise error from _Traceback(there)
                    else:
                        results[at_work.pop(connection)] = value
                        begin_next(connection)
            bar.clear()
            yield comparison.joined([results[part] for part in own])


@contextlib.contextmanager
def _processes(shares, work):
    """Yield {connection: process}, a process for each share; they end with the context."""
    context = multiprocessing.get_context("spawn")  # not fork: threads may run here already
    processes = {}
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # for them: Ctrl-C is this process's to answer
    try:
        for cores in shares:
            here, there = context.Pipe()
            process = context.Process(target=work, args=(there, cores), daemon=True)
            process.start()
            there.close()
            processes[here] = process
    finally:
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield processes
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.join()


@contextlib.contextmanager
def _expected_to_live(process, part):
    """Context that reads from a process or writes to it; RunError where it has ended."""
    try:
        yield
    except (EOFError, BrokenPipeError, ConnectionResetError):
        process.join()
        raise RunError(
            f"the process that compared {part.recipe.model} ended with status {process.exitcode}, before it had "
            "finished; where memory is short, compare one network at a time"
        ) from None


def _bar(parts):
    steps = sum(2 * part.recipe.steps for part in parts)  # of both sides; the first of a ladder is not shown
    return tqdm(
        total=steps - 2 * sum(not part.dropout for part in parts),
        desc="both sides of all",
        unit="step",
        file=sys.stdout,
        disable=not sys.stdout.isatty(),
        dynamic_ncols=True,
    )


def _work(data_dir, model_dir, connection, cores):
    """Do the Parts that come over a connection, on these cores; report each, and what is printed meanwhile."""
    os.sched_setaffinity(0, cores)  # first, since TensorFlow counts them
    # Where the other end is gone, nobody waits for the result.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError), contextlib.redirect_stdout(_Lines(connection)):
        with without_startup_messages():
            from parity import compare
        while (part := _next(connection)) is not None:
            try:
                mnist = digits(part.recipe, data_dir)
                result = compare.run(part, mnist, model_dir, functools.partial(_Steps, connection))
            except (BrokenPipeError, ConnectionResetError):
                raise
            except Exception as error:
                connection.send((FAILED, (error, traceback.format_exc())))
            else:
                connection.send((DONE, result))


def _next(connection):
    try:
        return connection.recv()
    except EOFError:
        return None


class _Traceback(Exception):
    """The traceback in another process, as the cause of an error that came from there."""


class _Steps:
    """Reports training steps over a connection, as mnist_training.Progress shows them."""

    def __init__(self, connection, recipe, label):
        self._connection = connection

    def __enter__(self):
        return self

    def step(self, *_):
        self._connection.send((STEPPED, None))

    def __exit__(self, *_):
        pass


class _Lines(io.TextIOBase):
    """Text that goes over a connection, line by line."""

    def __init__(self, connection):
        self._connection, self._begun = connection, ""

    def write(self, text):
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._connection.send((SAID, line))
        return len(text)
