"""Train the tutorial's recipes over several seeds, on both sides; write the table, TensorFlow 1.15 beside them.

    python -m benchmarks.convergence [--seeds 5]

Writes docs/convergence.json, a figure at a time, and docs/convergence.md from it. What the JSON
holds already is not trained again; delete it to begin anew. Takes some 3 minutes a seed on 2 cores.
TensorFlow 1.15's figures are those that tests/golden/record_curves.py recorded.
"""

import argparse
import json
import pathlib

import numpy as np

import keras_port.training
import legacy_graph.training
from mnist_training import MODELS, Recipe, digits, replacing
from parity.report.recorded import recordings

DOCS = pathlib.Path(__file__).parent.parent / "docs"
FIGURES, PAGE = DOCS / "convergence.json", DOCS / "convergence.md"
TF115, GRAPH, KERAS = "TensorFlow 1.15", "TF 1 graph, today", "Keras port"
LAST = 20  # steps over which the final training loss is averaged: single batches are noisy


def main():
    """Train what is missing and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else []
    done = {(figure["model"], figure["side"], figure["seed"]) for figure in figures}
    trainers = {TF115: recorded, GRAPH: train_graph, KERAS: train_keras}
    for seed in range(1, arguments.seeds + 1):
        for model in MODELS:
            for side, train in trainers.items():
                if (model, side, seed) in done:
                    continue
                losses, accuracy = train(Recipe.of(model, seed=seed))
                figures.append(
                    {
                        "model": model,
                        "side": side,
                        "seed": seed,
                        "loss": float(np.mean(losses[-LAST:])),
                        "accuracy": accuracy,
                    }
                )
                with replacing(FIGURES) as name:
                    name.write_text("[\n" + ",\n".join(json.dumps(figure) for figure in figures) + "\n]\n")
                print(figures[-1], flush=True)
    with replacing(PAGE) as name:
        name.write_text(page(figures))


def train_graph(recipe):
    """Return (training losses, test accuracy) of the TF 1 graph on today's TensorFlow."""
    mnist = digits(recipe)
    losses, weights = legacy_graph.training.train(recipe, mnist.train)
    return list(losses.values()), legacy_graph.training.evaluate(recipe, weights, mnist.test)[1]


def train_keras(recipe):
    """Return (training losses, test accuracy) of the Keras port, from weights of its own."""
    mnist = digits(recipe)
    model = keras_port.training.build(recipe)
    losses = keras_port.training.train(model, recipe, mnist.train)
    return list(losses.values()), keras_port.training.evaluate(model, mnist.test)[1]


def recorded(recipe):
    """Return (training losses, test accuracy) that TensorFlow 1.15 reached with the recipe's seed."""
    run = recordings(recipe)[recipe.seed]
    return run.losses, float(run.test_accuracy)


def page(figures):
    """Return the table as Markdown."""
    lines = [
        "# Convergence",
        "",
        f"The tutorial's full recipes, seeds 1 to {max(figure['seed'] for figure in figures)}: mean and standard "
        f"deviation over the seeds of the training loss (mean of the last {LAST} steps) and of the accuracy on the "
        "10,000 test digits, without dropout. The first two rows of a network start from the same weights, seed by "
        "seed, and see the same batches; the Keras port sees the same batches from weights of its own.",
        "",
        "Made by `python -m benchmarks.convergence`; the single runs are in [convergence.json](convergence.json).",
        "",
        "| network | | final training loss | test accuracy | seeds |",
        "| --- | --- | --- | --- | --- |",
    ]
    for model in MODELS:
        for side in (TF115, GRAPH, KERAS):
            runs = [figure for figure in figures if (figure["model"], figure["side"]) == (model, side)]
            if runs:
                loss, accuracy = ([run[key] for run in runs] for key in ("loss", "accuracy"))
                lines.append(
                    f"| {model} | {side} | {_spread(loss, 1, 4)} | {_spread(accuracy, 100, 2)} % | {len(runs)} |"
                )
    return "\n".join(lines) + "\n"


def _spread(values, scale, digits_shown):
    deviation = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return f"{scale * np.mean(values):.{digits_shown}f} ± {scale * deviation:.{digits_shown}f}"


if __name__ == "__main__":
    main()
