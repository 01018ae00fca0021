"""`tf.contrib.learn.MetricSpec`: a metric function, and the prediction, label and weight that it takes."""

import inspect

_NAMES = {
    "labels": ("labels", "label", "targets", "target"),
    "predictions": ("predictions", "prediction", "logits", "logit"),
    "weights": ("weights", "weight"),
}


class MetricSpec:
    """A metric function with the keys of its arguments.

    Args:
      metric_fn: function of predictions, and optionally of labels and weights, that returns (value, update op).
      prediction_key, label_key, weight_key: keys in the dicts of predictions, labels and features; None if there is
        a single tensor, or a dict with a single entry.

    Raises ValueError if the function lacks a parameter whose key is given, or has two that could be meant.
    """

    def __init__(self, metric_fn, prediction_key=None, label_key=None, weight_key=None):
        self._name = getattr(metric_fn, "__name__", None) or getattr(
            getattr(metric_fn, "func", None), "__name__", str(metric_fn)
        )
        self.metric_fn = _with_standard_arguments(metric_fn, self._name, label_key is not None, weight_key is not None)
        self.prediction_key, self.label_key, self.weight_key = prediction_key, label_key, weight_key

    def __str__(self):
        return (
            f"MetricSpec(metric_fn={self._name}, prediction_key={self.prediction_key}, "
            f"label_key={self.label_key}, weight_key={self.weight_key})"
        )

    def create_metric_ops(self, inputs, labels, predictions):
        """Return the result of the metric function for these features, labels and predictions.

        Raises ValueError if a key does not suit the data, KeyError if it is missing.
        """
        return self.metric_fn(
            labels=_pick("label", labels, self.label_key),
            predictions=_pick("prediction", predictions, self.prediction_key),
            weights=inputs[self.weight_key] if self.weight_key else None,
        )


def _pick(kind, values, key):
    if key:
        if not isinstance(values, dict):
            raise ValueError(
                f"MetricSpec with {kind}_key specified requires {kind}s dict, got {values}.\n"
                f"You must not provide a {kind}_key if you only have a single Tensor as {kind}s."
            )
        if key not in values:
            raise KeyError(f"Key '{key}' missing from {values.keys()}.")
        return values[key]
    if isinstance(values, dict):
        if len(values) != 1:
            raise ValueError(
                f"MetricSpec without specified {kind}_key requires {kind}s tensor or single element dict, got {values}"
            )
        return next(iter(values.values()))
    return values


def _parameters(function):
    if hasattr(function, "func") and hasattr(function, "keywords"):
        return [name for name in _parameters(function.func) if name not in function.keywords]
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, one in inspect.signature(function).parameters.items() if one.kind in kinds]


def _with_standard_arguments(function, name, needs_labels, needs_weights):
    """Adapt `function` to the keyword arguments labels, predictions and weights, whatever it calls them."""
    parameters = _parameters(function)

    def named(meaning, needed):
        candidates = set(_NAMES[meaning])
        found = [parameter for parameter in parameters if parameter in candidates]
        if len(found) > 1:
            raise ValueError(f"Ambiguous arguments {set(found)}, must provide only one of {candidates}.")
        if needed and not found:
            raise ValueError(f"{candidates} missing from {name}({parameters}).")
        return found[0] if found else None

    theirs_labels = named("labels", needs_labels)
    theirs_predictions = named("predictions", False)
    theirs_weights = named("weights", needs_weights)

    def call(*, labels=None, predictions=None, weights=None):
        by_name = {theirs_labels: labels} if theirs_labels else {}
        if theirs_predictions:
            by_name[theirs_predictions] = predictions
        if weights is not None:
            by_name[theirs_weights] = weights
        if theirs_predictions:
            return function(**by_name)
        if theirs_labels and theirs_labels == parameters[0]:  # then the second parameter is the predictions
            return function(by_name.pop(theirs_labels), predictions, **by_name)
        return function(predictions, **by_name)

    return call
