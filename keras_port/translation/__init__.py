"""Any TensorFlow 1 graph becomes readable Keras code, with its weights.

A capture is read (`capture`, `graph`, `untrusted`). `translator` takes it through the rooms: `evaluation` turns the
graph into `expressions`, with the table in `op_types`; `recurrences` and `layers` find the layers in them, `objective`
the loss and the optimizer; `writing` writes the module. `port` leaves model.py, model.keras and port.json in a folder.

No TensorFlow session takes part: a GraphDef, a checkpoint, numpy.
"""
