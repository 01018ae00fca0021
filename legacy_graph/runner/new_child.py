"""Imported first in a process that multiprocessing spawns for a script: makes it a TensorFlow 1 process."""

import json
import os

from legacy_graph.runner import child_processes, runner

if child_processes.FLAGS in os.environ:
    runner.begin(**json.loads(os.environ[child_processes.FLAGS]))
    child_processes.import_main_as_runner_does()
