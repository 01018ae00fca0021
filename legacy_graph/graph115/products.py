"""Matrix products that today's MatMul is slow at, computed by today's BatchMatMulV2.

Both multiply by oneDNN's kernels, but by others. MatMul takes two to four times as long where

- the second matrix is transposed and its rows are a multiple of 1024 numbers, 4 KiB: reading down a column then
  meets the same few lines of the cache. Such is the gradient of a cell of 256 units, or 512, by its input;
- the matrices fit into one core's cache: then MatMul gives them to one core. In a loop over time steps the others
  have nothing to do meanwhile, except in a stack of cells, whose layers run side by side.

The results differ in rounding. So this is for graphs whose numbers are not compared with TensorFlow 1.15's: those
that have no seed. See `docs/benchmarks.md` for what it saves.
"""

from legacy_graph import internals
from legacy_graph.graph115 import calls, kernels
from legacy_graph.graph115.replacement import replaces
from legacy_graph.internals import gen_math_ops, ops

_PLAIN, _TRANSPOSED = "MatMul115", "MatMulTransposed115"
_SLOW_ROWS = 1024  # float32 numbers
_CORES_CACHE = 2**18  # float32 numbers: 1 MiB
_WORTH_SHARING = 2**23  # multiplications; with fewer, to share them takes longer
_STACK = "multi_rnn_cell"  # in the name scope of a MultiRNNCell's cells


def _shape(op, transposed):
    a, b = op.inputs
    return internals.tensor_shape.TensorShape([a.shape[0], b.shape[0 if transposed else 1]])


def _plain_gradient(op, grad):
    a, b = op.inputs
    return (
        gen_math_ops.mat_mul(grad, b, transpose_b=True, grad_a=True),
        gen_math_ops.mat_mul(a, grad, transpose_a=True, grad_b=True),
    )


def _transposed_gradient(op, grad):
    a, b = op.inputs
    return gen_math_ops.mat_mul(grad, b, grad_a=True), gen_math_ops.mat_mul(grad, a, transpose_a=True, grad_b=True)


def _define(name, transposed, gradient):
    calls.define(
        name,
        "MatMul",
        lambda a, b: gen_math_ops.batch_mat_mul_v2(a, b, adj_y=transposed),
        gradient,
        lambda op: _shape(op, transposed),
        output="product",
        inlined=True,
        transpose_a=False,
        transpose_b=transposed,
    )


_define(_PLAIN, False, _plain_gradient)
_define(_TRANSPOSED, True, _transposed_gradient)


@replaces(gen_math_ops, "mat_mul")
def mat_mul(today, a, b, transpose_a=False, transpose_b=False, grad_a=False, grad_b=False, name=None):
    """MatMul was not slow at certain sizes, as today's is; without a seed another kernel multiplies those."""
    if not transpose_a and _are_matrices(a, b) and _may_round_otherwise():
        if transpose_b and _is_slow_transposed(b):
            return calls.call(_TRANSPOSED, {"a": a, "b": b}, name)
        if not transpose_b and not grad_a and not grad_b and _is_slow_in_a_loop(a, b):
            return calls.call(_PLAIN, {"a": a, "b": b}, name)
    return today(a, b, transpose_a, transpose_b, grad_a, grad_b, name)


def _are_matrices(*tensors):
    return all(
        isinstance(x, internals.tensor.Tensor) and x.dtype == internals.dtypes.float32 and x.shape.ndims == 2
        for x in tensors
    )


def _may_round_otherwise():
    is_seeded = ops.get_default_graph().seed is not None
    return not (is_seeded or kernels.choice() == "always" or internals.execute.must_record_gradient())


def _is_slow_transposed(b):
    columns = b.shape.as_list()[1]
    return columns is not None and columns % _SLOW_ROWS == 0


def _is_slow_in_a_loop(a, b):
    (m, k), n = a.shape.as_list(), b.shape.as_list()[1]
    if None in (m, k, n) or not _is_in_a_loop():
        return False
    return m * k * n >= _WORTH_SHARING and m * k + k * n + m * n <= _CORES_CACHE


def _is_in_a_loop():
    graph = ops.get_default_graph()
    context = graph._get_control_flow_context()
    return context is not None and context.GetWhileContext() is not None and _STACK not in graph.get_name_scope()
