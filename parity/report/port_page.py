"""The report of one port's proof, in one self-contained HTML file."""

import math

from keras_port.conversion import weight_kinds
from parity.ladder import LEFT, RIGHT
from parity.report.markup import breakable, join, table, tag
from parity.report.page import bounds, code, document, ladder_table, mark


def page(proof, made):
    """Return the HTML file as text, of a parity.ports.prove.Proof; `made` is {heading: text}, how it came about."""
    facts = (tag("div", tag("dt", heading), tag("dd", text)) for heading, text in made.items())
    header = tag(
        "header",
        tag("h1", "TF 1 script and Keras 3 port, side by side"),
        tag("p", "Result: ", mark(proof.same, proof.verdict), class_="answer"),
        tag("p", breakable(_sentence(proof))),
        tag("dl", *facts),
    )
    how = f"From the same weights and optimizer state, on the {len(proof.capture.feeds)} captured batches."
    notes = [*proof.notes, *proof.port.about.get("notes", [])]
    section = tag(
        "section",
        ladder_table(how, proof.report),
        join(tag("h3", "Notes"), tag("ul", *(tag("li", breakable(note)) for note in notes))) if notes else "",
        _losses(proof),
        _weights(proof),
    )
    return document(
        f"Port of {proof.capture.about['script']}: {proof.verdict}", tag("body", header, tag("main", section, bounds()))
    )


def _sentence(proof):
    if not proof.same:
        rung = proof.report.rungs[-1]
        size = "" if rung.difference is None else f" by {rung.difference:.1e}, bound {rung.bound:.1e}"
        return f"The port differs from the script{size}, at {rung.name}: {rung.where}."
    return f"model.py computes and trains what {proof.capture.about['script']} does: every rung of the ladder holds."


def _losses(proof):
    if not proof.report.curves:
        return ""
    curves = [proof.capture.losses, *(proof.report.curves.get(side, []) for side in (LEFT, RIGHT))]
    rows = [
        (str(step), *(f"{curve[step]:.6g}" if step < len(curve) else "" for curve in curves))
        for step in range(len(proof.capture.losses))
    ]
    headings = ("Step", "The script's own run", f"{LEFT}, today", RIGHT)
    own = " With dropout the script's own run is another one." if any("dropout" in note for note in proof.notes) else ""
    return join(tag("h3", "Losses"), table(f"Of the captured steps.{own}", headings, rows, numbers=headings))


def _weights(proof):
    shapes = proof.shapes
    rows = []
    for row in proof.port.rows:
        names = weight_kinds.names(row, "variable")
        rows.append(
            (
                join(*(tag("div", code(name)) for name in names)),
                join(*(tag("div", code(path)) for path in weight_kinds.names(row, "keras"))),
                row["how"].replace("_", " "),
                join(*(tag("div", " × ".join(map(str, shapes.get(name, ())))) for name in names)),
                f"{sum(math.prod(shapes[name]) for name in names if name in shapes):,}",
            )
        )
    headings = ("TF 1 variable", "Keras weights", "How", "Shape", "Parameters")
    return join(tag("h3", "Variables and weights"), table("", headings, rows, numbers=("Shape", "Parameters")))
