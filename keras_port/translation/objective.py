"""The loss and the optimizer of a captured training, translated to Keras."""

import dataclasses

from keras_port.translation import op_types
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import depends, number, walk
from keras_port.translation.expressions.patterns import match


@dataclasses.dataclass
class Loss:
    """The loss of a model.

    Attributes:
      kind: "compiled" for a keras.losses class of (label, output), given to compile(); "endpoint" for any other
        expression, which a layer adds with add_loss.
      code: the loss argument of compile(), for "compiled".
      output, label: the expressions that a compiled loss compares.
      value: the expression of an endpoint loss.
    """

    kind: str
    code: str = ""
    output: object = None
    label: object = None
    value: object = None


def find_loss(x, loss):
    """Return the Loss for the expression `loss`: a keras.losses class where one matches, otherwise an endpoint."""
    for function in (_cross_entropy, _squared_error, _binary_cross_entropy, _written_out_cross_entropy):
        found = function(loss)
        if found is None:
            continue
        if "SparseCategorical" in found.code:
            _align_rows(x, found)
        found.label = _as_fed(found.label)
        if found.label.op == "input" and _is_computed(found.output):
            return found
    return Loss("endpoint", value=loss)


def _as_fed(label):
    """Return a label without casts and stop_gradient, which Keras applies itself."""
    while label.op in ("cast", "stop_gradient"):
        label = label.args[0]
    return label


def _is_computed(output):
    """Whether an expression contains weights or layers, so that the model computes it."""
    return any(part.op in ("weight", "layer", "call") for part in walk(output))


def _mean_of(loss):
    """Return the expression whose mean over all elements the loss is, or None."""
    if loss.op == "mean" and loss.rank == 0:
        value = loss.args[0]
        while value.op == "reshape":
            value = value.args[0]
        return value
    return None


def before_reshape(value):
    """Return a tensor without the reshapes applied to it, such as the one that flattens it to rows."""
    while value.op == "reshape":
        value = value.args[0]
    return value


def _cross_entropy(loss):
    value = _mean_of(loss)
    if value is None or value.op not in ("softmax_cross_entropy", "sparse_softmax_cross_entropy"):
        return None
    logits, label = value.args
    while label.op == "stop_gradient":
        label = label.args[0]
    if value.op == "softmax_cross_entropy" and _as_fed(before_reshape(label)).op == "one_hot":
        return _sparse(logits, _as_fed(before_reshape(label)).args[0])
    if value.op == "softmax_cross_entropy":
        if (
            before_reshape(logits).rank == before_reshape(label).rank
            and before_reshape(logits).shape[-1] == logits.shape[-1]
        ):
            logits, label = before_reshape(logits), before_reshape(label)
        return Loss("compiled", "keras.losses.CategoricalCrossentropy(from_logits=True)", logits, label)
    if label.op == "argmax":  # argmax of one-hot labels
        return Loss("compiled", "keras.losses.CategoricalCrossentropy(from_logits=True)", logits, label.args[0])
    return _sparse(logits, label)


def _sparse(logits, label):
    """Return the loss for integer labels; on whole sequences where logits and labels were flattened to rows."""
    whole, numbers = before_reshape(logits), before_reshape(label)
    if whole.rank == numbers.rank + 1 and whole.shape[-1] == logits.shape[-1]:
        logits, label = whole, numbers
    return Loss("compiled", "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", logits, label)


def _align_rows(x, loss):
    """Give logits, a row for each label, the axes of labels that are fed as sequences."""
    logits, label = loss.output, loss.label
    if logits.rank == 2 and label.rank > 1 and dims.product(label.shape) == logits.shape[0]:
        loss.output = _before_rows(x, logits, label.shape) or op_types.reshape(
            x, logits, (*label.shape, logits.shape[1])
        )


def _before_rows(x, value, axes):
    """Return rows of features as (*axes, features), computed from a tensor with these axes; None without one."""
    if value.op == "reshape":
        return value.args[0] if value.args[0].shape[:-1] == axes else None
    if value.rank != 2 or value.op not in ("add", "matmul", "call"):
        return None
    whole = _before_rows(x, value.args[0], axes)
    if whole is None or any(arg.rank != (2 if value.op == "matmul" else 1) for arg in value.args[1:]):
        return None
    args, shape = (whole, *value.args[1:]), (*axes, value.shape[1])
    return x.make(value.op, args, shape, value.dtype, value.node, value.op == "call", **value.options)


