"""`tf.contrib.learn.utils`: serving input functions and export strategies."""

import sys

from legacy_graph.contrib.learn.estimators.export import (
    InputFnOps,
    build_default_serving_input_fn,
    build_parsing_serving_input_fn,
)
from legacy_graph.contrib.learn.export_strategy import make_export_strategy
from legacy_graph.namespace import refuse_unknown

__all__ = ["InputFnOps", "build_default_serving_input_fn", "build_parsing_serving_input_fn", "make_export_strategy"]
# Names of the TF 1.15 modules that hold them.
input_fn_utils = saved_model_export_utils = sys.modules[__name__]
__getattr__ = refuse_unknown(
    "tf.contrib.learn.utils",
    __all__,
    reasons={"export": "it wrote session bundles, which nothing reads today; call export_savedmodel"},
)
