"""The feature columns of `tf.contrib.layers`, which preceded `tf.feature_column`."""

import sys

from legacy_graph.contrib.feature_columns.base import _FeatureColumn
from legacy_graph.contrib.feature_columns.dense import (
    _EmbeddingColumn,
    _RealValuedColumn,
    bucketized_column,
    embedding_column,
    one_hot_column,
    real_valued_column,
    shared_embedding_columns,
)
from legacy_graph.contrib.feature_columns.model_inputs import (
    check_feature_columns,
    create_feature_spec_for_parsing,
    infer_real_valued_columns,
    input_from_feature_columns,
    joint_weighted_sum_from_feature_columns,
    make_place_holder_tensors_for_base_features,
    parse_feature_columns_from_examples,
    parse_feature_columns_from_sequence_examples,
    sequence_input_from_feature_columns,
    transform_features,
    weighted_sum_from_feature_columns,
)
from legacy_graph.contrib.feature_columns.sparse import (
    _SparseColumn,
    crossed_column,
    sparse_column_with_hash_bucket,
    sparse_column_with_integerized_feature,
    sparse_column_with_keys,
    sparse_column_with_vocabulary_file,
    weighted_sparse_column,
)
from legacy_graph.contrib.feature_columns.target_column import multi_class_target, regression_target

feature_column = sys.modules[__name__]  # the module's name in TF 1.15, which scripts import
__all__ = [
    "_EmbeddingColumn",
    "_FeatureColumn",
    "_RealValuedColumn",
    "_SparseColumn",
    "bucketized_column",
    "check_feature_columns",
    "create_feature_spec_for_parsing",
    "crossed_column",
    "embedding_column",
    "feature_column",
    "infer_real_valued_columns",
    "input_from_feature_columns",
    "joint_weighted_sum_from_feature_columns",
    "make_place_holder_tensors_for_base_features",
    "multi_class_target",
    "one_hot_column",
    "parse_feature_columns_from_examples",
    "parse_feature_columns_from_sequence_examples",
    "real_valued_column",
    "regression_target",
    "sequence_input_from_feature_columns",
    "shared_embedding_columns",
    "sparse_column_with_hash_bucket",
    "sparse_column_with_integerized_feature",
    "sparse_column_with_keys",
    "sparse_column_with_vocabulary_file",
    "transform_features",
    "weighted_sparse_column",
    "weighted_sum_from_feature_columns",
]