def _squared_error(loss):
    value, summed = _mean_of(loss), False
    if value is None and loss.op == "sum" and loss.rank == 0:
        value, summed = before_reshape(loss.args[0]), True
    if value is None:
        return None
    found = match(("square", ("subtract", "a", "b")), value) or match(("power", ("subtract", "a", "b"), 2), value)
    if found is None:
        return None
    for output, label in ((found["a"], found["b"]), (found["b"], found["a"])):
        whole, fed = before_reshape(output), before_reshape(_as_fed(label))
        if whole.shape == fed.shape:
            output, label = whole, fed
        if _as_fed(label).op == "input" and _is_computed(output) and output.shape == label.shape:
            if not summed:
                return Loss("compiled", "keras.losses.MeanSquaredError()", output, label)
            if output.rank and output.shape[-1] == 1:  # Keras always takes the mean over the last axis
                return Loss("compiled", 'keras.losses.MeanSquaredError(reduction="sum")', output, label)
    return None


def find_prediction(loss):
    """Return the expression, computed from weights, that a loss compares with a fed one, or None."""
    weighted = depends([loss], lambda part: part.op == "weight")
    fed = depends([loss], lambda part: part.op == "input")
    waiting = [loss]
    for expression in waiting:
        args = [arg for arg in expression.args if id(arg) in weighted]
        labels = [arg for arg in expression.args if id(arg) in fed and id(arg) not in weighted]
        is_of_both = len(args) == 1 and labels and id(args[0]) in fed and args[0].rank
        if is_of_both and expression.op in _COMPARED and not any(map(_is_mask, labels)):
            return before_reshape(args[0]) if expression.op == "take" else args[0]
        waiting += [arg for arg in args if arg not in waiting]
    return None


def _is_mask(expression):
    """Whether this is a boolean mask, cast or not."""
    while expression.op in ("cast", "reshape", "getitem"):
        expression = expression.args[0]
    return expression.dtype == "bool"


_COMPARED = frozenset(
    (
        "take",
        "subtract",
        "multiply",
        "power",
        "maximum",
        "softmax_cross_entropy",
        "sparse_softmax_cross_entropy",
        "ctc_loss",
    )
)


def _binary_cross_entropy(loss):
    value = _mean_of(loss)
    if value is None:
        return None
    if value.op != "sigmoid_cross_entropy":
        return None
    logits, label = value.args
    return Loss("compiled", "keras.losses.BinaryCrossentropy(from_logits=True)", logits, label)


def _written_out_cross_entropy(loss):
    """Match mean(-sum(y * log(softmax(z)), 1)), written out as many scripts do.

    It is not clipped, so it becomes the Keras loss of the logits.
    """
    value = _mean_of(loss)
    negated = value is not None and match(("negative", "inner"), value)
    inner = negated["inner"] if negated else None
    if inner is None:
        outer = match(("negative", "mean"), loss)
        inner = _mean_of(outer["mean"]) if outer else None
    if inner is None or inner.op != "sum" or inner.rank != 1 or inner.args[0].rank != 2:
        return None
    found = match(("multiply", "label", ("log", ("softmax", "logits"))), inner.args[0])
    if found is None:
        return None
    return Loss("compiled", "keras.losses.CategoricalCrossentropy(from_logits=True)", found["logits"], found["label"])


# ---- optimizers --------------------------------------------------------------------------------------------------

_OPTIMIZERS = {  # TF 1 class: Keras class, {Keras argument: TF 1 setting}, further arguments to match TF 1
    "GradientDescentOptimizer": ("SGD", {}, {}),
    "MomentumOptimizer": ("SGD", {"momentum": "momentum", "nesterov": "use_nesterov"}, {}),
    "AdamOptimizer": ("Adam", {"beta_1": "beta1", "beta_2": "beta2", "epsilon": "epsilon"}, {}),
    "RMSPropOptimizer": (
        "RMSprop",
        {"rho": "decay", "momentum": "momentum", "epsilon": "epsilon", "centered": "centered"},
        {},
    ),
    "AdagradOptimizer": ("Adagrad", {"initial_accumulator_value": "initial_accumulator_value"}, {"epsilon": 0.0}),
    "AdadeltaOptimizer": ("Adadelta", {"rho": "rho", "epsilon": "epsilon"}, {}),
    "FtrlOptimizer": (
        "Ftrl",
        {
            "learning_rate_power": "learning_rate_power",
            "initial_accumulator_value": "initial_accumulator_value",
            "l1_regularization_strength": "l1_regularization_strength",
            "l2_regularization_strength": "l2_regularization_strength",
        },
        {},
    ),
}
_DEFAULTS = {
    "SGD": {"momentum": 0.0, "nesterov": False},
    "Adam": {"beta_1": 0.9, "beta_2": 0.999},
    "RMSprop": {"rho": 0.9, "momentum": 0.0, "centered": False},
    "Adagrad": {"initial_accumulator_value": 0.1},
    "Adadelta": {"rho": 0.95},
    "Ftrl": {
        "learning_rate_power": -0.5,
        "initial_accumulator_value": 0.1,
        "l1_regularization_strength": 0.0,
        "l2_regularization_strength": 0.0,
    },
}
_CLIPPING = {"global_norm": "global_clipnorm", "norm": "clipnorm"}


