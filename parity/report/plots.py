"""The plots of a comparison, as PNG files. The only module that needs matplotlib."""

import contextlib
import dataclasses
import io

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, PercentFormatter

from mnist_training import TITLES
from parity import tolerances
from parity.ladder import LEFT, RIGHT
from parity.report.recorded import TF115

KINDS = ("loss", "accuracy", "loss-without-dropout", "difference", "rungs")
# Colours for the colour-blind (Okabe and Ito), distinct in grey, too; the widths differ so that all
# lines are visible where they overlap.
_LINES = {
    TF115: {"color": "#b0b0b0", "linewidth": 6, "markersize": 9},
    LEFT: {"color": "#0072b2", "linewidth": 3.2, "markersize": 6},
    RIGHT: {"color": "#e69f00", "linewidth": 1.3, "markersize": 3},
}
_DIAMONDS = {TF115: 15, LEFT: 11, RIGHT: 6}
_FAILED = "#d55e00"
_STYLE = [
    "default",
    {
        "figure.figsize": (5.2, 3.7),
        "figure.dpi": 180,
        "figure.constrained_layout.use": True,
        "font.size": 11,
        "figure.titlesize": 12,
        "figure.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#e4e4e4",
        "legend.frameon": False,
        "legend.fontsize": 10,
        "lines.solid_capstyle": "round",
    },
]


@dataclasses.dataclass(frozen=True)
class Plot:
    """A plot as a PNG file.

    Attributes:
      name: of the file, without its ending.
      alt: the alternative text.
      caption: how to read it.
      png: the file's bytes.
    """

    name: str
    alt: str
    caption: str
    png: bytes


def plots_of(comparison, recordings):
    """Return the Plots of one Comparison; `recordings` are TF 1.15's own, {seed: Recording}.

    The recording of the comparison's seed is drawn as a third curve. Where there is none, those of
    other seeds are drawn faintly: they have other initial weights and other batches.
    """
    recipe, report = comparison.recipe, comparison.report
    exact = recordings.get(recipe.seed)
    plots = []
    if comparison.curves:
        plots.append(_loss(recipe, comparison.curves, exact, () if exact else recordings.values()))
    if any(comparison.accuracies.values()):
        plots.append(_accuracy(comparison, exact))
    if report.curves:
        if recipe.keep_prob < 1:
            plots.append(_loss(recipe.without_dropout(), report.curves, None, (), "-without-dropout"))
        plots.append(_difference(recipe.without_dropout(), report.curves, exact if recipe.keep_prob == 1 else None))
    plots.append(_rungs(recipe, report))
    return plots


