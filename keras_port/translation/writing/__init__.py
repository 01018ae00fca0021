"""Writes expressions and layers as the source code of a Python module."""
