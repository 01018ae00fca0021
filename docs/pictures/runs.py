"""What runs did: loss curves, op seeds, the ladder; what the project does and is made of."""

from docs.pictures.charts import Axes, legend, smooth
from docs.pictures.svg import Drawing

TF115 = "TensorFlow 1.15"
LINES = (  # side, colour, width: the widest first, so that what agrees shows as one line within another
    (TF115, "c", 8.0),
    ("TF 1 graph", "a", 3.2),
    ("Keras 3", "b", 1.1),
)
SAID = {TF115: "TensorFlow 1.15 (recorded)", "TF 1 graph": "the TF 1 graph, today", "Keras 3": "the Keras 3 port"}


def _losses(measured, model):
    from mnist_training import Recipe
    from parity.report.recorded import recordings

    recorded = recordings(Recipe.of(model, seed=1))[1]
    return {TF115: recorded.losses.tolist(), **measured["curves"][model]}


def panel(d, measured, model, x, y, width, height, sides=LINES):
    """Draw axes at (x, y) with the smoothed loss curves of one network, a curve for each of `sides`."""
    losses = {side: smooth(values) for side, values in _losses(measured, model).items()}
    steps = len(losses[TF115])
    axes = Axes(d, x, y, width, height, (0, steps), (0.08, 4), log=True)
    axes.axes([0, steps // 2 // 50 * 50, steps], [0.1, 0.2, 0.5, 1, 2], y_label="loss")
    for side, css, wide in sides:
        axes.curve(range(steps), losses[side], css, wide, opacity=0.4 if side == TF115 else None)


def curves(measured, words):
    """The loss of the three networks on TensorFlow 1.15, as a graph today, and in Keras."""
    d = Drawing(900, 350, "Three runs of each network, from the same weights on the same digits", words)
    for number, (model, said) in enumerate(
        (("lstm", "LSTM"), ("multi_lstm", "Stacked LSTM, dropout"), ("bi_lstm", "Bidirectional LSTM"))
    ):
        x = 54 + number * 290
        d.text(x + 20, 58, said, 13, bold=True)
        panel(d, measured, model, x, 84, 220, 180)
        d.text(x + 220, 295, "training step", 11, "soft", "end")
    legend(d, 54, 318, [(css, wide, SAID[side]) for side, css, wide in LINES[:1]])
    legend(d, 330, 318, [(css, wide, SAID[side]) for side, css, wide in LINES[1:2]])
    legend(d, 590, 318, [(css, wide, SAID[side]) for side, css, wide in LINES[2:]])
    d.text(
        54, 340, "Stacked LSTM: Keras draws dropout masks of its own, so its curve runs beside the others.", 11, "soft"
    )
    return d


def one_curve(model):
    """Return the drawing function of one network's curves."""

    def draw(measured, words):
        d = Drawing(620, 330, "Loss of a training run: mean of 25 steps", words)
        panel(d, measured, model, 60, 70, 530, 180)
        d.text(590, 281, "training step", 11, "soft", "end")
        for number, (side, css, wide) in enumerate(LINES):
            legend(d, 60 + (0, 210, 390)[number], 306, [(css, wide, SAID[side])])
        return d

    draw.__doc__ = f"The losses of {model}."
    return draw


def op_seeds(measured, words):
    """The ops of section 3's LSTM, in the order made; its random ops and their seeds."""
    made = measured["ops"]
    random = [number for number, (_, kind) in enumerate(made) if kind in ("RandomStandardNormal", "RandomUniform")]
    d = Drawing(820, 350, "TF 1.15 seeded a random op by the number of ops made before it", words)
    across, side = 33, 22
    for number, (_, _) in enumerate(made):
        x, y = 40 + number % across * side, 62 + number // across * side
        css = "r" if number in random else "line"
        d.box(x, y, side - 4, side - 4, css, 0.85 if number in random else 0.1, radius=2)
        if number in random or number % across == 0:
            d.text(x + 9, y + 13, str(number), 9, "card" if number in random else "soft", "middle", mono=True)
    y = 62 + (len(made) // across + 1) * side + 26
    d.text(40, y, "The first of them:", 12.5, bold=True)
    for number in range(6):
        x = 40 + number * 124
        d.box(x, y + 10, 118, 40, "r" if number in random else "line", 0.12)
        name, kind = made[number]
        d.text(
            x + 59,
            y + 27,
            f"{number}: {kind.replace('RandomStandardNormal', 'RandomNormal')}",
            10.5,
            anchor="middle",
            mono=True,
        )
        d.text(x + 59, y + 42, name.replace("RandomStandardNormal", "..."), 9, "soft", "middle", mono=True)
    y += 84
    d.text(40, y, "op seeds:", 12.5, bold=True)
    d.text(40, y + 22, "TensorFlow 1.15, and here", 12)
    d.text(270, y + 22, ", ".join(map(str, random)), 13, "r", bold=True, mono=True)
    d.text(40, y + 42, "today's TensorFlow", 12)
    d.text(270, y + 42, ", ".join(str(number) for number in range(len(random))), 13, bold=True, mono=True)
    d.text(400, y + 22, "w['in'], w['out'], kernel", 11.5, "soft", mono=True)
    d.text(
        40,
        y + 64,
        "Other seeds, other weights: that is why an old run does not repeat on today's TensorFlow.",
        11.5,
        "soft",
    )
    return d


def ladder(measured, words):
    """The ladder of a faithful port, and that of a port with one mistake."""
    d = Drawing(860, 400, "The ladder: compared in widening steps, up to the first that differs", words)
    rungs(d, measured["ladder"]["lstm"], 60, 92, "the faithful port of the LSTM")
    caught = measured["trap"]
    below = [[name, said, None, None] for name, said, _, _ in measured["ladder"]["lstm"]]
    climbed = below[: [row[0] for row in below].index(caught[0])] + [caught]
    rungs(d, climbed, 480, 92, "a port that forgets to permute the gates", [row[0] for row in below])
    return d


def rungs(d, climbed, x, top, title, names=None):
    """Draw a ladder at (x, top): a rung for each of `names`, dashed where the climb, `climbed`, did not get to."""
    names = names or [row[0] for row in climbed]
    step, bottom = 44, top + 44 * len(names)
    d.text(x - 24, top - 22, title, 12.5, bold=True)
    for rail in (x, x + 64):
        d.line([(rail, top - 4), (rail, bottom)], "line", 3)
    rungs = {row[0]: row for row in climbed}
    for number, name in enumerate(names):
        y = bottom - 26 - number * step
        _, said, difference, bound = rungs.get(name, (name, None, None, None))
        css = {"same": "c", "DIFFERS": "r", None: "line"}[said]
        d.line([(x, y), (x + 64, y)], css, 4, dashed=said is None)
        d.text(x + 80, y - 2, name, 12.5, "ink" if said else "soft", bold=bool(said))
        told = {"same": "same", "DIFFERS": "DIFFERS", None: "not climbed"}[said]
        d.text(x + 80, y + 14, told, 11, css if said else "soft")
        if difference is not None:
            d.text(x + 210, y - 2, f"{difference:.1e}", 11.5, css, mono=True)
            d.text(x + 210, y + 14, f"bound {bound:.1e}", 11, "soft")


def rooms(measured, words):
    """The packages, which imports which, and the rooms inside them."""
    d = Drawing(760, 524, "The rooms of the house: imports run downwards only", words)
    places = {
        "parity": (231, 54, 300, 82, "compares, proves, reports"),
        "legacy_graph": (22, 182, 348, 114, "TF 1 programs and scripts, today"),
        "keras_port": (392, 182, 346, 114, "the same in Keras 3; conversion"),
        "mnist_training": (201, 342, 360, 82, "recipe, data, progress, flags"),
        "mnist_digits": (271, 462, 220, 48, "the MNIST digits"),
    }
    for room, below in measured["rooms"].items():
        x, y, width, height, _ = places[room]
        for other in below:
            x1, y1, width1, _, _ = places[other]
            if other == "mnist_digits" and room != "mnist_training":
                start = (x + 24, y + height) if room == "legacy_graph" else (x + width - 24, y + height)
                end = (x1 - 2, y1 + 24) if room == "legacy_graph" else (x1 + width1 + 2, y1 + 24)
                points = [start, (start[0], end[1]), end]
            else:
                middle = x + width / 2
                points = [(middle, y + height), (min(max(middle, x1 + 30), x1 + width1 - 30), y1 - 2)]
            d.line(points, "line", 1.4, arrow=True)
    for number, (room, (x, y, width, height, said)) in enumerate(places.items()):
        css = ("d", "a", "b", "c", "c")[number]
        d.box(x, y, width, height, "card", 1)
        d.box(x, y, width, height, css, 0.14)
        d.text(x + width / 2, y + 21, room, 13, anchor="middle", bold=True, mono=True)
        d.text(x + width / 2, y + 38, said, 11.5, "soft", "middle")
        _folders(d, x + width / 2, y + 48, measured["inside"][room], css)
    return d


def _folders(d, middle, y, names, css, in_a_row=4, height=22):
    for start in range(0, len(names), in_a_row):
        row = names[start : start + in_a_row]
        widths = [7.0 * len(name) + 18 for name in row]
        x = middle - (sum(widths) + 8 * (len(row) - 1)) / 2
        for name, width in zip(row, widths):
            d.box(x, y, width, height, css, 0.16, name, 11, mono=True)
            x += width + 8
        y += height + 8
