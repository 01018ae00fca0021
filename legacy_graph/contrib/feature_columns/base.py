"""Base class of contrib's feature columns, and their embedding lookup."""

import collections
from typing import Any

import tensorflow.compat.v1 as tf
from tf_slim.layers.layers import _inner_flatten
from tf_slim.ops.variables import model_variable

from legacy_graph import internals

_core = internals.feature_column
DenseColumn: Any = _core._DenseColumn
CategoricalColumn: Any = _core._CategoricalColumn
inner_flatten = _inner_flatten

LinearArguments = collections.namedtuple(
    "LinearArguments", ["input_tensor", "weight_tensor", "vocab_size", "initializer", "combiner"]
)
DeepArguments = collections.namedtuple(
    "DeepArguments",
    "input_tensor weight_tensor vocab_size initializer combiner dimension shared_embedding_name hash_key max_norm "
    "trainable",
)


class _FeatureColumn:
    """Base of the columns: transforms features into a model's input.

    Subclasses are also namedtuples. `key` identifies a column, and a model sorts its columns by key.
    """

    @property
    def key(self):
        """String that identifies the column."""
        return str(self)

    def _key_without(self, *hidden):
        fields = ", ".join(f"{name}={getattr(self, name)}" for name in self._fields if name not in hidden)
        return f"{type(self).__name__}({fields})"

    def insert_transformed_feature(self, columns_to_tensors):
        """Add the transformed feature to the dict, under this column."""
        columns_to_tensors[self] = self._transform_feature(Builder(columns_to_tensors))

    def _to_dnn_input_layer(self, input_tensor, weight_collections=None, trainable=True, output_rank=2):
        raise ValueError(
            f"{type(self).__name__.lstrip('_')} is not supported in DNN. Please use embedding_column or "
            f"one_hot_column. column: {self}"
        )

    def _deep_embedding_lookup_arguments(self, input_tensor):
        raise NotImplementedError(f"No deep embedding lookup arguments for column {self}.")

    def _wide_embedding_lookup_arguments(self, input_tensor):
        raise NotImplementedError(f"No wide embedding lookup arguments for column {self}.")

    def _to_dense_tensor(self, input_tensor):
        raise NotImplementedError(f"No dense tensor representation for column {self}.")

    def _checkpoint_path(self):
        return None

    # Interface of tf.feature_column, whose functions accept these columns too.
    @property
    def _parse_example_spec(self):
        return self.config

    @property
    def _num_buckets(self):
        return self.length

    def _get_sparse_tensors(self, inputs, weight_collections=None, trainable=None):
        tensor = inputs.get(self)
        return CategoricalColumn.IdWeightPair(self.id_tensor(tensor), self.weight_tensor(tensor))


class Builder:
    """Returns features by name and transformed columns, caching them in the dict it is given."""

    def __init__(self, columns_to_tensors):
        self._found = columns_to_tensors

    def get(self, key):
        """Return the tensor of `key`, transforming the column if it is not cached.

        Raises ValueError for an unknown feature name, TypeError for a key that is neither a string nor a column.
        """
        if key not in self._found:
            if isinstance(key, str):
                raise ValueError(f"features dictionary doesn't contain key ({key})")
            if not isinstance(key, _FeatureColumn):
                raise TypeError(f'"key" must be either a "str" or "_FeatureColumn". Provided: {key}')
            key.insert_transformed_feature(self._found)
        return self._found[key]


def parts(variable):
    """Return the list of partitions of a variable, which may be partitioned or not."""
    if isinstance(variable, tf.Variable):
        return [variable]
    return variable._get_variable_list()


def embeddings_from_arguments(column, arguments, weight_collections, trainable, output_rank=2):
    """Return a column's embeddings, looked up in its own variable or in one shared by several columns.

    Raises NotImplementedError for scattered embeddings, ValueError if a shared variable has another shape.
    """
    from legacy_graph.contrib.layers import safe_embedding_lookup_sparse  # imports this package

    ids = inner_flatten(arguments.input_tensor, output_rank)
    weights = None if arguments.weight_tensor is None else inner_flatten(arguments.weight_tensor, output_rank)
    if arguments.hash_key:
        raise NotImplementedError(
            "scattered_embedding_column is not supplied by legacy_graph. Use embedding_column of "
            "sparse_column_with_hash_bucket instead."
        )

    def make(name):
        return model_variable(
            name,
            shape=[arguments.vocab_size, arguments.dimension],
            dtype=tf.float32,
            initializer=arguments.initializer,
            trainable=trainable and arguments.trainable,
            collections=weight_collections,
        )

    shared = arguments.shared_embedding_name
    variables = parts(make("weights") if shared is None else _shared(shared, arguments, make))
    restore(column, variables)
    return safe_embedding_lookup_sparse(
        variables,
        ids,
        sparse_weights=weights,
        combiner=arguments.combiner,
        name=column.name + "weights",
        max_norm=arguments.max_norm,
    )


def _shared(name, arguments, make):
    found = tf.get_default_graph().get_collection_ref("SHARED_EMBEDDING_COLLECTION_" + name.upper())
    if not found:
        found.append(make(name))
    if found[0].shape.as_list() != [arguments.vocab_size, arguments.dimension]:
        raise ValueError(
            f"The embedding variable with name {name} already exists, but its shape does not match required embedding "
            "shape here. Please make sure to use different shared_embedding_name for different shared embeddings."
        )
    return found[0]


def restore(column, variables):
    """Initialize from a checkpoint, if the column names one."""
    path = column._checkpoint_path()
    if path is not None:
        folder, name = path
        tf.train.init_from_checkpoint(folder, {name: variables[0] if len(variables) == 1 else variables})


def reshape_real_valued(tensor, output_rank, name=None):
    """Return a tensor of rank `output_rank`: add a last dimension, or flatten the inner ones.

    Raises ValueError if more than one dimension is missing.
    """
    rank = tensor.shape.ndims
    if rank is not None:
        if output_rank > rank + 1:
            raise ValueError(
                f"{f'Error while processing column {name}.' if name is not None else ''}Rank of input Tensor ({rank}) "
                f"should be the same as output_rank ({output_rank}). For example, sequence data should typically be 3 "
                "dimensional (rank 3) while non-sequence data is typically 2 dimensional (rank 2)."
            )
        if output_rank == rank + 1:
            return tf.expand_dims(tensor, -1, name="expand_dims")
        if output_rank == rank:
            return tensor
    return inner_flatten(tensor, output_rank)
