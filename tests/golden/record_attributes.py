"""Record which ops TensorFlow 1.15 has and the names of their attributes, and list those that today's have besides.

    tf115/bin/python tests/golden/record_attributes.py --write    # 1.15: recorded/op_attributes.json
    python tests/golden/record_attributes.py --write              # today's: legacy_graph/graph115/newer_attributes.txt

Without --write it says whether the file is up to date; exit status 1 where it is not.
"""

import importlib
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "recorded", "op_attributes.json")
NEWER = os.path.join(HERE, "..", "..", "legacy_graph", "graph115", "newer_attributes.txt")
HEADER = """\
# Attributes that TensorFlow's ops got after 1.15. An op type, and the names of its newer attributes.
# Written by tests/golden/record_attributes.py; see exports.py.
"""


def attributes_in_115():
    """Return {op type: sorted names of its attributes} of the TensorFlow 1.15 that runs this."""
    c_api = importlib.import_module("tensorflow.python.pywrap_tensorflow")
    ops = importlib.import_module("tensorflow.core.framework.op_def_pb2").OpList()
    ops.ParseFromString(c_api.TF_GetBuffer(c_api.TF_GetAllOpList()))
    return {op.name: sorted(attribute.name for attribute in op.attr) for op in ops.op if _is_for_scripts(op.name)}


def _is_for_scripts(op_type):
    return not op_type.startswith("_") and "TPU" not in op_type


def recorded():
    """Return {op type: names of attributes} of TensorFlow 1.15."""
    with open(RECORDED) as stream:
        return json.load(stream)["attributes"]


def newer_text():
    """The text of newer_attributes.txt, from 1.15's recorded attributes and today's."""
    sys.path.insert(0, os.path.join(HERE, "..", ".."))
    from legacy_graph.internals import op_def_registry

    lines = []
    for op_type, before in sorted(recorded().items()):
        op_def = op_def_registry.get(op_type)
        newer = sorted({attribute.name for attribute in op_def.attr} - set(before)) if op_def else []
        if newer:
            lines.append("%s: %s\n" % (op_type, " ".join(newer)))
    return HEADER + "".join(lines)


def main():
    """Write, or compare, what the running TensorFlow can say."""
    import tensorflow as tf

    if tf.__version__.startswith("1.15."):
        path = RECORDED
        ops = [
            "  %s: %s" % (json.dumps(name), json.dumps(names)) for name, names in sorted(attributes_in_115().items())
        ]
        text = '{"tensorflow": "%s",\n "attributes": {\n%s\n}}\n' % (tf.__version__, ",\n".join(ops))
    else:
        path, text = NEWER, newer_text()
    if "--write" in sys.argv:
        with open(path, "w") as stream:
            stream.write(text)
        return
    with open(path) as stream:
        is_same = stream.read() == text
    print("%s: %s" % (os.path.relpath(path), "up to date" if is_same else "would change"))
    sys.exit(0 if is_same else 1)


if __name__ == "__main__":
    main()
