"""Any TensorFlow 1 graph becomes readable Keras code, with its weights.

A graph is read (`graph`, `capture`), evaluated symbolically into expressions (`expressions`,
`evaluation`, with the table of op types in `op_types`), its while loops become scans (`loops`), and
patterns of expressions become layers (`layers_of`, `cells`, `scans`, `objective`). `writer` writes
them down as a module, and `port` leaves model.py, model.keras and port.json in a folder.

No TensorFlow session takes part: a GraphDef, a checkpoint, numpy.
"""
