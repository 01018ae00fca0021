"""`tf.contrib.learn.multi_head` and `loss_only_head`."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.estimators.constants import MetricKey
from legacy_graph.contrib.learn.estimators.head import Head, no_op_train_fn
from legacy_graph.contrib.learn.estimators.head_metrics import key
from legacy_graph.contrib.learn.estimators.head_parts import loss_summary
from legacy_graph.contrib.learn.estimators.model_fn import ModeKeys, ModelFnOps


class LossOnlyHead(Head):
    """Head for a loss that needs no labels; `loss_fn()` returns a loss or a list of losses."""

    logits_dimension = 0

    def __init__(self, loss_fn, head_name=None):
        self._loss_fn, self.head_name = loss_fn, head_name or "loss_only_head"

    def create_model_fn_ops(
        self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None, scope=None
    ):
        """See Head."""
        ModeKeys.validate(mode)
        loss = train = None
        if mode != ModeKeys.INFER:
            with tf.variable_scope(scope, default_name=self.head_name):
                loss = self._loss_fn()
                loss = tf.add_n(loss) if isinstance(loss, list) else loss
                loss_summary(key(self.head_name, MetricKey.LOSS), loss)
                if mode == ModeKeys.TRAIN:
                    if train_op_fn is None:
                        raise ValueError("train_op_fn can not be None in TRAIN mode")
                    with tf.name_scope(None, "train_op", (loss,)):
                        train = train_op_fn(loss)
        return ModelFnOps(mode, {}, loss, train, {})


class MultiHead(Head):
    """Combines several heads; predictions are keyed by (head name, prediction name)."""

    def __init__(self, heads, loss_weights=None):
        if loss_weights and len(loss_weights) != len(heads):
            raise ValueError("heads and loss_weights must have same size")
        if not all(head.head_name for head in heads):
            raise ValueError("Members of MultiHead must have names.")
        self._heads, self._weights = heads, loss_weights
        self.logits_dimension = sum(head.logits_dimension for head in heads)

    def create_model_fn_ops(
        self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None, scope=None
    ):
        """See Head. `logits`: one tensor with the logits of all heads concatenated, or {head name: tensor}."""
        ModeKeys.validate(mode)
        built = []
        for head, own in zip(self._heads, self._divide(logits)):
            given = {"logits_input": logits_input} if logits is None else {"logits": own}
            built.append(
                head.create_model_fn_ops(features, mode, labels, train_op_fn=no_op_train_fn, scope=scope, **given)
            )
        if mode == ModeKeys.TRAIN:
            return self._train(built, train_op_fn)
        pairs = list(zip(self._heads, built))
        predictions = {(head.head_name, name): one for head, ops in pairs for name, one in ops.predictions.items()}
        if mode == ModeKeys.EVAL:
            return ModelFnOps(mode, predictions, self._loss(built), None, _metrics(built))
        alternatives = {
            head.head_name: ops.output_alternatives[head.head_name]
            for head, ops in pairs
            if not isinstance(head, LossOnlyHead)
        }
        return ModelFnOps(mode, predictions, output_alternatives=alternatives)

    def _divide(self, logits):
        if logits is None:
            return [None] * len(self._heads)
        if isinstance(logits, dict):
            return [None if isinstance(one, LossOnlyHead) else logits[one.head_name] for one in self._heads]
        divided, begin = [], 0
        for head in self._heads:
            divided.append(tf.slice(logits, [0, begin], [-1, head.logits_dimension]))
            begin += head.logits_dimension
        return divided

    def _loss(self, built):
        losses = [ops.loss for ops in built]
        if self._weights:
            losses = [tf.multiply(loss, weight) for loss, weight in zip(losses, self._weights)]
        return tf.add_n(losses)

    def _train(self, built, train_op_fn):
        if train_op_fn is None:
            raise ValueError("train_op_fn can not be None in TRAIN mode.")
        loss = self._loss(built)
        train = tf.group(train_op_fn(loss), *(ops.train_op for ops in built))
        return ModelFnOps(ModeKeys.TRAIN, None, loss, train, _metrics(built))


def _metrics(built):
    return {name: pair for ops in built for name, pair in ops.eval_metric_ops.items()}
