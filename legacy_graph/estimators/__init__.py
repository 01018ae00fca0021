"""`tf.estimator`: TensorFlow 1.15's names, each loaded on first access."""

from legacy_graph.estimators import package
from legacy_graph.namespace import Lazy, Namespace

# {module of `tensorflow_estimator.python.estimator`: names of tf.estimator that it defines}
_NAMES = {
    "canned.baseline": "BaselineClassifier BaselineEstimator BaselineRegressor",
    "canned.dnn": "DNNClassifier DNNEstimator DNNRegressor",
    "canned.dnn_linear_combined": "DNNLinearCombinedClassifier DNNLinearCombinedEstimator DNNLinearCombinedRegressor",
    "canned.linear": "LinearClassifier LinearEstimator LinearRegressor",
    "canned.parsing_utils": "classifier_parse_example_spec regressor_parse_example_spec",
    "estimator": "Estimator VocabInfo WarmStartSettings",
    "exporter": "BestExporter Exporter FinalExporter LatestExporter",
    "extenders": "add_metrics",
    "head.base_head": "Head",
    "head.binary_class_head": "BinaryClassHead",
    "head.multi_class_head": "MultiClassHead",
    "head.multi_head": "MultiHead",
    "head.multi_label_head": "MultiLabelHead",
    "head.regression_head": "LogisticRegressionHead PoissonRegressionHead RegressionHead",
    "hooks.basic_session_run_hooks": """
        CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook
        NanLossDuringTrainingError NanTensorHook ProfilerHook SecondOrStepTimer StepCounterHook StopAtStepHook
        SummarySaverHook""",
    "hooks.session_run_hook": "SessionRunArgs SessionRunContext SessionRunHook SessionRunValues",
    "mode_keys": "ModeKeys",
    "model_fn": "EstimatorSpec",
    "run_config": "RunConfig",
    "training": "EvalSpec TrainSpec train_and_evaluate",
}
_EXPERIMENTAL = {
    "canned.dnn": "dnn_logit_fn_builder",
    "canned.linear": "LinearSDCA linear_logit_fn_builder",
    "early_stopping": """
        make_early_stopping_hook stop_if_higher_hook stop_if_lower_hook stop_if_no_decrease_hook
        stop_if_no_increase_hook""",
    "export.export": "build_raw_supervised_input_receiver_fn",
    "hooks.hooks": "InMemoryEvaluatorHook make_stop_at_checkpoint_step_hook",
    "model_fn": "call_logit_fn",
}
_EXPORT = {
    "export.export": """
        ServingInputReceiver TensorServingInputReceiver build_parsing_serving_input_receiver_fn
        build_raw_serving_input_receiver_fn""",
    "export.export_output": "ClassificationOutput ExportOutput PredictOutput RegressionOutput",
}
_INPUTS = {"inputs.numpy_io": "numpy_input_fn", "inputs.pandas_io": "pandas_input_fn"}
_REFUSED = {
    **dict.fromkeys(
        ("BoostedTreesClassifier", "BoostedTreesEstimator", "BoostedTreesRegressor"),
        "boosted trees were dropped from the estimators before their last version",
    ),
    "tpu": "it is for TPUs, whose modules are no longer part of TensorFlow",
}


def lazy(module, name):
    """Return a name of a module of the package, loaded on first access."""
    return Lazy(lambda: getattr(package.load(module), name))


def _lazy_names(prefix, table):
    return {f"{prefix}.{name}": lazy(module, name) for module, names in table.items() for name in names.split()}


def _namespace(name, table, **more):
    ours = {**_lazy_names(name, table), **{f"{name}.{key}": value for key, value in more.items()}}
    return Namespace(name, ours=ours, refused={f"{name}.{key}": why for key, why in _REFUSED.items()})


tf_estimator = _namespace(
    "tf.estimator",
    _NAMES,
    experimental=_namespace(
        "tf.estimator.experimental", _EXPERIMENTAL, KMeans=lazy("canned.kmeans", "KMeansClustering")
    ),
    export=_namespace("tf.estimator.export", _EXPORT),
    inputs=_namespace("tf.estimator.inputs", _INPUTS),
)


def model_to_estimator(
    keras_model=None,
    keras_model_path=None,
    custom_objects=None,
    model_dir=None,
    config=None,
    checkpoint_format="saver",
):
    """Return an estimator for a compiled Keras model, given as an object or as a file.

    Raises ValueError if neither or both are given, or if the model is not compiled.
    """
    make = package.load("keras_lib").model_to_estimator
    return make(keras_model, keras_model_path, custom_objects, model_dir, config, checkpoint_format, False)