def schedule_code(rate):
    """Return the code of a Keras schedule for a learning rate computed from the global step, or None."""
    step = ("divide", "step", "steps")
    for pattern, floored in ((step, False), (("floor", step), True)):
        found = match(("multiply", "start", ("power", "rate", pattern)), rate)
        if found and _is_step(found["step"]):
            return _schedule("ExponentialDecay", found, floored)
        found = match(("divide", "start", ("add", 1, ("multiply", "rate", pattern))), rate)
        if found and _is_step(found["step"]):
            return _schedule("InverseTimeDecay", found, floored)
    return _polynomial(rate)


def _polynomial(rate):
    """Match tf.train.polynomial_decay without cycles."""
    left = ("power", ("subtract", 1, ("divide", ("minimum", "step", "steps"), "steps")), "power")
    found = match(("add", ("multiply", "range", left), "end"), rate)
    if found is None:  # tf.pow(x, 1) was simplified away
        found = match(("add", ("multiply", "range", left[1]), "end"), rate)
    if found is None or not _is_step(found["step"]):
        return None
    ends = [number(found[name]) for name in ("range", "end", "steps")]
    power = number(found["power"]) if "power" in found else 1.0
    if None in ends or power is None:
        return None
    difference, end, steps = ends
    more = "" if power == 1 else f", power={_plain(power)}"
    start = float(f"{difference + end:.7g}")
    return f"keras.optimizers.schedules.PolynomialDecay({_plain(start)}, {int(steps)}, {_plain(end)}{more})"


def _is_step(expression):
    while expression.op == "cast":
        expression = expression.args[0]
    return expression.op == "weight" and "int" in expression.dtype


def _schedule(kind, found, floored):
    numbers = [number(found[name]) for name in ("start", "steps", "rate")]
    if None in numbers:
        return None
    staircase = ", staircase=True" if floored else ""
    return f"keras.optimizers.schedules.{kind}({', '.join(map(_plain, numbers))}{staircase})"


def optimizer_code(optimizer, clipping, schedule=None):
    """Return the code of the Keras optimizer that makes the same updates as the TF 1 one.

    Args:
      optimizer: {"class": TF 1 class name, "settings": {name: value}} of a capture.
      clipping: "clipping" of a capture, or None.
      schedule: code of the learning rate schedule, or None for a constant rate.

    Raises CannotTranslate where no Keras optimizer makes the same updates.
    """
    name = optimizer["class"]
    if name not in _OPTIMIZERS:
        raise CannotTranslate(
            f"{name}: Keras has no optimizer that takes its steps; expected one of {', '.join(_OPTIMIZERS)}"
        )
    keras_name, arguments, more = _OPTIMIZERS[name]
    settings = {
        key: value["value"] if isinstance(value, dict) else value for key, value in optimizer["settings"].items()
    }
    rate = settings.get("learning_rate", 0.001)
    config = {
        argument: settings[setting] for argument, setting in arguments.items() if settings.get(setting) is not None
    }
    config = {key: value for key, value in config.items() if value != _DEFAULTS[keras_name].get(key)}
    config.update(more)
    config.update(_clipping_arguments(clipping))
    written = ", ".join([schedule or _plain(rate), *(f"{key}={_plain(value)}" for key, value in config.items())])
    return f"keras.optimizers.{keras_name}({written})"


def _clipping_arguments(clipping):
    if not clipping:
        return {}
    kind = clipping["kind"]
    if kind in _CLIPPING and clipping.get("clip_norm") is not None:
        return {_CLIPPING[kind]: clipping["clip_norm"]}
    if kind == "value" and clipping.get("max") is not None and clipping.get("min") == -clipping["max"]:
        return {"clipvalue": clipping["max"]}
    raise CannotTranslate(f"gradients are clipped by {kind} in a way that Keras's optimizers do not have ({clipping})")


def _plain(value):
    """Write a float with 7 digits, so that a float32 reads as its author wrote it."""
    if isinstance(value, float):
        return repr(float(f"{value:.7g}"))
    return repr(value)
