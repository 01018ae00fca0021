"""The four things that the project does: a picture of each, and all of them on one sheet."""

from docs.pictures.runs import LINES, panel, rungs
from docs.pictures.svg import Drawing
from docs.pictures.weights import COLOURS

# Of 97 public scripts of this style that run on TF 1.15, and of 170: see docs/limits.md for how they were counted.
SCRIPTS = (
    ("upgrade script, then TF 2.21", 0, 97),
    ("the same, input_data and v1 mode by hand", 1, 97),
    ("the same with tf_keras", 26, 97),
    ("legacy-graph run", 167, 170),
)


def _run(d, measured, x, y):
    for number, (said, ran, of) in enumerate(SCRIPTS):
        top = y + number * 50
        css = "c" if number == len(SCRIPTS) - 1 else "line"
        d.text(x, top + 12, said, 12, mono=said.startswith("legacy-graph"))
        d.box(x, top + 20, 290, 14, "line", 0.06, radius=2)
        if ran:
            d.box(x, top + 20, 290 * ran / of, 14, css, 0.75, radius=2)
        d.text(x + 300, top + 32, f"{ran} / {of}", 12, anchor=None, mono=True)


def _reproduce(d, measured, x, y):
    panel(d, measured, "lstm", x + 20, y + 4, 320, 150, LINES[:2])
    d.line([(x + 20, y + 196), (x + 42, y + 196)], "c", 8, opacity=0.4)
    d.text(x + 48, y + 200, "TensorFlow 1.15 (recorded)", 11)
    d.line([(x + 214, y + 196), (x + 236, y + 196)], "a", 3.2)
    d.text(x + 242, y + 200, "the TF 1 graph, today", 11)


def _port(d, measured, x, y):
    from keras_port.conversion.gates import KERAS_GATES, TF1_GATES

    width = 74
    for gates, top, height, said in ((TF1_GATES, y + 16, 60, "TF 1"), (KERAS_GATES, y + 134, 60, "Keras 3")):
        for number, gate in enumerate(gates):
            d.box(x + 60 + number * width, top, width, height, COLOURS[gate], 0.25, gate, 18, radius=0, mono=True)
        d.text(x, top + 34, said, 12, bold=True)
    same = {"j": "c"}
    for number, gate in enumerate(TF1_GATES):
        other = KERAS_GATES.index(same.get(gate, gate))
        d.line(
            [(x + 60 + (number + 0.5) * width, y + 78), (x + 60 + (other + 0.5) * width, y + 131)],
            COLOURS[gate],
            1.8,
            arrow=True,
        )


def _prove(d, measured, x, y):
    rungs(d, measured["ladder"]["lstm"][2:], x + 24, y + 22, "")


PANELS = {
    "run": ("Run: public TF 1 scripts that run unmodified", _run),
    "reproduce": ("Reproduce: same seed, same loss curve", _reproduce),
    "port": ("Port: the same weights in Keras 3", _port),
    "prove": ("Prove: each difference is below its bound", _prove),
}


def one(name):
    """Return the drawing function of one of the four."""
    title, fill = PANELS[name]

    def draw(measured, words):
        d = Drawing(420, 290, title, words)
        fill(d, measured, 30, 62)
        return d

    draw.__doc__ = title
    return draw


def overview(measured, words):
    """All four on one sheet."""
    d = Drawing(860, 600, "", words)
    d.title = words("Run, reproduce, port, prove")
    for number, (title, fill) in enumerate(PANELS.values()):
        x, y = 24 + number % 2 * 420, 36 + number // 2 * 290
        d.text(x, y, title, 14, bold=True)
        fill(d, measured, x + 6, y + 34)
    d.line([(426, 20), (426, 580)], "edge", 1)
    d.line([(20, 304), (840, 304)], "edge", 1)
    return d
