"""Records what a TensorFlow 1 script does, as a small JSON file to be committed: a golden.

    legacy-graph record train.py goldens/train.json --steps 20          # on today's TensorFlow
    python3.7 recorder.py train.py goldens/train.json --steps 20        # this file, on real TensorFlow 1.15

The script runs twice, each time in a process and a folder of its own. Its sessions are watched: the numbers they
fetch, the variables' initial values, which line made which ops. Where the two runs differ, the script is not
repeatable: a printed time is marked and never compared; where a loss differs, nothing is recorded.

One file without dependencies but TensorFlow and numpy; Python 3.7 must be able to run it.
"""

import argparse
import contextlib
import functools
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import types
import weakref

FORMAT = "tf1-rnn/golden/1"
SEED = 1  # for a script that sets none
LOSSES, PRINTED = 1e-4, 1e-3  # relative tolerances: of a fetched number; of a printed one, which has fewer digits
SETTINGS = ("seed", "ignore", "rtol_losses", "rtol_printed")
MOST_LINES, MOST_VALUES = 1000, 2000  # most lines kept of the output, most values kept of a tensor
SMALL_FILE, MOST_COPIED = 2**20, 100 * 2**20  # bytes: of a file that is copied, not linked; copied in all
NO_ENGINE = "none"  # of a process that ended before it reported its engine
VARIES = "<varies>"
NUMBER = re.compile(r"<varies>|(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]*\w)|\bnan\b|\binf\b")
_TIME = re.compile(
    r"(?P<after>(?<![\w.])\d+(?:\.\d*)?)(?= ?(?:s|sec|secs|seconds?|ms|msecs?|minutes?|mins?|hours?|\w+/s(?:ec)?)\b)"
    r"|(?:time|took|elapsed|duration|speed|eta)\b\W{0,3}(?P<before>\d+\.\d*)",
    re.IGNORECASE,
)


def add_arguments(parser):
    """Add what recording takes to an argument parser."""
    parser.add_argument(
        "--seed", type=int, default=None, metavar="N", help=f"seed of the script's random numbers (default {SEED})"
    )
    parser.add_argument("--ignore", action="append", metavar="REGEX", help="leave out printed lines that match")
    parser.add_argument(
        "--rtol-losses", type=float, metavar="X", help=f"relative tolerance of losses (default {LOSSES:g})"
    )
    parser.add_argument(
        "--rtol-printed", type=float, metavar="X", help=f"relative tolerance of printed numbers (default {PRINTED:g})"
    )
    parser.add_argument("--here", action="store_true", help="run in this folder itself, not in a copy of it")
    parser.add_argument("--force", action="store_true", help="replace an existing golden, and report what changed")
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument("golden", metavar="GOLDEN", help="the JSON file to write")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGS", help="arguments of the script")


def golden_of(script, arguments, run, earlier=None, **wanted):
    """Return (golden, notes) of a script, or (None, reasons) where it cannot be repeated.

    Args:
      script, arguments: what runs, as on a command line.
      run: function of (script, arguments, seed) that runs it once and returns what was observed, see `observe`.
      earlier: the golden to be replaced, or None; its settings are the defaults.
      wanted: SETTINGS by name; None keeps the default.
    """
    settings = {"seed": SEED, "ignore": [], "rtol_losses": LOSSES, "rtol_printed": PRINTED}
    settings.update({name: (earlier or {}).get(name, value) for name, value in settings.items()})
    settings.update({name: value for name, value in wanted.items() if value is not None})
    first, second = (run(script, arguments, settings["seed"]) for _ in range(2))
    for observed in (first, second):
        observed["printed"] = kept_lines(observed["printed"], settings["ignore"])
    reasons = _unrepeatable(first, second)
    if reasons:
        return None, reasons
    notes = _mark(first["printed"], second["printed"])
    if first["status"]:
        last = (first["errors"].strip().splitlines() or ["without a word"])[-1]
        notes.append(f"it ends with exit status {first['status']}, which is recorded: {last}")
    kept = ("engine", "versions", "machine", "status", "steps", "losses", "printed", "variables", "trained", "graphs")
    golden = {"format": FORMAT, "script": script, "arguments": list(arguments), **settings}
    return {**golden, **{name: first[name] for name in kept}}, notes


