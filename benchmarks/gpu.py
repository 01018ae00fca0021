"""The networks on a GPU: training steps in turn, how their cost grows, and whether cuDNN's kernel computes the same.

    python -m benchmarks gpu --write             # from the source; fills a section of docs/benchmarks.md
    python -m benchmarks.gpu WAY OUT.npz         # what `measure` starts to compare: logits and gradients of one batch

WAY: "fused", cuDNN's kernel, which keras_port takes on PyTorch and can be given on JAX, or "plain", a step of
BasicLSTMCell at a time. On TensorFlow "fused" is the compiled loop. Float32 everywhere, without TF32,
whose products keep 10 bits of a number's 23. Only packages that see the GPU take part: TensorFlow need not be there.
"""

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks import turns
from benchmarks.growth import slopes
from mnist_training import MODELS, Recipe

REFERENCE, CUDNN = "PyTorch nn.LSTM", "keras_port on JAX, cuDNN"
CANDIDATES = {  # name: function of the worker, Keras's backend, which must see the GPU
    REFERENCE: ("pytorch", "torch"),
    "keras_port": ("keras_port", "tensorflow"),
    "keras_port on JAX": ("keras_port", "jax"),
    CUDNN: ("keras_port_cudnn", "jax"),
    "keras_port on PyTorch": ("keras_port", "torch"),
    "stock Keras 3 layers": ("stock_keras", "tensorflow"),
    "stock Keras 3 layers on JAX": ("stock_keras", "jax"),
    "stock Keras 3 layers on PyTorch": ("stock_keras", "torch"),
}
SEES = {
    "tensorflow": "import tensorflow as tf; assert tf.config.list_physical_devices('GPU')",
    "jax": "import jax; assert jax.default_backend() == 'gpu'",
    "torch": "import torch; assert torch.cuda.is_available()",
}
SETTINGS = {  # several processes share the GPU's memory; float32 means float32
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "NVIDIA_TF32_OVERRIDE": "0",
    "JAX_DEFAULT_MATMUL_PRECISION": "highest",
}
GROWTH = {"batch": (128, 512, 2048, 8192), "units": (128, 256, 512, 1024), "time steps": (28, 112, 392, 784)}
GROWN = {name: CANDIDATES[name] for name in (REFERENCE, "keras_port on JAX", CUDNN, "keras_port on PyTorch")}


def name():
    """Return the name of the GPU, and the driver's version; None where no NVIDIA GPU is to be had."""
    try:
        asked = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"], capture_output=True, text=True
        )
    except OSError:
        return None
    found = asked.stdout.strip().splitlines()
    return found[0].replace(", ", ", driver ") if asked.returncode == 0 and found else None


def measure(rounds, steps):
    """Return {"gpu", "versions", "steps", "growth", "agreement"}; ends the process where there is no GPU."""
    if not name():
        sys.exit("benchmarks: gpu: nvidia-smi names no GPU; run this target on a machine that has one")
    seeing = [backend for backend, test in SEES.items() if importlib.util.find_spec(backend) and _passes(test)]
    return {
        "gpu": name(),
        "versions": {package: _version(package) for package in [*seeing, "keras"]},
        "agreement": {backend: _apart(backend) for backend in seeing},
        "steps": {model: _steps(model, seeing, rounds, steps) for model in MODELS},
        "growth": {
            axis: {one: _growth(axis, *GROWN[one], sizes) for one in GROWN if GROWN[one][1] in seeing}
            for axis, sizes in GROWTH.items()
        },
    }


def _passes(test):
    return not subprocess.run([sys.executable, "-c", test], stderr=subprocess.DEVNULL).returncode


def _version(package):
    return importlib.metadata.version(package)


def _environment(backend):
    return {**SETTINGS, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}


def _steps(model, seeing, rounds, steps):
    workers = {
        one: turns.start(sys.executable, function, _environment(backend))
        for one, (function, backend) in CANDIDATES.items()
        if backend in seeing
    }
    return turns.measure(model, workers, rounds, steps)


