"""The results of comparisons as text."""

import math

import numpy as np

from parity.ladder import LEFT, RIGHT


def summary(comparison):
    """Return the table of one network: what was compared, and the verdict."""
    recipe, report = comparison.recipe, comparison.report
    parameters = sum(math.prod(shape) for shape in comparison.shapes.values())
    hyperparameters = f"{recipe.units} units, {recipe.steps} steps of {recipe.batch_size} digits"
    if recipe.model == "multi_lstm":
        hyperparameters += f", {recipe.layers} layers, keep_prob {recipe.keep_prob:g}"
    lines = [f"{recipe.model}: {hyperparameters}, {parameters:,} parameters", ""]
    width = max(map(len, comparison.shapes))
    lines += [f"  {name:<{width}}  {shape}" for name, shape in comparison.shapes.items()]
    lines += ["", f"  from the same weights, on the same batches{_dropout_off(recipe)}:"]
    lines += [f"    {rung}" for rung in report.rungs]
    lines += ["", f"  {'':<12} {'last loss':>10} {'test loss':>10} {'test accuracy':>14} {'ms a step':>10}"]
    for side in (LEFT, RIGHT):
        loss, accuracy = comparison.test[side]
        last, milliseconds = comparison.last_loss(side), comparison.milliseconds(side)
        lines.append(
            f"  {side:<12} {'-' if last is None else f'{last:.4f}':>10} {loss:>10.4f} {accuracy:>14.4f} "
            f"{'-' if milliseconds is None else f'{milliseconds:.1f}':>10}"
        )
    if recipe.keep_prob < 1:
        gap = np.mean(comparison.curves[RIGHT]) - np.mean(comparison.curves[LEFT])
        lines.append(f"  with dropout on, each side has masks of its own; mean losses differ by {gap:+.4f}")
    lines += ["", f"  verdict: {comparison.verdict}"]
    return "\n".join(lines)


def trap(each, rung):
    """Return the lines of one trap and the rung that caught it."""
    return (
        f"{each.name}\n  naive:    {each.naive}\n  TF 1:     {each.faithful}\n  measured: {' '.join(str(rung).split())}"
    )


def _dropout_off(recipe):
    return ", dropout off" if recipe.keep_prob < 1 else ""
