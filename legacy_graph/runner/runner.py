"""`python -m legacy_graph run`: a script, module or notebook of TensorFlow 1, unmodified, today.

The process is given over to it: TF 1 behaviour, graphs instead of eager execution, TF 1.15's
namespace under every `import tensorflow` of its own, and the library names of its time.
"""

import argparse
import atexit
import builtins
import contextlib
import importlib.util
import os
import re
import sys
import traceback
import types

import mnist_digits
from legacy_graph.regression import repeatable
from legacy_graph.runner import capture, child_processes, own_modules
from legacy_graph.runner.old_habits import old_habits
from legacy_graph.runner.old_python import old_python
from legacy_graph.runner.old_syntax import advice
from legacy_graph.runner.scripts import Module, open_script
from mnist_training.cli.quick_start import quick_imports
from mnist_training.cli.quiet_start import without_startup_messages
from mnist_training.errors import InputError

# Files of these packages are left out of a traceback: the reader looks for the script's own lines.
_MACHINERY = tuple(
    os.path.join(folder, "")
    for name in ("legacy_graph", "mnist_training", "mnist_digits", "tensorflow", "keras", "tf_keras", "tf_slim", "absl")
    for folder in getattr(importlib.util.find_spec(name), "submodule_search_locations", ())
)


def add_arguments(parser):
    """Add what `run` takes to an argument parser."""
    parser.add_argument(
        "--seed", type=int, metavar="N", help="as if tf.set_random_seed(N) stood right after the import of TensorFlow"
    )
    parser.add_argument(
        "--data-dir", metavar="DIR", help="folder of the four MNIST files, in place of the one that the script names"
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show TensorFlow's deprecation advice, its C++ log, and whole tracebacks",
    )
    parser.add_argument(
        "--explain-seeds",
        action="store_true",
        help="list the random ops at the end, their seeds, and how sure these are TensorFlow 1.15's",
    )
    repeatable.add_arguments(parser)
    capture.add_arguments(parser)
    parser.add_argument(
        "--exact-kernels",
        choices=("seeded", "always", "never"),
        default="seeded",
        help="where tanh, sigmoid and exp are TensorFlow 1.15's to the bit, some 15 to 20 %% of a step slower: in "
        "graphs with a seed (default), in all, in none",
    )
    parser.add_argument(
        "-m", dest="module", nargs=argparse.REMAINDER, metavar="MODULE", help="run a module, as python -m does"
    )
    parser.add_argument(
        "program",
        nargs=argparse.REMAINDER,
        metavar="SCRIPT",
        help="a script or notebook, and then what it finds in sys.argv",
    )


def main(arguments):
    """Run what the parsed `arguments` name; return the exit status that its process should have.

    A SystemExit or KeyboardInterrupt of the program passes through. Raises InputError where
    there is no such program or Python cannot read it, mnist_digits.DataError where --data-dir
    lacks the files.
    """
    name, *rest = arguments.module or arguments.program or [None]
    if name is None:
        raise InputError("run: expected a script, a notebook, or -m and a module")
    program = Module(name) if arguments.module else open_script(name)
    if arguments.data_dir is not None:
        mnist_digits.locate(arguments.data_dir)
    repeatable.restart(arguments)
    begin(
        program.argv0,
        program.directory,
        program.own,
        quiet=not arguments.verbose,
        data_dir=arguments.data_dir and os.path.abspath(arguments.data_dir),
        exact_kernels=arguments.exact_kernels,
        seed=arguments.seed,
    )
    with repeatable.watched(arguments), capture.capturing(arguments, name, rest) as finish:
        return finish(run_program(program, rest, whole_tracebacks=arguments.verbose))


def begin(program, directory, own, quiet, data_dir, exact_kernels, seed):
    """Give the process over to a program of TensorFlow 1 until it ends, and its child processes with it.

    `program`, `directory`, `own`: see `scripts`; the modules in the directory win. The others: flags of the command.
    """
    flags = dict(locals())
    stack = contextlib.ExitStack()
    stack.enter_context(tf1_process(own, quiet))
    atexit.register(stack.close)  # after the threads and the exit handlers of the program
    from legacy_graph import tf1
    from legacy_graph.graph115 import kernels
    from legacy_graph.namespace import input_data

    input_data.data_dir = data_dir
    kernels.default = exact_kernels
    if seed is not None:
        tf1.set_random_seed(seed)
    stack.enter_context(child_processes.children_follow(flags))
    own_modules.keep_apart(directory, program)


@contextlib.contextmanager
def tf1_process(own=(), quiet=True):
    """Give the process over to TensorFlow 1 code; what can be restored is, after the body.

    Eager execution is switched off for good. `own`: as in `imports.tf1_imports`. `quiet` leaves
    out TensorFlow's advice to move to newer names, and the log of its C++ side.
    """
    if quiet:  # over a value, too: TensorFlow sets 1 itself, which child processes inherit
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with without_startup_messages() if quiet else quick_imports():
        from legacy_graph import tf1
        from legacy_graph.behavior import tf1_switches
        from legacy_graph.runner.imports import is_old, tf1_imports
    old = lambda name, file: is_old(name, file, own)
    with old_python(), old_habits(old), tf1_imports(own), tf1_switches(quiet):
        tf1.disable_eager_execution()
        tf1.reset_default_graph()
        yield


def run_program(program, arguments, whole_tracebacks=False):
    """Run a program of `legacy_graph.runner.scripts` as `__main__`; return 0, or 1 after an exception.

    What it did not catch is printed as a traceback of its own lines (`whole_tracebacks`: of
    all). Inside `tf1_process()`.
    """
    sys.argv[:] = [program.argv0, *arguments]
    sys.path[0] = program.directory
    main_module = sys.modules["__main__"] = types.ModuleType("__main__")
    main_module.__builtins__ = builtins
    try:
        program.run(vars(main_module))
    except (SystemExit, KeyboardInterrupt, InputError):
        raise
    except mnist_digits.DataError:  # the line says all, unless somebody asked for more
        if not whole_tracebacks:
            raise
        traceback.print_exc()
        return 1
    except BaseException as error:
        own_hook = sys.excepthook is not sys.__excepthook__
        if whole_tracebacks or own_hook:
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            print(script_traceback(error), end="", file=sys.stderr)
        word = advice(error)
        if word:
            print(f"legacy_graph: {word}", file=sys.stderr)
        return 1
    return 0


def script_traceback(error):
    """Return the traceback of an exception with the script's lines, without the machinery's.

    TensorFlow writes into its messages where an op was made; those lines are treated the same.
    """
    _forget_inner_errors(error)
    kept, dropped_indent = [], None
    for line in "".join(traceback.format_exception(error)).splitlines(keepends=True):
        indent = len(line) - len(line.lstrip())
        if dropped_indent is not None and indent > dropped_indent:
            continue  # the source that Python shows under a File line
        file = re.match(r'\s+File "(.*?)", line', line)
        dropped_indent = indent if file and is_machinery(file.group(1)) else None
        if dropped_indent is None:
            kept.append(line)
    return "".join(kept)


def _forget_inner_errors(error):
    """Drop what an exception came of, where that happened in the machinery alone."""
    while error is not None:
        inner = error.__cause__ or error.__context__
        frames = traceback.extract_tb(inner.__traceback__) if inner is not None else ()
        if all(is_machinery(frame.filename) for frame in frames):
            error.__cause__ = error.__context__ = inner = None
        error = inner


def is_machinery(file):
    """Whether a file of Python is not the script's but TensorFlow's, Keras's or this project's."""
    return file.startswith(("<frozen", *_MACHINERY))
