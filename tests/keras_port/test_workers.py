"""Several workers train as one does: the same curve, an end when one dies, and going on after that."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from keras_port.workers import Cluster, cluster_of
from mnist_training import InputError, Recipe

ROOT = pathlib.Path(__file__).parents[2]
TRAIN = [sys.executable, "-m", "keras_port", "train", "lstm", "--units", "16", "--batch-size", "64", "--steps", "300"]
SHORT_WITH_DROPOUT = [*TRAIN[:4], "multi_lstm", "--units", "8", "--batch-size", "16", "--steps", "30", "--seed", "1"]


def config(**changes):
    told = {"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 1}, **changes}
    return {"TF_CONFIG": json.dumps(told)}


def test_the_cluster_is_that_of_tf_config():
    assert cluster_of(config()) == Cluster(["a:1", "b:2"], 1)
    alone = {"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}
    assert cluster_of({}) is cluster_of({"TF_CONFIG": " "}) is cluster_of(config(**alone)) is None


WRONG = {
    "expected {": {"TF_CONFIG": "{"},
    "received '[]'": {"TF_CONFIG": "[]"},
    "a task of type 'ps'": config(cluster={"worker": ["a:1"], "ps": ["b:2"]}),
    "a task of type 'chief'": config(task={"type": "chief", "index": 0}),
    "different addresses": config(cluster={"worker": ["a:1", "a:1"]}),
    "HOST:PORT; received ['a'": config(cluster={"worker": ["a", "b:2"]}),
    "index: expected 0 to 1, of a worker; received 2": config(task={"type": "worker", "index": 2}),
    "received True": config(task={"type": "worker", "index": True}),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_tf_config_is_refused(message):
    with pytest.raises(InputError, match=re.escape(message)):
        cluster_of(WRONG[message])


def test_the_parts_of_a_batch_are_all_of_it():
    batch = np.arange(12).reshape(6, 2)
    parts = [Cluster(["a:1", "b:2", "c:3"], index).part(batch) for index in range(3)]
    np.testing.assert_array_equal(np.concatenate(parts), batch)


def test_what_workers_cannot_share_is_refused():
    with pytest.raises(InputError, match="give --seed"):
        Cluster(["a:1", "b:2"], 0).check(Recipe.of("lstm"))
    with pytest.raises(InputError, match="128: cannot be divided into 3 equal parts"):
        Cluster(["a:1", "b:2", "c:3"], 0).check(Recipe.of("lstm", seed=1))


def start(folder, seeds=(1, 1), *arguments, train=TRAIN):
    """Start two workers on this machine; returns them, the first of them first, and the second's address."""
    ports = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
    addresses = [f"127.0.0.1:{port}" for port in ports]
    workers = []
    for index, seed in enumerate(seeds):
        told = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        files = ["--model-dir", str(folder / "models"), "--log", str(folder / f"log-{index}")]
        workers.append(
            subprocess.Popen(
                [*train, "--seed", str(seed), *files, *arguments],
                env={**os.environ, "TF_CONFIG": json.dumps(told)},
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    return workers, addresses[1]


def ended(workers):
    """Return (status, stdout, stderr) of each."""
    try:
        told = [worker.communicate(timeout=170) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    return [(worker.returncode, *text) for worker, text in zip(workers, told)]


def losses(log):
    return [json.loads(line)["loss"] for line in log.read_text().splitlines()]


@pytest.mark.slow
def test_two_workers_follow_the_curve_of_one_though_one_dies(tmp_path):
    alone = tmp_path / "alone"
    subprocess.run(
        [*TRAIN, "--seed", "1", "--model-dir", str(alone), "--log", str(tmp_path / "alone.log")],
        check=True,
        cwd=ROOT,
        capture_output=True,
        timeout=170,
    )
    workers, address = start(tmp_path, (1, 1), "--save-every", "20")
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("models/model.run-*.npz")) and time.monotonic() < deadline:
        time.sleep(0.02)
    workers[1].send_signal(signal.SIGKILL)
    (status, _, error), _ = ended(workers)
    assert status == 1, error
    assert error.count("\n") == 1 and f"worker 1 ({address}) does not answer any more" in error
    assert "the save of step" in error

    again = ended(start(tmp_path, (1, 1), "--save-every", "20")[0])
    assert [status for status, *_ in again] == [0, 0], again
    assert all("after step" in told for _, told, _ in again)
    one, two = losses(tmp_path / "alone.log"), losses(tmp_path / "log-0")
    assert len(one) == len(two) == 300
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-4)
    assert not (tmp_path / "log-1").exists(), "the second worker wrote a log"
    assert (tmp_path / "models" / "model.keras").is_file()


@pytest.mark.slow
def test_workers_that_begin_differently_are_told_so(tmp_path):
    found = ended(start(tmp_path, (1, 2))[0])
    assert [status for status, *_ in found] == [1, 1], found
    assert all("the workers' weights differ" in error for *_, error in found)


@pytest.mark.slow
def test_with_dropout_two_workers_drop_what_one_would(tmp_path):
    files = ["--model-dir", str(tmp_path / "alone"), "--log", str(tmp_path / "alone.log")]
    subprocess.run([*SHORT_WITH_DROPOUT, *files], check=True, cwd=ROOT, capture_output=True, timeout=170)
    found = ended(start(tmp_path, train=SHORT_WITH_DROPOUT)[0])
    assert [status for status, *_ in found] == [0, 0], found
    one, two = losses(tmp_path / "alone.log"), losses(tmp_path / "log-0")
    assert len(one) == len(two) == 30
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-4)


def test_the_workers_masks_together_are_those_of_one():
    import keras

    from keras_port import multi_lstm
    from keras_port.workers import _masks_of_whole_batches

    images = np.ones((4, 6, 3), "float32")
    clusters = [Cluster(["a:1", "b:2"], place) for place in (0, 1)]
    alone, *others = [multi_lstm.build(units=5, rows=6, columns=3) for _ in range(3)]

    def dropped(model, part):
        layer = model.get_layer("dropout_1")
        layer.seed_generator.state.assign([7, 0])
        return keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(part), training=True))

    whole, without = dropped(alone, images), [dropped(model, images[:2]) for model in others]
    parts = []
    for cluster, model in zip(clusters, others):
        with _masks_of_whole_batches(model, cluster):
            parts.append(dropped(model, cluster.part(images)))
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert np.any(np.concatenate(without) != whole)
