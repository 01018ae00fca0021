"""Sparse (categorical) columns: by vocabulary, file or hash; weighted; crossed."""

import collections

import tensorflow.compat.v1 as tf
from tf_slim.layers.sparse_ops import dense_to_sparse_tensor

from legacy_graph import internals
from legacy_graph.contrib.feature_columns.base import (
    CategoricalColumn,
    LinearArguments,
    _FeatureColumn,
    reshape_real_valued,
)
from legacy_graph.contrib.feature_columns.cross import cross

_SparseIdLookupConfig = collections.namedtuple(
    "_SparseIdLookupConfig",
    ["vocabulary_file", "keys", "num_oov_buckets", "vocab_size", "default_value"],
    defaults=[None, None, 0, None, -1],
)


class _SparseColumn(
    _FeatureColumn,
    CategoricalColumn,
    collections.namedtuple(
        "_SparseColumn", ["column_name", "is_integerized", "bucket_size", "lookup_config", "combiner", "dtype"]
    ),
):
    """Strings or integers, mapped to ids in [0, length)."""

    def __new__(
        cls, column_name, is_integerized=False, bucket_size=None, lookup_config=None, combiner="sum", dtype=tf.string
    ):
        if is_integerized and bucket_size is None:
            raise ValueError(f"bucket_size must be set if is_integerized is True. column_name: {column_name}")
        if is_integerized and not dtype.is_integer:
            raise ValueError(
                f"dtype must be an integer if is_integerized is True. dtype: {dtype}, column_name: {column_name}."
            )
        if dtype != tf.string and not dtype.is_integer:
            raise ValueError(f"dtype must be string or integer. dtype: {dtype}, column_name: {column_name}")
        if bucket_size is None and lookup_config is None:
            raise ValueError(f"one of bucket_size or lookup_config must be set. column_name: {column_name}")
        if bucket_size is not None and bucket_size < 1:
            raise ValueError(f"bucket_size must be at least 1. bucket_size: {bucket_size}, column_name: {column_name}")
        return super().__new__(cls, column_name, is_integerized, bucket_size, lookup_config, combiner, dtype)

    @property
    def name(self):
        """Name of the feature."""
        return self.column_name

    @property
    def length(self):
        """Number of ids."""
        if self.bucket_size is not None:
            return self.bucket_size
        return self.lookup_config.vocab_size + self.lookup_config.num_oov_buckets

    @property
    def config(self):
        """Parsing spec: {feature name: VarLenFeature}."""
        return {self.column_name: tf.VarLenFeature(self.dtype)}

    def id_tensor(self, input_tensor):
        """Return the ids as a SparseTensor."""
        return input_tensor

    def weight_tensor(self, input_tensor):
        """Return None: the ids have no weights."""
        return None

    def _wide_embedding_lookup_arguments(self, input_tensor):
        return LinearArguments(input_tensor, None, self.length, tf.zeros_initializer(), self.combiner)

    def _transform_feature(self, inputs):
        tensor = inputs.get(self.name)
        if not isinstance(tensor, tf.SparseTensor):
            ignored = "" if tensor.dtype == tf.string else -1
            tensor = dense_to_sparse_tensor(reshape_real_valued(tensor, 2, self.name), ignore_value=ignored)
        return self._do_transform(tensor)

    def is_compatible(self, other_column):
        """Return whether the two columns may share an embedding."""
        if self.lookup_config and other_column.lookup_config:
            return self.lookup_config == other_column.lookup_config
        same = self.dtype == other_column.dtype or self.dtype.is_integer and other_column.dtype.is_integer
        return self.length == other_column.length and same


class _SparseColumnIntegerized(_SparseColumn):
    def _do_transform(self, tensor):
        values = tf.mod(tensor.values, self.bucket_size, name="mod")
        return tf.SparseTensor(tensor.indices, values, tensor.dense_shape)


class _SparseColumnHashed(_SparseColumn):
    hash_keys = None

    def _do_transform(self, tensor):
        words = tf.as_string(tensor.values) if self.dtype.is_integer else tensor.values
        if not self.hash_keys:
            ids = tf.strings.to_hash_bucket_fast(words, self.bucket_size, name="lookup")
            return tf.SparseTensor(tensor.indices, ids, tensor.dense_shape)
        hashed = [tf.strings.to_hash_bucket_strong(words, self.bucket_size, key) for key in self.hash_keys]
        return tf.sparse_concat(
            1, [tf.SparseTensor(tensor.indices, ids, tensor.dense_shape) for ids in hashed], "lookup"
        )


