"""Goldens of scripts: two repeatable runs are equal, and what has changed in a script is caught and named."""

import json
import sys
import textwrap

import pytest

from legacy_graph.regression import command, recorder
from legacy_graph.regression.compare import _same_line, compare
from tests.legacy_graph.run_in_forks import run_all

# Dropout in a while loop, a graph of the script's own, and numbers of numpy, random and the order of a set.
TRAIN = """
    import random
    import numpy as np
    import tensorflow as tf

    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 4, 3], name="x")
        cell = tf.nn.rnn_cell.BasicLSTMCell(5)
        cell = tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=0.5)
        outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        w = tf.Variable(tf.random_normal([5, 1]), name="w")
        b = tf.Variable(tf.zeros([1]), name="b")
        loss = tf.reduce_mean(tf.square(tf.matmul(outputs[:, -1], w) + b - 1), name="loss")
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        init = tf.global_variables_initializer()
    words = list({"one", "two", "three", "four"})
    with tf.Session(graph=graph) as sess:
        sess.run(init)
        for step in range(4):
            value, _ = sess.run([loss, train], {x: np.random.rand(8, 4, 3)})
            print("step %d loss %.4f" % (step, value))
    print(words, random.random(), np.random.RandomState().rand())
    """
CHANGES = {  # what changed: (text, its replacement)
    "nothing": ("", ""),
    "layout": ("[5, 1]), name", "[5, 1]),  name"),
    "start": ("random_normal([5, 1])", "random_normal([5, 1], stddev=1.01)"),
    "op order": (
        'w = tf.Variable(tf.random_normal([5, 1]), name="w")\n        b = tf.Variable(tf.zeros([1]), name="b")',
        'b = tf.Variable(tf.zeros([1]), name="b")\n        w = tf.Variable(tf.random_normal([5, 1]), name="w")',
    ),
    "wiring": ("outputs[:, -1], w) + b", "outputs[:, -1], w) - b"),
    "keep_prob": ("output_keep_prob=0.5", "output_keep_prob=0.6"),
    "steps": ("range(4)", "range(3)"),
    "text": ("step %d loss", "step %d cost"),
    "exit": ('"four"})', '"four"})\n    import sys; sys.exit(3)'),
}
QUEUE = """
    import tensorflow as tf
    batch = tf.train.shuffle_batch([tf.constant([1.0])], 2, 10, 2, name="shuffled")
    with tf.train.MonitoredTrainingSession() as sess:
        sess.run(batch)
    """
KERAS = """
    import numpy as np
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.layers.LSTM(3, input_shape=(4, 2)), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.random.rand(8, 4, 2), np.ones((8, 1)), batch_size=4, epochs=2, verbose=0)
    """
UNSEEDED = """
    import tensorflow as tf
    tf.get_default_graph().seed = None  # as in a graph that was built elsewhere, and imported
    noise = [tf.random_normal([]), tf.random_uniform([])]
    with tf.Session() as sess:
        print(sess.run(noise))
    """


def changed(change):
    text, replacement = CHANGES[change]
    assert not text or TRAIN.count(text) == 1
    return TRAIN.replace(text, replacement) if text else TRAIN


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """{name: what was observed} of a run, another, one of a changed script, and one that is not --repeatable."""
    scripts = {"nothing": TRAIN, "again": TRAIN, "start": changed("start"), "free": TRAIN}
    return observed_of(scripts, tmp_path_factory.mktemp("ran"))


@pytest.fixture(scope="module")
def ran_changed(tmp_path_factory):
    """{change: what was observed} of all changes, of a script with a queue, and two runs of one without seeds."""
    scripts = {change: changed(change) for change in CHANGES}
    return observed_of(
        {**scripts, "queue": QUEUE, "unseeded": UNSEEDED, "unseeded again": UNSEEDED, "keras": KERAS},
        tmp_path_factory.mktemp("changed"),
    )


