"""Imported first in a process that multiprocessing starts for a script: gives it over to TensorFlow 1, for good."""

import json
import os

from legacy_graph.runner import child_processes, runner

if child_processes.FLAGS in os.environ:
    runner.begin(**json.loads(os.environ[child_processes.FLAGS]))
    child_processes.import_main_as_runner_does()
