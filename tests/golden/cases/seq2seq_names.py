"""Every public name of contrib.seq2seq and legacy_seq2seq: its arguments, methods and fields."""

import inspect

SUBJECTS = {}  # what the names do is held to TensorFlow 1.15 by the other case modules


def _signature(function):
    # Today's repr of a dtype is not 1.15's; an object's is its address.
    return str(inspect.signature(function)).replace("<dtype: 'float32'>", "tf.float32")


def _describe(item):
    if not inspect.isclass(item):
        return _signature(item)
    fields = list(getattr(item, "_fields", ()))
    lines = ["field " + field for field in fields]
    if inspect.isfunction(item.__init__):
        lines.append("__init__" + _signature(item.__init__))
    # Of layers only what is their own: the rest is Keras's.
    names = vars(item) if hasattr(item, "build") else dir(item)
    for name in sorted(set(names) - set(fields)):
        member = getattr(item, name)
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            lines.append("property " + name)
        elif inspect.isfunction(member):
            lines.append(name + _signature(member))
    return lines


def _describe_all(module):
    names = [name for name in dir(module) if not name.startswith("_")
             and not inspect.ismodule(getattr(module, name))]
    return {name: _describe(getattr(module, name))
            for name in sorted(getattr(module, "__all__", names))}


def seq2seq(tf):
    return _describe_all(tf.contrib.seq2seq)


def legacy_seq2seq(tf):
    return _describe_all(tf.contrib.legacy_seq2seq)
