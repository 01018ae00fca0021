"""tf.contrib.framework: variables and their collections, argument scopes, checkpoints, nest."""

import os
import tempfile

import numpy as np
from _tools import distinct, variables

SUBJECTS = {
    "variables_by_name": [
        "variable", "model_variable", "local_variable", "global_variable", "add_model_variable",
        "get_variables", "get_model_variables", "get_local_variables", "get_trainable_variables",
        "get_variables_by_name", "get_variables_by_suffix", "get_unique_variable",
        "get_variables_to_restore", "filter_variables", "get_variable_full_name"],
    "global_step": ["get_global_step", "get_or_create_global_step", "create_global_step",
                    "assert_global_step", "assert_or_get_global_step"],
    "argument_scopes": ["arg_scope", "add_arg_scope", "has_arg_scope", "arg_scoped_arguments",
                        "current_arg_scope"],
    "nested_structures": ["nest"],
    "assigning": ["assign_from_values", "assign_from_values_fn"],
    "checkpoints": ["assign_from_checkpoint", "assign_from_checkpoint_fn", "init_from_checkpoint",
                    "list_variables", "load_variable", "load_checkpoint"],
    "small_things": ["assert_scalar_int", "get_placeholders", "reduce_sum_n", "smart_cond",
                     "smart_constant_value", "is_tensor", "get_name_scope", "get_graph_from_inputs",
                     "sort", "argsort", "convert_to_tensor_or_sparse_tensor"],
}
SUBJECTS = {case: ["tf.contrib.framework." + name for name in names] for case, names in SUBJECTS.items()}


def _names(items):
    return [item.name for item in items]


def variables_by_name(tf):
    framework = tf.contrib.framework
    with tf.variable_scope("a"):
        one = framework.variable("one", [2], initializer=tf.ones_initializer(), collections=["mine"])
        two = framework.model_variable("two", [3], regularizer=lambda value: tf.reduce_sum(value))
    with tf.variable_scope("b"):
        framework.model_variable("two", [1], trainable=False)
        framework.local_variable(0.0, name="local")
        framework.global_variable(1.0, name="global")
    framework.add_model_variable(one)
    found = {
        "all": framework.get_variables(), "in a": framework.get_variables("a"),
        "suffix": framework.get_variables(suffix="two"), "model": framework.get_model_variables(),
        "local": framework.get_local_variables(), "trainable": framework.get_trainable_variables("a"),
        "by name": framework.get_variables_by_name("two"), "mine": tf.get_collection("mine"),
        "by suffix": framework.get_variables_by_suffix("o", scope="b"),
        "restore": framework.get_variables_to_restore(exclude=["a/one"]),
        "filtered": framework.filter_variables(framework.get_variables(), exclude_patterns=["two"]),
        "global": tf.global_variables()}
    values = {key: _names(items) for key, items in found.items()}
    values["unique"] = framework.get_unique_variable("a/two").name
    values["full name"] = framework.get_variable_full_name(two)
    values["losses"] = len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
    for name in ("two", "nothing"):
        try:
            framework.get_unique_variable(name)
        except ValueError as error:
            values["refused " + name] = type(error).__name__
    return values


def global_step(tf):
    framework = tf.contrib.framework
    values = {"before": str(framework.get_global_step())}
    step = framework.get_or_create_global_step()
    values["again"] = framework.get_or_create_global_step() is step
    framework.assert_global_step(step)
    values["got"] = framework.assert_or_get_global_step(global_step_tensor=step).name
    try:
        framework.create_global_step()
    except ValueError:
        values["refused"] = "ValueError"
    values["variables"] = variables(tf.global_variables())
    values["collection"] = _names(tf.get_collection(tf.GraphKeys.GLOBAL_STEP))
    values["trainable"] = _names(tf.trainable_variables())
    return values


def argument_scopes(tf):
    framework = tf.contrib.framework

    @framework.add_arg_scope
    def describe(name, first=1, second=2):
        return "%s %s %s" % (name, first, second)

    found = [describe("plain")]
    with framework.arg_scope([describe], first="inner", second="inner") as scope:
        found += [describe("scoped"), describe("given", second="own")]
        with framework.arg_scope([describe], first="deeper"):
            found += [describe("deeper")]
    with framework.arg_scope(scope):
        found += [describe("reopened")]
    found += [describe("after")]
    values = {"found": found, "has": framework.has_arg_scope(describe),
              "has not": framework.has_arg_scope(len),
              "arguments": sorted(framework.arg_scoped_arguments(describe)),
              "current": len(framework.current_arg_scope())}
    try:
        with framework.arg_scope([len], first=1):
            pass
    except ValueError as error:
        values["refused"] = type(error).__name__
    return values


