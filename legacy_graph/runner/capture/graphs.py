"""Graph analysis: what an op depends on and where it was created; and export in op types that every TensorFlow has."""

import linecache

import tensorflow.compat.v1 as tf

from legacy_graph.graph115 import calls

VARIABLE_TYPES = frozenset(("VariableV2", "Variable", "VarHandleOp"))
_SOURCE_KINDS = {  # op types that bring values into the graph, besides feeds
    "IteratorGetNext": "iterator",
    "IteratorGetNextSync": "iterator",
    "IteratorGetNextAsOptional": "iterator",
    "OneShotIterator": "iterator",
    "QueueDequeue": "queue",
    "QueueDequeueV2": "queue",
    "QueueDequeueMany": "queue",
    "QueueDequeueManyV2": "queue",
    "QueueDequeueUpTo": "queue",
    "QueueDequeueUpToV2": "queue",
    "ReaderRead": "queue",
    "ReaderReadV2": "queue",
    "ReaderReadUpToV2": "queue",
    "PyFunc": "queue",
    "PyFuncStateless": "queue",
    "EagerPyFunc": "queue",
    # For text, the model's input is what these ops return: indices of words, decoded files.
    "LookupTableFind": "lookup",
    "LookupTableFindV2": "lookup",
    "StringToHashBucket": "lookup",
    "StringToHashBucketFast": "lookup",
    "StringToHashBucketStrong": "lookup",
    "StringToNumber": "lookup",
    "DecodeRaw": "lookup",
    "DecodeCSV": "lookup",
    "ParseExample": "lookup",
    "ParseExampleV2": "lookup",
    "ParseSingleExample": "lookup",
    "ParseSequenceExample": "lookup",
    "ParseSequenceExampleV2": "lookup",
    "ParseSingleSequenceExample": "lookup",
}
_BUCKET_TYPES = {
    *("LookupTableFind", "LookupTableFindV2", "LookupTableSize", "LookupTableSizeV2"),
    *("StringToHashBucket", "StringToHashBucketFast", "StringToHashBucketStrong"),
    *("Add", "AddV2", "Const", "NotEqual"),
}


_CUTTING_TYPES = frozenset(("StridedSlice", "Slice", "Gather", "GatherV2"))
_READING_TYPES = frozenset(("MatMul", "BatchMatMul", "BatchMatMulV2", "ResourceGather", "Reshape", "Cast"))


def source_kind(op):
    """Return "iterator", "queue" or "lookup" for an op that brings values into the graph; None for other ops."""
    return _SOURCE_KINDS.get(op.type) or ("lookup" if _is_bucket_choice(op) else None)


def _is_bucket_choice(op):
    """Whether this op ends a lookup with hash buckets: it selects the table's index or a bucket's."""
    if op.type not in ("Select", "SelectV2"):
        return False
    parts = [tensor.op for tensor in op.inputs]
    parts += [tensor.op for part in parts if part.type in ("NotEqual", "Add", "AddV2") for tensor in part.inputs]
    types = {part.type for part in parts}
    return types <= _BUCKET_TYPES and any(_SOURCE_KINDS.get(kind) == "lookup" for kind in types)


def is_read(tensor, ops):
    """Whether one of `ops` reads the tensor, other than ops that bring in values themselves."""
    return any(consumer in ops and not source_kind(consumer) for consumer in tensor.consumers())


def ancestors(ops, fed=(), control=True):
    """Return the ops that run when `ops` run, themselves included, as the keys of a dict in the order found.

    The search stops at tensors named in `fed` and at ops that bring values into the graph. `control` tells whether
    control dependencies count.
    """
    fed, found, waiting = frozenset(fed), {}, list(ops)
    while waiting:
        op = waiting.pop()
        if op in found:
            continue
        found[op] = None
        if source_kind(op):
            continue
        waiting += [tensor.op for tensor in op.inputs if tensor.name not in fed]
        waiting += op.control_inputs if control else ()
    return found


def is_fetchable(tensor):
    """Whether a session can fetch the tensor: it is not inside a loop or a conditional."""
    op = tensor.op
    return op.graph.is_fetchable(op) and op._get_control_flow_context() is None


def batches_sliced_by(tensor):
    """Return the tensors that are sliced out of the data at an index from a queue: they are the model's inputs.

    Returns [tensor] itself where it is not such an index.
    """
    if tensor.shape.rank != 0 or not tensor.dtype.is_integer:
        return [tensor]
    found, seen, waiting = {}, {tensor.op}, [tensor.op]
    while waiting:
        for out in waiting.pop().outputs:
            for op in out.consumers():
                if op.type in _CUTTING_TYPES and op.inputs[0].op not in seen:
                    found[op.outputs[0]] = None
                elif op not in seen:
                    seen.add(op)
                    waiting.append(op)
    is_only_that = found and not any(op.type in _READING_TYPES for op in seen)
    return [*found] if is_only_that and all(map(is_fetchable, found)) else [tensor]


def plain_meta_graph(graph):
    """Return the graph as a MetaGraphDef with static shapes, in op types that every TensorFlow has."""
    for variable in {*graph.get_collection("variables"), *graph.get_collection("trainable_variables")}:
        # tf.Variable(value, "name") sets `trainable`, and one such value keeps TensorFlow from exporting any variable.
        variable._trainable = bool(variable.trainable)
    meta_graph = tf.train.export_meta_graph(graph=graph, clear_extraneous_savers=False)
    graph_def = meta_graph.graph_def
    for nodes in (graph_def.node, *(function.node_def for function in graph_def.library.function)):
        for node in nodes:
            calls.make_plain(node)
    kept = [f for f in graph_def.library.function if f.signature.name not in calls.TYPES]
    del graph_def.library.function[:]
    graph_def.library.function.extend(kept)
    return meta_graph


def script_line(op, is_machinery):
    """Return [file, line number, text] of the script's line that created `op`, or None."""
    for frame in reversed(op.traceback or ()):
        if not is_machinery(frame.filename):
            return [frame.filename, frame.lineno, linecache.getline(frame.filename, frame.lineno).strip()]
    return None
