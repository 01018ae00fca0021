"""`tf.contrib.learn`: its data sets, its vocabulary, its mode names. Its estimators are gone."""

from legacy_graph.namespace import refuse_unknown

__all__ = ["ModeKeys", "datasets", "preprocessing"]


class ModeKeys:
    """The three things a model function can be asked to build."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


_ESTIMATORS = dict.fromkeys(
    """BaseEstimator DNNClassifier DNNEstimator DNNLinearCombinedClassifier
    DNNLinearCombinedEstimator DNNLinearCombinedRegressor DNNRegressor DynamicRnnEstimator
    Estimator Evaluable Experiment ExportStrategy Head InputFnOps KMeansClustering
    LinearClassifier LinearEstimator LinearRegressor LogisticRegressor MetricSpec ModelFnOps
    RunConfig SKCompat SVM Trainable learn_runner monitors""".split(),
    "the estimators of tf.contrib.learn are gone with it; tf.estimator has their successors",
)
__getattr__ = refuse_unknown(
    "tf.contrib.learn",
    ["ModeKeys"],
    reasons=_ESTIMATORS,
    submodules={name: f"{__name__}.{name}" for name in ("datasets", "preprocessing")},
)
