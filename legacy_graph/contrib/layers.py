"""`tf.contrib.layers`: the layers of tf_slim, which are TF 1.15's, and those that tf_slim left out.

Variable names, initial values, collections and argument orders are TF 1.15's. The feature
columns are in `legacy_graph.contrib.feature_columns`.
"""

import tensorflow.compat.v1 as tf
from tf_slim.layers import summaries
from tf_slim.layers.initializers import variance_scaling_initializer, xavier_initializer, xavier_initializer_conv2d
from tf_slim.layers.layers import (
    GDN,
    avg_pool2d,
    avg_pool3d,
    batch_norm,
    bias_add,
    conv1d,
    conv2d,
    conv2d_in_plane,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    convolution,
    convolution1d,
    convolution2d,
    convolution2d_in_plane,
    convolution2d_transpose,
    convolution3d,
    convolution3d_transpose,
    dense_to_sparse,
    dropout,
    elu,
    flatten,
    fully_connected,
    gdn,
    images_to_sequence,
    layer_norm,
    legacy_fully_connected,
    legacy_linear,
    legacy_relu,
    linear,
    max_pool2d,
    max_pool3d,
    maxout,
    one_hot_encoding,
    relu,
    relu6,
    repeat,
    scale_gradient,
    separable_conv2d,
    separable_convolution2d,
    sequence_to_images,
    softmax,
    spatial_softmax,
    stack,
    unit_norm,
)
from tf_slim.layers.normalization import group_norm, instance_norm
from tf_slim.layers.optimizers import OPTIMIZER_CLS_NAMES, OPTIMIZER_SUMMARIES, optimize_loss
from tf_slim.layers.regularizers import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)
from tf_slim.layers.rev_block_lib import RevBlock, recompute_grad, rev_block
from tf_slim.layers.sparse_ops import dense_to_sparse_tensor
from tf_slim.layers.summaries import (
    summarize_activation,
    summarize_activations,
    summarize_collection,
    summarize_tensor,
    summarize_tensors,
)
from tf_slim.ops.variables import model_variable

from legacy_graph import internals
from legacy_graph.contrib import feature_columns
from legacy_graph.contrib.feature_columns import *  # noqa: F403
from legacy_graph.contrib.tf_slim_patches import patch_tf_slim
from legacy_graph.namespace import refuse_unknown

patch_tf_slim()
# tf_slim uses this gradient by name but expects TensorFlow to register it, which it no longer does.
if "GDNLowerBound" not in internals.ops.gradient_registry.list():
    tf.RegisterGradient("GDNLowerBound")(GDN._lower_bound_grad)


