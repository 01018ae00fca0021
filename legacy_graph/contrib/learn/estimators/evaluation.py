"""Evaluation loop of `tf.contrib.learn`'s estimators, and its summaries."""

import os

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib import training
from legacy_graph.contrib.learn.metric_spec import MetricSpec


def metric_ops(metrics, features, labels, predictions):
    """Return {name: (value, update op)} for {name: MetricSpec or function of (predictions, labels)}.

    For a function, the name must be a pair (name, prediction key) if predictions are a dict, and a string otherwise;
    raises ValueError if it is not.
    """
    label = next(iter(labels.values())) if isinstance(labels, dict) and len(labels) == 1 else labels
    result = {}
    for name, metric in sorted(metrics.items()):
        if isinstance(metric, MetricSpec):
            result[name] = metric.create_metric_ops(features, labels, predictions)
        elif not isinstance(name, tuple):
            if isinstance(predictions, dict):
                raise ValueError(
                    "Metrics passed provide only name, no prediction, but predictions are dict. "
                    f"Metrics: {metrics}, Labels: {label}."
                )
            result[name] = metric(predictions, label)
        else:
            if len(name) != 2:
                raise ValueError(f"Invalid metric for {name}. It returned a tuple with len {len(name)}, expected 2.")
            if not isinstance(predictions, dict):
                raise ValueError(
                    "Metrics passed provide (name, prediction), but predictions are not dict. "
                    f"Metrics: {metrics}, Predictions: {predictions}."
                )
            of_its_own = labels[name[1]] if isinstance(labels, dict) and name[1] in labels else label
            result[name[0]] = metric(predictions[name[1]], of_its_own)
    return result


def evaluate(built, step, checkpoint_path, model_dir, session_config, steps, name, hooks, log_progress):
    """Evaluate `built` (ModelFnOps) over `steps` batches; write summaries and return {name: value}."""
    updates, values = _divide(built.eval_metric_ops)
    if steps:
        hooks.append(training.StopAfterNEvalsHook(steps, log_progress=log_progress))
    step_name = "global_step"
    while step_name in values:
        step_name = "_" + step_name
    values[step_name] = step
    results = training.evaluate_once(
        checkpoint_path=checkpoint_path,
        scaffold=built.scaffold,
        eval_ops=updates,
        final_ops=values,
        hooks=hooks,
        config=session_config,
    )
    _write(os.path.join(model_dir, f"eval_{name}" if name else "eval"), results, results[step_name])
    results["global_step"] = results[step_name]
    return results


def _divide(metrics):
    """Return one op that groups all update ops, and {name: value}; a metric may be a value without an update op."""
    updates, values = [], {}
    for name, metric in metrics.items():
        if isinstance(metric, (list, tuple)) and len(metric) == 2:
            values[name] = metric[0]
            updates.append(metric[1])
        else:
            values[name] = metric
    return tf.group(*updates) if updates else None, values


def _write(folder, results, step):
    """Write the results as summaries of a step."""
    summary = tf.Summary()
    for key, value in results.items():
        if key == "global_step" or value is None:
            continue
        if isinstance(value, (float, np.floating, int, np.integer)):
            summary.value.add(tag=key, simple_value=float(value))
        elif isinstance(value, np.ndarray):
            summary.value.add(tag=key, node_name=key, tensor=tf.make_tensor_proto(value))
        elif isinstance(value, bytes):
            _add_serialized(summary, key, value)
    writer = tf.summary.FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    writer.flush()


def _add_serialized(summary, key, value):
    try:
        inner = tf.Summary.FromString(value)
    except Exception:  # protobuf's DecodeError, whose module depends on the implementation
        tf.logging.warning("Skipping summary for %s, cannot parse string to Summary.", key)
        return
    for one in inner.value:
        one.tag = key
    summary.value.extend(inner.value)