class _SparseColumnKeys(_SparseColumn):
    def _do_transform(self, tensor):
        table = internals.lookup_ops.index_table_from_tensor(
            tuple(self.lookup_config.keys), 0, self.lookup_config.default_value, dtype=self.dtype, name="lookup"
        )
        return table.lookup(tensor)


class _SparseColumnVocabulary(_SparseColumn):
    def _do_transform(self, tensor):
        if self.dtype.is_integer:
            tensor = tf.SparseTensor(tensor.indices, tf.as_string(tensor.values), tensor.dense_shape)
        table = internals.lookup_ops.index_table_from_file(
            vocabulary_file=self.lookup_config.vocabulary_file,
            num_oov_buckets=self.lookup_config.num_oov_buckets,
            vocab_size=self.lookup_config.vocab_size,
            default_value=self.lookup_config.default_value,
            name=self.name + "_lookup",
        )
        return table.lookup(tensor)


def sparse_column_with_integerized_feature(column_name, bucket_size, combiner="sum", dtype=tf.int64):
    """Return a column whose ids are the integer values modulo `bucket_size`."""
    return _SparseColumnIntegerized(column_name, True, bucket_size, combiner=combiner, dtype=dtype)


def sparse_column_with_hash_bucket(column_name, hash_bucket_size, combiner="sum", dtype=tf.string, hash_keys=None):
    """Return a column whose ids are hashes of strings or integers.

    `hash_keys`: list of pairs of ints; each key adds one id per value, from a keyed hash.
    """
    if hash_keys is not None:
        if not isinstance(hash_keys, list) or not hash_keys:
            raise ValueError("hash_keys must be a non-empty list.")
        pairs = all(isinstance(key, list) and len(key) == 2 for key in hash_keys)
        if not pairs or not all(isinstance(number, int) for key in hash_keys for number in key):
            raise ValueError("Each element of hash_keys must be a pair of integers.")
    column = _SparseColumnHashed(column_name, bucket_size=hash_bucket_size, combiner=combiner, dtype=dtype)
    column.hash_keys = hash_keys
    return column


def sparse_column_with_keys(column_name, keys, default_value=-1, combiner="sum", dtype=tf.string):
    """Return a column whose ids are positions in `keys`; values not in `keys` get `default_value`."""
    keys = tuple(keys)
    lookup = _SparseIdLookupConfig(keys=keys, vocab_size=len(keys), default_value=default_value)
    return _SparseColumnKeys(column_name, lookup_config=lookup, combiner=combiner, dtype=dtype)


def sparse_column_with_vocabulary_file(
    column_name,
    vocabulary_file,
    num_oov_buckets=0,
    vocab_size=None,
    default_value=-1,
    combiner="sum",
    dtype=tf.string,
):
    """Return a column whose ids are line numbers of a vocabulary file.

    Other values are hashed into `num_oov_buckets`, or get `default_value`. Raises ValueError if `vocab_size` is None.
    """
    if vocab_size is None:
        raise ValueError(f"vocab_size should be defined. column_name: {column_name}")
    lookup = _SparseIdLookupConfig(vocabulary_file, None, num_oov_buckets, vocab_size, default_value)
    return _SparseColumnVocabulary(column_name, lookup_config=lookup, combiner=combiner, dtype=dtype)


