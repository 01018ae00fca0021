"""`tf.contrib.learn.estimators`: the estimators that preceded tf.estimator, imported on first access."""

import importlib

from legacy_graph.namespace import refuse_unknown

# {module of this package: names that it exports to tf.contrib.learn}
NAMES = {
    "constants": "MetricKey PredictionKey PredictionType ProblemType",
    "dnn": "DNNClassifier DNNEstimator DNNRegressor",
    "dnn_linear_combined": "DNNLinearCombinedClassifier DNNLinearCombinedEstimator DNNLinearCombinedRegressor",
    "dynamic_rnn_estimator": "DynamicRnnEstimator",
    "estimator": """
        BaseEstimator Estimator GraphRewriteSpec NotFittedError SKCompat infer_real_valued_columns_from_input
        infer_real_valued_columns_from_input_fn""",
    "export": "InputFnOps build_default_serving_input_fn build_parsing_serving_input_fn",
    "head": """
        Head binary_svm_head loss_only_head multi_class_head multi_head multi_label_head no_op_train_fn
        poisson_regression_head regression_head""",
    "linear": "LinearClassifier LinearEstimator LinearRegressor",
    "logistic_regressor": "LogisticRegressor",
    "model_fn": "ModeKeys ModelFnOps",
}
PLACES = {name: f"{__name__}.{module}" for module, names in NAMES.items() for name in names.split()}
_RENAMED = {"metric_key": "constants", "prediction_key": "constants"}  # modules of TF 1.15
_MODULES = {name: f"{__name__}.{_RENAMED.get(name, name)}" for name in (*NAMES, *_RENAMED, "rnn_common")}
_MODULES["run_config"] = "legacy_graph.contrib.learn.run_config"
REASONS = {
    "KMeansClustering": "k-means of contrib is not supplied; tf.estimator.experimental.KMeans is",
    "SVM": "its optimizer, SDCA, is supplied in tf.estimator.experimental.LinearSDCA only",
    "Evaluable": "an abstract class; test for the method evaluate instead",
    "Trainable": "an abstract class; test for the method fit instead",
}
_refuse = refuse_unknown("tf.contrib.learn.estimators", PLACES, submodules=_MODULES, reasons=REASONS)


def __getattr__(name):
    if name in PLACES:
        return getattr(importlib.import_module(PLACES[name]), name)
    return _refuse(name)
