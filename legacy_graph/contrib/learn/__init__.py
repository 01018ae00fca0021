"""`tf.contrib.learn`: data sets, vocabulary, and the Experiment of a tf.estimator. Its own estimators are gone."""

import importlib

from legacy_graph.namespace import refuse_unknown

__all__ = ["ModeKeys", "datasets", "learn_runner", "preprocessing"]


class ModeKeys:
    """The three things a model function can be asked to build."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


_ESTIMATORS = dict.fromkeys(
    """BaseEstimator DNNClassifier DNNEstimator DNNLinearCombinedClassifier
    DNNLinearCombinedEstimator DNNLinearCombinedRegressor DNNRegressor DynamicRnnEstimator
    Estimator Evaluable Head InputFnOps KMeansClustering
    LinearClassifier LinearEstimator LinearRegressor LogisticRegressor MetricSpec ModelFnOps
    SKCompat SVM Trainable monitors""".split(),
    "the estimators of tf.contrib.learn are gone with it; tf.estimator has their successors",
)
_LATER = {
    "Experiment": "experiment",
    "ExportStrategy": "export_strategy",
    "RunConfig": "run_config",
    "TaskType": "run_config",
    "make_export_strategy": "export_strategy",
}
_MODULES = ("datasets", "experiment", "learn_runner", "preprocessing", "run_config")
_refuse = refuse_unknown(
    "tf.contrib.learn",
    ["ModeKeys", *_LATER],
    reasons=_ESTIMATORS,
    submodules={name: f"{__name__}.{name}" for name in _MODULES},
)


def __getattr__(name):
    if name in _LATER:  # loaded late, since they load the estimators
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    return _refuse(name)
