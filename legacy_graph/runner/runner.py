"""`python -m legacy_graph run`: runs an unmodified TensorFlow 1 script, module or notebook.

The whole process becomes a TensorFlow 1 process: TF 1 behaviour, graphs instead of eager execution,
TF 1.15's namespace for every `import tensorflow` in the program, and old library names.
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

# Frames in these packages are left out of a traceback, which then shows the script's own lines.
_MACHINERY = tuple(
    os.path.join(folder, "")
    for name in ("legacy_graph", "mnist_training", "mnist_digits", "tensorflow", "keras", "tf_keras", "tf_slim", "absl")
    for folder in getattr(importlib.util.find_spec(name), "submodule_search_locations", ())
)


def add_arguments(parser):
    """Add the arguments of `run` to a parser."""
    parser.add_argument(
        "--seed", type=int, metavar="N", help="call tf.set_random_seed(N) right after the import of TensorFlow"
    )
    parser.add_argument(
        "--data-dir", metavar="DIR", help="folder of the four MNIST files, instead of the one that the script names"
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
        help="at the end list the random ops, their seeds, and whether these are known to be TensorFlow 1.15's",
    )
    repeatable.add_arguments(parser)
    capture.add_arguments(parser)
    parser.add_argument(
        "--exact-kernels",
        choices=("seeded", "always", "never"),
        default="seeded",
        help="in which graphs tanh, sigmoid and exp are TensorFlow 1.15's to the bit, which makes a step some 10 %% "
        "slower: those with a seed (default), all, or none",
    )
    parser.add_argument(
        "-m", dest="module", nargs=argparse.REMAINDER, metavar="MODULE", help="run a module, as python -m does"
    )
    parser.add_argument(
        "program",
        nargs=argparse.REMAINDER,
        metavar="SCRIPT",
        help="a script or notebook, and its arguments",
    )


def main(arguments):
    """Run the program that the parsed `arguments` name; return the exit status.

    A SystemExit or KeyboardInterrupt of the program passes through. Raises InputError where the
    program does not exist or Python cannot parse it, mnist_digits.DataError where --data-dir lacks
    the files.
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
    """Make this process and its child processes TensorFlow 1 processes until they end.

    `program`, `directory`, `own`: see `scripts`; modules in the directory take precedence over libraries. The
    other arguments are flags of the command.
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
    own_modules.separate_own_modules(directory, program)


@contextlib.contextmanager
def tf1_process(own=(), quiet=True):
    """Make the process a TensorFlow 1 process; what can be restored is restored after the body.

    Eager execution stays disabled. `own`: as in `imports.tf1_imports`. `quiet` suppresses TensorFlow's
    deprecation warnings and its C++ log.
    """
    if quiet:  # also where it is set: TensorFlow itself sets 1, which child processes inherit
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

    The traceback of an uncaught exception shows only the program's own lines, or with
    `whole_tracebacks` all. To be called inside `tf1_process()`.
    """
    sys.argv[:] = [program.argv0, *arguments]
    sys.path[0] = program.directory
    main_module = sys.modules["__main__"] = types.ModuleType("__main__")
    main_module.__builtins__ = builtins
    try:
        program.run(vars(main_module))
    except (SystemExit, KeyboardInterrupt, InputError):
        raise
    except mnist_digits.DataError:  # its message is enough, unless --verbose was given
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
    """Return the traceback of an exception with the script's own frames only.

    The frames in TensorFlow's messages, of where an op was created, are filtered likewise.
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
    """Drop the cause or context of an exception where none of its frames is the script's."""
    while error is not None:
        inner = error.__cause__ or error.__context__
        frames = traceback.extract_tb(inner.__traceback__) if inner is not None else ()
        if all(is_machinery(frame.filename) for frame in frames):
            error.__cause__ = error.__context__ = inner = None
        error = inner


def is_machinery(file):
    """Whether a Python file belongs to TensorFlow, Keras, this project or Python's import system."""
    return file.startswith(("<frozen", *_MACHINERY))
