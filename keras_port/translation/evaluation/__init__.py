"""Symbolic evaluation: a graph becomes expressions, its while loops become recurrences over expressions."""
