"""How many ops TensorFlow 1.15 counts for operators, arithmetic and reductions."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape=(3, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def operators(tf):
    def on(function, shape=(3, 4), dtype="float32"):
        return lambda: function(_x(tf, shape, dtype))

    return op_seeds(
        tf,
        {
            "x + 1": on(lambda x: x + 1),
            "1 + x": on(lambda x: 1 + x),
            "x + y": on(lambda x: x + x),
            "x - 1": on(lambda x: x - 1),
            "1 - x": on(lambda x: 1 - x),
            "x * 2": on(lambda x: x * 2),
            "2 * x": on(lambda x: 2 * x),
            "x * y": on(lambda x: x * x),
            "x / 2": on(lambda x: x / 2),
            "1 / x": on(lambda x: 1 / x),
            "1.0 / x": on(lambda x: 1.0 / x),
            "integer / 2": on(lambda x: x / 2, dtype="int32"),
            "integer / integer": on(lambda x: x / x, dtype="int32"),
            "integer * integer": on(lambda x: x * x + 1, dtype="int32"),
            "x // 2": on(lambda x: x // 2),
            "integer // 2": on(lambda x: x // 2, dtype="int32"),
            "x % 2": on(lambda x: x % 2),
            "x ** 2": on(lambda x: x**2),
            "2 ** x": on(lambda x: 2**x),
            "x ** y": on(lambda x: x**x),
            "-x": on(lambda x: -x),
            "abs(x)": on(abs),
            "x > 0": on(lambda x: x > 0),
            "x >= y": on(lambda x: x >= x),
            "x < 0": on(lambda x: x < 0),
            "x <= 0": on(lambda x: x <= 0),
            "x == y": on(lambda x: x == x),
            "x != 1": on(lambda x: x != 1),
            "x @ y": on(lambda x: x @ x, (3, 3)),
            "p & q": on(lambda x: x & x, dtype="bool"),
            "p | q": on(lambda x: x | x, dtype="bool"),
            "~p": on(lambda x: ~x, dtype="bool"),
            "p ^ q": on(lambda x: x ^ x, dtype="bool"),
            "x + array": on(lambda x: x + np.ones(4, "float32")),
            "array + x": on(lambda x: np.ones(4, "float32") + x),
            "x + list": on(lambda x: x + [1, 2, 3, 4]),
            "x[0]": on(lambda x: x[0]),
            "x[-1]": on(lambda x: x[-1]),
            "x[0, 1]": on(lambda x: x[0, 1]),
            "x[:, -1]": on(lambda x: x[:, -1]),
            "x[:, 1:3]": on(lambda x: x[:, 1:3]),
            "x[...]": on(lambda x: x[...]),
            "x[::2]": on(lambda x: x[::2]),
            "x[::-1]": on(lambda x: x[::-1]),
            "x[:, tf.newaxis]": on(lambda x: x[:, tf.newaxis]),
            "x[..., 0]": on(lambda x: x[..., 0]),
            "x[n]": on(lambda x: x[tf.shape(x)[0] - 1]),
            "x[:n]": on(lambda x: x[: tf.shape(x)[0]]),
            "x[1:n, :2]": on(lambda x: x[1 : tf.shape(x)[0], :2]),
            "x[mask]": on(lambda x: x[tf.placeholder(tf.int32, [])]),
            "for row in x": on(lambda x: [row for row in tf.unstack(x)]),
            "variable + 1": lambda: tf.Variable(1.0) + 1,
            "variable * variable": lambda: _square(tf.Variable(1.0)),
            "-variable": lambda: -tf.Variable(1.0),
            "variable[0]": lambda: tf.Variable([1.0, 2.0])[0],
            "1 - variable": lambda: 1 - tf.Variable(1.0),
            "variable == 1": lambda: tf.Variable(1.0) == 1,
            "get_variable * x": lambda: tf.get_variable("v", [4]) * _x(tf),
            "resource variable + 1": lambda: tf.Variable(1.0, use_resource=True) + 1,
            "resource variable[0]": lambda: tf.get_variable("v", [4], use_resource=True)[0],
        },
    )


def _square(variable):
    return variable * variable


def elementwise(tf):
    snippets = _elementwise(
        tf,
        (
            "abs acos acosh asin asinh atan atanh ceil cos "
            "cosh digamma erf erfc exp expm1 floor is_finite is_inf is_nan "
            "lgamma log log1p log_sigmoid negative reciprocal rint round "
            "rsqrt sigmoid sign sin sinh sqrt square tan tanh "
            "ones_like zeros_like to_double to_int32 to_int64 to_float trace transpose matrix_transpose "
            "matrix_diag_part"
        ).split(),
    )
    snippets.update(_elementwise(tf, ["logical_not"], "bool"))
    for name in (
        "add subtract multiply divide div realdiv truediv floordiv floor_div mod floormod truncatediv "
        "truncatemod pow maximum minimum squared_difference atan2 div_no_nan equal not_equal greater "
        "greater_equal less less_equal"
    ).split():
        snippets[name] = lambda name=name: getattr(tf, name)(_x(tf), _x(tf))
        snippets[name + " of a number"] = lambda name=name: getattr(tf, name)(_x(tf), 2.0)
        snippets["number in " + name] = lambda name=name: getattr(tf, name)(2.0, _x(tf))
    for name in "logical_and logical_or logical_xor".split():
        snippets[name] = lambda name=name: getattr(tf, name)(_x(tf, dtype="bool"), _x(tf, dtype="bool"))
    snippets.update(
        {
            "add_n": lambda: tf.add_n([_x(tf), _x(tf)]),
            "add_n of one": lambda: tf.add_n([_x(tf)]),
            "accumulate_n": lambda: tf.accumulate_n([_x(tf), _x(tf)]),
            "cast": lambda: tf.cast(_x(tf), tf.int32),
            "cast to the same type": lambda: tf.cast(_x(tf), tf.float32),
            "cast of a bool": lambda: tf.cast(_x(tf, dtype="bool"), "float"),
            "cast of a number": lambda: tf.cast(3, tf.float32),
            "cast of a variable": lambda: tf.cast(tf.Variable(1), tf.float32),
            "saturate_cast": lambda: tf.saturate_cast(_x(tf), tf.uint8),
            "bitcast": lambda: tf.bitcast(_x(tf), tf.int32),
            "clip_by_value": lambda: tf.clip_by_value(_x(tf), -1.0, 1.0),
            "clip_by_value of integers": lambda: tf.clip_by_value(_x(tf), -1, 1),
            "clip_by_value of tensors": lambda: tf.clip_by_value(_x(tf), _x(tf), _x(tf)),
            "clip_by_norm": lambda: tf.clip_by_norm(_x(tf), 5.0),
            "clip_by_norm along": lambda: tf.clip_by_norm(_x(tf), 5.0, axes=[1]),
            "clip_by_average_norm": lambda: tf.clip_by_average_norm(_x(tf), 5.0),
            "clip_by_global_norm": lambda: tf.clip_by_global_norm([_x(tf), _x(tf)], 5.0),
            "clip_by_global_norm with None": lambda: tf.clip_by_global_norm([_x(tf), None, _x(tf)], 5.0),
            "clip_by_global_norm of one": lambda: tf.clip_by_global_norm([_x(tf)], 5.0),
            "global_norm": lambda: tf.global_norm([_x(tf), _x(tf)]),
            "scalar_mul": lambda: tf.scalar_mul(2.0, _x(tf)),
            "complex": lambda: tf.complex(_x(tf), _x(tf)),
            "real": lambda: tf.real(_x(tf, dtype="complex64")),
            "polyval": lambda: tf.math.polyval([1.0, 2.0, 3.0], _x(tf)),
            "bincount": lambda: tf.bincount(_x(tf, (5,), "int32")),
            "histogram_fixed_width": lambda: tf.histogram_fixed_width(_x(tf), [0.0, 1.0]),
            "confusion_matrix": lambda: tf.confusion_matrix(_x(tf, (5,), "int32"), _x(tf, (5,), "int32")),
            "confusion_matrix of classes": lambda: tf.confusion_matrix(
                _x(tf, (5,), "int64"), _x(tf, (5,), "int64"), num_classes=3
            ),
            "softplus": lambda: tf.math.softplus(_x(tf)),
            "softsign": lambda: tf.math.softsign(_x(tf)),
            "l2_normalize": lambda: tf.math.l2_normalize(_x(tf), 1),
            "unsorted_segment_sum": lambda: tf.math.unsorted_segment_sum(_x(tf), [0, 1, 0], 2),
            "segment_mean": lambda: tf.segment_mean(_x(tf), [0, 0, 1]),
            "unique": lambda: tf.unique(_x(tf, (5,))),
            "where of a mask": lambda: tf.where(_x(tf, dtype="bool")),
            "where of three": lambda: tf.where(_x(tf, dtype="bool"), _x(tf), _x(tf)),
            "where of a comparison": lambda: tf.where(_x(tf) > 0, _x(tf), tf.zeros_like(_x(tf))),
        }
    )
    return op_seeds(tf, snippets)


def _elementwise(tf, names, dtype="float32"):
    return {name: (lambda name=name: getattr(tf, name)(_x(tf, dtype=dtype))) for name in names}


def reductions(tf):
    snippets = {}
    for name in "reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_logsumexp".split():
        snippets[name] = lambda name=name: getattr(tf, name)(_x(tf))
        snippets[name + " of unknown shape"] = lambda name=name: getattr(tf, name)(_x(tf, None))
        snippets[name + " of part-known shape"] = lambda name=name: getattr(tf, name)(_x(tf, (None, 4)))
        snippets[name + " along 1"] = lambda name=name: getattr(tf, name)(_x(tf), 1)
        snippets[name + " along a list"] = lambda name=name: getattr(tf, name)(_x(tf), [0, 1])
        snippets[name + " by reduction_indices"] = lambda name=name: getattr(tf, name)(
            _x(tf), reduction_indices=[1]
        )
        snippets[name + " keeping dims"] = lambda name=name: getattr(tf, name)(
            _x(tf), axis=-1, keep_dims=True
        )
    for name in "reduce_any reduce_all".split():
        snippets[name] = lambda name=name: getattr(tf, name)(_x(tf, dtype="bool"))
    snippets.update(
        {
            "reduce_sum of a list": lambda: tf.reduce_sum([_x(tf), _x(tf)]),
            "reduce_sum of a scalar": lambda: tf.reduce_sum(_x(tf, ())),
            "reduce_mean of a list of scalars": lambda: tf.reduce_mean([_x(tf, ()), _x(tf, ())]),
            "reduce_mean of a comparison": lambda: tf.reduce_mean(
                tf.cast(tf.equal(tf.argmax(_x(tf), 1), tf.argmax(_x(tf), 1)), tf.float32)
            ),
            "reduce_mean of a variable": lambda: tf.reduce_mean(tf.Variable([1.0, 2.0])),
            "reduce_std": lambda: tf.math.reduce_std(_x(tf)),
            "reduce_variance": lambda: tf.math.reduce_variance(_x(tf), 1),
            "reduce_euclidean_norm": lambda: tf.math.reduce_euclidean_norm(_x(tf)),
            "reduce_join": lambda: tf.reduce_join(_x(tf, dtype="string"), 1),
            "count_nonzero": lambda: tf.count_nonzero(_x(tf)),
            "argmax": lambda: tf.argmax(_x(tf), 1),
            "argmin": lambda: tf.argmin(_x(tf), axis=0),
            "argmax by dimension": lambda: tf.argmax(_x(tf), dimension=1),
            "argmax of int32": lambda: tf.argmax(_x(tf), 1, output_type=tf.int32),
            "arg_max": lambda: tf.arg_max(_x(tf), 1),
            "cumsum": lambda: tf.cumsum(_x(tf)),
            "cumsum along": lambda: tf.cumsum(_x(tf), axis=1, exclusive=True),
            "cumprod": lambda: tf.cumprod(_x(tf), 1),
            "norm": lambda: tf.norm(_x(tf)),
            "norm along": lambda: tf.norm(_x(tf), axis=1),
            "norm of order 1": lambda: tf.norm(_x(tf), ord=1),
            "matmul": lambda: tf.matmul(_x(tf), _x(tf, (4, 2))),
            "matmul transposed": lambda: tf.matmul(_x(tf), _x(tf), transpose_b=True),
            "matmul in a batch": lambda: tf.matmul(_x(tf, (2, 3, 4)), _x(tf, (2, 4, 5))),
            "matmul of arrays": lambda: tf.matmul(np.eye(3), np.eye(3)),
            "tensordot": lambda: tf.tensordot(_x(tf, (2, 3, 4)), _x(tf, (4, 5)), 1),
            "tensordot of unknown batch": lambda: tf.tensordot(
                _x(tf, (None, 3, 4)), _x(tf, (4, 5)), [[2], [0]]
            ),
            "tensordot of the second": lambda: tf.tensordot(_x(tf, (2, 3, 4)), _x(tf, (3, 5)), [[1], [0]]),
            "einsum": lambda: tf.einsum("ij,jk->ik", _x(tf), _x(tf, (4, 5))),
            "einsum in a batch": lambda: tf.einsum("bij,jk->bik", _x(tf, (2, 3, 4)), _x(tf, (4, 5))),
            "einsum of unknown batch": lambda: tf.einsum("bij,jk->bik", _x(tf, (None, 3, 4)), _x(tf, (4, 5))),
            "einsum of a sum": lambda: tf.einsum("ij->i", _x(tf)),
            "einsum of three": lambda: tf.einsum("ij,jk,kl->il", _x(tf), _x(tf, (4, 5)), _x(tf, (5, 6))),
            "einsum of an outer product": lambda: tf.einsum("i,j->ij", _x(tf, (3,)), _x(tf, (4,))),
            "einsum of a transpose": lambda: tf.einsum("ij->ji", _x(tf)),
            "matrix_inverse": lambda: tf.matrix_inverse(_x(tf, (3, 3))),
            "cholesky": lambda: tf.cholesky(_x(tf, (3, 3))),
            "qr": lambda: tf.qr(_x(tf)),
            "svd": lambda: tf.svd(_x(tf)),
            "matrix_diag": lambda: tf.matrix_diag(_x(tf)),
            "matrix_band_part": lambda: tf.matrix_band_part(_x(tf), -1, 0),
            "matrix_set_diag": lambda: tf.matrix_set_diag(_x(tf, (3, 3)), _x(tf, (3,))),
            "diag_part": lambda: tf.diag_part(_x(tf, (3, 3))),
        }
    )
    return op_seeds(tf, snippets)
