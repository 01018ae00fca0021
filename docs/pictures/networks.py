"""The three networks unrolled over a digit's rows, the digit itself, and the state of a stack."""

from docs.pictures.svg import Drawing

STEPS = (1, 2, 3, None, 27, 28)  # the rows that are shown; None stands for those between
CELL, PITCH = 84, 116


def digit(measured, words):
    """A digit's 28 rows, one after another."""
    d = Drawing(760, 330, "A digit is read row by row: 28 time steps of 28 numbers", words)
    rows = [[value / 255 for value in row] for row in measured["digit"]]
    d.box(30, 62, 224, 224, tint=0.04, radius=0)
    d.cells(30, 62, rows, 8)
    d.text(142, 308, "28 x 28 pixels", 12, "soft", "middle")
    d.line([(266, 174), (312, 174)], arrow=True)
    pitch, left = 8.6, 380
    for number, row in enumerate(rows):
        y = 56 + number * pitch
        d.box(left, y, 28 * 6, 6.4, tint=0.04, radius=0)
        d.cells(left, y + 0.2, [row], 6)
        if number in (0, 10, 20, 27):
            d.text(left - 10, y + 7, f"x{number + 1}", 11, anchor="end", mono=True)
    d.line([(566, 58), (566, 294)], "soft", arrow=True)
    d.text(580, 76, "time: t = 1 ... 28", 12.5)
    d.text(580, 98, "each step is one row:", 12, "soft")
    d.text(580, 116, "28 numbers from 0 to 1", 12, "soft")
    d.text(580, 152, "a batch of 128 digits:", 12, "soft")
    d.text(580, 170, "(128, 28, 28)", 12.5, mono=True)
    d.text(580, 190, "batch, time steps, input size", 11.5, "soft")
    empty = measured["ink"]["digits"] - measured["ink"]["rows"][27]
    d.text(580, 246, "x28 is empty in", 12, "soft")
    d.text(580, 264, f"{empty:,} / {measured['ink']['digits']:,}", 12.5, mono=True)
    d.text(580, 282, "training digits", 12, "soft")
    return d


def _columns(left):
    return [(left + number * PITCH, step) for number, step in enumerate(STEPS)]


def _rows_of_pixels(d, measured, left, y):
    for x, step in _columns(left):
        if step is None:
            d.text(x + CELL / 2, y + 8, "...", 18, "soft", "middle")
            continue
        d.box(x, y, CELL, 9, tint=0.04, radius=0)
        d.cells(x, y + 3, [[value / 255 for value in measured["digit"][step - 1]]], 3)
        d.text(x + CELL / 2, y + 24, f"x{step}", 11, "soft", "middle", mono=True)


def _cells(d, left, y, height, css, label, idle=(), backwards=False, wires=("c", "h")):
    """One row of cells, with what they hand on from step to step."""
    columns = _columns(left)
    for x, step in columns:
        if step is None:
            d.text(x + CELL / 2, y + height / 2 + 5, "...", 18, "soft", "middle")
            continue
        d.box(x, y, CELL, height, "card", 1)
        if step in idle:
            d.box(x, y, CELL, height, "line", 0.05, label, dashed=True)
        else:
            d.box(x, y, CELL, height, css, 0.16, label)
    for (x, _), (following, step) in zip(columns, columns[1:]):
        ends = [x + CELL + 2, following - 3]
        for wire, at in zip(wires, (0.28, 0.72)):
            points = [(end, y + height * at) for end in (reversed(ends) if backwards else ends)]
            d.line(points, "line" if step in idle or (backwards and idle) else css, arrow=True)
            d.text(sum(ends) / 2, y + height * at - 5, wire, 11, "soft", "middle", mono=True)


def lstm(measured, words):
    """Section 3's network."""
    d = Drawing(900, 400, "LSTM: one cell, used 28 times; its last h is classified", words)
    shape = dict(measured["shapes"]["lstm"]["variables"])
    kernel = shape["train_op/lstm/rnn/basic_lstm_cell/kernel"]
    left = 150
    _rows_of_pixels(d, measured, left, 340)
    for x, step in _columns(left):
        if step is not None:
            d.line([(x + CELL / 2, 336), (x + CELL / 2, 312)], arrow=True)
            d.box(x, 282, CELL, 28, "line", 0.08, "w['in']", 11, mono=True)
            d.line([(x + CELL / 2, 280), (x + CELL / 2, 256)], arrow=True)
    _cells(d, left, 186, 68, "a", "LSTM cell")
    for at, name in ((0.28, "c0"), (0.72, "h0")):
        y = 186 + 68 * at
        d.line([(left - 34, y), (left - 3, y)], "a", arrow=True)
        d.text(left - 40, y + 4, f"{name} = 0", 11, "soft", "end", mono=True)
    last = _columns(left)[-1][0]
    d.line([(last + CELL / 2, 184), (last + CELL / 2, 142)], "r", 1.8, arrow=True)
    d.text(last + CELL / 2 - 10, 168, "h = final_state[1]", 11, "r", "end", mono=True)
    d.box(last - 24, 112, CELL + 48, 28, "line", 0.08, "w['out']", 11, mono=True)
    d.line([(last + CELL / 2, 110), (last + CELL / 2, 84)], arrow=True)
    d.text(last + CELL / 2, 76, "logits (128, 10)", 12, anchor="middle", mono=True)
    for y, said, numbers in (
        (348, "rows", "(128, 28)"),
        (300, "X_in", "(128, 128)"),
    ):
        d.text(20, y, said, 12, mono=said == "X_in")
        d.text(64, y, numbers, 11, "soft", mono=True)
    d.text(20, 84, "c and h:", 12)
    d.text(84, 84, "(128, 128)", 11.5, "soft", mono=True)
    d.text(180, 84, "batch, units", 11.5, "soft")
    d.text(20, 106, "kernel:", 12)
    d.text(84, 106, f"({kernel[0]}, {kernel[1]})", 11.5, "soft", mono=True)
    d.text(180, 106, "rows [input; h], columns i, j, f, o; the same at every step", 11.5, "soft")
    d.text(20, 128, "c stays inside the cell; h is what the cell shows", 11.5, "soft")
    return d


