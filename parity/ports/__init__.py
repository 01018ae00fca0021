"""Proving ports of other people's scripts: a captured training on the left, the Keras model made of it on the right.

`captured` runs the capture folder's graph, `dropout_off` makes it repeatable, `ported` is the folder
that `keras-port convert` wrote, `prove` climbs the ladder, `draws` compares what is random, `script_run` the
script's own losses, `kept_test` leaves a test with the port, and `port` does everything from the script on.
"""
