"""How the cost of a training step grows: with the batch, the units, the time steps and the layers.

    python -m benchmarks.growth AXIS [CANDIDATE [SIZE...]]     # what `measure` starts: one axis, a JSON line a size

CANDIDATE: keras_port, on the backend that KERAS_BACKEND names; keras_port_cudnn, on JAX; or pytorch, its nn.LSTM.
Sizes are tried from the smallest up, in one process an axis: the peak memory of a size is that of the process so far.
"""

import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time

import numpy as np

STEPS, WARM_UP = 7, 2
AXES = {  # name: (what is trained, sizes)
    "batch": ("keras_port, lstm", (32, 128, 512, 2048)),
    "units": ("keras_port, lstm", (64, 128, 256, 512)),
    "time steps": ("keras_port, lstm, a digit's 784 pixels in that many steps", (28, 56, 112, 392, 784)),
    "layers": ("legacy_graph, multi_lstm", (2, 4, 8)),
}


def measure():
    """Return {axis: [[size, median seconds of a step, peak MiB]]}."""
    found = {}
    for axis in AXES:
        process = subprocess.run(
            [sys.executable, "-m", "benchmarks.growth", axis],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        found[axis] = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("[")]
    return found


def main():
    """Measure one axis."""
    axis, candidate, *sizes = [*sys.argv[1:], *["keras_port"][len(sys.argv) - 2 :]]
    for size in map(int, sizes or AXES[axis][1]):
        seconds = median_seconds(_step(axis, size, candidate), STEPS, WARM_UP)
        print(json.dumps([size, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]), flush=True)


def median_seconds(step, steps, warm_up):
    """Return the median of what some calls of `step()` take, after others that do not count."""
    taken = []
    for _ in range(warm_up + steps):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[warm_up:])


def _step(axis, size, candidate):
    """Return a function without arguments that takes one training step."""
    from mnist_training import Recipe

    batch = size if axis == "batch" else 128
    images = np.random.RandomState(0).rand(batch, 784).astype("float32")
    labels = np.eye(10)[np.arange(batch) % 10]
    if axis == "layers":
        from legacy_graph.training import Session

        session = Session(Recipe.of("multi_lstm", layers=size))
        session.initialize()
        images = images.reshape(-1, 28, 28)
        return lambda: session.train_step(images, labels)
    rows = size if axis == "time steps" else 28
    recipe = Recipe.of("lstm", seed=1, units=size if axis == "units" else 128)
    images = images.reshape(-1, rows, 784 // rows)
    if candidate == "pytorch":
        from benchmarks.torch_step import torch_step

        step = torch_step(recipe, 784 // rows)
        return lambda: step(images, labels)
    if candidate == "keras_port_cudnn":
        from benchmarks import jax_cudnn

        jax_cudnn.take()
    from keras_port import training

    model = training.build(recipe, rows=rows, columns=784 // rows)
    return lambda: model.train_on_batch(images, labels)


def slopes(points):
    """Return the slopes, log over log, of seconds and of memory between the last three sizes."""
    (first, began, small), (last, ended, large) = points[-3], points[-1]
    ratio = math.log(last / first)
    return math.log(ended / began) / ratio, math.log(large / small) / ratio


def table(found):
    """Return the lines of a Markdown table."""
    lines = [
        "![Seconds of a step against each of the four sizes, both logarithmic](growth.svg)",
        "",
        "| what grows | of what | ms a step | peak memory, MiB | slope of the time | of the memory |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for axis, points in found.items():
        time_slope, memory_slope = slopes(points)
        times = ", ".join(f"{size}: {1000 * seconds:.0f}" for size, seconds, _ in points)
        memory = ", ".join(f"{size}: {peak}" for size, _, peak in points)
        lines.append(f"| {axis} | {AXES[axis][0]} | {times} | {memory} | {time_slope:.2f} | {memory_slope:.2f} |")
    note = "A slope of 1 is twice the cost for twice the size; it is taken over the last three sizes, log over log."
    return [*lines, "", note]


def picture(found):
    """Return an SVG: a panel an axis, seconds over size, both logarithmic."""
    wide, high, gap = 170, 150, 50
    parts = []
    times = [seconds for points in found.values() for _, seconds, _ in points]
    low, top = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    for number, (axis, points) in enumerate(found.items()):
        left = gap + number * (wide + gap)
        first, last = (math.log10(points[end][0]) for end in (0, -1))

        def at(size, seconds, left=left, first=first, last=last):
            x = left + wide * (math.log10(size) - first) / (last - first)
            return x, 30 + high * (top - math.log10(seconds)) / (top - low)

        line = " ".join("{:.1f},{:.1f}".format(*at(size, seconds)) for size, seconds, _ in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="#e69f00" stroke-width="2"/>')
        parts.append(f'<text x="{left}" y="18" font-weight="bold">{axis}</text>')
        parts.append(f'<path d="M{left},30 v{high} h{wide}" fill="none" stroke="currentColor"/>')
        for size, seconds, _ in points:
            x, y = at(size, seconds)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#e69f00"/>')
            parts.append(f'<text x="{x:.1f}" y="{high + 46}" text-anchor="middle">{size}</text>')
        for power in range(low, top + 1):
            y = 30 + high * (top - power) / (top - low)
            parts.append(f'<text x="{left - 5}" y="{y + 4:.1f}" text-anchor="end">{10.0 ** (power + 3):g}</text>')
    width = gap + len(found) * (wide + gap)
    style = "text { font: 11px sans-serif; fill: currentColor } svg { color: #222; background: #fff } "
    style += "@media (prefers-color-scheme: dark) { svg { color: #ddd; background: #111 } }"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{high + 60}">'
    title = "<title>Milliseconds of a training step against batch, units, time steps and layers</title>"
    return "\n".join([head, title, f"<style>{style}</style>", *parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    main()