def running_mean(values, window):
    """Return the mean of the `window` values around each one.

    Near the start the window is shortened on both sides alike, since a loss falls steeply there; near
    the end it is cut off.
    """
    count = len(values)
    sums = np.concatenate([[0.0], np.cumsum(values, dtype="float64")])
    middle = np.arange(count)
    before = np.minimum(window // 2, middle)
    behind = np.minimum(before, count - 1 - middle)
    with np.errstate(invalid="ignore"):  # a loss may be infinite
        return (sums[middle + behind + 1] - sums[middle - before]) / (before + 1 + behind)


def _loss(recipe, curves, exact, others, ending=""):
    series = {**({TF115: exact.losses} if exact else {}), **curves}
    steps = {name: recipe.first_step + np.arange(len(losses)) for name, losses in series.items()}
    window = min(25, len(curves[LEFT]) // 20 * 2 + 1)
    ends = {side: (f"{curves[side][0]:.2f}", f"{running_mean(curves[side], window)[-1]:.2f}") for side in (LEFT, RIGHT)}
    if ends[LEFT] == ends[RIGHT]:
        said = "from {} to {}".format(*ends[LEFT])
    else:
        said = f"to {ends[LEFT][1]} ({LEFT}) and {ends[RIGHT][1]} ({RIGHT})"
    with _figure(f"{_title(recipe)}: the loss goes\n{said}") as (axes, plot):
        for number, other in enumerate(others):
            axes.plot(
                recipe.first_step + np.arange(len(other.losses)),
                running_mean(other.losses, window),
                color="#c4c4c4",
                linewidth=1,
                label=None if number else f"{TF115}, other seeds",
            )
        for name, losses in series.items():
            axes.plot(steps[name], losses, color=_LINES[name]["color"], linewidth=0.7, alpha=0.3)
        for name, losses in series.items():
            axes.plot(
                steps[name],
                running_mean(losses, window),
                **_LINES[name],
                label=name,
                marker="o" if len(losses) == 1 else None,
            )
        _log_axis(axes, LogLocator(subs=(1, 2, 5)), FuncFormatter(lambda value, _: f"{value:g}"))
        _step_axis(axes)
        axes.set(ylabel="loss (cross entropy, nats)")
        axes.legend()
    apart = (
        ""
        if not exact
        else (f" {LEFT} and {TF115} differ by at most {_largest_difference(curves[LEFT], exact.losses):.1e}.")
    )
    smoothed = (
        f"Faint: the loss of every step. Bold: the mean of {window} steps, fewer at the ends. " if window > 1 else ""
    )
    return plot(
        f"{recipe.model}-loss{ending}",
        f"{_title(recipe)}: loss against training step of {_listed(series)}. Over {len(curves[LEFT])} steps "
        f"it goes {said}{', smoothed' if window > 1 else ''}.",
        f"{smoothed}The lines differ in width: where the thin one lies within the wide, the losses agree."
        + (f" Thin grey: {TF115} from other weights, on other batches." if others else apart),
    )


def _largest_difference(losses, others):
    common = min(len(losses), len(others))
    return np.max(np.abs(np.subtract(losses[:common], others[:common])))


def _accuracy(comparison, exact):
    recipe = comparison.recipe
    series = {**({TF115: exact.accuracies} if exact else {}), **comparison.accuracies}
    test = {side: comparison.test[side][1] for side in (LEFT, RIGHT)}
    shown = _common_text(f"{test[side]:.1%}" for side in (LEFT, RIGHT))
    with _figure(f"{_title(recipe)}: after training,\n{shown} of the test digits are right") as (axes, plot):
        for name, measured in series.items():
            axes.plot(list(measured), list(measured.values()), **{**_LINES[name], "marker": "o"}, label=name)
        beyond = recipe.step_numbers[-1] + max(1, 0.04 * recipe.steps)
        if exact and exact.test_accuracy is not None:
            test = {TF115: exact.test_accuracy, **test}
        for name, accuracy in test.items():
            axes.plot(
                [beyond],
                [accuracy],
                marker="D",
                markersize=_DIAMONDS[name],
                linestyle="none",
                color=_LINES[name]["color"],
                label=f"{name}, test digits",
            )
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        _step_axis(axes)
        axes.set(ylabel="classified right", ylim=(0, 1.04))
        axes.legend(loc="lower right", labelspacing=0.4)
    ends = _common_text(f"{list(measured.values())[-1]:.1%}" for measured in series.values())
    dropout = " with dropout at work," if recipe.keep_prob < 1 else ""
    return plot(
        f"{recipe.model}-accuracy",
        f"{_title(recipe)}: accuracy against training step of {_listed(series)}. On the batch just trained "
        f"on it ends at {ends}; on the test digits it is {test[LEFT]:.2%} ({LEFT}) and {test[RIGHT]:.2%} "
        f"({RIGHT}).",
        f"Circles: the {recipe.batch_size} digits just trained on,{dropout} every {recipe.report_every} "
        "steps, as the tutorial programs print it. Diamonds: the test digits, after training, without dropout.",
    )


def _difference(recipe, curves, exact):
    left, right = (np.asarray(curves[side], "float64") for side in (LEFT, RIGHT))
    bounds = tolerances.trajectory(left)
    with np.errstate(invalid="ignore"):  # a loss may be infinite
        series = {RIGHT: np.abs(right - left)}
    if exact:
        common = min(len(left), len(exact.losses))
        series = {TF115: np.abs(exact.losses[:common] - left[:common]), **series}
    worst = float(np.max(series[RIGHT]))
    beyond = np.flatnonzero(~(series[RIGHT] <= bounds))
    if beyond.size:
        said, seen = f"the losses diverge\nat step {recipe.step_numbers[beyond[0]]}", "It exceeds the bound"
    else:
        said = f"the losses differ\nby at most {worst:.1e}"
        seen = "It stays below the bound"
    with _figure(f"{_title(recipe)}: {said}") as (axes, plot):
        for name, values in series.items():
            axes.plot(
                recipe.first_step + np.arange(len(values)),
                np.where(values > 0, values, np.nan),  # a logarithmic axis has no place for zero
                linestyle="none",
                marker="o",
                color=_LINES[name]["color"],
                markersize=2.5 if name == RIGHT else 4,
                label=f"{name} against {LEFT}",
            )
        axes.plot(
            recipe.first_step + np.arange(len(bounds)),
            bounds,
            color="black",
            linestyle="--",
            linewidth=1.5,
            label="bound",
        )
        _log_axis(axes)
        largest = np.max(series[RIGHT], initial=bounds[-1], where=np.isfinite(series[RIGHT]))
        axes.set_ylim(top=50 * largest)  # room for the legend
        _step_axis(axes)
        axes.set(ylabel="difference of the losses (nats)")
        axes.legend(loc="upper right", markerscale=2)
    zeros = int(np.sum(series[RIGHT] == 0))
    return plot(
        f"{recipe.model}-difference",
        f"{_title(recipe)}: difference of the two losses at each of {len(left)} steps, on a logarithmic "
        f"axis. {seen}, a dashed line from {bounds[0]:.0e} to {bounds[-1]:.0e}; the largest difference is "
        f"{worst:.1e}.",
        "A dot a step; dashed, the largest difference allowed."
        + (f" At {zeros} steps the losses are equal to the last bit: no dot." if zeros else ""),
    )


def _rungs(recipe, report):
    shares = [_share_of_bound(rung) for rung in report.rungs]
    drawn = [share for share in shares if share and np.isfinite(share)]
    least, most = min([0.01, *drawn]) / 4, max([1, *drawn]) * 10
    if report.same:
        said = f"all {len(report.rungs)} rungs hold,\neach left of its bound"
    else:
        said = f"the ladder\nends at {report.rungs[-1].name}"
    with _figure(f"{TITLES[recipe.model]}: {said}") as (axes, plot):
        for row, (rung, share) in enumerate(zip(report.rungs, shares)):
            color = _LINES[LEFT]["color"] if rung.same else _FAILED
            if share is None:
                axes.text(least, row, "same" if rung.same else "differs", va="center", fontsize=10, color=color)
                continue
            at = np.clip(np.nan_to_num(share, nan=np.inf), least, most / 3)
            axes.plot([least, at], [row, row], color=color, linewidth=2, alpha=0.4)
            axes.plot(
                [at],
                [row],
                color=color,
                marker="o" if rung.same else "X",
                markersize=9,
                fillstyle="full" if share else "none",
            )
            axes.annotate(
                f"{rung.difference:.1e}" if rung.difference else "exactly 0",
                (at, row),
                (0, 9),
                textcoords="offset points",
                ha="center" if share else "left",
                fontsize=10,
            )
        axes.axvline(1, color="black", linestyle="--", linewidth=1.5)
        axes.set_xscale("log")
        axes.set(
            xlim=(least / 1.3, most),
            xlabel="difference as a share of its bound",
            ylim=(len(shares) - 0.5, -0.7),
            yticks=range(len(shares)),
            yticklabels=[rung.name for rung in report.rungs],
        )
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}%"))
        axes.grid(axis="y", visible=False)
    told = "; ".join(
        rung.name
        + (
            ": " + ("same" if rung.same else "differs")
            if rung.difference is None
            else f" {rung.difference:.1e}, bound {rung.bound:.1e}"
        )
        for rung in report.rungs
    )
    return plot(
        f"{recipe.model}-rungs",
        f"{TITLES[recipe.model]}: how near each rung comes to its bound. {told}.",
        "Each rung's largest difference as a share of the largest that rounding may cause, "
        "on a logarithmic axis. Dashed: the bound.",
    )


def _share_of_bound(rung):
    if rung.difference is None:
        return None
    if rung.bound:
        return rung.difference / rung.bound
    return np.inf if rung.difference else 0.0


def _title(recipe):
    if recipe.model != "multi_lstm":
        return TITLES[recipe.model]
    return f"{TITLES[recipe.model]}, dropout {'on' if recipe.keep_prob < 1 else 'off'}"


def _common_text(texts):
    """Return one figure where all sides agree on it, else all of them."""
    return " and ".join(dict.fromkeys(texts))


def _listed(names):
    *most, last = names
    return f"{', '.join(most)} and {last}"


def _step_axis(axes):
    axes.set_xlabel("training step")
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True))


def _log_axis(axes, locator=None, formatter=None):
    axes.set_yscale("log")
    axes.yaxis.set_minor_formatter(NullFormatter())
    if locator:
        axes.yaxis.set_major_locator(locator)
        axes.yaxis.set_major_formatter(formatter)


@contextlib.contextmanager
def _figure(title):
    """Yield axes, in the report's style whatever the user's matplotlibrc says, and what makes the Plot."""
    png = io.BytesIO()
    with matplotlib.style.context(_STYLE):
        figure = Figure()
        axes = figure.add_subplot()
        figure.suptitle(title, x=0.01, ha="left")
        yield axes, lambda name, alt, caption: Plot(name, alt, caption, png.getvalue())
        figure.savefig(png, format="png")
