"""`python -m legacy_graph run`: what a script finds, how it ends, what is said of bad input."""

import signal
import struct
import subprocess
import sys
import textwrap

import pytest

from legacy_graph import __main__ as command_line
from tests.interrupts import heed_interrupts
from tests.legacy_graph.run_in_forks import ROOT, run_all

FILES = {
    "surroundings.py": """
        import os, sys
        import tensorflow as tf
        print(sys.argv, sys.path[0] == os.path.dirname(os.path.abspath(__file__)), __file__, __name__)
        print(os.path.basename(os.getcwd()), __package__, __spec__)
        print(tf.get_default_graph().get_operations(), tf.get_default_graph().seed, tf.executing_eagerly())
        class Pickled: pass
        import pickle
        print(type(pickle.loads(pickle.dumps(Pickled()))).__module__)
        print([name for name in ("jax", "matplotlib", "IPython", "torch", "tensorboard") if name in sys.modules])
        """,
    "seeds.py": """
        import tensorflow as tf
        print(tf.get_default_graph().seed)
        a = tf.random_normal([])
        tf.reset_default_graph()
        print(tf.get_default_graph().seed)
        """,
    "random.py": """
        import tensorflow as tf
        tf.set_random_seed(7)
        x = tf.placeholder(tf.float32, [2])
        a = tf.random_normal([], name="counted")
        b = tf.random_normal([], seed=3, name="given")
        """,
    "leaves_3.py": "import sys; sys.exit(3)",
    "leaves_text.py": "import sys; sys.exit('no data')",
    "leaves_none.py": "import sys; sys.exit()",
    "breaks.py": """
        import tensorflow as tf
        def multiply(a, b):
            return tf.matmul(a, b)
        x = tf.placeholder(tf.float32, [2, 3])
        multiply(x, x)
        """,
    "breaks_in_session.py": """
        import tensorflow as tf
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.matmul(x, x, name="product")
        with tf.Session() as sess:
            sess.run(y, {x: [[1., 2., 3.]]})
        """,
    "breaks_twice.py": """
        import tensorflow as tf
        try:
            tf.contrib.rnn.BasicLTSMCell(3)
        except AttributeError as error:
            raise RuntimeError("no cell") from error
        """,
    "logs.py": """
        import tensorflow as tf
        tf.logging.set_verbosity(tf.logging.INFO)
        tf.logging.info("of mine")
        cells = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(2)])
        y, _ = tf.nn.dynamic_rnn(cells, tf.layers.dense(tf.zeros([1, 2, 2]), 2), dtype=tf.float32)
        print(tf.to_float(3).name)
        with tf.Session() as sess:
            sess.run(tf.initialize_all_variables())
            print(sess.run(y).shape)
        """,
    "own/own_modules.py": """
        import input_data, parity, recipe, utils
        import mnist_digits
        print(input_data.mine, utils.mine, recipe.mine, mnist_digits.mine, parity.tf.VERSION)
        from tensorflow.examples.tutorials.mnist import input_data as theirs
        print(theirs.read_data_sets("nowhere").train.num_examples)
        print(parity.tf.keras.datasets.mnist.load_data()[1][0].shape)
        """,
    "own/as_libraries.py": """
        import keras, legacy_graph, queue, six
        import tensorflow as tf
        print(legacy_graph.mine, queue.mine, six.mine, six.moves.mine, keras.mine, keras.tf.VERSION)
        tf.nn.dynamic_rnn(tf.contrib.rnn.GRUCell(2), tf.zeros([1, 2, 2]), dtype=tf.float32)
        from tensorflow.contrib import slim  # which imports six
        print(slim.fully_connected.__name__, six.mine)
        """,
    "own/legacy_graph.py": "mine = 6",
    "own/queue.py": "mine = 7",
    "own/six/__init__.py": "from . import moves\nmine = 8",
    "own/six/moves.py": "mine = 9",
    "own/keras.py": "import tensorflow as tf\nmine = 10",
    "versions.py": """
        import keras
        import tensorflow as tf
        from tensorflow.keras import __version__
        print(keras.__version__, tf.keras.__version__, __version__)
        """,
    "forks.py": """
        import os, signal
        import tensorflow as tf
        sess = tf.Session()
        print(sess.run(tf.constant(1)), flush=True)
        if not os.fork():
            signal.alarm(1)  # it does not answer, as under TensorFlow 1.15
            sess.run(tf.constant(2))
        os.wait()
        print(sess.run(tf.constant(3)))
        """,
    "damaged.py": """
        from tensorflow.examples.tutorials.mnist import input_data
        print("before", flush=True)
        input_data.read_data_sets("damaged")
        """,
    "damaged/train-images-idx3-ubyte.gz": "no gzip",
    "own_error.py": """
        from tensorflow.examples.tutorials.mnist import input_data
        input_data.read_data_sets("nowhere", validation_size=-1)
        """,
    "spawns.py": """
        import multiprocessing
        import numpy as np
        import tensorflow as tf

        def draw(seed):
            tf.set_random_seed(seed)
            with tf.Session() as sess:
                return tf.VERSION, int(np.array([3])), sess.run(tf.random_normal([])).item()

        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(draw, [7]) == [draw(7)])
        """,
    "own/input_data.py": "mine = 1",
    "own/utils.py": "mine = 2",
    "own/recipe.py": "mine = 3",
    "own/mnist_digits.py": "mine = 4",
    "own/parity.py": "import tensorflow as tf",
    "package/__init__.py": "import tensorflow as tf",
    "package/__main__.py": "import sys\nprint(sys.argv[1:], __package__, __name__)",
    "package/train.py": "from . import tf\nimport sys\nprint(tf.VERSION, sys.argv[0][-16:], __spec__.name)",
    "bundled.py": """
        import input_data
        mnist = input_data.read_data_sets("nowhere/MNIST_data", one_hot=True)
        print(mnist.train.num_examples, mnist.test.labels.shape)
        """,
    "folder.py": """
        from tensorflow.examples.tutorials.mnist import input_data
        print(input_data.read_data_sets("MNIST_data", validation_size=1).train.num_examples)
        """,
    "unpickles.py": r"""
        import pickle
        state = pickle.loads(b"ctensorflow_core.python.ops.rnn_cell_impl\nLSTMStateTuple\n(I1\nI2\ntR.")
        print(state, pickle.loads(pickle.dumps(state)) == state)
        """,
    "python2_name.py": "for i in xrange(3):\n    pass",
    "python2_module.py": "x = 1\nimport imported_python2",
    "imported_python2.py": "def f():\n    print 'loss', 3\n",
    "numpy_scalar.py": "import numpy as np\nprint(np.arange(np.array([3])))",
    "imports_habits.py": "import numpy as np\nimport habits\nprint(habits.number(np.array([2.5])))",
    "habits.py": "def number(x):\n    return int(x)",
}
RUNS = {  # id: command line
    "surroundings": "surroundings.py a --seed 5 -v",
    "from_elsewhere": "own/../surroundings.py",
    "seed": "--seed 7 seeds.py",
    "explained": "--explain-seeds random.py",
    "not_explained": "random.py",
    "leaves_3": "leaves_3.py",
    "leaves_text": "leaves_text.py",
    "leaves_none": "leaves_none.py",
    "breaks": "breaks.py",
    "breaks_verbose": "-v breaks.py",
    "breaks_in_session": "breaks_in_session.py",
    "breaks_twice": "breaks_twice.py",
    "logs": "logs.py",
    "logs_verbose": "-v logs.py",
    "own_modules": "own/own_modules.py",
    "own_libraries": "own/as_libraries.py",
    "versions": "versions.py",
    "forks": "forks.py",
    "damaged": "damaged.py",
    "damaged_verbose": "-v damaged.py",
    "own_error": "own_error.py",
    "package": "-m package --seed 3 -m x",
    "module": "-m package.train",
    "no_module": "-m package.nothing",
    "bundled": "bundled.py",
    "data_dir": "--data-dir twenty folder.py",
    "unpickles": "unpickles.py",
    "python2_name": "python2_name.py",
    "python2_module": "python2_module.py",
    "numpy_scalar": "numpy_scalar.py",
    "habits": "imports_habits.py",
}


