"""List the origins of the ops in the op-seed recordings, for `run --explain-seeds`.

    python tests/golden/record_verified_ops.py            # what would change
    python tests/golden/record_verified_ops.py --write    # replaces legacy_graph/graph115/verified_ops.txt

Runs on today's TensorFlow: the cases are what TensorFlow 1.15 recorded (`op_seeds_*`), and only
those that give its numbers count.
"""

import argparse
import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from legacy_graph import tf1  # noqa: E402
from legacy_graph.behavior import tf1_behavior  # noqa: E402
from legacy_graph.graph115 import verified  # noqa: E402
from tests.golden import store  # noqa: E402

HEADER = """\
# The origins of the ops in recordings of TensorFlow 1.15: function, and types of the ops it made.
# Written by tests/golden/record_verified_ops.py; see verified.py.
"""


def origins_of(module_name):
    """Return the origins of the ops that one case module makes; raises ValueError where its seeds are not 1.15's."""
    recorded, _ = store.read(module_name)
    origins = set()
    for case, function in store.load_cases(module_name).items():
        with _graphs_watched(origins), tf1_behavior():
            got = function(tf1)
        if store.differences(recorded[case], got):
            raise ValueError(f"{module_name}: {case} is not what TensorFlow 1.15 recorded")
    return origins


class _graphs_watched:
    """Collect the origins of each graph whose seeds a case reads."""

    def __init__(self, origins):
        self.origins = origins

    def __enter__(self):
        self.cases = sys.modules["_op_seeds"]
        self.read = self.cases.seeds_of_graph
        self.cases.seeds_of_graph = self._watched
        return self

    def _watched(self, tf, graph):
        self.origins.update(filter(None, map(verified.origin, graph.get_operations())))
        return self.read(tf, graph)

    def __exit__(self, *_):
        self.cases.seeds_of_graph = self.read


def text_of(origins):
    """The file's text: a function a line."""
    types = collections.defaultdict(set)
    for function, op_type in origins:
        types[function].add(op_type)
    lines = (f"{function}: {' '.join(sorted(types[function]))}\n" for function in sorted(types))
    return HEADER + "".join(lines)


def main():
    """Write the file, or say what would change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    modules = [name for name in store.case_modules() if name.startswith("op_seeds_")]
    origins = set().union(*map(origins_of, modules))
    print(f"{len(modules)} case modules have ops of {len(origins)} origins")
    if arguments.write:
        with open(verified.FILE + ".new", "w", encoding="utf-8") as stream:
            stream.write(text_of(origins))
        os.replace(verified.FILE + ".new", verified.FILE)
    else:
        before = verified.verified_origins() if os.path.exists(verified.FILE) else frozenset()
        print(f"{len(origins - before)} are new, {len(before - origins)} are gone")


if __name__ == "__main__":
    main()
