"""Checks on graphs and captures, which are untrusted input, and on the code generated from them.

The translation writes a Python module and imports it. Names of ops, dtypes and sizes end up in that module, so only
values that TensorFlow itself accepts are let through. `check_code` then checks the module as a whole.
"""

import ast
import json
import os
import re
import stat
import zipfile

from mnist_training import InputError

_LARGEST = 2**31  # bytes of a graph, the limit of protocol buffers
_LARGEST_FACTS = 2**26
_FREE, _RATIO = 2**26, 20  # bytes allowed at any compression ratio; the largest ratio beyond that
_NAME = re.compile(r"\^?[A-Za-z0-9_.][A-Za-z0-9_.>/-]*(:[A-Za-z0-9_:]+)?\Z")
_DTYPES = frozenset(
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string complex64 "
    "complex128 half double variant resource".split()
)
_DEEDS = re.compile(  # ops that touch files, other processes or Python
    r"((Read|Write)File|MatchingFiles|(Save|Restore)(V2|Slices?)?|MergeV2Checkpoints|(Eager)?PyFunc(Stateless)?|Debug\w+|"
    r"\w*SummaryWriter|Write\w*Summary|\w*Reader(V2)?|_?(Host)?(Send|Recv)|RemoteCall|(Try)?Rpc|Collective\w+)\Z"
)
_UNSAFE = re.compile(r"[\"'\\`\x00-\x1f\x7f-\x9f\u2028\u2029]")  # can end a string, a docstring or a comment
_IMPORTS = frozenset(("import keras", "import numpy as np", "from keras import layers", "from keras import ops"))
FORBIDDEN = frozenset(  # Python functions that no model needs; `names` never uses these as identifiers
    "__import__ breakpoint compile delattr eval exec exit globals help input locals open quit setattr vars".split()
)
_READERS = frozenset(("Lambda", "TFSMLayer"))  # layers that run code from outside model.py
_INSIDE_KERAS = frozenset(
    "Input Model constraints initializers layers losses metrics ops optimizers random regularizers activations "
    "saving".split()
)
_SAVING = frozenset(("register_keras_serializable",))


def read_bytes(path, most=_LARGEST):
    """Return the contents of a file; raises InputError unless it is a regular file of at most `most` bytes."""
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise InputError(f"{path}: not a file of at most {most} bytes")
        with open(path, "rb") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error


def read_facts(path):
    """Return the object in a JSON file, a dict; raises InputError where there is none."""
    try:
        facts = json.loads(read_bytes(path, _LARGEST_FACTS))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})") from error
    if not isinstance(facts, dict):
        raise InputError(f"{path}: expected an object of JSON, received {type(facts).__name__}")
    return facts


def check_arrays(path):
    """Raise InputError unless `path` is a .npz archive whose unpacked size is plausible."""
    try:
        if not os.path.isfile(path):
            raise InputError(f"{path}: not a file")
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    packed, unpacked = os.path.getsize(path), sum(part.file_size for part in parts)
    if unpacked > max(_FREE, _RATIO * packed):
        raise InputError(f"{path}: {unpacked} bytes from {packed}; no capture is packed so tightly: it is not unpacked")


def check_graph(graph_def, path):
    """Raise InputError where an op has an invalid name, type or input, an input is missing, or there is a cycle."""
    for node in graph_def.node:
        for name in (node.name, node.op, *node.input):
            if not _NAME.match(name):
                raise InputError(f"{path}: an op has the name, the type or the input {name!r:.80}; none can have it")
    _check_inputs({node.name: node for node in graph_def.node}, path)


def _check_inputs(nodes, path):
    """Refuse ops with missing inputs, and cycles other than those of while loops."""
    readers, waits, known = {}, {}, set(nodes)
    for node in nodes.values():
        sources = {name.lstrip("^").partition(":")[0] for name in node.input}
        missing = sources - known
        if missing:
            raise InputError(f"{path}: the op {node.name} reads {min(missing)}, which is not there")
        sources = [source for source in sources if not nodes[source].op.endswith("NextIteration")]
        waits[node.name] = len(sources)
        for source in sources:
            readers.setdefault(source, []).append(node.name)
    ready = [name for name, number in waits.items() if not number]
    while ready:
        for reader in readers.get(ready.pop(), ()):
            waits[reader] -= 1
            if not waits[reader]:
                ready.append(reader)
    circle = [name for name, number in waits.items() if number]
    if circle:
        raise InputError(f"{path}: ops that wait for each other in a circle, such as {circle[0]}")


