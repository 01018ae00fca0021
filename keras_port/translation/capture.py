"""The input of a translation: a capture folder, or a .meta file and its checkpoint."""

import dataclasses
import pathlib

import numpy as np

from keras_port.conversion.checkpoint import Checkpoint
from keras_port.translation import untrusted
from keras_port.translation.graph import Graph, read_meta
from mnist_training import InputError

FORMAT = 1
GRAPH, CHECKPOINT, STEPS, FACTS = "graph.meta", "model.ckpt", "steps.npz", "capture.json"


@dataclasses.dataclass
class Capture:
    """A graph with its weights, and what was recorded of its training.

    Attributes:
      graph: the Graph.
      checkpoint: a conversion.checkpoint.Checkpoint; None for a graph without variables.
      script: name of the script, or of the .meta file.
      loss: name of the loss tensor, or None.
      outputs: names of the logits or predictions, the most likely first.
      feeds: [{"tensor", "dtype", "shape", "example_shape", "same_every_step", "value", ...}].
      batch_axis: {tensor: index of its batch axis}.
      batch_size: int, or None.
      trainable: names of the variables that got gradients.
      train_op: name of the op that makes a training step, or None.
      optimizer, clipping: as in capture.json, or None.
      steps: {name: array} of steps.npz; {} without one.
      names: {tensor: name of the Python variable that the script assigned it to}.
    """

    graph: Graph
    checkpoint: Checkpoint | None
    script: str
    loss: str | None = None
    outputs: tuple = ()
    feeds: tuple = ()
    batch_axis: dict = dataclasses.field(default_factory=dict)
    batch_size: int | None = None
    trainable: tuple = ()
    train_op: str | None = None
    optimizer: dict | None = None
    clipping: dict | None = None
    steps: dict = dataclasses.field(default_factory=dict)
    names: dict = dataclasses.field(default_factory=dict)


def read_capture(folder):
    """Return the Capture in a folder written by `legacy-graph run --capture`.

    Raises InputError where the folder is not a capture, or is damaged.
    """
    folder = pathlib.Path(folder)
    if not (folder / FACTS).is_file():
        raise InputError(f"{folder}: no capture, {FACTS} is not there; legacy-graph run --capture writes one")
    facts = untrusted.read_facts(folder / FACTS)
    if facts.get("format") != FORMAT:
        raise InputError(
            f"{folder / FACTS}: expected a capture of format {FORMAT}, received {facts.get('format')!r:.80}"
        )
    try:
        untrusted.check_facts(facts, folder / FACTS)
        return Capture(
            graph=Graph(read_meta(folder / GRAPH).graph_def, facts.get("sources")),
            checkpoint=Checkpoint(str(folder / CHECKPOINT)),
            script=untrusted.plain(pathlib.Path(facts["script"]).name),
            loss=facts["loss"],
            outputs=tuple(facts.get("logits") or ()),
            feeds=tuple(facts["feeds"]),
            batch_axis=facts.get("batch_axis") or {},
            batch_size=facts.get("batch_size"),
            trainable=tuple(facts["trainable"]),
            train_op=facts.get("train_op"),
            optimizer=facts.get("optimizer"),
            clipping=facts.get("clipping"),
            steps=_steps(folder / STEPS),
            names=facts.get("names") or {},
        )
    except InputError:
        raise
    except Exception as error:  # a damaged graph, or a field of the wrong type
        raise InputError(
            f"{folder}: a damaged capture: {type(error).__name__} {error}; legacy-graph run --capture writes one"
        ) from error


def _steps(path):
    untrusted.check_arrays(path)
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:  # closed also when np.load fails
            return {name: file[name] for name in file.files}
    except Exception as error:  # numpy and zipfile raise many types of errors here
        raise InputError(f"{path}: cannot be read ({error})") from error


def read_graph(meta, checkpoint=None, inputs=(), outputs=()):
    """Return the Capture of a .meta file and its checkpoint; it has no loss, optimizer or recorded steps.

    Args:
      meta: path of the .meta file.
      checkpoint: prefix of the checkpoint; by default the .meta file's path without its extension.
      inputs: names of the input tensors; by default every placeholder that the outputs depend on.
      outputs: names of the output tensors; required.

    Raises InputError where a file or a tensor does not exist, or no output is given.
    """
    meta = pathlib.Path(meta)
    if not meta.is_file():
        raise InputError(f"{meta}: there is no such file")
    graph = Graph(read_meta(meta).graph_def)
    if not outputs:
        raise InputError(
            f"{meta}: expected --outputs NAME, the tensor that the model is to give, such as "
            f"{_guess(graph)}: a graph alone does not tell"
        )
    prefix = checkpoint or str(meta)[: -len(".meta")]
    for name in (*inputs, *outputs):
        if name.partition(":")[0] not in graph:
            raise InputError(f"{meta}: there is no tensor {name}; expected one such as {_guess(graph)}")
    names = [name if ":" in name else name + ":0" for name in inputs]
    if not names:
        wanted = graph.ancestors([name.partition(":")[0] for name in outputs])
        names = [f"{name}:0" for name, node in graph.nodes.items() if name in wanted and node.op == "Placeholder"]
    feeds = []
    for name in names:
        node = graph[name.partition(":")[0]]
        shape = node.shapes[int(name.partition(":")[2])] if node.shapes else node.get("shape")
        feeds.append(
            {
                "tensor": name,
                "dtype": node.get("dtype", "float32"),
                "shape": shape,
                "example_shape": None,
                "same_every_step": False,
            }
        )
    axes = {feed["tensor"]: 0 for feed in feeds if feed["shape"] and feed["shape"][0] is None}
    return Capture(
        graph=graph,
        checkpoint=Checkpoint(prefix) if _has_variables(graph) else None,
        script=untrusted.plain(meta.name),
        outputs=tuple(outputs),
        feeds=tuple(feeds),
        batch_axis=axes,
    )


def _has_variables(graph):
    return any(node.op in ("VariableV2", "Variable", "VarHandleOp") for node in graph.nodes.values())


def _guess(graph):
    """Return the name of a tensor that is likely to be a model's output, for error messages."""
    found = [
        name
        for name, node in graph.nodes.items()
        if node.op in ("Softmax", "BiasAdd", "MatMul", "Add", "AddV2") and not name.startswith("gradients")
    ]
    return found[-1] if found else next(iter(graph.nodes), "logits")