def observed_of(scripts, folder):
    jobs = []
    for name, text in scripts.items():
        (folder / name).mkdir()
        (folder / name / "train.py").write_text(textwrap.dedent(text))
        flags = ["--explain-seeds"] if name == "free" else ["--repeatable", "--seed", "1"]
        if name != "queue":
            flags += ["--observe", str(folder / name / "observation.json")]
        jobs.append(
            {
                "arguments": ["run", *flags, "train.py"],
                "directory": str(folder / name),
                "output": str(folder / name / "printed"),
                # as --repeatable wants it; else each run would start again in that
                "environment": {} if name == "free" else recorder.environment(),
            }
        )
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", "0")  # which a fork cannot change
        printed = run_all(jobs)
    for name, (out, err, status) in zip(scripts, printed):
        found[name] = {"printed": out, "errors": err, "status": status}
        observation = folder / name / "observation.json"
        if observation.exists():
            found[name].update(json.loads(observation.read_text()))
    return found


def golden_of(*observed):
    """What `record` makes of two runs."""
    runs = iter([dict(one) for one in observed])
    return recorder.golden_of("train.py", [], lambda *_: next(runs))


@pytest.fixture(scope="module")
def golden(ran):
    made, notes = golden_of(ran["nothing"], ran["again"])
    assert notes == []
    return json.loads(json.dumps(made))


def differences(golden, observed, **how):
    observed = {**observed, "printed": recorder.kept_lines(observed["printed"], golden["ignore"])}
    found, _ = compare(golden, observed, **how)
    return {difference.section: difference.where for difference in found}


def test_two_repeatable_runs_are_equal_to_the_bit(golden, ran):
    for again in ("nothing", "again"):
        assert differences(golden, ran[again], exact=True) == {}


def test_a_golden_holds_what_the_script_did(golden):
    assert golden["steps"] == 4 and len(golden["printed"]) == 5 and golden["status"] == 0
    assert list(golden["losses"]) == ["loss:0"] and "after_steps" not in golden["losses"]["loss:0"]
    assert len(recorder.numbers(golden["losses"]["loss:0"]["values"])) == 4
    assert list(golden["variables"]) == ["rnn/basic_lstm_cell/kernel", "rnn/basic_lstm_cell/bias", "w", "b"]
    assert golden["variables"]["w"].startswith("float32[5, 1] ")
    assert list(golden["trained"]) == list(golden["variables"])
    assert not set(golden["trained"].values()) & set(golden["variables"].values())
    assert {"tensorflow", "numpy", "tf1-rnn"} <= set(golden["versions"])
    assert len(golden["graphs"][0]["random"]) == 3
    assert any(
        line.endswith('w = tf.Variable(tf.random_normal([5, 1]), name="w")') for line in golden["graphs"][0]["code"]
    )
    assert len(json.dumps(golden)) < 7000


def test_runs_that_differ_are_not_recorded(ran):
    made, reasons = golden_of(ran["free"], ran["nothing"])
    assert made is None
    assert "variable w starts from other values" in reasons
    assert any(reason.startswith("fetched loss:0 differs from its value 0 on") for reason in reasons)


CAUGHT = {  # change: {section: what it names}
    "start": {
        "graph": 'from op 179 on: `w = tf.Variable(tf.random_normal([5, 1]), name="w")`',
        "variables": "w float32[5, 1] starts from other values",
        "losses": "loss:0 first differs at training step 1",
        "printed": "line 1: 'step 0 loss",
    },
    "op order": {
        "graph": "b = tf.Variable",
        "random ops": "random_normal/RandomStandardNormal",
        "variables": "w float32",
    },
    "wiring": {"graph": '+ b - 1), name="loss")` (11 ops) -> `loss'},
    "keep_prob": {"graph": "output_keep_prob=0.6", "losses": "loss:0 first differs at training step 1"},
    "steps": {"losses": "loss:0 is fetched 4 times, last after step 4 -> 3 times", "printed": "line 4: 'step 3"},
    "text": {"printed": "line 1: 'step 0 loss"},
    "exit": {"exit status": "was 0, is 3", "losses": "loss:0 is no longer fetched"},
}


def assert_caught(change, golden, observed):
    found = differences(golden, observed)
    assert found, "not caught"
    for section, place in CAUGHT[change].items():
        assert place in found[section]
    return found


def test_another_start_is_caught_and_named(golden, ran):
    assert "random ops" not in assert_caught("start", golden, ran["start"])


