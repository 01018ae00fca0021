"""The report's page: comparisons as text, tables and plots, in one self-contained HTML file."""

import base64
import importlib.resources
import math

import numpy as np

from keras_port.conversion.weight_map import WEIGHT_MAP
from mnist_training import TITLES
from parity import tolerances
from parity.ladder import LEFT, RIGHT
from parity.report.markup import Markup, breakable, join, table, tag
from parity.report.recorded import TF115

# The browser may load nothing: the page is self-contained.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(comparisons, plots, recordings, traps, made):
    """Return the whole HTML file as text.

    Args:
      comparisons: Comparisons.
      plots: {model: its Plots}.
      recordings: {model: the Recording of the same recipe and seed on TF 1.15, or None}.
      traps: (Trap, the Rung that it ended at) pairs; may be empty.
      made: {heading: text}, how the report came about.
    """
    body = tag(
        "body",
        _header(comparisons, traps, made),
        tag(
            "main",
            *(
                _network(comparison, plots[model], recordings[model])
                for comparison in comparisons
                for model in [comparison.recipe.model]
            ),
            _traps(traps) if traps else "",
            bounds(),
        ),
    )
    return document(f"TF 1 and Keras 3: {_answer(comparisons)}", body)


def document(title, body):
    """Return an HTML file, as text, of a finished body."""
    style = (importlib.resources.files("parity.report") / "report.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def sentence(comparison):
    """Return the verdict on one network in words."""
    report, (left, right) = comparison.report, (comparison.test[side][1] for side in (LEFT, RIGHT))
    if not report.same:
        rung = report.rungs[-1]
        size = "" if rung.difference is None else f" by {rung.difference:.1e}, bound {rung.bound:.1e}"
        below = len(report.rungs) - 1
        held = {0: "", 1: " The rung below holds."}.get(below, f" The {below} rungs below hold.")
        return f"The two differ{size}, at {rung.name}: {rung.where}.{held}"
    apart = np.max(np.abs(np.subtract(report.curves[RIGHT], report.curves[LEFT])))
    curves = f" The losses of {len(report.curves[LEFT])} steps differ by at most {apart:.1e}."
    digits = f"{left:.1%}" if left == right else f"{left:.2%} and {right:.2%}"
    if not comparison.accuracies_agree:
        return f"Every rung of the ladder holds, but not the accuracy: {digits} of the test digits are right."
    masks = ", with dropout masks of their own" if comparison.recipe.keep_prob < 1 else ""
    return (
        f"The Keras 3 port is the same model as the TF 1 graph.{curves} "
        f"After training, {digits} of the test digits are right{masks}."
    )


def _answer(comparisons):
    differing = [TITLES[comparison.recipe.model] for comparison in comparisons if not comparison.same]
    if not differing:
        return "the same model" if len(comparisons) == 1 else "the same models"
    return f"{' and '.join(differing)} {'differs' if len(differing) == 1 else 'differ'}"


def mark(same, word):
    """Return a word with a check mark or a cross, by whether what it says is `same`."""
    sign, kind = ("✓", "same") if same else ("✗", "differs")
    return tag("strong", f"{sign}\N{NO-BREAK SPACE}{word}", class_=kind)


def code(text):
    """Return text as code that may be broken over lines."""
    return tag("code", breakable(text))


def _header(comparisons, traps, made):
    verdicts = (
        tag(
            "li",
            tag("h2", tag("a", TITLES[model], href=f"#{model}")),
            tag("p", mark(comparison.same, comparison.verdict)),
            tag("p", breakable(sentence(comparison))),
        )
        for comparison in comparisons
        for model in [comparison.recipe.model]
    )
    facts = (
        tag("div", tag("dt", heading), tag("dd", code(text) if heading == "Command" else text))
        for heading, text in made.items()
    )
    links = [
        *((comparison.recipe.model, TITLES[comparison.recipe.model]) for comparison in comparisons),
        *([("traps", "Traps")] if traps else []),
        ("bounds", "Bounds"),
    ]
    return tag(
        "header",
        tag("h1", "TF 1 graph and Keras 3 port, side by side"),
        tag(
            "p",
            "Result: ",
            mark(all(comparison.same for comparison in comparisons), _answer(comparisons)),
            class_="answer",
        ),
        tag("ul", *verdicts, class_="verdicts"),
        tag("dl", *facts),
        tag("nav", *(tag("a", title, href=f"#{anchor}") for anchor, title in links)),
    )


def _network(comparison, plots, recording):
    recipe = comparison.recipe
    figures = (
        tag(
            "figure",
            tag(
                "img",
                src=f"data:image/png;base64,{base64.b64encode(plot.png).decode()}",
                alt=plot.alt,
                width=936,
                height=666,
            ),
            tag("figcaption", plot.caption),
        )
        for plot in plots
    )
    parts = [
        f"{recipe.units} units",
        f"{recipe.steps:,} steps of {recipe.batch_size} digits",
        f"learning rate {recipe.learning_rate:g}",
        "no seed" if recipe.seed is None else f"seed {recipe.seed}",
    ]
    if recipe.model == "multi_lstm":
        parts[1:1] = [f"{recipe.layers} layers", f"keep_prob {recipe.keep_prob:g}"]
    return tag(
        "section",
        tag("h2", TITLES[recipe.model]),
        tag("p", mark(comparison.same, comparison.verdict), ". ", breakable(sentence(comparison))),
        tag("p", ", ".join(parts), ".", class_="mnist_training"),
        tag("div", *figures, class_="figures"),
        _results(comparison, recording),
        _ladder(comparison),
        _variables(comparison),
        id=recipe.model,
    )


def _results(comparison, recording):
    def row(side):
        last, milliseconds = comparison.last_loss(side), comparison.milliseconds(side)
        loss, accuracy = comparison.test[side]
        return (
            side,
            "not trained" if last is None else f"{last:.4f}",
            f"{loss:.4f}",
            f"{accuracy:.2%}",
            "" if milliseconds is None else f"{milliseconds:.1f}",
        )

    rows = [row(LEFT), row(RIGHT)]
    if recording:
        test = "" if recording.test_accuracy is None else f"{recording.test_accuracy:.2%}"
        rows.append((TF115, f"{recording.losses[-1]:.4f}", "", test, ""))
    headings = ("Side", "Last training loss", "Test loss", "Test accuracy", "ms a step (median)")
    return join(
        tag("h3", "After training"),
        table("The test digits are classified without dropout.", headings, rows, numbers=headings[1:]),
    )


def _ladder(comparison):
    dropout = ", with dropout off up to the losses" if comparison.recipe.keep_prob < 1 else ""
    return ladder_table(f"From the same weights, on the same batches{dropout}.", comparison.report)


def ladder_table(how, report):
    """Return the rungs of a ladder.Report as a table with its heading; `how` says what was compared on what."""
    rows = [
        (
            rung.name,
            mark(rung.same, "same" if rung.same else "differs"),
            *("" if figure is None else f"{figure:.2e}" for figure in (rung.difference, rung.bound)),
            breakable(rung.where),
        )
        for rung in report.rungs
    ]
    caption = (
        f"{how} The climb ends at the first rung that differs. "
        "Figures are of the place that comes nearest to its bound."
    )
    return join(
        tag("h3", "The ladder"),
        table(caption, ("Rung", "Verdict", "Difference", "Bound", "Where"), rows, numbers=("Difference", "Bound")),
    )


def _variables(comparison):
    keras = {counterpart.tf1: counterpart.keras for counterpart in WEIGHT_MAP[comparison.recipe.model]}

    def spread(side, name):
        if name not in comparison.weights.get(side, {}):
            return ""
        value = np.asarray(comparison.weights[side][name], "float64")
        return f"{value.mean():+.4f} ± {value.std():.4f}"

    rows = [
        (
            code(name),
            join(*(tag("div", code(path)) for path in keras.get(name, ()))),
            " × ".join(map(str, shape)),
            f"{math.prod(shape):,}",
            spread(LEFT, name),
            spread(RIGHT, name),
        )
        for name, shape in comparison.shapes.items()
    ]
    total = sum(math.prod(shape) for shape in comparison.shapes.values())
    sides = [f"{side}, trained" for side in (LEFT, RIGHT)]
    return join(
        tag("h3", "Shapes and weights"),
        table(
            f"{len(rows)} trainable variables, {total:,} parameters. Trained: mean and standard "
            "deviation of the weights after the training, in TF 1's layout.",
            ("TF 1 variable", "Keras weights", "Shape", "Parameters", *sides),
            rows,
            numbers=("Shape", "Parameters", *sides),
        ),
    )


def _traps(traps):
    rows = [
        (
            tag("b", trap.name),
            trap.naive,
            trap.faithful,
            mark(not rung.same, "no" if rung.same else "yes"),
            rung.name,
            "" if rung.difference is None else f"{rung.difference:.1e}",
            "" if rung.bound is None else f"{rung.bound:.1e}",
            breakable(rung.where),
        )
        for trap, rung in traps
    ]
    caught = sum(not rung.same for _, rung in traps)
    return tag(
        "section",
        tag("h2", "Traps: what a naive port gets wrong"),
        tag(
            "p",
            "Each mistake was made on purpose in a small network and set against the TF 1 "
            f"graph. {caught} of {len(traps)} were caught.",
        ),
        table(
            "The difference is that of the rung which caught the mistake.",
            ("Mistake", "The naive port", "TensorFlow 1", "Caught", "Rung", "Difference", "Bound", "Where"),
            rows,
            numbers=("Difference", "Bound"),
        ),
        id="traps",
    )


def bounds():
    """Return the tolerances as a table: what is compared, how far it may differ, and why."""
    rows = [
        (
            name.lower().replace("_", " "),
            " + ".join([f"{bound.rtol:g} relative"] * (bound.rtol > 0) + [f"{bound.atol:g}"] * (bound.atol > 0)) or "0",
            bound.reason,
        )
        for name, bound in vars(tolerances).items()
        if isinstance(bound, tolerances.Tolerance)
    ]
    return tag(
        "section",
        tag("h2", "Bounds"),
        table(
            "The largest differences that two float32 runs of one model may show. Relative: to the "
            "largest value of an array, or to the size of an update.",
            ("Of", "At most", "Reason"),
            rows,
        ),
        id="bounds",
    )
