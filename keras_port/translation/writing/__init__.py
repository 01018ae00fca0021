"""Expressions and layers as the text of a Python module."""
