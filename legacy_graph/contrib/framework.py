"""`tf.contrib.framework`: global step, argument scopes, variables by name, nested structures."""

import tensorflow.compat.v1 as tf
from tf_slim.ops.arg_scope import add_arg_scope, arg_scope, arg_scoped_arguments, current_arg_scope, has_arg_scope
from tf_slim.ops.framework_ops import get_graph_from_inputs, get_name_scope
from tf_slim.ops.variables import (
    VariableDeviceChooser,
    add_model_variable,
    assert_global_step,
    assert_or_get_global_step,
    assign_from_checkpoint,
    assign_from_checkpoint_fn,
    assign_from_values,
    assign_from_values_fn,
    create_global_step,
    filter_variables,
    get_global_step,
    get_local_variables,
    get_model_variables,
    get_or_create_global_step,
    get_trainable_variables,
    get_unique_variable,
    get_variable_full_name,
    get_variables,
    get_variables_by_name,
    get_variables_by_suffix,
    get_variables_to_restore,
    global_variable,
    local_variable,
    model_variable,
    variable,
)

from legacy_graph import internals
from legacy_graph.contrib.tf_slim_patches import patch_tf_slim
from legacy_graph.namespace import Namespace, refuse_unknown

patch_tf_slim()

argsort = tf.argsort
assert_same_float_dtype = tf.debugging.assert_same_float_dtype
assert_scalar = tf.assert_scalar
convert_to_tensor_or_sparse_tensor = tf.convert_to_tensor_or_sparse_tensor
deprecated = internals.deprecation.deprecated
deprecated_arg_values = internals.deprecation.deprecated_arg_values
deprecated_args = internals.deprecation.deprecated_args
is_tensor = tf.is_tensor
smart_case = internals.smart_cond.smart_case
smart_cond = internals.smart_cond.smart_cond
smart_constant_value = internals.smart_cond.smart_constant_value
sort = tf.sort
BoundedTensorSpec = internals.tensor.BoundedTensorSpec
TensorSpec = tf.TensorSpec

# TensorFlow renamed is_sequence to is_nested; scripts and copies of TF 1.15 models use the old name.
nest = Namespace(
    "tf.contrib.framework.nest",
    internals.nest,
    {
        "tf.contrib.framework.nest.is_sequence": internals.nest.is_nested,
        "tf.contrib.framework.nest.is_sequence_or_composite": internals.nest.is_nested_or_composite,
    },
)


def init_from_checkpoint(checkpoint_dir, assignment_map):
    """`tf.train.init_from_checkpoint`."""
    return tf.train.init_from_checkpoint(checkpoint_dir, assignment_map)


def list_variables(checkpoint_dir):
    """Return a list of (name, shape), one per variable of the checkpoint."""
    return tf.train.list_variables(checkpoint_dir)


def load_checkpoint(filepattern):
    """Return a reader of the checkpoint."""
    return tf.train.load_checkpoint(filepattern)


def load_variable(checkpoint_dir, name):
    """Return the value of a variable in a checkpoint."""
    return tf.train.load_variable(checkpoint_dir, name)


def assert_scalar_int(tensor, name=None):
    """Return `tensor` as a tensor. Raises ValueError unless it is an integer scalar."""
    with tf.name_scope(name, "assert_scalar_int", [tensor]) as scope:
        tensor = tf.convert_to_tensor(tensor)
        if not tensor.dtype.base_dtype.is_integer:
            raise ValueError(f"Expected integer type for {tensor.name}, received type: {tensor.dtype}.")
        return tf.assert_scalar(tensor, name=scope)


def get_placeholders(graph):
    """Return the output tensors of the graph's placeholders, in order of creation."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def reduce_sum_n(tensors, name=None):
    """Return the scalar sum over all tensors. Raises ValueError for an empty list."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with tf.name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [tf.reduce_sum(tensor, name=f"{tensor.op.name}/sum") for tensor in tensors]
        return sums[0] if len(sums) == 1 else tf.add_n(sums, name=scope)


__all__ = [
    "BoundedTensorSpec",
    "TensorSpec",
    "VariableDeviceChooser",
    "add_arg_scope",
    "add_model_variable",
    "arg_scope",
    "arg_scoped_arguments",
    "argsort",
    "assert_global_step",
    "assert_or_get_global_step",
    "assert_same_float_dtype",
    "assert_scalar",
    "assert_scalar_int",
    "assign_from_checkpoint",
    "assign_from_checkpoint_fn",
    "assign_from_values",
    "assign_from_values_fn",
    "convert_to_tensor_or_sparse_tensor",
    "create_global_step",
    "current_arg_scope",
    "deprecated",
    "deprecated_arg_values",
    "deprecated_args",
    "filter_variables",
    "get_global_step",
    "get_graph_from_inputs",
    "get_local_variables",
    "get_model_variables",
    "get_name_scope",
    "get_or_create_global_step",
    "get_placeholders",
    "get_trainable_variables",
    "get_unique_variable",
    "get_variable_full_name",
    "get_variables",
    "get_variables_by_name",
    "get_variables_by_suffix",
    "get_variables_to_restore",
    "global_variable",
    "has_arg_scope",
    "init_from_checkpoint",
    "is_tensor",
    "list_variables",
    "load_checkpoint",
    "load_variable",
    "local_variable",
    "model_variable",
    "nest",
    "reduce_sum_n",
    "smart_case",
    "smart_cond",
    "smart_constant_value",
    "sort",
    "variable",
]
_REASONS = dict.fromkeys(
    ("with_shape", "with_same_shape"),
    "use tf.ensure_shape(tensor, shape), which checks the shape when the graph runs and sets it",
)
__getattr__ = refuse_unknown("tf.contrib.framework", __all__, reasons=_REASONS)
