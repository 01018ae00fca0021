"""What the scripts here print: how it is recorded on TensorFlow 1.15, and how two outputs compare.

NAME.out holds what NAME.py printed on real TensorFlow 1.15 and its exit status;
`provenance.json` which version that was. Python 3.7 must be able to run this:

    tf115/bin/python tests/scripts/_outputs.py NAME...            # dry run: what would be recorded
    tf115/bin/python tests/scripts/_outputs.py --write [NAME...]  # record; --force replaces
    tf115/bin/python tests/scripts/_outputs.py --check            # run again, compare; exit 1 on change
"""

import argparse
import contextlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUNDLED = os.path.join(HERE, "..", "..", "mnist_digits", "data")
# What one float32 run of a few training steps may differ by, printed with the digits it has.
RTOL, ATOL = 1e-3, 2e-4
_NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]?\d+)?")


def names():
    """The scripts here, sorted; those with a leading underscore are none."""
    stems = (os.path.splitext(name) for name in os.listdir(HERE))
    return sorted(stem for stem, ext in stems if ext == ".py" and not stem.startswith("_"))


def script(name):
    """Path of a script."""
    return os.path.join(HERE, name + ".py")


def recorded(name):
    """What a script printed on TensorFlow 1.15, and last its exit status."""
    with open(os.path.join(HERE, name + ".out")) as stream:
        return stream.read()


@contextlib.contextmanager
def working_directory():
    """A new folder to run a script in, with the MNIST files in MNIST_data."""
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.realpath(BUNDLED), os.path.join(folder, "MNIST_data"))
        yield folder


def with_status(printed, status):
    """Output and exit status in one text."""
    return "%s[exit %d]\n" % (printed, status)


def difference(expected, got):
    """Say in words where `got` first differs from `expected`; None when they agree.

    Numbers with a decimal point are compared to float32 rounding, the text between them exactly
    but for white space, which follows the numbers' width.
    """
    lines = zip(expected.splitlines() + ["(end)"], got.splitlines() + ["(end)"])
    for want, have in lines:
        if _text(want) != _text(have):
            return "TF 1.15 printed %r, here %r" % (want, have)
    for want, have in zip(_NUMBER.findall(expected), _NUMBER.findall(got)):
        if abs(float(want) - float(have)) > ATOL + RTOL * abs(float(want)):
            return "TF 1.15 printed the number %s, here %s" % (want, have)
    return None


def _text(line):
    return re.sub(r"\s*([\[\]]|\s)\s*", r"\1", _NUMBER.sub("#", line)).strip()


def _run(name):
    with working_directory() as folder:
        ran = subprocess.run([sys.executable, script(name)], cwd=folder, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, universal_newlines=True)
    text = with_status(ran.stdout, ran.returncode)
    return text, ran.stderr


def main():
    """Run the chosen scripts under TensorFlow 1.15 and write or check what they print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=names())
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--force", action="store_true", help="replace an existing recording")
    arguments = parser.parse_args()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import numpy as np
    import tensorflow as tf
    if not tf.__version__.startswith("1.15."):
        parser.error("this is TensorFlow %s; only 1.15 may record" % tf.__version__)
    changed = 0
    for name in arguments.names:
        text, errors = _run(name)
        path = os.path.join(HERE, name + ".out")
        print("== %s: %d lines" % (name, text.count("\n")))
        if "Traceback" in errors:
            print(errors)
        if arguments.check:
            found = difference(recorded(name), text)
            print("  " + (found or "as recorded"))
            changed += bool(found)
        elif arguments.write and (arguments.force or not os.path.exists(path)):
            with open(path + ".new", "w") as out:
                out.write(text)
            os.replace(path + ".new", path)
        else:
            print(text)
    if arguments.write:
        with open(os.path.join(HERE, "provenance.json"), "w") as out:
            json.dump({"tensorflow": tf.__version__, "numpy": np.__version__,
                       "python": platform.python_version(),
                       "command": "python tests/scripts/_outputs.py --write"}, out, indent=1, sort_keys=True)
            out.write("\n")
    sys.exit(1 if changed else 0)


if __name__ == "__main__":
    main()