def kept_lines(text, ignore):
    """Return the lines of a script's output that are compared; of a progress bar only its last state."""
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return [line for line in lines if not any(re.search(pattern, line) for pattern in ignore)][:MOST_LINES]


def numbers(values):
    """Return rows of numbers, as `rows` made them, as a list of floats."""
    return [float(value) for row in values for value in row.split()]


def rows(values, wide=8):
    """Return numbers as lines of text, `wide` a line: a change of one is one line of a diff."""
    return [" ".join(values[start : start + wide]) for start in range(0, len(values), wide)]


def write(path, golden):
    """Write a golden whole or not at all."""
    text = json.dumps(golden, indent=1, ensure_ascii=False) + "\n"
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(path + ".new", path)


def _unrepeatable(first, second):
    """Return the reasons not to record: differences between two runs that no comparison could ignore."""
    for observed in (first, second):
        if observed["engine"] == NO_ENGINE:
            return ["its process ended without a word", *observed["errors"].strip().splitlines()[-3:]]
    reasons = []
    if first["status"] != second["status"]:
        reasons.append(f"exit status {first['status']}, then {second['status']}")
    for name in set(first["variables"]) & set(second["variables"]):
        if first["variables"][name] != second["variables"][name]:
            reasons.append(f"variable {name} starts from other values")
        elif first["trained"].get(name) != second["trained"].get(name):
            reasons.append(f"variable {name} ends with other values")
    if first["graphs"] != second["graphs"]:
        reasons.append("the graph is built of other ops")
    for name, loss in first["losses"].items():
        again = second["losses"].get(name, {"values": []})["values"]
        if loss["values"] != again:
            pairs = list(zip(numbers(loss["values"]), numbers(again)))
            place = next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))
            reasons.append(f"fetched {name} differs from its value {place} on (counted from 0)")
    if len(first["printed"]) != len(second["printed"]):
        reasons.append(
            f"it prints {len(first['printed'])} lines, then {len(second['printed'])} (leave out some with --ignore)"
        )
    if reasons:
        reasons += first["obstacles"] or ["perhaps it seeds by the clock, or reads what its last run wrote"]
    return reasons


def _mark(lines, again):
    """Put VARIES, in place, where two outputs differ and where a number is a time; return notes on the first."""
    notes = []
    for i, (one, other) in enumerate(zip(lines, again)):
        if one == other:
            marked = one
        elif NUMBER.split(one) == NUMBER.split(other):
            pairs = zip(NUMBER.findall(one), NUMBER.findall(other))
            marked = _with_numbers(one, [a if a == b else VARIES for a, b in pairs])
        else:
            marked = VARIES
        if marked != one:
            notes.append(f"line {i + 1} varies from run to run and is not compared there: {one.strip()}")
        lines[i] = _TIME.sub(_without_time, marked)
    return notes


def _with_numbers(line, numbers):
    """Put other numbers into a line, in their order."""
    numbers = iter(numbers)
    return NUMBER.sub(lambda _: next(numbers), line)


def _without_time(match):
    group = "after" if match.group("after") else "before"
    text, start = match.group(0), match.start(group) - match.start(0)
    return text[:start] + VARIES + text[start + len(match.group(group)) :]


