"""The kernels of tanh, sigmoid and exp, equal to TensorFlow 1.15's bit for bit.

1.15 computed the first two as quotients of polynomials, exp as a polynomial times a power of 2. Today's
TensorFlow computes them differently: a value's last bit or two differ, which training amplifies until
losses differ in the third digit. Here the op calls a function of elementary ops, in 1.15's order of
operations. It is still one op of the graph, with the same name; its type is the function's name. It is
not inlined, so that the graph optimizer cannot rearrange the arithmetic.

For a tensor whose size is not a multiple of 8, 1.15 computed sigmoid and exp of the last few elements by
the plain formula: those agree to rounding, not bit for bit.
"""

import contextlib
import contextvars
from collections.abc import Iterator

import numpy as np

from legacy_graph import internals
from legacy_graph.graph115 import calls
from legacy_graph.graph115.replacement import replaces
from legacy_graph.internals import gen_array_ops, gen_math_ops, ops

# p(x) = x (a1 + a3 x^2 + ...), q(x) = b0 + b2 x^2 + ...: Eigen's of 2019, as in TensorFlow 1.15's wheels.
_TANH = (
    (
        4.89352455891786e-03,
        6.37261928875436e-04,
        1.48572235717979e-05,
        5.12229709037114e-08,
        -8.60467152213735e-11,
        2.00018790482477e-13,
        -2.76076847742355e-16,
    ),
    (4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06),
)
_SIGMOID = (
    (2.48287947061529e-01, 8.51377133304701e-03, 6.08574864600143e-05, 1.15627324459942e-07, 4.37031012579801e-11),
    (
        9.93151921023180e-01,
        1.16817656904453e-01,
        1.70198817374094e-03,
        6.29106785017040e-06,
        5.76102136993427e-09,
        6.10247389755681e-13,
    ),
)
# exp(x) = 2^m exp(r), |r| <= ln(2) / 2; ln(2) in two parts, so that m times the first is exact.
_LOG2_E, _LN_2, _LARGEST = 1.44269504088896341, (0.693359375, -2.12194440e-4), 88.3762626647950
_EXP = (
    5.0000001201e-1,
    1.6666665459e-1,
    4.1665795894e-2,
    8.3334519073e-3,
    1.3981999507e-3,
    1.9875691500e-4,
)
_FRACTION_BITS, _EXPONENT_OF_1 = 23, 127  # of a float32


def _tanh(x):
    return _rational(_clamp(x, 9), *_TANH)


def _sigmoid(x):
    half = gen_math_ops.add_v2(_rational(_clamp(x, 18), *_SIGMOID), np.float32(0.5))
    return gen_math_ops.minimum(gen_math_ops.maximum(half, np.float32(0)), np.float32(1))


def _exp(x):
    near = _clamp(x, _LARGEST)
    m = gen_math_ops.floor(gen_math_ops.add_v2(gen_math_ops.mul(near, np.float32(_LOG2_E)), np.float32(0.5)))
    r = near
    for part in _LN_2:
        r = gen_math_ops.sub(r, gen_math_ops.mul(m, np.float32(part)))
    value = gen_math_ops.add_v2(gen_math_ops.mul(_polynomial(r, _EXP), gen_math_ops.mul(r, r)), r)
    # The maximum changes nothing; without it the optimizer merges the two additions, which rounds differently.
    value = gen_math_ops.add_v2(gen_math_ops.maximum(value, np.float32(-1)), np.float32(1))
    value = gen_math_ops.mul(value, _power_of_2(m))
    return gen_math_ops.maximum(value, x)  # for the sake of NaN


def _power_of_2(m):
    """Return 2^m for an integer m: a float32 with an exponent and an empty fraction."""
    exponent = gen_math_ops.cast(gen_math_ops.add_v2(m, np.float32(_EXPONENT_OF_1)), internals.dtypes.int32)
    return gen_array_ops.bitcast(gen_math_ops.mul(exponent, np.int32(2**_FRACTION_BITS)), internals.dtypes.float32)


def _clamp(x, bound):
    return gen_math_ops.maximum(gen_math_ops.minimum(x, np.float32(bound)), np.float32(-bound))


def _rational(x, numerator, denominator):
    square = gen_math_ops.mul(x, x)
    return gen_math_ops.real_div(gen_math_ops.mul(x, _polynomial(square, numerator)), _polynomial(square, denominator))


def _polynomial(x, coefficients):
    *others, last = map(np.float32, coefficients)
    value = last
    for coefficient in reversed(others):
        value = gen_math_ops.add_v2(gen_math_ops.mul(x, value), coefficient)
    return value


_GRADIENTS = {
    "Tanh": (_tanh, gen_math_ops.tanh_grad),
    "Sigmoid": (_sigmoid, gen_math_ops.sigmoid_grad),
    "Exp": (_exp, lambda y, dy: gen_math_ops.mul(dy, y, name="mul")),
}


def _define(op_type, kernel, gradient):
    calls.define(
        op_type + "115",
        op_type,
        kernel,
        gradient=lambda op, dy: gradient(op.outputs[0], dy),
        shape=lambda op: op.inputs[0].shape,
    )


for _op_type, (_kernel, _gradient) in _GRADIENTS.items():
    _define(_op_type, _kernel, _gradient)
TYPES = {op_type + "115": op_type for op_type in _GRADIENTS}  # op type in our graphs -> in TensorFlow 1.15

CHOICES = ("seeded", "always", "never")
default = "seeded"  # where exact_kernels is not used
_choice: contextvars.ContextVar[str] = contextvars.ContextVar("exact_kernels")


@contextlib.contextmanager
def exact_kernels(chosen: str) -> Iterator[None]:
    """Context that sets in which graphs tanh, sigmoid and exp of float32 have TensorFlow 1.15's kernels.

    Args:
      chosen: "seeded" (the default), in graphs with a seed, whose numbers can be compared with 1.15's,
        since the exact kernels make a training step some 10 % slower; "always"; or "never", for graphs
        that are compared with Keras, which has today's kernels.
    """
    if chosen not in CHOICES:
        raise ValueError(f"exact_kernels: expected one of {', '.join(CHOICES)}; received {chosen!r}")
    token = _choice.set(chosen)
    try:
        yield
    finally:
        _choice.reset(token)


def choice():
    """Return the choice that holds now."""
    return _choice.get(default)


def _is_exact(x):
    """Whether an op on `x` that is made now gets TensorFlow 1.15's kernel."""
    if choice() == "never" or choice() == "seeded" and ops.get_default_graph().seed is None:
        return False
    if internals.execute.must_record_gradient():
        return False  # a tape records today's ops only
    return internals.dtypes.float32.is_compatible_with(x.dtype) if hasattr(x, "dtype") else False


def _call(op_type, x, name):
    return calls.call(op_type + "115", {"x": x}, name)


@replaces(gen_math_ops, "tanh")
def tanh(today, x, name=None):
    """tanh of float32 was a quotient of other polynomials, with other last bits."""
    return _call("Tanh", x, name) if _is_exact(x) else today(x, name)


@replaces(gen_math_ops, "sigmoid")
def sigmoid(today, x, name=None):
    """sigmoid of float32 was a quotient of other polynomials, too."""
    return _call("Sigmoid", x, name) if _is_exact(x) else today(x, name)


@replaces(gen_math_ops, "exp")
def exp(today, x, name=None):
    """exp of float32 was another polynomial, with other last bits."""
    return _call("Exp", x, name) if _is_exact(x) else today(x, name)
