"""Signatures of features and labels: dtype, and shape without the batch; set by the first call and checked later."""

import collections

import tensorflow.compat.v1 as tf

Signature = collections.namedtuple("Signature", "dtype shape is_sparse")


def _of(tensor):
    if isinstance(tensor, tf.SparseTensor):
        return Signature(tensor.dtype, None, True)
    return Signature(tensor.dtype, tensor.shape, False)


def _fits(tensor, wanted):
    found = _of(tensor)
    if found.dtype != wanted.dtype or found.is_sparse != wanted.is_sparse:
        return False
    if found.is_sparse or found.shape.dims is None or wanted.shape.dims is None:
        return True
    return found.shape.ndims == wanted.shape.ndims and found.shape[1:].is_compatible_with(wanted.shape[1:])


def _all_fit(tensors, wanted):
    if isinstance(tensors, dict) != isinstance(wanted, dict):
        return False
    if isinstance(tensors, dict):
        return all(key in tensors and _fits(tensors[key], one) for key, one in wanted.items())
    return _fits(tensors, wanted)


def check(what, tensors, wanted):
    """Return `wanted`, or the signature of `tensors` if that is None.

    Raises ValueError for tensors that do not match; `what` names them in the message.
    """
    if wanted is None:
        return {key: _of(one) for key, one in tensors.items()} if isinstance(tensors, dict) else _of(tensors)
    if not _all_fit(tensors, wanted):
        raise ValueError(
            f"{what} are incompatible with given information. Given {what.lower()}: {tensors}, required signatures: "
            f"{wanted}."
        )
    return wanted


def placeholders(signature):
    """Return placeholders that match the signature, or None if there is none."""
    if signature is None:
        return None
    if isinstance(signature, dict):
        return {key: placeholders(one) for key, one in signature.items()}
    if signature.is_sparse:
        return tf.sparse_placeholder(signature.dtype)
    return tf.placeholder(signature.dtype, [None, *signature.shape[1:]])