def observe(command, observation, here=False, root="."):
    """Run a command that leaves its observation, a JSON file, and return it with status and output.

    `command`: a list. `root`: the folder to run it in: with `here` that folder itself, otherwise a copy (see `_copy`),
    so that what the script writes is dropped and a second run starts as the first did.
    """
    with _folder(here, root) as folder, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        status = subprocess.call(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**environment(), "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    observed = dict.fromkeys(("versions", "machine", "losses", "variables", "trained"), {})
    observed.update(engine=NO_ENGINE, steps=0, graphs=[], obstacles=[])
    if os.path.exists(observation):
        with open(observation, encoding="utf-8") as stream:
            observed = json.load(stream)
    return {"status": status, "printed": texts[0], "errors": texts[1], **observed}


def environment():
    """Return the environment of a repeatable process: what is read before Python or TensorFlow starts."""
    # Not TF_DETERMINISTIC_OPS: with that TensorFlow refuses random ops without a seed, as Estimators make them.
    return {"TF_ENABLE_ONEDNN_OPTS": "0", **os.environ, "PYTHONHASHSEED": "0"}


@contextlib.contextmanager
def _folder(here, root):
    if here:
        yield os.path.abspath(root)
        return
    with tempfile.TemporaryDirectory() as folder:
        _copy(os.path.abspath(root), folder)
        yield folder


def _copy(source, target):
    """Copy a folder's tree, so that a script may write into it.

    Large files, hidden folders, linked folders and virtual environments are linked, not copied: what a script writes
    into them stays. Once MOST_COPIED bytes have been copied, all the rest is linked, too.
    """
    todo, left = [(source, target)], MOST_COPIED
    for folder, copy in todo:  # the loop appends to it
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name in (".git", "__pycache__") or os.path.abspath(entry.path) == os.path.abspath(target):
                continue
            to = os.path.join(copy, entry.name)
            if entry.is_dir(follow_symlinks=False) and left > 0 and not _is_closed(entry):
                os.mkdir(to)
                todo.append((entry.path, to))
                left -= 4096
            elif entry.is_file() and entry.stat().st_size <= min(SMALL_FILE, left):
                shutil.copy2(entry.path, to)
                left -= 4096 + entry.stat().st_size
            else:
                os.symlink(os.path.abspath(entry.path), to)


def _is_closed(folder):
    return folder.name.startswith(".") or os.path.exists(os.path.join(folder.path, "pyvenv.cfg"))


def inside(script, root="."):
    """Return a script's path as seen from the folder that `observe` runs it in."""
    return os.path.abspath(os.path.join(root, script)) if script.startswith("..") else script


class Watch:
    """Makes the sessions of this process repeatable, and records what they compute.

    Args:
      tf: TensorFlow's namespace, of 1.15 or `legacy_graph.tf1`.
      seed: seed of graphs, numpy and random where the script sets none; None only records, and changes nothing in
        the process.
      op_types: {op type here: op type in TensorFlow 1.15}, where they differ.
      engine: name of what computes, where that is not the TensorFlow version that `tf` has.

    Attributes: graphs, those that a session ran, in that order.
    """

    def __init__(self, tf, seed=None, op_types=None, engine=None):
        self._tf, self._seed, self._op_types, self._engine = tf, seed, op_types or {}, engine
        self.graphs, self._plans, self._prepared = [], {}, {}
        self._losses, self._variables, self._trained, self._steps, self._remote = {}, {}, {}, 0, False
        self._assigned = weakref.WeakKeyDictionary()  # session -> {variable: the tensor that reads it}
        self._lock = threading.RLock()  # queues are filled by threads of their own
        self._session = tf.Session.__mro__[1]  # InteractiveSession's base, too
        self._run = self._session.run
        self._watch_sessions()
        if seed is not None:
            self._seed_everything()

    def _seed_everything(self):
        import numpy

        random.seed(self._seed)
        numpy.random.seed(self._seed % 2**32)
        for name in ("numpy.random.bit_generator", "numpy.random._bit_generator"):  # for generators given no seed
            if name in sys.modules:
                sys.modules[name].randbits = random.Random(self._seed).getrandbits
        make_graph, seed = self._tf.Graph.__init__, self._seed

        def seeded_graph(graph, *args, **kwargs):
            make_graph(graph, *args, **kwargs)
            graph.seed = seed

        self._tf.Graph.__init__ = seeded_graph
        self._tf.set_random_seed(seed)

    def _watch_sessions(self):
        kind, watch = self._session, self
        make_session, extend, close_session = kind.__init__, kind._extend_graph, kind.close
        make_callable, make_keras_callable = kind.make_callable, kind._make_callable_from_options

        def session(self, target="", graph=None, config=None):
            if watch._seed is not None:
                config = watch._one_thread(config)
                watch._remote = watch._remote or bool(target)
            make_session(self, target, graph, config)

        def extend_graph(self):
            watch._before(self.graph)
            extend(self)

        def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
            values = watch._run(self, fetches, feed_dict, options, run_metadata)
            watch._after(self, fetches, values)
            return values

        def callable_of(self, fetches, *args, **kwargs):
            call = make_callable(self, fetches, *args, **kwargs)

            def watched(*args, **kwargs):
                values = call(*args, **kwargs)
                watch._after(self, fetches, values)
                return values

            return watched

        def keras_callable_of(self, options):
            call, names = make_keras_callable(self, options), list(options.fetch)

            def watched(*args, **kwargs):
                values = call(*args, **kwargs)
                watch._after(self, names + list(options.target), list(values) + [None] * len(options.target))
                return values

            watched.keep = call  # it frees its handle when it is garbage-collected
            return watched

        def close(self):
            watch._before_end(self)
            close_session(self)

        kind.__init__, kind._extend_graph, kind.close, kind.run = session, extend_graph, close, run
        kind.make_callable, kind._make_callable_from_options = callable_of, keras_callable_of

    def _one_thread(self, config):
        copy = self._tf.ConfigProto()
        if config is not None:
            copy.CopyFrom(config)
        copy.intra_op_parallelism_threads = copy.inter_op_parallelism_threads = 1
        return copy

    def _before(self, graph):
        """Make the new ops of a graph repeatable, before a session runs them.

        While loops get parallel_iterations=1, since their iterations share random generators. A random op without
        seeds, as in an imported graph, gets seeds.
        """
        with self._lock:
            version, number = self._prepared.get(graph, (None, 0))
            if version == graph.version:
                return
            if graph not in self.graphs:
                self.graphs.append(graph)
            ops = graph.get_operations()
            if self._seed is not None:
                for i, op in enumerate(ops[number:], number):  # the earlier ones have run, and can no longer be changed
                    if op.type in ("Enter", "RefEnter", "While", "StatelessWhile"):
                        op._set_attr("parallel_iterations", self._tf.AttrValue(i=1))
                    elif "seed2" in op.node_def.attr and op.get_attr("seed") == op.get_attr("seed2") == 0:
                        op._set_attr("seed", self._tf.AttrValue(i=self._seed))
                        op._set_attr("seed2", self._tf.AttrValue(i=i))
            self._prepared[graph] = graph.version, len(ops)

    def _after(self, session, fetches, values):
        """Record the scalars that were fetched, and the values of variables that were initialized."""
        pairs = [(name, value) for name, value in _pairs(fetches, values)]
        graph, names = session.graph, tuple(name for name, _ in pairs)
        with self._lock:
            if (graph, names) not in self._plans:
                self._plans[graph, names] = self._plan(graph, names)
            trains, started = self._plans[graph, names]
            self._steps += trains
            for name, value in pairs:
                if getattr(value, "ndim", None) == 0 and value.dtype.kind in "fiu":
                    seen = self._losses.setdefault(self._title(graph, name), [])
                    if len(seen) < MOST_VALUES:
                        seen.append((self._steps, str(value)))
            for name, tensor in started.items():
                title = self._title(graph, name)
                self._assigned.setdefault(session, {})[title] = tensor
                if title not in self._variables:
                    with contextlib.suppress(self._tf.errors.OpError):  # its initial value was not computed
                        self._variables[title] = fingerprint(self._run(session, tensor))

    def _before_end(self, session):
        """Record the final values of a session's variables."""
        with (
            self._lock,
            contextlib.suppress(self._tf.errors.OpError, RuntimeError),
        ):  # closed or failed
            tensors = self._assigned.pop(session, None)
            for title, value in self._run(session, tensors).items() if tensors else ():
                self._trained[title] = fingerprint(value)

    def _title(self, graph, name):
        number = self.graphs.index(graph)
        return name if not number else f"graph {number + 1}: {name}"

    def _in_order(self, variables):
        """Sort {variable: value} by the order in which the variables were created."""
        titles = [self._title(graph, op.name) for graph in self.graphs for op in graph.get_operations()]
        return {title: variables[title] for title in titles if title in variables}

    def _plan(self, graph, names):
        """Return (whether fetching `names` trains, {variable that it assigns: the tensor that reads the variable})."""
        trains, started, seen = False, {}, set()
        todo = []
        for name in names:
            with contextlib.suppress(KeyError, ValueError):  # the graph has no such name
                element = graph.as_graph_element(name)
                todo.append(getattr(element, "op", element))
        while todo:
            op = todo.pop()
            if op in seen:
                continue
            seen.add(op)
            todo += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
            trains = trains or "Apply" in op.type  # ApplyAdam, ResourceApplyAdam, SparseApplyAdam
            if op.type in ("Assign", "AssignVariableOp"):
                variable = op.inputs[0].op
                if variable.type in ("VariableV2", "Variable"):
                    started[variable.name] = variable.outputs[0]
                elif variable.type == "VarHandleOp":
                    with contextlib.suppress(KeyError):
                        started[variable.name] = graph.get_tensor_by_name(variable.name + "/Read/ReadVariableOp:0")
        return trains, started

    def observation(self):
        """Return all that was recorded, as a dictionary that JSON can hold."""
        if not self.graphs and self._tf.get_default_graph().get_operations():
            self.graphs.append(self._tf.get_default_graph())  # built, and never run
        for session in list(self._assigned):
            self._before_end(session)
        variables = self._in_order(self._variables)
        trained = self._in_order(self._trained)
        describe = Describe(self._op_types)
        losses = {}
        for name, seen in self._losses.items():
            at = [step for step, _ in seen]
            losses[name] = {"values": rows([value for _, value in seen])}
            if at != list(range(1, self._steps + 1)):  # fetched elsewhere than in every training step
                losses[name]["after_steps"] = rows([str(step) for step in at], 20)
        return {
            "engine": self._engine or f"TensorFlow {self._tf.__version__}",
            "versions": versions(),
            "machine": machine(),
            "steps": self._steps,
            "losses": losses,
            "variables": variables,
            "trained": {name: value for name, value in trained.items() if value != variables.get(name)},
            "graphs": [describe.graph(graph) for graph in self.graphs],
            "obstacles": self.obstacles(),
        }

    def obstacles(self):
        """Return what in the graphs cannot be repeated, whatever the seeds, as lines of text."""
        found = []
        for graph in self.graphs:
            for runner in graph.get_collection(self._tf.GraphKeys.QUEUE_RUNNERS):
                found.append(f"queue {runner.name} is filled by threads, which overtake one another")
            for name, seeds in random_ops(graph):
                if seeds == (0, 0):
                    found.append(f"random op {name} has no seed")
            for op in graph.get_operations():
                if op.type.startswith("ParallelInterleave") and "sloppy" in op.type.lower():
                    found.append(f"dataset {op.name} gives what is ready first")
        if "TF_DETERMINISTIC_OPS" not in os.environ and self._tf.config.experimental.list_physical_devices("GPU"):
            found.append("a GPU adds in any order: hide it with CUDA_VISIBLE_DEVICES=-1, or set TF_DETERMINISTIC_OPS=1")
        if self._remote:
            found.append("a session runs in a server, whose threads are not this process's")
        return found


def _pairs(fetches, values):
    """Yield the name of each thing fetched, and its value."""
    if isinstance(fetches, dict):
        for key in fetches:
            for pair in _pairs(fetches[key], values[key]):
                yield pair
    elif isinstance(fetches, (list, tuple)):
        for fetch, value in zip(fetches, values):
            for pair in _pairs(fetch, value):
                yield pair
    else:
        name = getattr(fetches, "name", fetches)
        if isinstance(name, str):
            yield name, values


def random_ops(graph):
    """Yield (name, (graph seed, op seed)) of the random ops of a graph."""
    for op in graph.get_operations():
        if "seed2" in op.node_def.attr:
            yield op.name, (op.get_attr("seed"), op.get_attr("seed2"))


def fingerprint(value):
    """Return a variable's dtype, shape, checksum, norm and weighted sum as one line.

    The weights, between 0.5 and 1.5, are all different: a value that changes, or two that change places, move the
    sum. Rounding in the last bits moves it by less than a millionth of the norm.
    """
    import hashlib

    import numpy

    flat = numpy.asarray(value, numpy.float64).ravel() if value.dtype.kind in "biuf" else numpy.zeros(1)
    weights = 0.5 + numpy.arange(flat.size) * 0.6180339887498949 % 1
    checksum = hashlib.sha256(value.tobytes() if value.dtype != object else repr(value.tolist()).encode()).hexdigest()
    return f"{value.dtype}{list(value.shape)} {checksum[:16]} {numpy.sqrt(flat @ flat):.9g} {flat @ weights:.9g}"


class Describe:
    """Describes a graph: which statement of the script made which ops, and the seeds of its random ops."""

    def __init__(self, op_types):
        self._op_types, self._sources = op_types, {}

    def graph(self, graph):
        """Return {"ops": number and checksum, "random": lines of seeds and name, "code": the ops by statement}.

        A line of "code" has the number of consecutive ops that a statement made, their checksum, and its first line.
        """
        import hashlib

        groups, whole = [], hashlib.sha256()
        for op in graph.get_operations():
            statement = self._statement(op)
            if not groups or groups[-1][0] != statement and len(groups) < MOST_LINES:
                groups.append([statement, 0, hashlib.sha256()])
            groups[-1][1] += 1
            described = self._op(op).encode()
            groups[-1][2].update(described)
            whole.update(described)
        return {
            "ops": f"{len(graph.get_operations())} {whole.hexdigest()[:16]}",
            "random": [f"{seeds[0]} {seeds[1]} {name}" for name, seeds in random_ops(graph)],
            "code": [f"{count} {checksum.hexdigest()[:8]} {statement}" for statement, count, checksum in groups],
        }

    def _op(self, op):
        """Type, name, inputs, and the value of a constant number."""
        parts = [self._op_types.get(op.type, op.type), op.name] + [tensor.name for tensor in op.inputs]
        parts += sorted(control.name for control in op.control_inputs)
        value = op.node_def.attr["value"].tensor if op.type == "Const" else None
        if value is not None and not value.tensor_shape.dim and not value.string_val:
            parts.append(repr(value.tensor_content or [*value.float_val, *value.int_val, *value.double_val]))
        return "\n".join(parts) + "\n\n"

    def _statement(self, op):
        """The statement outside the libraries that made an op, innermost, as one line; "" where there is none."""
        for frame in reversed(op.traceback or ()):
            file, line = (frame[0], frame[1]) if isinstance(frame, tuple) else (frame.filename, frame.lineno)
            if not _is_library(file):
                text = self._source(file, line)
                if text:
                    return text
        return ""

    def _source(self, file, line):
        import ast
        import bisect

        if file not in self._sources:
            try:
                with open(file, "rb") as stream:
                    source = stream.read()
                starts = sorted({node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)})
                self._sources[file] = source.decode("utf-8", "replace").splitlines(), starts
            except (OSError, SyntaxError, ValueError):
                self._sources[file] = [], []
        lines, starts = self._sources[file]
        if not starts:
            return ""
        start = starts[max(0, bisect.bisect_right(starts, line) - 1)]  # Python 3.7 counts a call by its last line
        return lines[start - 1].strip()[:100]