@pytest.mark.slow
@pytest.mark.parametrize("change", CAUGHT)
def test_a_change_is_caught_and_named(change, golden, ran_changed):
    found = assert_caught(change, golden, ran_changed[change])
    assert change != "text" or set(found) == {"printed"}
    assert change != "keep_prob" or "variables" not in found


@pytest.mark.slow
def test_another_layout_of_the_code_is_no_change(golden, ran_changed):
    assert differences(golden, ran_changed["layout"], exact=True) == {}


def test_another_version_of_a_library_is_caught_and_named(golden, ran):
    older = {**golden, "versions": {**golden["versions"], "numpy": "1.26.0"}}
    found = differences(older, ran["again"])
    assert list(found) == ["versions"] and found["versions"].startswith("numpy 1.26.0 -> ")
    assert differences(older, ran["again"], any_versions=True) == {}


def test_the_last_bits_of_a_start_are_a_note_unless_asked_exactly(golden, ran):
    shape, checksum, norm, total = golden["variables"]["w"].rsplit(" ", 3)
    nearly = {
        **golden,
        "variables": {**golden["variables"], "w": f"{shape} 0123 {norm} {float(total) + 1e-7 * float(norm)}"},
    }
    assert differences(nearly, ran["again"]) == {}
    assert "w float32" in differences(nearly, ran["again"], exact=True)["variables"]
    beyond = {
        **golden,
        "variables": {**golden["variables"], "w": f"{shape} 0123 {norm} {float(total) + 1e-5 * float(norm)}"},
    }
    assert "w float32" in differences(beyond, ran["again"])["variables"]


def test_a_loss_is_held_to_its_tolerance(golden, ran):
    values = recorder.numbers(golden["losses"]["loss:0"]["values"])
    for change, is_caught in ((0.5e-4, False), (2e-4, True)):
        moved = [*values[:2], values[2] * (1 + change), values[3]]
        other = {**golden, "losses": {"loss:0": {"values": recorder.rows(list(map(repr, moved)))}}}
        found = differences(other, ran["again"])
        assert ("training step 3" in found.get("losses", "")) == is_caught


def test_another_end_of_training_is_caught_where_nothing_is_printed(golden, ran):
    shape, checksum, norm, total = golden["trained"]["w"].rsplit(" ", 3)
    for change, is_caught in ((0.5e-4, False), (2e-4, True)):
        moved = f"{shape} 0123 {norm} {float(total) + change * float(norm)}"
        other = {**golden, "trained": {**golden["trained"], "w": moved}}
        found = differences(other, ran["again"])
        assert found == {} or found["trained"].startswith("w float32[5, 1] ends with other values")
        assert ("trained" in found) == is_caught
    untrained = {name: value for name, value in golden["trained"].items() if name != "w"}  # as if it had not moved
    assert "w float32" in differences({**golden, "trained": untrained}, ran["again"])["trained"]
    older = {name: value for name, value in golden.items() if name != "trained"}
    assert differences(older, ran["again"]) == {}


def test_a_loss_that_is_not_fetched_in_training_steps_is_named_by_its_place(golden, ran):
    loss = {"values": golden["losses"]["loss:0"]["values"], "after_steps": ["0 0 0 4"]}
    values = loss["values"][0].split()
    other = {**loss, "values": recorder.rows([values[0], "9.5", *values[2:]])}
    observed = {**ran["again"], "losses": {"loss:0": other}}
    found = differences({**golden, "losses": {"loss:0": loss}}, observed)
    assert found["losses"].startswith("loss:0 first differs at value 2 (after training step 0): ")


def test_a_script_runs_in_a_copy_of_its_folder(tmp_path, monkeypatch):
    place = tmp_path / "place"
    for folder in ("logs/old", ".hidden", "env", ".git"):
        (place / folder).mkdir(parents=True)
        (place / folder / "file").write_text("as it was")
    (place / "env/pyvenv.cfg").touch()
    (place / "around").symlink_to(place)
    (place / "large").write_bytes(bytes(recorder.SMALL_FILE + 1))
    monkeypatch.chdir(place)
    code = "import os; open('logs/old/file', 'w').write('new'); open('more', 'w'); print(sorted(os.listdir()))"
    observed = recorder.observe([sys.executable, "-c", code], "none.json")
    assert observed["printed"] == "['.hidden', 'around', 'env', 'large', 'logs', 'more']\n"
    assert (place / "logs/old/file").read_text() == "as it was" and not (place / "more").exists()
    recorder.observe([sys.executable, "-c", code], "none.json", here=True)
    assert (place / "logs/old/file").read_text() == "new" and (place / "more").exists()
    copy = tmp_path / "copy"
    copy.mkdir()
    recorder._copy(str(place), str(copy))
    linked = {path.name for path in copy.iterdir() if path.is_symlink()}
    assert linked == {".hidden", "env", "large", "around"}