def nested_structures(tf):
    nest = tf.contrib.framework.nest
    pair = tf.contrib.rnn.LSTMStateTuple(1, 2)
    nested = {"b": [3, (4, pair)], "a": 0}
    is_sequence = [nest.is_sequence(item) for item in ([], (), {}, pair, "text", 3, np.zeros(2), {1})]
    values = {"is sequence": is_sequence, "flat": nest.flatten(nested),
              "packed": repr(nest.pack_sequence_as(nested, range(5))),
              "mapped": repr(nest.map_structure(lambda a, b: a * 10 + b, nested, nested))}
    for other in ({"b": [3, (4, 5)], "a": 0}, {"b": [3], "a": 0}):
        try:
            nest.assert_same_structure(nested, other)
        except (ValueError, TypeError) as error:
            values["refused %d" % len(other["b"])] = type(error).__name__
    return values


def assigning(tf):
    framework = tf.contrib.framework
    with tf.variable_scope("model"):
        one, two = tf.get_variable("one", [2]), tf.get_variable("two", [2, 2])
    op, feed = framework.assign_from_values({"model/one": distinct([2])})
    function = framework.assign_from_values_fn({"model/two": distinct([2, 2], seed=2)})
    with tf.Session() as sess:
        sess.run(op, feed)
        function(sess)
        return {"one": sess.run(one), "two": sess.run(two)}


def checkpoints(tf):
    framework = tf.contrib.framework
    prefix = os.path.join(tempfile.mkdtemp(), "model")
    with tf.Graph().as_default(), tf.Session() as sess:
        one = tf.get_variable("model/one", initializer=distinct([2]))
        two = tf.get_variable("model/two", initializer=distinct([2, 2], seed=3))
        sess.run(tf.global_variables_initializer())
        tf.train.Saver([one, two]).save(sess, prefix)
    values = {"listed": ["%s %s" % (name, list(shape)) for name, shape in framework.list_variables(prefix)],
              "loaded": framework.load_variable(prefix, "model/two"),
              "read": framework.load_checkpoint(prefix).get_tensor("model/one")}
    with tf.variable_scope("mine"):
        one, two = tf.get_variable("one", [2]), tf.get_variable("two", [2, 2])
        missing = tf.get_variable("missing", initializer=7.0)
    op, feed = framework.assign_from_checkpoint(prefix, {"model/one": one})
    function = framework.assign_from_checkpoint_fn(
        prefix, {"model/two": two, "model/missing": missing}, ignore_missing_vars=True)
    with tf.variable_scope("start"):
        start = tf.get_variable("two", [2, 2])
    framework.init_from_checkpoint(prefix, {"model/two": start})
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(op, feed)
        function(sess)
        values.update(one=sess.run(one), two=sess.run(two), missing=sess.run(missing), start=sess.run(start))
    return values


def small_things(tf):
    framework = tf.contrib.framework
    fed = tf.placeholder(tf.int32, [], name="fed")
    tf.constant(1.0)
    with tf.name_scope("outer"):
        scope = framework.get_name_scope()
    total = framework.reduce_sum_n([tf.constant([1.0, 2.0]), tf.constant(3.0)])
    order = framework.argsort(tf.constant([3.0, 1.0, 2.0]))
    with tf.Session() as sess:
        values = sess.run({"total": total, "order": order, "sorted": framework.sort(tf.constant([3, 1, 2])),
                           "scalar": framework.assert_scalar_int(tf.constant(3)),
                           "chosen": framework.smart_cond(
                               True, lambda: tf.constant(1), lambda: tf.constant(2))})
    values.update({"scope": scope, "placeholders": _names(framework.get_placeholders(tf.get_default_graph())),
                   "is tensor": [framework.is_tensor(fed), framework.is_tensor(3)],
                   "graph": framework.get_graph_from_inputs([fed]) is fed.graph,
                   "constant": framework.smart_constant_value(tf.constant(True)) is True,
                   "tensor": isinstance(framework.convert_to_tensor_or_sparse_tensor([1]), tf.Tensor)})
    for wrong in (tf.constant(1.5), tf.constant([1])):
        try:
            framework.assert_scalar_int(wrong)
        except ValueError as error:
            values["refused " + wrong.dtype.name] = type(error).__name__
    return values
