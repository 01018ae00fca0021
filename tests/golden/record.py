"""Record what real TensorFlow 1.15 computes for the cases, or check the recordings.

    python3.7 -m venv tf115 && tf115/bin/pip install tensorflow==1.15.5 'protobuf<3.21'
    tf115/bin/python tests/golden/record.py                  # dry run: what would be written
    tf115/bin/python tests/golden/record.py --write NAME...  # record these case modules
    tf115/bin/python tests/golden/record.py --check          # run again, compare; exit 1 on change

An existing recording is replaced only with --force.
"""

import argparse
import os
import platform
import sys

import numpy as np
import store


def main():
    """Run the chosen case modules under TensorFlow 1.15 and write or check their recordings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=store.case_modules())
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--force", action="store_true", help="replace an existing recording")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(store.case_modules())
    if unknown:
        parser.error(
            "no such case module: %s; there are %s" % (", ".join(sorted(unknown)), ", ".join(store.case_modules()))
        )

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    if not tf.__version__.startswith("1.15."):
        parser.error("this is TensorFlow %s; only 1.15 may record" % tf.__version__)
    tf.logging.set_verbosity(tf.logging.ERROR)
    changed = [name for name in arguments.names if not _one(tf, name, arguments)]
    sys.exit(1 if changed else 0)


def _one(tf, name, arguments):
    results = {}
    for case, function in store.load_cases(name).items():
        with tf.Graph().as_default():
            results[case] = function(tf)
    print("%s: %d cases, %d values" % (name, len(results), sum(map(len, results.values()))))
    if arguments.check:
        recorded, _ = store.read(name)
        found = [
            "%s: %s" % (case, line)
            for case in sorted(set(recorded) | set(results))
            for line in store.differences(recorded.get(case, {}), results.get(case, {}))
        ]
        print("\n".join(found) or "  as recorded")
        return not found
    if arguments.write:
        if os.path.exists(os.path.join(store.RECORDED, name + ".json")) and not arguments.force:
            print("  already recorded; --force replaces it")
            return False
        store.write(
            name,
            results,
            {
                "tensorflow": tf.__version__,
                "numpy": np.__version__,
                "python": platform.python_version(),
                "command": "python tests/golden/record.py --write " + name,
            },
        )
    return True


if __name__ == "__main__":
    main()
