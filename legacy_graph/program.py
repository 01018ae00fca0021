"""The tensors and ops of a built TF 1 program."""

import collections

Program = collections.namedtuple("Program", "x y logits loss train_op accuracy", defaults=[None])
Program.__doc__ = """Tensors and ops of one program in one graph.

x, y: placeholders of images (batch, rows, columns) and one-hot labels (batch, classes), float32.
  In your own graph: any placeholders, or tuples, lists or dicts of them; y may be None.
logits: (batch, classes). loss: scalar, the mean cross entropy. train_op: one step of Adam.
accuracy: scalar, of the fed batch; None where it is not needed.
"""
