"""Kernels before and after conversion, the gates at work, and dropout's masks."""

from docs.pictures.svg import Drawing

COLOURS = {"i": "a", "j": "b", "c": "b", "f": "c", "o": "d"}  # a gate keeps its colour; Keras's c is TF 1's j
KERNEL = "train_op/lstm/rnn/basic_lstm_cell/kernel"


def kernel(measured, words):
    """The joined kernel of TF 1 and the two kernels of Keras."""
    from keras_port.conversion.gates import KERAS_GATES, TF1_GATES

    rows, columns = dict(measured["shapes"]["lstm"]["variables"])[KERNEL]
    units = columns // 4
    d = Drawing(820, 430, "One joined kernel becomes two, and two gate blocks change places", words)
    width, left, right = 70, 96, 500
    d.text(left, 66, "TF 1", 13, bold=True)
    d.text(left + 280, 66, f"kernel ({rows}, {columns})", 12, "soft", "end", mono=True)
    _block(d, left, 90, width, 100, TF1_GATES)
    _block(d, left, 190, width, 100, TF1_GATES)
    d.text(left - 12, 144, "input", 12, anchor="end")
    d.text(left - 12, 160, f"{rows - units}", 11, "soft", "end", mono=True)
    d.text(left - 12, 244, "h", 12, anchor="end", mono=True)
    d.text(left - 12, 260, f"{units}", 11, "soft", "end", mono=True)
    d.text(right, 66, "Keras 3", 13, bold=True)
    d.text(right + 280, 66, f"kernel ({rows - units}, {columns})", 12, "soft", "end", mono=True)
    _block(d, right, 90, width, 100, KERAS_GATES)
    d.text(right + 280, 212, f"recurrent_kernel ({units}, {columns})", 12, "soft", "end", mono=True)
    _block(d, right, 220, width, 100, KERAS_GATES)
    d.line([(left + 290, 140), (right - 10, 140)], "line", arrow=True)
    d.line([(left + 290, 240), (right - 10, 268)], "line", arrow=True)
    d.text((left + 280 + right) / 2, 128, "split rows,", 11.5, "soft", "middle")
    d.text((left + 280 + right) / 2, 158, "permute columns", 11.5, "soft", "middle")
    for x, gates, y in ((left, TF1_GATES, 306), (right, KERAS_GATES, 336)):
        for number, gate in enumerate(gates):
            d.box(x + number * width, y, width, 20, COLOURS[gate], 0.25, gate, 12, radius=0, mono=True)
    d.text(left - 12, 320, "bias", 12, anchor="end")
    d.text(
        20,
        390,
        "The bias is permuted the same way. TF 1 adds 1.0 to f at run time; the stored bias does not hold it.",
        12,
    )
    d.text(20, 411, "j and c are the same gate, the candidate: only its name differs.", 12, "soft")
    return d


def _block(d, x, y, width, height, gates):
    for number, gate in enumerate(gates):
        d.box(x + number * width, y, width, height, COLOURS[gate], 0.25, gate, 20, radius=0, mono=True)


def gates(measured, words):
    """The four gates, c and h of a trained LSTM while it reads one digit."""
    d = Drawing(780, 486, "What a trained LSTM does while it reads one digit", words)
    size, panel = 5, 140
    rows = [[value / 255 for value in row] for row in measured["digit"]]
    d.text(34, 72, "the digit", 12.5)
    d.cells(34, 84, rows, size)
    d.box(34, 84, panel, panel, tint=0, radius=0)
    d.text(20 + 14 + panel / 2, 240, "read downwards", 11, "soft", "middle")
    names = {
        "i": "i: let in",
        "j": "j: candidate",
        "f": "f: keep",
        "o": "o: show",
        "c": "c: memory",
        "h": "h: output",
    }
    for number, (gate, said) in enumerate(names.items()):
        x, y = 214 + number % 3 * 184, 84 + number // 3 * 196
        d.text(x, y - 12, said, 12.5, css=COLOURS[gate] if gate in "ijfo" else "ink", bold=True)
        # What can be below 0 is drawn in ink and red: red beside the candidate's own orange is hard to tell apart.
        d.cells(x, y, measured["gates"][gate], size, above=COLOURS[gate] if gate in "ifo" else "ink")
        d.box(x, y, panel, panel, tint=0, radius=0)
        d.line([(x, y + panel + 8), (x + panel, y + panel + 8)], "soft", arrow=True)
        d.text(x + panel, y + panel + 22, "row 28", 10.5, "soft", "end")
        d.text(x, y + panel + 22, "row 1", 10.5, "soft")
    d.text(34, 300, "each line: one unit", 11.5, "soft")
    d.text(34, 318, "each column: one row", 11.5, "soft")
    d.text(34, 336, "dense: near 1 or -1", 11.5, "soft")
    d.text(34, 354, "red: below 0", 11.5, "r")
    d.text(34, 388, "i, f, o: after the sigmoid", 11.5, "soft")
    d.text(34, 406, "j: after tanh", 11.5, "soft")
    d.text(214, 470, "c' = c * f + i * j", 12.5, mono=True)
    d.text(490, 470, "h' = tanh(c') * o", 12.5, mono=True)
    return d


def masks(measured, words):
    """Dropout's masks, drawn by the TF 1 graph and by keras.layers.LSTM(dropout=0.5)."""
    d = Drawing(700, 370, "Dropout: a new mask at every time step, or one for all", words)
    for number, (side, css, said, code) in enumerate(
        (
            ("TF 1", "a", "a new mask for every row", "DropoutWrapper(cell, 0.5)"),
            ("Keras", "b", "one mask for all 28 rows", "keras.layers.LSTM(dropout=0.5)"),
        )
    ):
        x = 60 + number * 330
        d.text(x, 66, code, 12, bold=True, mono=True)
        d.text(x, 84, said, 12, "soft")
        d.cells(x, 96, measured["masks"][side], 8.5, above=css, levels=1, gap=1.2)
        d.line([(x - 14, 98), (x - 14, 332)], "soft", arrow=True)
        d.text(x - 22, 220, "time: row 1 ... 28", 11, "soft", "middle", turn=-90)
        d.text(x + 204, 354, "24 of the 128 inputs; filled: kept", 11, "soft", "end")
    return d
