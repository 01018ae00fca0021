"""Record the public names of TensorFlow 1.15, and the parameters of what can be called.

    tf115/bin/python tests/golden/record_names.py            # dry run: how many there are
    tf115/bin/python tests/golden/record_names.py --write    # write recorded/tf115_names.json

The recording is {namespace: [name, or "name(parameter, parameter)"]}; a class has the
parameters of its __init__. Modules within are namespaces of their own, but for those of CONTRIB.
"""

import functools
import inspect
import json
import os
import sys
import types

RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded", "tf115_names.json")
# Leftovers of how 1.15 was built, which its own pages did not list.
INTERNALS = {
    "absolute_import",
    "division",
    "print_function",
    "compat",
    "core",
    "contrib",
    "examples",
    "include",
    "mock",
    "python",
    "pywrap_tensorflow",
    "tf_decorator",
    "tools",
}
CONTRIB = [
    "compiler.jit",
    "compiler.xla",
    "crf",
    "cudnn_rnn",
    "data",
    "distribute",
    "distributions",
    "estimator",
    "framework",
    "layers",
    "learn",
    "learn.datasets",
    "learn.preprocessing",
    "legacy_seq2seq",
    "lookup",
    "losses",
    "metrics",
    "nn",
    "opt",
    "predictor",
    "rnn",
    "seq2seq",
    "signal",
    "slim.learning",
    "summary",
    "tfprof.model_analyzer",
    "training",
    "util",
]


@functools.lru_cache(maxsize=1)
def read():
    """Return {namespace: {name: its parameters, or None}} as recorded."""
    with open(RECORDED) as stream:
        recorded = json.load(stream)
    return {namespace: dict(map(_split, entries)) for namespace, entries in recorded.items()}


def _split(entry):
    name, bracket, rest = entry.partition("(")
    return name, [part for part in rest[:-1].split(", ") if part] if bracket else None


def names_of(module, namespace, found, inside=True):
    """Add {namespace: entries} of a module, and of the modules inside it, to `found`."""
    entries = found[namespace] = []
    for name in sorted(dir(module)):
        if name.startswith("_") or name in INTERNALS:
            continue
        value = getattr(module, name)
        if isinstance(value, types.ModuleType) and inside:
            names_of(value, namespace + "." + name, found)
        elif isinstance(value, types.ModuleType) and not value.__name__.startswith("tensorflow"):
            continue  # numpy and the like, left over from imports
        else:
            entries.append(name + _parameters(namespace, value))
    return found


def _parameters(namespace, value):
    if namespace == "tf.raw_ops" or not (inspect.isclass(value) or inspect.isroutine(value)):
        return ""
    try:
        signature = inspect.signature(value.__init__ if inspect.isclass(value) else value)
    except (TypeError, ValueError):
        return ""
    return "(%s)" % ", ".join(parameters_of(signature))


def parameters_of(signature):
    """The parameters' names, "*" or "**" before those that take the rest."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [
        stars.get(parameter.kind, "") + parameter.name
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]


def main():
    """Walk `tf` and write what was found."""
    write = "--write" in sys.argv[1:]
    del sys.argv[1:]  # tf.flags.FLAGS reads them when it is looked at
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    if not tf.__version__.startswith("1.15."):
        sys.exit("this is TensorFlow %s; only 1.15 may record" % tf.__version__)
    tf.logging.set_verbosity(tf.logging.ERROR)
    found = names_of(tf, "tf", {})
    names_of(tf.contrib, "tf.contrib", found, inside=False)
    for path in CONTRIB:
        module = tf.contrib
        for part in path.split("."):
            module = getattr(module, part)
        names_of(module, "tf.contrib." + path, found, inside=False)
    print("%d namespaces, %d names" % (len(found), sum(map(len, found.values()))))
    if write:
        with open(RECORDED + ".new", "w") as out:
            json.dump(found, out, indent=0, sort_keys=True)
            out.write("\n")
        os.replace(RECORDED + ".new", RECORDED)


if __name__ == "__main__":
    main()