_HERE = os.path.abspath(__file__)
_LIBRARIES = ("site-packages", "dist-packages", os.path.dirname(os.__file__))
_OURS = ("legacy_graph", "mnist_digits", "mnist_training", "keras_port", "parity")


@functools.lru_cache(None)
def _is_library(file):
    package = os.path.dirname(os.path.dirname(_HERE))  # legacy_graph, unless this file is a copy somewhere
    ours = os.path.basename(package) == "legacy_graph" and file.startswith(os.path.join(package, ""))
    return ours or os.path.abspath(file) == _HERE or any(library in file for library in _LIBRARIES)


def versions():
    """Return the versions of TensorFlow, numpy, Keras, and the packages that the script and its modules use."""
    roots = {"tensorflow", "numpy", "keras", "tf_keras"}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name == "__main__" or file and not _is_library(file) and name.partition(".")[0] not in _OURS:
            for value in list(vars(module).values()):
                owner = value.__name__ if isinstance(value, type(sys)) else getattr(value, "__module__", None)
                if isinstance(owner, str):
                    roots.add(owner.partition(".")[0])
    found = {root: getattr(sys.modules.get(root), "__version__", None) for root in roots}
    return {root: found[root] for root in sorted(found) if isinstance(found[root], str)}


def machine():
    """Return Python, system and processor, on which rounding and the order of sets may depend."""
    processor = platform.processor()
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as stream:
        processor = next((line.split(":", 1)[1].strip() for line in stream if line.startswith("model name")), processor)
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor,
    }


