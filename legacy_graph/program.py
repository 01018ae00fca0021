"""What a built TF 1 program hands to whoever runs it."""

import collections

Program = collections.namedtuple("Program", "x y logits loss train_op accuracy", defaults=[None])
Program.__doc__ = """Tensors and ops of one program in one graph.

x, y: placeholders of images (batch, rows, columns) and one-hot labels (batch, classes), float32.
  In a graph of your own any placeholders, or tuples, lists or dicts of them; y may be None.
logits: (batch, classes). loss: scalar, the mean cross entropy. train_op: one step of Adam.
accuracy: scalar, the share of the fed batch that is classified right; None where nobody asks for it.
"""
