"""How many ops TensorFlow 1.15 counts for constants, placeholders, shapes and text."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape=(3, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def constants_and_placeholders(tf):
    return op_seeds(
        tf,
        {
            "nothing": lambda: None,
            "constant": lambda: tf.constant(1.0),
            "the same constant twice": lambda: [tf.constant(1.0), tf.constant(1.0)],
            "constant filled to a shape": lambda: tf.constant(0.1, shape=[5]),
            "constant of a type": lambda: tf.constant([1, 2, 3], tf.int64),
            "constant of text": lambda: tf.constant(["a", "b"]),
            "constant of a large array": lambda: tf.constant(np.zeros([300, 300], "float32")),
            "zeros": lambda: tf.zeros([3, 4]),
            "large zeros": lambda: tf.zeros([300, 400]),
            "zeros of a tensor's shape": lambda: tf.zeros(tf.shape(_x(tf))),
            "zeros of tensors and numbers": lambda: tf.zeros([tf.shape(_x(tf))[0], 4]),
            "zeros of integers": lambda: tf.zeros([3], tf.int32),
            "zeros of booleans": lambda: tf.zeros([3], tf.bool),
            "zeros of no shape": lambda: tf.zeros([]),
            "ones": lambda: tf.ones([3, 4]),
            "large ones": lambda: tf.ones([300, 400]),
            "ones of a tensor's shape": lambda: tf.ones(tf.shape(_x(tf))),
            "zeros_like": lambda: tf.zeros_like(_x(tf)),
            "zeros_like of unknown shape": lambda: tf.zeros_like(_x(tf, None)),
            "zeros_like of part-known shape": lambda: tf.zeros_like(_x(tf, (None, 4))),
            "zeros_like of another type": lambda: tf.zeros_like(_x(tf), dtype=tf.int32),
            "zeros_like of an array": lambda: tf.zeros_like(np.ones([3, 4])),
            "ones_like": lambda: tf.ones_like(_x(tf)),
            "ones_like of unknown shape": lambda: tf.ones_like(_x(tf, (None, 4))),
            "ones_like of another type": lambda: tf.ones_like(_x(tf), dtype=tf.int32),
            "fill": lambda: tf.fill([2, 3], 9.0),
            "fill of a tensor's shape": lambda: tf.fill(tf.shape(_x(tf)), 9.0),
            "fill of tensors and numbers": lambda: tf.fill([tf.shape(_x(tf))[0], 4], 9.0),
            "eye": lambda: tf.eye(4),
            "eye of rows and columns": lambda: tf.eye(4, 5),
            "eye in a batch": lambda: tf.eye(4, batch_shape=[2]),
            "eye of a tensor": lambda: tf.eye(tf.placeholder(tf.int32, [])),
            "range": lambda: tf.range(5),
            "range of three": lambda: tf.range(1, 9, 2),
            "range of a tensor": lambda: tf.range(tf.shape(_x(tf))[0]),
            "range of floats": lambda: tf.range(0.0, 1.0, 0.25),
            "linspace": lambda: tf.linspace(0.0, 1.0, 5),
            "lin_space": lambda: tf.lin_space(0.0, 1.0, 5),
            "diag": lambda: tf.diag([1.0, 2.0]),
            "placeholder": lambda: tf.placeholder(tf.float32, [None, 28]),
            "placeholder of any shape": lambda: tf.placeholder(tf.float32),
            "placeholder_with_default": lambda: tf.placeholder_with_default(1.0, []),
            "placeholder_with_default of a tensor": lambda: tf.placeholder_with_default(tf.constant(1.0), []),
            "sparse_placeholder": lambda: tf.sparse_placeholder(tf.float32),
            "SparseTensor": lambda: tf.SparseTensor([[0, 0]], [1.0], [2, 2]),
            "sparse_tensor_to_dense": lambda: tf.sparse_tensor_to_dense(
                tf.SparseTensor([[0, 0]], [1.0], [2, 2])
            ),
            "sparse_to_dense": lambda: tf.sparse_to_dense([[0, 0]], [2, 2], 1.0),
            "sparse_tensor_dense_matmul": lambda: tf.sparse_tensor_dense_matmul(
                tf.SparseTensor([[0, 0]], [1.0], [2, 3]), _x(tf)
            ),
            "convert_to_tensor": lambda: tf.convert_to_tensor([1.0, 2.0]),
            "convert_to_tensor of a tensor": lambda: tf.convert_to_tensor(_x(tf)),
            "convert_to_tensor of tensors": lambda: tf.convert_to_tensor([_x(tf), _x(tf)]),
            "convert_to_tensor of tensors and numbers": lambda: tf.convert_to_tensor(
                [tf.shape(_x(tf))[0], 3, 4]
            ),
            "convert_to_tensor of an array": lambda: tf.convert_to_tensor(np.eye(3)),
            "convert_to_tensor of a shape": lambda: tf.convert_to_tensor(tf.TensorShape([2, 3])),
            "identity": lambda: tf.identity(_x(tf)),
            "identity of a number": lambda: tf.identity(1.0),
            "stop_gradient": lambda: tf.stop_gradient(_x(tf)),
            "no_op": lambda: tf.no_op(),
            "group": lambda: tf.group(tf.no_op(), _x(tf)),
            "group of nothing": lambda: tf.group(),
            "group of a list": lambda: tf.group([tf.no_op(), tf.no_op()]),
            "tuple": lambda: tf.tuple([_x(tf), _x(tf)]),
            "control_dependencies": lambda: _under_control(tf),
            "Print": lambda: tf.Print(_x(tf), [_x(tf)]),
            "Assert": lambda: tf.Assert(tf.constant(True), [_x(tf)]),
            "Assert of a tensor": lambda: tf.Assert(tf.placeholder(tf.bool, []), [_x(tf), "text"]),
            "assert_equal": lambda: tf.assert_equal(_x(tf), 1.0),
            "assert_equal of known": lambda: tf.assert_equal(tf.constant(1), 1),
            "assert_greater": lambda: tf.assert_greater(_x(tf), 1.0),
            "assert_positive": lambda: tf.assert_positive(_x(tf)),
            "assert_rank": lambda: tf.assert_rank(_x(tf), 2),
            "assert_rank of unknown": lambda: tf.assert_rank(_x(tf, None), 2),
            "check_numerics": lambda: tf.check_numerics(_x(tf), "message"),
            "verify_tensor_all_finite": lambda: tf.verify_tensor_all_finite(_x(tf), "message"),
            "add_check_numerics_ops": lambda: [tf.exp(_x(tf)), tf.add_check_numerics_ops()],
        },
    )


def _under_control(tf):
    with tf.control_dependencies([tf.no_op()]):
        return tf.identity(_x(tf)), tf.constant(1.0)


def shapes(tf):
    return op_seeds(
        tf,
        {
            "shape": lambda: tf.shape(_x(tf)),
            "shape of unknown": lambda: tf.shape(_x(tf, (None, 4))),
            "shape of a variable": lambda: tf.shape(tf.Variable([1.0])),
            "shape of an array": lambda: tf.shape(np.eye(3)),
            "shape[0]": lambda: tf.shape(_x(tf, (None, 4)))[0],
            "size": lambda: tf.size(_x(tf)),
            "size of unknown": lambda: tf.size(_x(tf, (None, 4))),
            "rank": lambda: tf.rank(_x(tf)),
            "rank of unknown": lambda: tf.rank(_x(tf, None)),
            "shape_n": lambda: tf.shape_n([_x(tf), _x(tf)]),
            "reshape": lambda: tf.reshape(_x(tf), [-1, 2]),
            "reshape to tensors": lambda: tf.reshape(_x(tf), [tf.shape(_x(tf))[0], -1]),
            "reshape to a tensor": lambda: tf.reshape(_x(tf), tf.shape(_x(tf))),
            "reshape to tensors stacked": lambda: tf.reshape(_x(tf), tf.stack([tf.shape(_x(tf))[0], 4])),
            "transpose": lambda: tf.transpose(_x(tf, (2, 3, 4)), [1, 0, 2]),
            "transpose of all": lambda: tf.transpose(_x(tf)),
            "transpose of unknown": lambda: tf.transpose(_x(tf, None)),
            "transpose by tensor": lambda: tf.transpose(
                _x(tf, (2, 3, 4)), tf.concat([[1, 0], tf.range(2, 3)], 0)
            ),
            "expand_dims": lambda: tf.expand_dims(_x(tf), 1),
            "expand_dims by dim": lambda: tf.expand_dims(_x(tf), dim=-1),
            "squeeze": lambda: tf.squeeze(_x(tf, (3, 1))),
            "squeeze of axes": lambda: tf.squeeze(_x(tf, (3, 1)), [1]),
            "concat": lambda: tf.concat([_x(tf), _x(tf)], 1),
            "concat along -1": lambda: tf.concat([_x(tf), _x(tf)], -1),
            "concat by axis": lambda: tf.concat(axis=0, values=[_x(tf), _x(tf)]),
            "concat of one": lambda: tf.concat([_x(tf)], 1),
            "concat of a list and a tensor": lambda: tf.concat([[1, 2], tf.shape(_x(tf))], 0),
            "concat along a tensor": lambda: tf.concat([_x(tf), _x(tf)], tf.constant(0)),
            "stack": lambda: tf.stack([_x(tf), _x(tf)]),
            "stack along 1": lambda: tf.stack([_x(tf), _x(tf)], axis=1),
            "stack of numbers": lambda: tf.stack([1, 2, 3]),
            "stack of mixed": lambda: tf.stack([tf.shape(_x(tf))[0], 4]),
            "parallel_stack": lambda: tf.parallel_stack([_x(tf), _x(tf)]),
            "unstack": lambda: tf.unstack(_x(tf, (3, 4))),
            "unstack along 1": lambda: tf.unstack(_x(tf, (None, 3, 4)), 3, 1),
            "split into a number": lambda: tf.split(_x(tf), 2, 1),
            "split along 0": lambda: tf.split(_x(tf, (6, 4)), 3),
            "split by keywords": lambda: tf.split(value=_x(tf), num_or_size_splits=4, axis=1),
            "split along a tensor": lambda: tf.split(_x(tf), 4, axis=tf.constant(1)),
            "split into sizes": lambda: tf.split(_x(tf), [1, 3], 1),
            "split into an array of sizes": lambda: tf.split(_x(tf), np.array([1, 3]), 1),
            "split into tensor sizes": lambda: tf.split(_x(tf), tf.constant([1, 3]), 1),
            "split of unknown": lambda: tf.split(_x(tf, (None, 4)), 4, 1),
            "tile": lambda: tf.tile(_x(tf), [1, 2]),
            "tile by tensors": lambda: tf.tile(_x(tf), [tf.shape(_x(tf))[0], 1]),
            "pad": lambda: tf.pad(_x(tf), [[0, 0], [1, 1]]),
            "pad with a value": lambda: tf.pad(_x(tf), [[0, 0], [1, 1]], constant_values=1.0),
            "pad mirrored": lambda: tf.pad(_x(tf), [[0, 0], [1, 1]], "REFLECT"),
            "slice": lambda: tf.slice(_x(tf), [0, 1], [-1, 2]),
            "strided_slice": lambda: tf.strided_slice(_x(tf), [0, 0], [2, 2]),
            "gather": lambda: tf.gather(_x(tf), [0, 2]),
            "gather along 1": lambda: tf.gather(_x(tf), [0, 2], axis=1),
            "gather of a variable": lambda: tf.gather(tf.Variable([1.0, 2.0]), [0]),
            "gather of a resource variable": lambda: tf.gather(
                tf.get_variable("v", [4], use_resource=True), [0]
            ),
            "batch_gather": lambda: tf.batch_gather(_x(tf), _x(tf, (3, 2), "int32")),
            "gather_nd": lambda: tf.gather_nd(_x(tf), [[0, 1]]),
            "gather_nd by tensors": lambda: tf.gather_nd(
                _x(tf), tf.stack([tf.range(3), tf.range(3)], axis=1)
            ),
            "scatter_nd": lambda: tf.scatter_nd([[1]], [2.0], [4]),
            "boolean_mask": lambda: tf.boolean_mask(_x(tf), [True, False, True]),
            "boolean_mask of a tensor": lambda: tf.boolean_mask(_x(tf), _x(tf, (3,), "bool")),
            "boolean_mask of equal shape": lambda: tf.boolean_mask(_x(tf), _x(tf) > 0),
            "sequence_mask": lambda: tf.sequence_mask([1, 2], 4),
            "sequence_mask of any length": lambda: tf.sequence_mask(_x(tf, (3,), "int32")),
            "sequence_mask of floats": lambda: tf.sequence_mask(_x(tf, (3,), "int32"), 5, dtype=tf.float32),
            "reverse": lambda: tf.reverse(_x(tf), [1]),
            "reverse_v2": lambda: tf.reverse_v2(_x(tf), axis=[0]),
            "reverse_sequence": lambda: tf.reverse_sequence(_x(tf), [1, 2, 3], seq_axis=1, batch_axis=0),
            "reverse_sequence by seq_dim": lambda: tf.reverse_sequence(
                _x(tf), [1, 2, 3], seq_dim=1, batch_dim=0
            ),
            "one_hot": lambda: tf.one_hot([0, 1], 3),
            "one_hot with values": lambda: tf.one_hot([0, 1], 3, on_value=0.9, off_value=0.1),
            "one_hot of integers": lambda: tf.one_hot([0], 3, dtype=tf.int32),
            "one_hot of a tensor": lambda: tf.one_hot(_x(tf, (3,), "int32"), 5, axis=-1),
            "top_k": lambda: tf.nn.top_k(_x(tf), 2),
            "in_top_k": lambda: tf.nn.in_top_k(_x(tf), _x(tf, (3,), "int32"), 1),
            "sort": lambda: tf.sort(_x(tf)),
            "sort downwards": lambda: tf.sort(_x(tf), direction="DESCENDING"),
            "argsort": lambda: tf.argsort(_x(tf)),
            "roll": lambda: tf.roll(_x(tf), 1, 0),
            "meshgrid": lambda: tf.meshgrid([1, 2], [3, 4]),
            "broadcast_to": lambda: tf.broadcast_to(1.0, [3]),
            "space_to_depth": lambda: tf.space_to_depth(_x(tf, (1, 4, 4, 1)), 2),
            "space_to_batch_nd": lambda: tf.space_to_batch_nd(_x(tf, (1, 4, 4, 1)), [2, 2], [[0, 0], [0, 0]]),
            "extract_image_patches": lambda: tf.extract_image_patches(
                _x(tf, (1, 4, 4, 1)), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID"
            ),
            "edit_distance": lambda: tf.edit_distance(
                tf.SparseTensor([[0, 0]], ["a"], [1, 1]), tf.SparseTensor([[0, 0]], ["b"], [1, 1])
            ),
            "dynamic_partition": lambda: tf.dynamic_partition(_x(tf), [0, 1, 0], 2),
            "dynamic_stitch": lambda: tf.dynamic_stitch([[0], [1]], [[1.0], [2.0]]),
            "invert_permutation": lambda: tf.invert_permutation([1, 0]),
            "broadcast_dynamic_shape": lambda: tf.broadcast_dynamic_shape([1, 3], [2, 1]),
            "ensure_shape": lambda: tf.ensure_shape(_x(tf, None), [3, 4]),
            "searchsorted": lambda: tf.searchsorted([1.0, 2.0], [1.5]),
            "unravel_index": lambda: tf.unravel_index([1], [2, 2]),
            "setdiff1d": lambda: tf.setdiff1d([1, 2], [2]),
        },
    )


def text(tf):
    return op_seeds(
        tf,
        {
            "string_split": lambda: tf.string_split(["a b"]),
            "string_join": lambda: tf.string_join(["a", "b"]),
            "string_to_number": lambda: tf.string_to_number(["1"]),
            "as_string": lambda: tf.as_string([1.0]),
            "substr": lambda: tf.substr("abc", 0, 1),
            "regex_replace": lambda: tf.regex_replace("abc", "a", "b"),
            "string_to_hash_bucket": lambda: tf.string_to_hash_bucket_fast(["a"], 10),
            "string_length": lambda: tf.strings.length(["a"]),
            "decode_raw": lambda: tf.decode_raw(["a"], tf.uint8),
            "decode_csv": lambda: tf.decode_csv(["1,2"], [[0.0], [0.0]]),
            "strip": lambda: tf.strings.strip(["a "]),
            "lower": lambda: tf.strings.lower(["A"]),
        },
    )
