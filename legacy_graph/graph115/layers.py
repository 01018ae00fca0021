"""Variables, layers and activations, op for op as TensorFlow 1.15 built them."""

from legacy_graph import internals
from legacy_graph.graph115.replacement import replaces
from legacy_graph.internals import array_ops, math_ops, ops


@replaces(internals.variable_scope._VariableStore, "_get_single_variable")
def get_single_variable(today, store, name, *args, regularizer=None, **options):
    """A new variable's regularizer was applied once, when the variable was created."""
    is_new = name not in store._vars
    variable = today(store, name, *args, regularizer=None, **options)
    if regularizer and is_new:
        with ops.colocate_with(variable), ops.name_scope(name + "/Regularizer/"), ops.init_scope():
            loss = regularizer(variable)
        if loss is not None:
            ops.add_to_collection(ops.GraphKeys.REGULARIZATION_LOSSES, loss)
    return variable


@replaces(internals.keras_regularizers.L1L2, "__call__")
def l1_l2_penalty(today, regularizer, x):
    """The weighted sums of |x| and of x squared were added to a constant 0."""
    return _penalty(x, regularizer.l1, regularizer.l2)


@replaces(internals.keras_regularizers.L1, "__call__")
def l1_penalty(today, regularizer, x):
    """As `l1_l2_penalty`."""
    return _penalty(x, regularizer.l1, 0)


@replaces(internals.keras_regularizers.L2, "__call__")
def l2_penalty(today, regularizer, x):
    """As `l1_l2_penalty`."""
    return _penalty(x, 0, regularizer.l2)


def _penalty(x, l1, l2):
    if not l1 and not l2:
        return internals.constant_op.constant(0.0)
    penalty = 0.0
    if l1:
        penalty += l1 * math_ops.reduce_sum(math_ops.abs(x))
    if l2:
        penalty += l2 * math_ops.reduce_sum(math_ops.square(x))
    return penalty


@replaces(internals.base_conv.Conv, "build")
def build_convolution(today, layer, input_shape):
    """The dilation rate was converted to a tensor."""
    today(layer, input_shape)
    ops.convert_to_tensor(layer.dilation_rate, internals.dtypes.int32, name="dilation_rate")


@replaces(internals.flatten.Flatten, "call")
def flatten(today, layer, inputs):
    """A reshape to (batch size, -1); an unknown batch size came from a Shape op."""
    if layer.data_format == "channels_first" or inputs.shape.ndims is None:
        return today(layer, inputs)
    batch = inputs.shape.dims[0].value or array_ops.shape(inputs)[0]
    outputs = array_ops.reshape(inputs, (batch, -1))
    outputs.set_shape(layer.compute_output_shape(inputs.shape))
    return outputs


@replaces(internals.nn_impl, "fused_batch_norm")
def fused_batch_norm(
    today,
    x,
    scale,
    offset,
    mean=None,
    variance=None,
    epsilon=0.001,
    data_format="NHWC",
    is_training=True,
    name=None,
    exponential_avg_factor=1.0,
):
    """In training, the running mean and variance were empty constants."""
    if is_training:
        mean = variance = None
        exponential_avg_factor = 1.0
    return today(x, scale, offset, mean, variance, epsilon, data_format, is_training, name, exponential_avg_factor)


@replaces(internals.batch_normalization.BatchNormalizationBase, "_fused_batch_norm")
def batch_normalization_of_images(today, layer, inputs, mask, training):
    """The momentum was converted to a tensor in inference, too."""
    outputs = today(layer, inputs, mask, training)
    if internals.smart_cond.smart_constant_value(training) is False:
        ops.convert_to_tensor(layer.momentum)
    return outputs


@replaces(internals.nn_impl, "swish")
def swish(today, features, beta=1.0):
    """x * sigmoid(x), without a factor in the sigmoid."""
    if beta != 1.0:
        return today(features, beta)

    @internals.custom_gradient.custom_gradient
    def x_sigmoid_x(x):
        def gradient(dy):
            with ops.control_dependencies([dy]):
                gate = math_ops.sigmoid(x)
            return dy * (gate * (1.0 + x * (1.0 - gate)))

        return x * math_ops.sigmoid(x), gradient

    return x_sigmoid_x(ops.convert_to_tensor(features, name="features"))