def _run(backend, *command):
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=turns.ROOT,
        env={**os.environ, **_environment(backend)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def _growth(axis, function, backend, sizes):
    lines = _run(backend, "benchmarks.growth", axis, function, *map(str, sizes)).splitlines()
    return [json.loads(line)[:2] for line in lines if line.startswith("[")]


def _apart(backend):
    """Return {model: {"logits", "gradients": the largest difference of the ways over the largest value}}."""
    with tempfile.TemporaryDirectory() as folder:
        plain, fused = (os.path.join(folder, f"{way}.npz") for way in ("plain", "fused"))
        for way, out in (("plain", plain), ("fused", fused)):
            _run(backend, "benchmarks.gpu", way, out)
        plain, fused = dict(np.load(plain)), dict(np.load(fused))
    apart = {key: float(np.abs(fused[key] - value).max() / np.abs(value).max()) for key, value in plain.items()}
    return {
        model: {
            "logits": apart[f"{model}/logits"],
            "gradients": max(apart[key] for key in apart if key.startswith(f"{model}/gradient/")),
        }
        for model in MODELS
    }


def main():
    """Write logits and gradients of one batch of all networks, from weights alike everywhere, without dropout."""
    way, out = sys.argv[1:]
    if way == "plain":
        from keras_port.recurrence import layer

        class Plain:
            is_faster = staticmethod(lambda *shape: False)

        layer._backend = lambda: Plain
    elif os.environ["KERAS_BACKEND"] == "jax":
        from benchmarks import jax_cudnn

        jax_cudnn.take()
    found = {f"{model}/{key}": value for model in MODELS for key, value in _computed(model).items()}
    np.savez(out, **found)


def _computed(model_name):
    import keras

    from keras_port import training

    model = training.build(Recipe.of(model_name, seed=1).without_dropout())
    random = np.random.RandomState(2)
    for weight in model.trainable_variables:
        weight.assign(random.uniform(-0.1, 0.1, weight.shape))
    images, labels = random.rand(128, 28, 28).astype("float32"), np.eye(10)[np.arange(128) % 10]
    found = {"logits": keras.ops.convert_to_numpy(model(images))}
    # Plain descent at rate 1 takes the gradient off a weight: so it is had alike on every backend.
    model.compile(keras.optimizers.SGD(1.0), keras.losses.CategoricalCrossentropy(from_logits=True))
    before = {weight.path: keras.ops.convert_to_numpy(weight).astype("float64") for weight in model.trainable_variables}
    model.train_on_batch(images, labels)
    for weight in model.trainable_variables:
        gradient = before[weight.path] - keras.ops.convert_to_numpy(weight)
        if np.any(gradient):  # the backward half's recurrent kernel has none
            found[f"gradient/{weight.path}"] = gradient
    return found


def table(found):
    """Return the lines of Markdown."""
    versions = ", ".join(f"{package} {version}" for package, version in found["versions"].items())
    lines = [
        f"{found['gpu']}; {versions}. `python -m benchmarks gpu --write` measures it anew. Batches of 128; the digits "
        f"travel to the GPU at every step and the loss comes back. A ratio is against {REFERENCE}.",
        "",
        "| network | candidate | ms a step | times as fast | GPU memory, MiB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for model, candidates in found["steps"].items():
        reference = candidates[REFERENCE]["seconds"]
        for one, candidate in candidates.items():
            took = candidate["seconds"]
            lines.append(
                f"| {model} | {one} | {turns.milliseconds(took):.2f} | {turns.ratios(reference, took, 0)} | "
                f"{candidate.get('gpu_mib', '')} |"
            )
    lines += ["", *_against_stock(found["steps"]), ""]
    lines += ["| what grows, lstm | candidate | ms a step | slope of the time |", "| --- | --- | --- | --- |"]
    for axis, candidates in found["growth"].items():
        for one, points in candidates.items():
            times = ", ".join(f"{size}: {1000 * seconds:.1f}" for size, seconds in points)
            slope = slopes([[size, seconds, 1] for size, seconds in points])[0]
            lines.append(f"| {axis} | {one} | {times} | {slope:.2f} |")
    lines += [
        "",
        "cuDNN's kernel and steps of the plain cell, same weights and digits, float32 without TF32: the largest "
        "difference over the largest value.",
        "",
        "| network | backend | logits | gradients |",
        "| --- | --- | --- | --- |",
    ]
    for backend, models in found["agreement"].items():
        for model, apart in models.items():
            lines.append(f"| {model} | {backend} | {apart['logits']:.1e} | {apart['gradients']:.1e} |")
    return lines


def _against_stock(steps):
    """Say how much faster than stock Keras layers keras_port is on the same backend."""
    said = []
    for suffix, backend in (("", "TensorFlow"), (" on JAX", "JAX"), (" on PyTorch", "PyTorch")):
        names = f"stock Keras 3 layers{suffix}", f"keras_port{suffix}"
        pairs = [[candidates.get(one) for one in names] for candidates in steps.values()]
        if all(all(pair) for pair in pairs):
            medians = [turns.ratios(stock["seconds"], ours["seconds"], 0).split()[0] for stock, ours in pairs]
            said.append(f"{backend} {' / '.join(medians)}")
    return [f"keras_port's times as fast as stock Keras layers, by network: {'; '.join(said)}."] if said else []


if __name__ == "__main__":
    main()
