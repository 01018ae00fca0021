"""Runs unmodified TensorFlow 1 scripts, modules and notebooks.

`runner` is the command `legacy-graph run`; `scripts` and `notebooks` are the kinds of program it runs;
`imports` decides what `import tensorflow` imports in them; `old_numpy`, `old_python` and `old_syntax`
supply, or name in an error, what Python and numpy have removed since.
"""