def _observed_on_115(script, arguments, seed, here):
    with tempfile.TemporaryDirectory() as folder:
        observation = os.path.join(folder, "observation.json")
        command = [sys.executable, os.path.abspath(__file__), "--watched", observation, str(seed), inside(script)]
        return observe(command + list(arguments), observation, here)


def _watched(observation, seed, script, *arguments):
    """Run a script as `__main__` under TensorFlow 1.15, and write what was observed to a file."""
    import tensorflow as tf

    watch = Watch(tf, int(seed))
    sys.argv[:], sys.path[0] = [script] + list(arguments), os.path.dirname(os.path.abspath(script))
    main_module = sys.modules["__main__"] = types.ModuleType("__main__")
    main_module.__file__ = script
    try:
        with open(script, "rb") as stream:
            code = compile(stream.read(), script, "exec", dont_inherit=True)
        exec(code, vars(main_module))
    finally:
        with open(observation, "w", encoding="utf-8") as stream:
            json.dump(watch.observation(), stream)


def main():
    """Record under TensorFlow 1.15: 0 recorded, 1 not repeatable, 2 bad input."""
    if sys.argv[1:2] == ["--watched"]:
        _watched(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description="Record what a script does on TensorFlow 1.15.")
    add_arguments(parser)
    wanted = parser.parse_args()
    earlier = None
    if not os.path.isfile(wanted.script):
        parser.error(f"{wanted.script}: there is no such file (in {os.getcwd()}); expected a script")
    if os.path.exists(wanted.golden):
        if not wanted.force:
            parser.error(f"{wanted.golden} is there; --force replaces it")
        with open(wanted.golden, encoding="utf-8") as stream:
            earlier = json.load(stream)
    golden, notes = golden_of(
        wanted.script,
        wanted.arguments,
        lambda script, arguments, seed: _observed_on_115(script, arguments, seed, wanted.here),
        earlier,
        **{name: getattr(wanted, name) for name in SETTINGS},
    )
    if golden is None:
        sys.exit("\n".join([f"{wanted.script}: two runs differ, nothing is recorded:", *notes]))
    write(wanted.golden, golden)
    print("\n".join([*notes, f"recorded {wanted.golden} on {golden['engine']}"]))


if __name__ == "__main__":
    main()
