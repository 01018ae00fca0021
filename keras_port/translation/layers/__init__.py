"""Keras layers, and the patterns of expressions that are replaced by them."""
