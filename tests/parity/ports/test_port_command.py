"""`parity port SCRIPT --out DIR` as a user runs it, in processes of its own: its three ends, and what cuts it short."""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys

import pytest

from tests.interrupts import heed_interrupts

HERE = pathlib.Path(__file__).parent
SCRIPTS = HERE.parents[1] / "scripts"
PORT = {"model.py", "model.keras", "port.json", "capture", "report.html", "test_port.py", "reference.npz"}
HALVED = """# What the script does to a variable between its training steps is in no train op.
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 2], "x")
w = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
halve = w.assign(w * 0.5)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(5):
        session.run([loss, train], {x: [[1.0, 2.0], [3.0, 4.0]]})
        session.run(halve)
"""

pytestmark = pytest.mark.slow


def run(*command, **options):
    """Run a Python command; returns the finished process."""
    options = {"capture_output": True, "text": True, "timeout": 600, **options}
    return subprocess.run([sys.executable, *map(str, command)], **options)


def port(script, out, *more, **options):
    return run("-m", "parity", "port", script, "--out", out, "--capture-steps", "4", *more, **options)


@pytest.fixture(scope="module")
def ported(tmp_path_factory):
    """(the finished process, its folder) of a port that is proven."""
    out = tmp_path_factory.mktemp("port") / "tagger"
    return port(HERE / "tagger.py", out), out


def test_a_proven_port_ends_with_0_and_its_test_runs_in_pytest(ported, tmp_path):
    done, out = ported
    assert done.returncode == 0 and done.stdout.endswith("tagger.py: ported and proven\n"), done.stdout + done.stderr
    assert done.stderr == "" and {path.name for path in out.iterdir()} == PORT
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    kept = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_port.py", cwd=out)
    assert kept.returncode == 0 and "3 passed" in kept.stdout, kept.stdout
    changed = shutil.copytree(out, tmp_path / "changed")
    code = (changed / "model.py").read_text()
    assert "layers.Dense(" in code
    (changed / "model.py").write_text(code.replace("layers.Dense(", "layers.Dense(activation='relu', units="))
    kept = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_port.py", cwd=changed)
    assert kept.returncode == 1 and "test_the_outputs_are_those_of_the_graph" in kept.stdout, kept.stdout


def test_a_port_that_differs_ends_with_1_and_keeps_its_files(tmp_path):
    (tmp_path / "halved.py").write_text(HALVED)
    done = port(tmp_path / "halved.py", tmp_path / "out")
    assert done.returncode == 1 and "halved.py: the port differs at captured losses" in done.stdout, done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == PORT


def test_a_script_that_cannot_be_ported_ends_with_2_and_leaves_nothing(tmp_path):
    done = port(SCRIPTS / "monitored_session.py", tmp_path / "out")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "without inputs" in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())


COMMANDS = {  # what is cut short: what it says just before
    "port": "translating the graph to Keras",
    "prove": "climbing the ladder",
}


def command_of(name, ported, folder):
    """(Arguments of python, the folder that they may change) of a command."""
    out = folder / "out"
    if name == "port":
        return ["-m", "parity", "port", HERE / "tagger.py", "--out", out], folder
    if name == "convert":
        return ["-m", "keras_port", "convert", ported / "capture", out], folder
    shutil.copytree(ported, out)
    for made in ("report.html", "test_port.py", "reference.npz"):
        (out / made).unlink()
    return ["-m", "parity", "prove", ported / "capture", out], folder


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_ends_it_with_one_line_and_leaves_nothing(name, ported, tmp_path):
    command, folder = command_of(name, ported[1], tmp_path)
    before = files(folder)
    process = subprocess.Popen(
        [sys.executable, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    for line in process.stdout:
        if COMMANDS[name] in line:
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and to what it runs
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (130, "parity: interrupted\n")
    assert files(folder) == before


INTERRUPTED = """
import os, signal
from keras_port import __main__ as command
from mnist_training.cli.quiet_start import without_startup_messages

with without_startup_messages():
    from keras_port.translation import port
fill = port.fill
port.fill = lambda *given: (fill(*given), os.kill(os.getpid(), signal.SIGINT))  # model.py is written, model.keras not
command.main()
"""


def test_ctrl_c_while_a_port_is_written_ends_with_one_line_and_leaves_nothing(ported, tmp_path):
    (_, _, *arguments), folder = command_of("convert", ported[1], tmp_path)
    done = run("-c", INTERRUPTED, *arguments, preexec_fn=heed_interrupts)
    assert (done.returncode, done.stderr) == (130, "keras_port: interrupted\n")
    assert not files(folder)


@pytest.mark.parametrize("name", ["convert", "prove", "port"])
def test_a_disk_that_takes_no_more_ends_it_with_one_line_and_leaves_nothing(name, ported, tmp_path):
    command, folder = command_of(name, ported[1], tmp_path)
    before = files(folder)
    full = (3000, 3000)  # bytes of a file: less than each of them writes
    done = run(*command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, full))
    failed = {"convert": 1, "prove": 3, "port": 2}[name]  # to parity, 1 is a port that differs
    assert done.returncode == failed and done.stderr.count("\n") == 1, (done.returncode, done.stderr)
    assert "File too large" in done.stderr and files(folder) == before