@pytest.mark.slow
def test_random_ops_without_seeds_are_given_some(ran_changed):
    made, _ = golden_of(ran_changed["unseeded"], ran_changed["unseeded again"])
    assert made["graphs"][0]["random"] == ["1 3 random_normal/RandomStandardNormal", "1 9 random_uniform/RandomUniform"]
    assert ran_changed["unseeded"]["obstacles"] == []


@pytest.mark.slow
def test_keras_in_a_graph_is_watched_too(ran_changed):
    seen = ran_changed["keras"]
    assert seen["steps"] == 4 and seen["status"] == 0
    assert len(seen["variables"]) >= 5 and len(seen["trained"]) >= 5
    assert any(len(recorder.numbers(loss["values"])) == 4 for loss in seen["losses"].values())


@pytest.mark.slow
def test_what_cannot_be_repeated_is_reported(ran, ran_changed):
    assert "not repeatable: queue shuffled/random_shuffle_queue is filled by threads" in ran_changed["queue"]["errors"]
    assert "not repeatable" not in ran["again"]["errors"]


def test_explained_seeds_cover_the_scripts_own_graph_and_tell_of_any_order(ran):
    rows = [line for line in ran["free"]["errors"].splitlines() if "dropout" in line and "Random" in line]
    assert "every run differs" in rows[0]  # the script's own graph, without any seed
    assert "may run at once" in ran["free"]["errors"]


@pytest.mark.parametrize(
    "line, again, marked",
    [
        ("step 20 loss 0.512", "step 20 loss 0.512", "step 20 loss 0.512"),
        ("loss 0.512 pid 81", "loss 0.512 pid 93", "loss 0.512 pid <varies>"),
        ("in /tmp/tmpab1", "in /tmp/tmpxy2", "<varies>"),
        ("loss 0.512 (0.03 s)", "loss 0.512 (0.03 s)", "loss 0.512 (<varies> s)"),
        (
            "81.2 examples/sec; 0.1 sec/batch",
            "81.2 examples/sec; 0.1 sec/batch",
            "<varies> examples/sec; <varies> sec/batch",
        ),
        ("time: 1.50, loss: 1.50", "time: 1.50, loss: 1.50", "time: <varies>, loss: 1.50"),
        ("time step 3", "time step 3", "time step 3"),
    ],
)
def test_what_varies_and_what_is_a_time_is_not_compared(line, again, marked):
    lines = [line]
    recorder._mark(lines, [again])
    assert lines == [marked]


def test_printed_numbers_are_held_to_their_digits():
    def agree(old, new):
        return _same_line(old, new, 1e-3)

    assert agree("loss 0.512", "loss 0.513") and not agree("loss 0.512", "loss 0.514")
    assert agree("[[ 0.5  1.25]", "[[0.5 1.25]") and not agree("step 4", "step 5")
    assert agree("took <varies> s", "took 3.14 s") and not agree("took <varies> s", "tock 3.14 s")
    assert agree("loss nan", "loss nan") and not agree("loss 0.5", "loss nan")
    assert agree("<varies>", "anything")


BAD = {
    "no script": (["record", "none.py", "golden.json"], r"none\.py: there is no such file"),
    "bad pattern": (["record", "--ignore", "(", "none.py", "golden.json"], "not a regular expression"),
    "bad tolerance": (["record", "--rtol-losses", "-1", "none.py", "golden.json"], "--rtol-losses -1.0: expected"),
    "no place": (["record", __file__, "/dev/null/golden.json"], "cannot be written"),
    "a folder": (["record", __file__, "/tmp"], "/tmp: cannot be written"),
    "no golden": (["check", "none.json", "none.py"], r"none\.json: No such file.* `legacy-graph record` wrote"),
    "no words": (["check"], "the following arguments are required"),
}