def write_twenty_digits(folder):
    folder.mkdir()
    for stem in ("train", "t10k"):
        images = struct.pack(">4i", 2051, 20, 28, 28) + bytes(20 * 784)
        (folder / f"{stem}-images-idx3-ubyte").write_bytes(images)
        (folder / f"{stem}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 2049, 20) + bytes(20))


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """{id: (stdout, stderr, exit status)} of RUNS."""
    files = tmp_path_factory.mktemp("runner") / "files"
    for name, text in FILES.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(textwrap.dedent(text))
    write_twenty_digits(files / "twenty")
    output = tmp_path_factory.mktemp("printed")
    jobs = [
        {"arguments": ["run", *line.split()], "directory": str(files), "output": str(output / name)}
        for name, line in RUNS.items()
    ]
    return dict(zip(RUNS, run_all(jobs)))


def test_a_script_finds_what_python_would_give_it(ran):
    out, err, status = ran["surroundings"]
    assert out.splitlines() == [
        "['surroundings.py', 'a', '--seed', '5', '-v'] True surroundings.py __main__",
        "files None None",
        "[] None False",
        "__main__",
        "[]",  # what TensorFlow or Keras would load for functions that nobody called
    ]
    assert (err, status) == ("", 0)


def test_the_working_directory_stays(ran):
    out, _, _ = ran["from_elsewhere"]
    assert out.splitlines()[:2] == [
        "['own/../surroundings.py'] True own/../surroundings.py __main__",
        "files None None",
    ]


def test_explained_seeds_are_listed_after_the_script(ran):
    _, err, status = ran["explained"]
    rows = [line.split() for line in err.splitlines() if "RandomStandardNormal" in line]
    assert [row[:2] + row[-1:] for row in rows] == [
        ["7", "4", "counted/RandomStandardNormal"],
        ["7", "3", "given/RandomStandardNormal"],
    ]
    assert "number of ops" in err and "given" in err and status == 0
    assert ran["not_explained"] == ("", "", 0)


def test_seed_is_that_of_the_graph_until_it_is_reset(ran):
    assert ran["seed"][0].splitlines() == ["7", "None"]


@pytest.mark.parametrize(
    "name, status, error", [("leaves_3", 3, ""), ("leaves_text", 1, "no data\n"), ("leaves_none", 0, "")]
)
def test_exit_status_is_the_scripts(ran, name, status, error):
    assert ran[name][1:] == (error, status)


def test_a_traceback_shows_the_scripts_lines(ran):
    _, err, status = ran["breaks"]
    lines = err.splitlines()
    assert status == 1
    assert lines[0] == "Traceback (most recent call last):"
    assert [line for line in lines if line.startswith("  File")] == [
        '  File "breaks.py", line 6, in <module>',
        '  File "breaks.py", line 4, in multiply',
    ]
    assert "return tf.matmul(a, b)" in err
    assert lines[-1].startswith("ValueError: Dimensions must be equal")


def test_verbose_shows_the_whole_traceback(ran):
    _, err, status = ran["breaks_verbose"]
    assert status == 1 and "runner.py" in err and "tensorflow/python" in err


def test_an_error_in_the_session_names_the_line_that_made_the_op(ran):
    _, err, status = ran["breaks_in_session"]
    assert status == 1
    assert 'File "breaks_in_session.py", line 6, in <module>' in err
    assert 'File "breaks_in_session.py", line 4' in err
    assert "InvalidArgumentError" in err.splitlines()[-1] or "Matrix size-incompatible" in err
    assert "site-packages" not in err and "runner.py" not in err


def test_the_cause_of_an_exception_is_filtered_too(ran):
    _, err, status = ran["breaks_twice"]
    assert status == 1 and "namespace.py" not in err
    assert "Did you mean BasicLSTMCell" in err and err.splitlines()[-1] == "RuntimeError: no cell"


def test_only_the_scripts_own_log_is_printed(ran):
    out, err, status = ran["logs"]
    assert (err, status) == ("INFO:tensorflow:of mine\n", 0), err
    assert out.splitlines()[-1] == "(1, 2, 2)"


def test_verbose_shows_the_deprecation_advice(ran):
    _, err, status = ran["logs_verbose"]
    assert status == 0 and "is deprecated" in err and "INFO:tensorflow:of mine" in err


def test_modules_beside_the_script_win(ran):
    out, err, _ = ran["own_modules"]
    assert out.splitlines()[-3:] == ["1 2 3 4 1.15.5", "55000", "(10000, 28, 28)"], err


def test_they_win_over_libraries_too_which_keep_theirs(ran):
    out, err, _ = ran["own_libraries"]
    assert out.splitlines() == ["6 7 8 9 10 1.15.5", "fully_connected 8"], err


def test_keras_says_which_it_is(ran):
    assert ran["versions"][0] == "2.3.1 2.2.4-tf 2.2.4-tf\n", ran["versions"][1]


def test_a_session_after_a_fork_behaves_as_under_115_and_warns(ran):
    out, err, status = ran["forks"]
    assert (out, status) == ("1\n3\n", 0)
    assert err.count("\n") == 1 and "forked after a session" in err


def test_damaged_digits_are_one_line(ran):
    out, err, status = ran["damaged"]
    said, line = err.splitlines()  # that the other three are the bundled ones, and what is wrong with this one
    assert status == 2 and line.startswith("legacy_graph: damaged/train-images-idx3-ubyte.gz: ")
    assert out.startswith("before\n")
    _, err, status = ran["damaged_verbose"]
    assert status == 1 and "Traceback" in err


def test_lines_of_the_digits_are_left_out_of_a_traceback(ran):
    _, err, status = ran["own_error"]
    assert status == 1 and "own_error.py" in err and "mnist_digits" not in err, err


@pytest.mark.slow
def test_processes_started_afresh_are_of_tensorflow_1_too(tmp_path):
    script = tmp_path / "spawns.py"
    script.write_text(textwrap.dedent(FILES["spawns.py"]))
    command = [sys.executable, "-m", "legacy_graph", "run", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)


def test_a_package_and_a_module_run_as_python_does(ran):
    assert ran["package"][0] == "['--seed', '3', '-m', 'x'] package __main__\n"
    assert ran["module"][0] == "1.15.5 package/train.py package.train\n", ran["module"][1]
    assert ran["no_module"][1:] == ("legacy_graph: -m package.nothing: there is no such module with Python code\n", 2)


def test_digits_come_bundled_or_from_the_folder_given(ran):
    assert ran["bundled"][0] == "55000 (10000, 10)\n"
    assert ran["bundled"][1].count("\n") == 1 and "bundled" in ran["bundled"][1]
    assert ran["data_dir"][0].splitlines()[-1] == "19", ran["data_dir"][1]


def test_what_tf115_pickled_is_found(ran):
    assert ran["unpickles"][0] == "LSTMStateTuple(c=1, h=2) True\n", ran["unpickles"][1]


def test_old_habits_are_those_of_modules_beside_the_script_too(ran):
    assert ran["habits"][0] == "2\n", ran["habits"][1]


@pytest.mark.parametrize(
    "name, word",
    [
        ("python2_name", "legacy_graph: xrange is Python 2's; in Python 3 it is range"),
        ("python2_module", "imported_python2.py, line 2: this is Python 2 only (print statement): print 'loss', 3"),
        ("numpy_scalar", "numpy no longer makes a number of an array of one element; write array.item()"),
    ],
)
def test_what_only_old_pythons_ran_is_explained_after_the_traceback(ran, name, word):
    _, err, status = ran[name]
    assert status == 1 and word in err.splitlines()[-1], err


BAD = {  # file: its bytes, a part of the one line
    "print.py": (
        b"import sys\nif 1:\n    print 'a'\n",
        "print.py, line 3: this is Python 2 only (print statement): print 'a'",
    ),
    "except.py": (b"try:\n    1\nexcept ValueError, e:\n    2\n", "line 3: this is Python 2 only (`except X, name`)"),
    "octal.py": (b"mode = 0644\n", "line 1: this is Python 2 only (octal number without o)"),
    "long.py": (b"n = 10L\n", "line 1: this is Python 2 only (long number)"),
    "unequal.py": (b"if a <> b: pass\n", "line 1: this is Python 2 only (`<>`)"),
    "tabs.py": (b"if 1:\n        a = 1\n\tb = 2\n", "line 3: this is Python 2 only (tabs and spaces mixed)"),
    "prose.py": (b"Dear reader\n", "prose.py, line 1: not Python: invalid syntax: Dear reader"),
    "binary.py": (bytes(range(256)), "binary.py"),
    "text.ipynb": (b"no JSON", "text.ipynb: not a notebook"),
    "list.ipynb": (b"[1, 2]", "list.ipynb: not a notebook"),
    "print.ipynb": (
        b'{"cells": [{"cell_type": "code", "source": ["a = 1\\n", "print a"]}]}',
        "print.ipynb, cell 1, line 2: this is Python 2 only (print statement): print a",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_python_cannot_read_is_refused_in_one_line(name, tmp_path, monkeypatch, capfd):
    content, word = BAD[name]
    (tmp_path / name).write_bytes(content)
    refused_in_one_line(["run", str(tmp_path / name)], word, monkeypatch, capfd)


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["nothing.py"], "nothing.py: there is no such file"),
        (["."], ". is a directory"),
        (["-m", "no_such_module"], "-m no_such_module: there is no module no_such_module"),
        ([], "expected a script, a notebook, or -m and a module"),
        (["--seed", "x", "a.py"], "argument --seed: invalid int value: 'x'"),
        (["--data-dir", "no such folder", __file__], "no such folder"),
    ],
    ids=["missing", "directory", "module", "nothing", "seed", "data_dir"],
)
def test_bad_arguments_are_refused_in_one_line(arguments, word, monkeypatch, capfd):
    refused_in_one_line(["run", *arguments], word, monkeypatch, capfd)


def refused_in_one_line(arguments, word, monkeypatch, capfd):
    monkeypatch.setattr(sys, "argv", ["legacy_graph", *arguments])
    with pytest.raises(SystemExit) as ending:
        command_line.main()
    out, err = capfd.readouterr()
    assert ending.value.code == 2 and out == ""
    assert err.count("\n") == 1 and word in err, err


def test_interrupted_it_says_so_and_exits_with_130(tmp_path):
    script = tmp_path / "waits.py"
    script.write_text(
        "import tensorflow as tf, time\nwith tf.Session() as s:\n"
        "    print(s.run(tf.ones([])), flush=True)\n    time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "legacy_graph", "run", script],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,
    ) as process:
        assert process.stdout.readline() == "1.0\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (err, process.returncode) == ("legacy_graph: interrupted\n", 130)
