"""The pytest plugin: scripts as tests, and the fixture that runs or builds one."""

import json
import os
import subprocess
import sys
import textwrap
import xml.etree.ElementTree

import pytest

from legacy_graph.regression import command
from legacy_graph.testing.scripts import Scripts
from mnist_training.errors import InputError

PLUGIN = ["-p", "legacy_graph.testing.plugin", "-p", "no:cacheprovider"]
SCRIPT = """
    import sys
    import tensorflow as tf
    import helper

    tf.app.flags.DEFINE_integer("units", 3, "")
    FLAGS = tf.app.flags.FLAGS
    tf.reset_default_graph()

    def main(argv):
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        w = tf.get_variable("w", [2, FLAGS.units])
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - helper.TARGET), name="loss")
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        try:
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                for _ in range(3):
                    value, _ = sess.run([loss, train], {x: [[1, 2], [3, 4]]})
                    print("loss %.4f" % value)
        except Exception:
            print("caught")

    if __name__ == "__main__":
        tf.app.run()
    """


@pytest.fixture
def project(tmp_path):
    """A folder with a script, its module and pytest's settings."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "scripts" / "train.py").write_text(textwrap.dedent(SCRIPT))
    (tmp_path / "scripts" / "helper.py").write_text("TARGET = 1\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\ntf1_scripts = scripts/train*.py\ntestpaths = tests\n")
    return tmp_path


OBSERVED = {
    "engine": "tf1-rnn",
    "versions": {"numpy": "2.0"},
    "machine": {},
    "status": 0,
    "steps": 1,
    "losses": {"loss:0": {"values": ["0.5"]}},
    "variables": {},
    "trained": {},
    "graphs": [],
    "obstacles": [],
    "printed": "loss 0.5\n",
    "errors": "",
}


@pytest.fixture
def pytest_in(project, monkeypatch, capsys):
    """Run pytest in the project, in this process, where a script does as told: (status, output)."""
    seen = []

    def run(*flags, **observed):
        def run_script(script, words, seed, here=False, root="."):
            seen.append((script, words, os.fspath(root)))
            return {**OBSERVED, **observed}

        monkeypatch.chdir(project)
        monkeypatch.setattr(command, "run", run_script)
        status = pytest.main([*PLUGIN, *flags])
        return int(status), capsys.readouterr().out

    run.seen = seen
    return run


def test_a_script_is_recorded_and_then_held_to_its_golden(pytest_in, project):
    status, out = pytest_in()
    assert status == 1
    assert "goldens/train.json: there is none. Record it: pytest --tf1-record scripts/train.py" in out
    status, out = pytest_in("--tf1-record", "-rs")
    assert status == 0 and "1 skipped" in out and "exit status 0, 1 lines, 1 training steps, 1 fetched" in out
    assert json.loads((project / "goldens/train.json").read_text())["script"] == "scripts/train.py"
    status, out = pytest_in("-v")
    assert status == 0 and "1 passed" in out and "scripts/train.py::train" in out
    assert pytest_in.seen[-1] == ("scripts/train.py", [], str(project))


@pytest.fixture
def recorded(pytest_in):
    pytest_in("--tf1-record")
    return pytest_in


def test_a_script_that_differs_fails_and_the_place_is_named(recorded):
    status, out = recorded(losses={"loss:0": {"values": ["0.8"]}}, printed="loss 0.8\n")
    assert status == 1
    assert "goldens/train.json: differs in losses, printed" in out
    assert "losses: loss:0 first differs at training step 1: 0.5 -> 0.8" in out
    assert "If that is meant: pytest --tf1-record scripts/train.py" in out
    assert "plugin.py" not in out  # the differences, not the plugin's own lines
    assert recorded("--tf1-record", printed="loss 0.8\n")[0] == 0
    assert recorded(printed="loss 0.8\n")[0] == 0


def test_flags_are_heeded(recorded):
    assert recorded(versions={"numpy": "2.1"})[0] == 1
    assert recorded("--tf1-any-versions", versions={"numpy": "2.1"})[0] == 0
    nearly = {"losses": {"loss:0": {"values": ["0.50001"]}}}
    assert recorded(**nearly)[0] == 0
    assert recorded("--tf1-exact", **nearly)[0] == 1


def test_each_golden_of_a_script_is_a_test_with_its_arguments(recorded, project):
    golden = json.loads((project / "goldens/train.json").read_text())
    (project / "goldens/train.wide.json").write_text(json.dumps({**golden, "arguments": ["--units", "9"]}))
    assert "2 passed" in recorded()[1]
    assert [words for _, words, _ in recorded.seen[-2:]] == [[], ["--units", "9"]]


def test_what_cannot_be_repeated_is_not_recorded(pytest_in, project, monkeypatch):
    values = iter("12")
    monkeypatch.setattr(command.recorder, "golden_of", lambda *_, **__: (None, [f"loss {next(values)}"]))
    status, out = pytest_in("--tf1-record")
    assert status == 1 and "it cannot be repeated, nothing is recorded\n  loss 1" in out
    assert not (project / "goldens").exists()


def test_a_golden_that_is_broken_fails_in_one_line(recorded, project):
    (project / "goldens/train.json").write_text("{")
    status, out = recorded()
    assert status == 1 and "not JSON" in out and "plugin.py" not in out


@pytest.mark.parametrize(
    "setting, says",
    [
        ("scripts/tain*.py", "tf1_scripts: no script matches 'scripts/tain*.py'"),
        ("**/train.py", "would share a golden; rename one"),
    ],
)
def test_settings_that_leave_a_script_untested_are_refused(setting, says, pytest_in, project, capsys):
    (project / "old").mkdir()
    (project / "old/train.py").write_text("")
    (project / "pytest.ini").write_text(f"[pytest]\ntf1_scripts = {setting}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        assert pytest.main(PLUGIN) == pytest.ExitCode.USAGE_ERROR
    assert says in capsys.readouterr().err


def test_other_tests_are_collected_as_ever(recorded, project):
    (project / "tests/test_other.py").write_text("def test_other(): pass\n")
    assert "2 passed" in recorded()[1]
    assert "1 passed" in recorded("tests")[1]
    assert "1 passed" in recorded("scripts")[1]


def test_a_graph_is_built_inside_a_test(project):
    before = sys.argv[:], sys.path[:], dict(sys.modules)["__main__"], set(sys.modules) & {"helper"}
    with Scripts(project) as scripts:
        for units in (3, 5):  # flags may be defined again, and are parsed again
            built = scripts.build("scripts/train.py", "--units", units)
            assert [op.name for op in built.graph.get_operations()][:1] == ["x"]
            assert built.graph.get_tensor_by_name("w:0").shape.as_list() == [2, units]
            assert built.names["FLAGS"].units == units and built.names["__name__"] == "__main__"
        with built.session() as session:
            session.run([op for op in built.graph.get_operations() if op.type == "Assign"])
            losses = [session.run(["loss:0", "GradientDescent"], {"x:0": [[1, 2], [3, 4]]})[0] for _ in range(2)]
        assert losses[0] != losses[1]
    assert before == (sys.argv, sys.path, sys.modules["__main__"], set(sys.modules) & {"helper"})


@pytest.mark.parametrize(
    "text, error, says",
    [
        ("import tensorflow as tf\ntf.nonsense()", AttributeError, "nonsense"),
        ("raise SystemExit(3)", RuntimeError, "exit status 3 before its first session"),
        (None, InputError, "there is no such file"),
    ],
)
def test_a_script_that_fails_before_its_session_is_an_error(text, error, says, tmp_path):
    if text:
        (tmp_path / "script.py").write_text(text)
    with Scripts(tmp_path) as scripts, pytest.raises(error, match=says):
        scripts.build("script.py")
    import tensorflow as tf

    assert tf.executing_eagerly() and "compat" in dir(tf)


def test_a_script_without_a_session_is_its_default_graph(tmp_path):
    (tmp_path / "script.py").write_text("import tensorflow as tf\nx = tf.constant(1.0, name='one')\n")
    with Scripts(tmp_path) as scripts:
        built = scripts.build("script.py")
        assert [op.name for op in built.graph.get_operations()] == ["one"]


INSIDE = """
    def test_it_learns(tf1_script):
        run = tf1_script.run("scripts/train_wide.py", "--units", 4)
        assert run.status == 0 and run.printed.count("loss") == 3
        assert run.losses["loss:0"][0] > run.losses["loss:0"][-1] and run.steps == 3
        assert run.variables["w"].startswith("float32[2, 4] ")

    def test_its_graph(tf1_script):
        assert tf1_script.build("scripts/train.py").graph.get_tensor_by_name("w:0").shape.as_list() == [2, 3]
    """


@pytest.mark.slow
def test_scripts_run_side_by_side_and_junit_names_what_differs(project):
    (project / "scripts/train_wide.py").write_text(textwrap.dedent(SCRIPT).replace('"units", 3', '"units", 7'))
    (project / "tests/test_inside.py").write_text(textwrap.dedent(INSIDE))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def run(*flags):
        words = [sys.executable, "-m", "pytest", *PLUGIN, "-n", "2", "--junitxml", "junit.xml", *flags]
        done = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True)
        cases = xml.etree.ElementTree.parse(project / "junit.xml").iter("testcase")
        failures = {case.get("name"): case.find("failure") for case in cases}
        return done.returncode, {name: failure.text for name, failure in failures.items() if failure is not None}

    assert run("--tf1-record", "scripts") == (0, {})
    assert run() == (0, {})
    (project / "scripts/helper.py").write_text("TARGET = 1.5\n")
    status, failures = run("scripts")
    assert status == 1 and set(failures) == {"train", "train_wide"}
    assert "graph: from op" in failures["train"] and "helper.TARGET" in failures["train"]
    assert "losses: loss:0 first differs at training step 1" in failures["train_wide"]