def embed_sequence(
    ids,
    vocab_size=None,
    embed_dim=None,
    unique=False,
    initializer=None,
    regularizer=None,
    trainable=True,
    scope=None,
    reuse=None,
):
    """Map each id to its embedding, in a variable named `EmbedSequence/embeddings`.

    Args:
      ids: integers, (batch, length).
      vocab_size, embed_dim: shape of the variable; optional when it is reused.
      unique: look up each distinct id only once.

    Returns the embeddings, (batch, length, embed_dim).

    Raises ValueError if a new variable is needed and its shape is not given.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            "Must specify vocab size and embedding dimension when not reusing. "
            f"Got vocab_size={vocab_size} and embed_dim={embed_dim}"
        )
    known = embed_dim is not None and not (reuse and vocab_size is None)
    with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        embeddings = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim] if known else None,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        look_up = embedding_lookup_unique if unique else tf.nn.embedding_lookup
        return look_up(embeddings, ids)


def bow_encoder(
    ids,
    vocab_size,
    embed_dim,
    sparse_lookup=True,
    initializer=None,
    regularizer=None,
    trainable=True,
    scope=None,
    reuse=None,
):
    """Return the mean embedding of each row of ids (a bag of words), (batch, embed_dim).

    With `sparse_lookup`, id 0 is padding and is ignored; a row that is all padding gets the
    embedding of id 0.
    """
    if not vocab_size or not embed_dim:
        raise ValueError("Must specify vocab size and embedding dimension")
    is_sparse = isinstance(ids, tf.SparseTensor)
    with tf.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        embeddings = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim],
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        if sparse_lookup:
            return safe_embedding_lookup_sparse(
                [embeddings], ids if is_sparse else dense_to_sparse_tensor(ids), combiner="mean", default_id=0
            )
        if is_sparse:
            raise TypeError(f"ids are expected to be dense Tensor, got: {ids}")
        return tf.reduce_mean(tf.nn.embedding_lookup(embeddings, ids), axis=1)


def embedding_lookup_unique(params, ids, partition_strategy="mod", name=None):
    """`tf.nn.embedding_lookup` that looks up each distinct id only once; `ids` may be of any rank."""
    with tf.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        shape = tf.shape(ids)
        different, where = tf.unique(tf.reshape(ids, tf.reduce_prod(shape, keepdims=True)))
        rows = tf.nn.embedding_lookup(params, different, partition_strategy)
        every = tf.gather(rows, where)
        result = tf.reshape(every, tf.concat([shape, tf.shape(rows)[1:]], 0))
        result.set_shape(ids.get_shape().concatenate(rows.get_shape()[1:]))
        return result


def safe_embedding_lookup_sparse(
    embedding_weights,
    sparse_ids,
    sparse_weights=None,
    combiner=None,
    default_id=None,
    name=None,
    partition_strategy="div",
    max_norm=None,
):
    """`tf.nn.safe_embedding_lookup_sparse` with "mean" as the default combiner."""
    return tf.nn.safe_embedding_lookup_sparse(
        embedding_weights,
        sparse_ids,
        sparse_weights,
        combiner or "mean",
        default_id,
        name,
        partition_strategy,
        max_norm,
    )


__all__ = [
    "GDN",
    "OPTIMIZER_CLS_NAMES",
    "OPTIMIZER_SUMMARIES",
    "RevBlock",
    "apply_regularization",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "bias_add",
    "bow_encoder",
    "conv1d",
    "conv2d",
    "conv2d_in_plane",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "convolution",
    "convolution1d",
    "convolution2d",
    "convolution2d_in_plane",
    "convolution2d_transpose",
    "convolution3d",
    "convolution3d_transpose",
    "dense_to_sparse",
    "dropout",
    "elu",
    "embed_sequence",
    "embedding_lookup_unique",
    "flatten",
    "fully_connected",
    "gdn",
    "group_norm",
    "images_to_sequence",
    "instance_norm",
    "l1_l2_regularizer",
    "l1_regularizer",
    "l2_regularizer",
    "layer_norm",
    "legacy_fully_connected",
    "legacy_linear",
    "legacy_relu",
    "linear",
    "max_pool2d",
    "max_pool3d",
    "maxout",
    "one_hot_encoding",
    "optimize_loss",
    "recompute_grad",
    "relu",
    "relu6",
    "repeat",
    "rev_block",
    "safe_embedding_lookup_sparse",
    "scale_gradient",
    "separable_conv2d",
    "separable_convolution2d",
    "sequence_to_images",
    "softmax",
    "spatial_softmax",
    "stack",
    "sum_regularizer",
    "summaries",
    "summarize_activation",
    "summarize_activations",
    "summarize_collection",
    "summarize_tensor",
    "summarize_tensors",
    "unit_norm",
    "variance_scaling_initializer",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
_COLUMNS = [name for name in feature_columns.__all__ if not name.startswith("_")]
__all__ += _COLUMNS
__getattr__ = refuse_unknown(
    "tf.contrib.layers",
    __all__,
    submodules={
        "feature_column_ops": "legacy_graph.contrib.feature_columns",
        "target_column": "legacy_graph.contrib.feature_columns.target_column",
    },
    reasons={
        "SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY": "a number for hash_key=; write 0xDECAFCAFFE",
        "scattered_embedding_column": "its lookup by hash is gone; use embedding_column of "
        "sparse_column_with_hash_bucket",
    },
)
