"""`legacy-graph run --capture DIR`: records a script's training, with all that is needed to port its model to Keras.

`watching` hooks into the functions with which the script builds and runs its graph; `recording` keeps N steps of one
training op; `describing` turns what was seen into capture.json; `graphs` analyzes graphs; `writing` writes the folder.
The docstrings of `writing` and of `describing.describe` document the folder's files and the keys of capture.json.
"""

from legacy_graph.runner.capture.command import add_arguments, capturing

__all__ = ["add_arguments", "capturing"]
