"""Functions that `tf.contrib.learn`'s recurrent estimators share: cells by name, last outputs, masking."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib import rnn as contrib_rnn
from legacy_graph.contrib.learn.estimators.constants import (
    PredictionKey,
    PredictionType,
    ProblemType,
    RNNKeys,
)

__all__ = ["PredictionType", "RNNKeys", "construct_rnn_cell", "select_last_activations"]


def construct_rnn_cell(num_units, cell_type="basic_rnn", dropout_keep_probabilities=None):
    """Return a cell, or a MultiRNNCell if `num_units` is a list.

    Args:
      num_units: number of units, or a list with one entry per layer.
      cell_type: "basic_rnn", "lstm", "gru" or a subclass of RNNCell.
      dropout_keep_probabilities: keep probability of each layer's inputs, then of the last layer's outputs.

    Raises ValueError for an unknown cell type, or a wrong number of probabilities.
    """
    kinds = {"basic_rnn": contrib_rnn.BasicRNNCell, "lstm": contrib_rnn.LSTMCell, "gru": contrib_rnn.GRUCell}
    kind = kinds.get(cell_type, cell_type)
    if not isinstance(kind, type) or not issubclass(kind, contrib_rnn.RNNCell):
        raise ValueError(f"The supported cell types are {list(kinds)}; got {cell_type}")
    sizes = num_units if isinstance(num_units, (list, tuple)) else (num_units,)
    cells = [kind(num_units=size) for size in sizes]
    if dropout_keep_probabilities:
        cells = apply_dropout(cells, dropout_keep_probabilities)
    return cells[0] if len(cells) == 1 else contrib_rnn.MultiRNNCell(cells)


def apply_dropout(cells, dropout_keep_probabilities, random_seed=None):
    """Return the cells wrapped with dropout of each layer's inputs and of the last layer's outputs."""
    keep = dropout_keep_probabilities
    if len(keep) != len(cells) + 1:
        raise ValueError(
            "The number of dropout probabilities must be one greater than the number of cells. Got "
            f"{len(cells)} cells and {len(keep)} dropout probabilities."
        )
    wrap = contrib_rnn.DropoutWrapper
    wrapped = [wrap(cell, one, 1.0, seed=random_seed) for cell, one in zip(cells[:-1], keep)]
    return [*wrapped, wrap(cells[-1], keep[-2], keep[-1])]


def select_last_activations(activations, sequence_lengths):
    """Return the activations (batch, columns) of each sequence's last step, given (batch, steps, columns)."""
    with tf.name_scope("select_last_activations", values=[activations, sequence_lengths]):
        shape = tf.shape(activations)
        batch, steps, columns = shape[0], shape[1], shape[2]
        lengths = steps if sequence_lengths is None else sequence_lengths
        flat = tf.reshape(activations, [-1, columns])
        last = tf.gather(flat, tf.range(batch) * steps + lengths - 1)
        last.set_shape([activations.shape[0], activations.shape[2]])
        return last


def mask_activations_and_labels(activations, labels, sequence_lengths):
    """Return activations and labels of the valid steps of all sequences, flattened over batch and time."""
    with tf.name_scope("mask_activations_and_labels", values=[activations, labels, sequence_lengths]):
        shape = tf.shape(labels)
        batch, steps = shape[0], shape[1]
        if sequence_lengths is None:
            number = steps * batch
            return tf.reshape(activations, [number, -1]), tf.reshape(labels, [number])
        mask = tf.sequence_mask(sequence_lengths, steps)
        return tf.boolean_mask(activations, mask), tf.boolean_mask(labels, mask)


def multi_value_predictions(activations, target_column, problem_type, predict_probabilities):
    """Return the predictions at each step."""
    with tf.name_scope("MultiValuePrediction"):
        shape, found = tf.shape(activations), {}
        flat = tf.reshape(activations, [-1, shape[2]])
        if predict_probabilities:
            probabilities = target_column.logits_to_predictions(flat, proba=True)
            predictions = tf.argmax(probabilities, 1)
            whole = tf.concat([shape[:2], [2]], 0) if target_column.num_label_columns == 1 else shape
            name = PredictionKey.PROBABILITIES
            found[name] = tf.reshape(probabilities, whole, name=name)
        else:
            predictions = target_column.logits_to_predictions(flat, proba=False)
        name = predictions_name(problem_type)
        found[name] = tf.reshape(predictions, [shape[0], shape[1]], name=name)
        return found


def predictions_name(problem_type):
    """Return "classes" for classification, else "scores"."""
    is_classes = problem_type == ProblemType.CLASSIFICATION
    return PredictionKey.CLASSES if is_classes else PredictionKey.SCORES


def get_eval_metric_ops(problem_type, prediction_type, sequence_length, prediction_dict, labels):
    """Return the accuracy for classification, else an empty dict."""
    if problem_type != ProblemType.CLASSIFICATION:
        return {}
    predictions = prediction_dict[PredictionKey.CLASSES]
    if prediction_type == PredictionType.MULTIPLE_VALUE:
        predictions, labels = mask_activations_and_labels(predictions, labels, sequence_length)
    return {"accuracy": tf.metrics.accuracy(labels, predictions)}
