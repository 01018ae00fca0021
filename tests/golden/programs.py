"""Imports the tutorial's programs under real TensorFlow 1.15. Python 3.7 must be able to run this file."""

import importlib
import os
import sys
import types

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def program_module(tf, network):
    """Return the module legacy_graph/NETWORK.py with `tf` in the place of `legacy_graph.tf1`."""
    if "legacy_graph" not in sys.modules:  # a stand-in, so that only the programs are imported
        package = types.ModuleType("legacy_graph")
        package.__path__ = [os.path.join(ROOT, "legacy_graph")]
        package.tf1 = tf
        sys.modules["legacy_graph"] = package
    return importlib.import_module("legacy_graph." + network)
