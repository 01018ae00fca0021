"""SavedModel export of `tf.contrib.learn`'s estimators."""

import collections
import os
import time

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.estimators.constants import (
    COLLECTION_DEF_KEY_FOR_INPUT_FEATURE_KEYS,
    PredictionKey,
    ProblemType,
)

GraphRewriteSpec = collections.namedtuple("GraphRewriteSpec", ["tags", "transforms"])
_DEFAULT_INPUT = "default_input_alternative"
_DEFAULT_OUTPUT = "default_output_alternative"


class InputFnOps(collections.namedtuple("InputFnOps", ["features", "labels", "default_inputs"])):
    """Result of a serving input function: features, labels or None, and {name: placeholder that is fed}."""


def build_parsing_serving_input_fn(feature_spec, default_batch_size=None):
    """Return a serving input function that parses serialized tf.Example protos with `feature_spec`."""

    def input_fn():
        serialized = tf.placeholder(tf.string, [default_batch_size], "input_example_tensor")
        return InputFnOps(tf.parse_example(serialized, feature_spec), None, {"examples": serialized})

    return input_fn


def build_default_serving_input_fn(features, default_batch_size=None):
    """Return a serving input function that returns placeholders like `features`, a dict of tensors."""

    def input_fn():
        placeholders = {
            name: tf.placeholder(one.dtype, [default_batch_size, *one.shape[1:]], one.op.name)
            for name, one in features.items()
        }
        return InputFnOps(placeholders, None, placeholders)

    return input_fn


def export_savedmodel(
    build, checkpoint_path, base, serving_input_fn, default_key, assets_extra, as_text, rewrite_specs, strip
):
    """Export the model that `build` returns for the serving features; return the path.

    See Estimator.export_savedmodel.
    """
    if not rewrite_specs or rewrite_specs[0].transforms:
        raise ValueError("The first element of graph_rewrite_specs must specify no transforms.")
    if len(rewrite_specs) > 1:
        raise NotImplementedError(
            "export_savedmodel(graph_rewrite_specs=...) with transforms is not supplied by legacy_graph: the graph "
            "transform tool left TensorFlow. Leave graph_rewrite_specs out."
        )
    folder = _timestamped(base)
    with tf.Graph().as_default() as graph:
        tf.train.create_global_step(graph)
        inputs = serving_input_fn()
        features = inputs.features if isinstance(inputs, InputFnOps) else inputs[0]
        if not features:
            raise ValueError("Features must be defined.")
        for key in features:
            tf.add_to_collection(COLLECTION_DEF_KEY_FOR_INPUT_FEATURE_KEYS, key)
        built = build(features)
        outputs, default = _outputs(built, default_key)
        initialize = tf.group(tf.local_variables_initializer(), tf.tables_initializer())
        signatures = _signatures(getattr(inputs, "default_inputs", None), outputs, default)
        saver = getattr(built.scaffold, "saver", None) or tf.train.Saver(sharded=True)
        builder = tf.saved_model.Builder(folder)
        with tf.Session() as session:
            saver.restore(session, checkpoint_path)
            builder.add_meta_graph_and_variables(
                session,
                rewrite_specs[0].tags,
                signature_def_map=signatures,
                assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                main_op=initialize,
                strip_default_attrs=strip,
            )
    for destination, source in (assets_extra or {}).items():
        path = os.path.join(folder, "assets.extra", destination)
        tf.gfile.MakeDirs(os.path.dirname(path))
        tf.gfile.Copy(source, path)
    builder.save(as_text)
    return os.fsencode(folder)


def _timestamped(base):
    """Return a path named by the current time in seconds that does not exist yet."""
    while True:
        folder = os.path.join(tf.compat.as_str_any(base), str(int(time.time())))
        if not tf.gfile.Exists(folder):
            return folder
        time.sleep(1)


def _outputs(built, default_key):
    """Return ({key: output alternative}, default key). Raises ValueError if the default is unknown or ambiguous."""
    alternatives = built.output_alternatives
    if not alternatives:
        if default_key:
            raise ValueError(
                f"Requested default_output_alternative: {default_key}, but available output_alternatives are: []"
            )
        outputs = built.predictions
        outputs = outputs if isinstance(outputs, dict) else {PredictionKey.GENERIC: outputs}
        return {_DEFAULT_OUTPUT: (ProblemType.UNSPECIFIED, outputs)}, _DEFAULT_OUTPUT
    if default_key:
        if default_key not in alternatives:
            raise ValueError(
                f"Requested default_output_alternative: {default_key}, but available output_alternatives are: "
                f"{sorted(alternatives)}"
            )
        return alternatives, default_key
    if len(alternatives) > 1:
        raise ValueError(
            f"Please specify a default_output_alternative.  Available output_alternatives are: {sorted(alternatives)}"
        )
    return alternatives, next(iter(alternatives))


def _signatures(inputs, alternatives, default):
    if not inputs:
        raise ValueError("A default input_alternative must be provided.")
    found = {
        f"{_DEFAULT_INPUT}:{key or 'None'}": _signature(inputs, outputs, kind)
        for key, (kind, outputs) in alternatives.items()
    }
    kind, outputs = alternatives[default]
    found[tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY] = _signature(inputs, outputs, kind)
    return found


def _signature(inputs, outputs, kind):
    """Return a classification or regression signature if inputs and outputs permit, else a predict signature."""
    if not outputs:
        raise ValueError("output_tensors must be provided.")
    scores = outputs.get(PredictionKey.SCORES)
    if scores is None:
        scores = outputs.get(PredictionKey.PROBABILITIES)
    classes = outputs.get(PredictionKey.CLASSES)
    if classes is not None and classes.dtype != tf.string:
        classes = None
    if kind in (ProblemType.CLASSIFICATION, ProblemType.LOGISTIC_REGRESSION) and len(inputs) == 1:
        if classes is None and scores is None and len(outputs) == 1:
            only = next(iter(outputs.values()))
            classes, scores = (only, None) if only.dtype == tf.string else (None, only)
        if classes is not None or scores is not None:
            return tf.saved_model.classification_signature_def(*inputs.values(), classes, scores)
    if kind == ProblemType.LINEAR_REGRESSION and len(inputs) == 1 and len(outputs) == 1:
        return tf.saved_model.regression_signature_def(*inputs.values(), *outputs.values())
    return tf.saved_model.predict_signature_def(inputs, outputs)
