"""Runs other people's TensorFlow 1 scripts, modules and notebooks unmodified.

`runner` is the command `legacy-graph run`; `scripts` and `notebooks` the kinds of program it takes;
`imports` what `import tensorflow` means inside one; `old_numpy`, `old_python` and `old_syntax` what
Python and numpy have dropped since.
"""
