"""Proves ports of arbitrary scripts: the captured training on the left side, its Keras model on the right.

`captured` runs the captured graph, `dropout_off` makes it deterministic, and `ported` is the folder that `keras-port
convert` wrote. `prove` runs the ladder of comparisons: `draws` compares random outputs, `script_run` the script's own
losses. `kept_test` writes a test into the port's folder; `port` runs everything, starting from the script.
"""