def test_a_golden_in_a_folder_that_may_not_be_written_is_refused(refuses, monkeypatch):
    from legacy_graph import __main__ as command_line

    monkeypatch.setattr(command.os, "access", lambda path, mode: False)
    refuses(command_line.main, ["record", __file__, "golden.json"], "golden.json: cannot be written")


@pytest.mark.parametrize("case", BAD)
def test_a_bad_command_is_one_line_and_exit_2(case, refuses):
    from legacy_graph import __main__ as command_line

    refuses(command_line.main, *BAD[case])


@pytest.mark.parametrize(
    "text, says",
    [
        ("{", "not JSON"),
        ("{}", "format None; expected tf1-rnn/golden/1"),
        ("[]", "format"),
        ('{"format": "tf1-rnn/golden/1", "arguments": 3}', "'arguments' is 3, not what `legacy-graph record` writes"),
    ],
)
def test_a_file_that_is_no_golden_is_refused(text, says, run_command, tmp_path):
    from legacy_graph import __main__ as command_line

    (tmp_path / "golden.json").write_text(text)
    status, out, err = run_command(command_line.main, "check", "--json", tmp_path / "golden.json", __file__)
    assert status == 2 and says in err and says in json.loads(out)["error"]


def test_the_report_names_the_first_difference_first(golden, ran):
    observed = {**ran["start"], "printed": recorder.kept_lines(ran["start"]["printed"], [])}
    found, notes = compare(golden, observed)
    lines = command.report("golden.json", found, notes).splitlines()
    assert lines[0] == "golden.json: differs in graph, variables, losses, trained, printed"
    assert any(line.startswith("      -") for line in lines) and any(line.startswith("      +") for line in lines)
    verdict = command.result("golden.json", found)
    assert not verdict.passed and verdict.summary.startswith("differs in graph: ")
    assert [check.name for check in verdict.checks if not check.same] == lines[0].partition("in ")[2].split(", ")


def test_check_prints_the_report_or_one_json_object(golden, ran, run_command, tmp_path, monkeypatch):
    from legacy_graph import __main__ as command_line

    (tmp_path / "golden.json").write_text(json.dumps(golden))
    for change, status in (("again", 0), ("start", 1)):
        monkeypatch.setattr(command, "run", lambda *_, name=change: dict(ran[name]))
        words = ["check", "--json", tmp_path / "golden.json", __file__]
        ended, out, err = run_command(command_line.main, *words)
        verdict = json.loads(out)
        assert ended == verdict["exit_status"] == status and verdict["passed"] == (not status)
        assert (
            ("differs in graph" in verdict["results"][0]["summary"]) == ("golden.json: differs" in err) == bool(status)
        )
        assert run_command(command_line.main, words[0], *words[2:])[0] == status


def test_record_writes_what_check_reads_and_says_what_changed(ran, run_command, tmp_path, monkeypatch):
    from legacy_graph import __main__ as command_line

    path = tmp_path / "goldens/golden.json"
    monkeypatch.setattr(command, "run", lambda *_: dict(ran["nothing"]))
    assert run_command(command_line.main, "record", __file__, path, "--steps", 3)[0] == 0
    assert command.read(str(path))["arguments"] == ["--steps", "3"]
    status, _, err = run_command(command_line.main, "record", __file__, path)
    assert status == 2 and "it is there already; --force" in err
    monkeypatch.setattr(command, "run", lambda *_: {**ran["start"], "status": 1, "errors": "OSError: no disk"})
    status, out, _ = run_command(command_line.main, "record", "--force", __file__, path)
    assert status == 0 and "exit status: was 0, is 1" in out and "w float32[5, 1] starts from other values" in out
    assert "it ends with exit status 1, which is recorded: OSError: no disk" in out
    assert command.read(str(path))["arguments"] == ["--steps", "3"]
    runs = iter(["free", "nothing"])
    monkeypatch.setattr(command, "run", lambda *_: dict(ran[next(runs)]))
    status, _, err = run_command(command_line.main, "record", "--force", __file__, path)
    assert status == 1 and "it cannot be repeated, nothing is recorded" in err
    assert command.read(str(path))["status"] == 1  # the golden that was there