class _WeightedSparseColumn(
    _FeatureColumn,
    CategoricalColumn,
    collections.namedtuple("_WeightedSparseColumn", ["sparse_id_column", "weight_column_name", "dtype"]),
):
    """See `weighted_sparse_column`."""

    @property
    def name(self):
        """Names of the ids' and the weights' features."""
        return f"{self.sparse_id_column.name}_weighted_by_{self.weight_column_name}"

    @property
    def length(self):
        """Number of ids."""
        return self.sparse_id_column.length

    @property
    def config(self):
        """Parsing spec of both features."""
        return {**self.sparse_id_column.config, self.weight_column_name: tf.VarLenFeature(self.dtype)}

    @property
    def lookup_config(self):
        """Lookup config of the sparse column."""
        return self.sparse_id_column.lookup_config

    def id_tensor(self, input_tensor):
        """Return the ids as a SparseTensor."""
        return input_tensor[0]

    def weight_tensor(self, input_tensor):
        """Return the weights as a SparseTensor."""
        return input_tensor[1]

    def _wide_embedding_lookup_arguments(self, input_tensor):
        return LinearArguments(*input_tensor, self.length, tf.zeros_initializer(), self.sparse_id_column.combiner)

    def _transform_feature(self, inputs):
        ids, weights = inputs.get(self.sparse_id_column), inputs.get(self.weight_column_name)
        if not isinstance(weights, tf.SparseTensor):
            weights = dense_to_sparse_tensor(weights)
        return ids, weights if self.dtype.is_floating else tf.cast(weights, tf.float32)

    def is_compatible(self, other_column):
        """Return whether the two columns may share an embedding."""
        other = other_column.sparse_id_column if isinstance(other_column, _WeightedSparseColumn) else other_column
        return self.sparse_id_column.is_compatible(other)


def weighted_sparse_column(sparse_id_column, weight_column_name, dtype=tf.float32):
    """Return a sparse column whose ids are weighted by another feature. Raises ValueError if `dtype` is not numeric."""
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype is not convertible to float. Given {dtype}")
    return _WeightedSparseColumn(sparse_id_column, weight_column_name, dtype)


class _CrossedColumn(
    _FeatureColumn,
    CategoricalColumn,
    collections.namedtuple(
        "_CrossedColumn",
        ["columns", "hash_bucket_size", "hash_key", "combiner", "ckpt_to_load_from", "tensor_name_in_ckpt"],
    ),
):
    """See `crossed_column`."""

    @property
    def name(self):
        """Names of the crossed columns, joined."""
        return "_X_".join(sorted(column.name for column in self.columns))

    @property
    def config(self):
        """Parsing spec of all crossed columns."""
        return {key: value for column in self.columns for key, value in column.config.items()}

    @property
    def length(self):
        """Number of ids, `hash_bucket_size`."""
        return self.hash_bucket_size

    def id_tensor(self, input_tensor):
        """Return the ids as a SparseTensor."""
        return input_tensor

    def weight_tensor(self, input_tensor):
        """Return None: the ids have no weights."""
        return None

    def _checkpoint_path(self):
        return None if self.ckpt_to_load_from is None else (self.ckpt_to_load_from, self.tensor_name_in_ckpt)

    def _wide_embedding_lookup_arguments(self, input_tensor):
        return LinearArguments(input_tensor, None, self.length, tf.zeros_initializer(), self.combiner)

    def _leaves(self):
        for column in self.columns:
            if isinstance(column, _CrossedColumn):
                yield from column._leaves()
            else:
                yield column

    def _transform_feature(self, inputs):
        def tensor(column):
            if isinstance(column, _SparseColumn):
                return inputs.get(column.name)  # the raw values
            return column.to_sparse_tensor(inputs.get(column))

        return cross([tensor(column) for column in self._leaves()], self.hash_bucket_size, self.hash_key)


def crossed_column(
    columns, hash_bucket_size, combiner="sum", ckpt_to_load_from=None, tensor_name_in_ckpt=None, hash_key=None
):
    """Return a column whose ids are hashes of all combinations of the values of several columns.

    The columns may be sparse, bucketized or crossed columns.
    """
    for column in columns:
        if not isinstance(column, (_SparseColumn, _CrossedColumn)) and not hasattr(column, "to_sparse_tensor"):
            raise TypeError(
                "columns must be a set of _SparseColumn, _CrossedColumn, or _BucketizedColumn instances. "
                f"(column {column} is a {type(column).__name__})"
            )
    if len(columns) < 2:
        raise ValueError(f"columns must contain at least 2 elements. columns: {columns}")
    if hash_bucket_size < 2:
        raise ValueError(f"hash_bucket_size must be at least 2. hash_bucket_size: {hash_bucket_size}")
    if (ckpt_to_load_from is None) != (tensor_name_in_ckpt is None):
        raise ValueError("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.")
    ordered = tuple(sorted(columns, key=lambda column: column.name))
    return _CrossedColumn(ordered, hash_bucket_size, hash_key, combiner, ckpt_to_load_from, tensor_name_in_ckpt)
