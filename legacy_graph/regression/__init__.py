"""Regression tests of old scripts: what a script does is recorded once, and compared with later runs.

`recorder` runs a script, watches its sessions and writes the golden file; it is one file that runs under real
TensorFlow 1.15, too. `repeatable` makes two runs equal. `compare` says where a run differs from its golden,
`command` is `legacy-graph record` and `check`.
"""
