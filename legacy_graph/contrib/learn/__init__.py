"""`tf.contrib.learn`: its estimators, which preceded tf.estimator, Experiment, data sets and text preprocessing."""

import importlib

from legacy_graph.contrib.learn import estimators as _estimators
from legacy_graph.namespace import refuse_unknown

_LATER = {
    **_estimators.PLACES,
    "Experiment": f"{__name__}.experiment",
    "ExportStrategy": f"{__name__}.export_strategy",
    "MetricSpec": f"{__name__}.metric_spec",
    "NanLossDuringTrainingError": f"{__name__}.monitors",
    "RunConfig": f"{__name__}.run_config",
    "TaskType": f"{__name__}.run_config",
    "make_export_strategy": f"{__name__}.export_strategy",
    **dict.fromkeys(
        "extract_pandas_data extract_pandas_labels extract_pandas_matrix numpy_input_fn pandas_input_fn".split(),
        f"{__name__}.learn_io",
    ),
}
__all__ = sorted([*_LATER, "datasets", "estimators", "io", "learn_runner", "monitors", "preprocessing", "utils"])
_MODULES = """
    datasets estimators experiment export_strategy learn_io learn_runner metric_spec monitors preprocessing run_config
    utils""".split()
_GONE = dict.fromkeys(
    "evaluate graph_actions infer models ops run_feeds run_n train".split(),
    "it was deprecated before tf.contrib was; an Estimator or a tf.train.MonitoredSession does the same",
)
_refuse = refuse_unknown(
    "tf.contrib.learn",
    __all__,
    reasons={**_estimators.REASONS, **_GONE},
    submodules={
        **{name: f"{__name__}.{name}" for name in _MODULES},
        "head": f"{__name__}.estimators.head",
        "io": f"{__name__}.learn_io",
    },
)


def __getattr__(name):
    if name in _LATER:  # imported on first access, since these modules import the estimators
        return getattr(importlib.import_module(_LATER[name]), name)
    return _refuse(name)
