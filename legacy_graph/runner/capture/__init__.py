"""`legacy-graph run --capture DIR`: watches a script train, and keeps what a port of its model needs.

`watching` sees what the script builds and runs; `recording` keeps N steps of one training op; `describing` says
what was seen, in plain data; `graphs` reads graphs; `writing` makes the folder. The folder's files and the keys of
its capture.json are in docs/capture.md.
"""

from legacy_graph.runner.capture.command import add_arguments, capturing

__all__ = ["add_arguments", "capturing"]
