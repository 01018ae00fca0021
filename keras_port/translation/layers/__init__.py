"""Keras layers, and the patterns of expressions that become them."""