def multi_lstm(measured, words):
    """Section 4's network."""
    d = Drawing(900, 540, "Stacked LSTM: one cell at three heights; the second layer's h is classified", words)
    kernels = [name for name, _ in measured["shapes"]["multi_lstm"]["variables"] if name.endswith("kernel")]
    left = 150
    _rows_of_pixels(d, measured, left, 484)
    heights = (360, 246, 132)
    for layer, y in enumerate(heights, 1):
        top = layer == 3
        _cells(d, left, y, 56, "line" if top else "a", "LSTM cell", idle=range(1, 29) if top else ())
        d.text(20, y + 26, f"layer {layer}", 12.5, bold=True)
        d.text(20, y + 43, "feeds nothing" if top else "the same kernel", 11, "soft")
        for x, step in _columns(left):
            if step is None:
                continue
            middle, below = x + CELL / 2, y + 56
            d.line([(middle, below + 56), (middle, below + 3)], "line", arrow=True, dashed=top)
            mask = measured["masks"]["TF 1"][(step + 7 * layer) % 28][:14]
            d.box(x + 5, below + 22, 74, 11, "card", 1, radius=0)
            d.box(x + 5, below + 22, 74, 11, "b", 0.05, radius=0)
            d.cells(x + 7, below + 25, [mask], 5, above="b")
    d.text(20, 494, "rows, times w['in']", 11, "soft")
    d.text(20, 448, "dropout: a new", 11, "b")
    d.text(20, 462, "mask each time", 11, "b")
    last = _columns(left)[-1][0]
    d.line([(last + CELL + 2, 262), (last + CELL + 26, 262), (last + CELL + 26, 96)], "r", 1.8, arrow=True)
    d.text(last + CELL + 20, 88, "final_state[1][1]", 11.5, "r", "end", mono=True)
    d.text(last + CELL + 20, 72, "h of layer 2, to the readout", 11.5, "r", "end")
    d.text(20, 72, "variables that hold a kernel:", 12)
    d.text(20, 90, ", ".join(kernels), 11, "soft", mono=True)
    return d


def bi_lstm(measured, words):
    """Section 5's network."""
    d = Drawing(900, 430, "Bidirectional LSTM: what output[-1] has read", words)
    left = 120
    _rows_of_pixels(d, measured, left, 376)
    for x, step in _columns(left):
        if step is None:
            continue
        idle = "line" if step < 28 else "ink"
        d.line([(x + 26, 372), (x + 26, 333)], "ink", arrow=True)
        d.line([(x + 58, 372), (x + 58, 233)], idle, arrow=True, dashed=step < 28)
        d.line([(x + 26, 274), (x + 26, 126)], idle, arrow=True, dashed=step < 28)
        d.line([(x + 58, 176), (x + 58, 126)], idle, arrow=True, dashed=step < 28)
        d.box(x + 8, 98, 68, 26, idle, 0.06, f"output[{step - 1 if step < 28 else -1}]", 10.5, mono=True)
    _cells(d, left, 278, 52, "a", "forward")
    _cells(d, left, 178, 52, "d", "backward", idle=range(1, 28), backwards=True)
    last = _columns(left)[-1][0]
    d.ring(last + 42, 111, 50, 26)
    d.text(last + 96, 77, "forward: 28 rows; backward: 1 row", 12, "r", "end")
    d.text(20, 66, "Dashed: feeds nothing that is read out, so no gradient comes back along it.", 11.5, "soft")
    d.text(20, 306, "28 rows", 12, "a")
    d.text(20, 206, "1 row", 12, "d")
    return d


def final_state(measured, words):
    """What dynamic_rnn returns for the stack."""
    d = Drawing(760, 250, "final_state of the stack: a tuple of three pairs (c, h)", words)
    d.text(20, 66, "final_state = (", 13, mono=True)
    for layer, (kind, fields) in enumerate(measured["state"]):
        x = 36 + layer * 240
        d.box(x, 84, 220, 104, "a" if layer == 1 else "line", 0.06)
        d.text(x + 12, 104, f"final_state[{layer}]", 12, bold=True, mono=True)
        d.text(x + 208, 104, f"layer {layer + 1}", 11.5, "soft", "end")
        for place, (field, shape) in enumerate(fields):
            d.box(x + 12 + place * 100, 118, 92, 58, "line", 0.1)
            d.text(x + 58 + place * 100, 142, f"{field}  [{place}]", 13, anchor="middle", mono=True)
            d.text(x + 58 + place * 100, 163, f"({shape[0]}, {shape[1]})", 11, "soft", "middle", mono=True)
        if layer == 0:
            d.text(x + 12, 204, kind, 11, "soft", mono=True)
    d.text(724, 214, ")", 13, mono=True)
    d.ring(36 + 240 + 158, 147, 54, 36)
    d.text(36 + 240 + 158, 212, "final_state[1][1]", 12, "r", "middle", mono=True)
    d.text(36 + 240 + 158, 232, "read out: h of the second layer", 11.5, "r", "middle")
    return d