def check_side_effects(graph_def, wanted, fed, path):
    """Raise InputError where computing `wanted` would run ops with side effects, such as writing files.

    TensorFlow's security guide says that graphs are programs: running one may do anything.

    Args:
      graph_def: a GraphDef.
      wanted: names of the tensors or ops to compute.
      fed: names of the tensors that are fed; what they depend on does not run.
      path: where the graph comes from, for the message.
    """
    nodes = {node.name: node for node in graph_def.node}
    fed = {name.removesuffix(":0") for name in fed}
    found, waiting = set(fed), list(wanted)
    while waiting:
        tensor = waiting.pop().removesuffix(":0")
        if tensor in found:
            continue
        found.add(tensor)
        node = nodes.get(tensor.lstrip("^").partition(":")[0])
        if node is None:
            continue
        waiting += node.input
        if _DEEDS.match(node.op) or node.op == "PrintV2" and b"://" in node.attr["output_stream"].s:
            raise InputError(
                f"{path}: {node.name} is an op of type {node.op}, which does more than compute: it is not run"
            )


def check_facts(facts, path):
    """Raise InputError where a field of capture.json that is used in the generated code has an invalid value."""

    def is_size(value):
        return value is None or type(value) is int and -1 <= value < 2**31

    def is_shape(value):
        return value is None or isinstance(value, list) and len(value) <= 32 and all(map(is_size, value))

    def is_name(value):
        return isinstance(value, str) and bool(_NAME.match(value))

    feeds = facts["feeds"]
    axes, names = facts.get("batch_axis") or {}, facts.get("names") or {}
    right = {
        "script": isinstance(facts["script"], str),
        "loss": facts["loss"] is None or is_name(facts["loss"]),
        "logits": all(map(is_name, facts.get("logits") or ())),
        "trainable": all(map(is_name, facts["trainable"])),
        "train_op": facts.get("train_op") is None or is_name(facts["train_op"]),
        "batch_size": is_size(facts.get("batch_size")),
        "batch_axis": all(is_name(name) and is_size(axis) for name, axis in axes.items()),
        "names": all(is_name(name) and isinstance(held, str) and held.isidentifier() for name, held in names.items()),
        "feeds": all(
            is_name(feed["tensor"])
            and feed["dtype"] in _DTYPES
            and is_shape(feed["shape"])
            and is_shape(feed.get("example_shape"))
            for feed in feeds
        ),
    }
    wrong = [name for name, holds in right.items() if not holds]
    if wrong:
        raise InputError(f"{path}: {', '.join(wrong)}: not what legacy-graph run --capture writes there")


def plain(text):
    """Return text with the characters replaced that could end a string, a docstring or a comment."""
    return _UNSAFE.sub("?", text)


def check_code(text):
    """Raise InputError where a generated module does more than build a Keras model."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            said = {ast.unparse(type(node)(**{**vars(node), "names": [name]})) for name in node.names}
            wrong = sorted(said - _IMPORTS)
        elif isinstance(node, ast.Attribute):
            wrong = [] if _is_harmless(node) else [ast.unparse(node)]
        elif isinstance(node, ast.Name):
            wrong = [node.id] if node.id in FORBIDDEN or node.id.startswith("__") else []
        else:
            wrong = []
        if wrong:
            raise InputError(
                f"the graph led to code with {wrong[0]!r:.80}, which no model needs: it was not run. "
                "If the graph is right, please report it"
            )


def _is_harmless(node):
    base = node.value.id if isinstance(node.value, ast.Name) else None
    if node.attr.startswith("__") and node.attr != "__init__" or node.attr in _READERS:
        return False
    if base == "keras":
        return node.attr in _INSIDE_KERAS
    if base == "np":
        return node.attr in ("array", "float32", "int32", "int64", "inf", "nan")
    if isinstance(node.value, ast.Attribute) and node.value.attr == "saving":
        return node.attr in _SAVING
    return True
