"""List the ways of making ops that the op-seed recordings cover, for `run --explain-seeds`.

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
# The ways of making ops that recordings of TensorFlow 1.15 cover: function, and types of ops it made.
# Written by tests/golden/record_verified_ops.py; see verified.py.
"""


def ways_of(module_name):
    """The ways that one case module goes; raises ValueError where its seeds are not 1.15's."""
    recorded, _ = store.read(module_name)
    ways = set()
    for case, function in store.load_cases(module_name).items():
        with _graphs_watched(ways), tf1_behavior():
            got = function(tf1)
        if store.differences(recorded[case], got):
            raise ValueError(f"{module_name}: {case} is not what TensorFlow 1.15 recorded")
    return ways


class _graphs_watched:
    """Collect the ways of each graph whose seeds a case reads."""

    def __init__(self, ways):
        self.ways = ways

    def __enter__(self):
        self.cases = sys.modules["_op_seeds"]
        self.read = self.cases.seeds_of_graph
        self.cases.seeds_of_graph = self._watched
        return self

    def _watched(self, tf, graph):
        self.ways.update(filter(None, map(verified.way, graph.get_operations())))
        return self.read(tf, graph)

    def __exit__(self, *_):
        self.cases.seeds_of_graph = self.read


def text_of(ways):
    """The file's text: a function a line."""
    types = collections.defaultdict(set)
    for function, op_type in ways:
        types[function].add(op_type)
    lines = (f"{function}: {' '.join(sorted(types[function]))}\n" for function in sorted(types))
    return HEADER + "".join(lines)


def main():
    """Write the file, or say what would change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    modules = [name for name in store.case_modules() if name.startswith("op_seeds_")]
    ways = set().union(*map(ways_of, modules))
    print(f"{len(modules)} case modules go {len(ways)} ways")
    if arguments.write:
        with open(verified.FILE + ".new", "w", encoding="utf-8") as stream:
            stream.write(text_of(ways))
        os.replace(verified.FILE + ".new", verified.FILE)
    else:
        before = verified.covered() if os.path.exists(verified.FILE) else frozenset()
        print(f"{len(ways - before)} are new, {len(before - ways)} are gone")


if __name__ == "__main__":
    main()
