"""Translates a TensorFlow 1 graph and its weights to a readable Keras module.

`capture`, `graph` and `untrusted` read and check the input. `translator` then runs the stages: `evaluation` turns the
graph into `expressions`, using the table in `op_types`; `recurrences` and `layers` find the Keras layers in them,
`objective` the loss and the optimizer; `writing` prints the module. `port` writes model.py, model.keras and port.json
to a folder.

Nothing runs in a TensorFlow session: the input is a GraphDef, a checkpoint and NumPy arrays.
"""
