"""BlockLSTM, one op that is a whole LSTM over time: LSTMBlockFusedCell's, as the loop that it stands for."""

from keras_port.translation import op_types
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.evaluation.loops import State
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import number
from keras_port.translation.recurrences import scans


def block_lstm(x, node, longest, value, c, h, kernel, w_i, w_f, w_o, bias):
    """Return the op's outputs, i, cs, f, o, ci, co, h, of which only cs and h are translated.

    Where LSTMBlockFusedCell was given lengths, it masked h afterwards, and picked each sequence's last states by its
    length: `picked_state` and `masked_twice` know both again.
    """
    length = value.shape[0]
    lengths = _lengths(longest)
    if lengths is None and not _is_size(longest, length):
        raise CannotTranslate(f"{node}: it takes other than all {length} steps; expected all, or the longest")
    step = x.make("step", (), (), "int32", None, loop=node.name)
    read = x.make("step_of", (value,), value.shape[1:], None, node, loop=node.name)
    symbols = [
        x.make("state", (), start.shape, start.dtype, None, loop=node.name, variable=name)
        for name, start in (("c", c), ("h", h))
    ]
    columns = op_types.OPS["LSTMBlockCell"](x, node, read, *symbols, kernel, w_i, w_f, w_o, bias)
    nexts = [columns[1], columns[6]]
    output = nexts[1]
    if lengths is not None:
        over = x.make("greater_equal", (step, lengths), lengths.shape, "bool")
        nexts = [x.make("where", (over, symbol, new), new.shape) for symbol, new in zip(symbols, nexts)]
        output = x.make("where", (over, x.constant(0.0, output.dtype), output), output.shape)
    states = [State(*parts) for parts in zip(symbols, (c, h), nexts)]
    found = scans.translate(x, node.name, length, states, [output])
    [outputs] = found.outputs
    cells = x.make("states_of_steps", (found.finals[0],), (length, *c.shape), None, node)
    for sequence, start, final in ((cells, c, found.finals[0]), (outputs, h, found.finals[1])):
        x.last_of_steps[id(sequence)] = (lengths, start, final)
    return [None, cells, None, None, None, None, outputs]


def _is_size(expression, size):
    """Whether this is a size, as a constant or as what tf.shape gives."""
    while expression.op == "cast":
        expression = expression.args[0]
    if expression.op == "size":
        return expression.options["size"] == size
    return number(expression) is not None and number(expression) == dims.fixed(size)


def _lengths(longest):
    """The vector whose largest element this is, or None."""
    while longest.op == "cast":
        longest = longest.args[0]
    return longest.args[0] if longest.op == "max" and longest.rank == 0 and longest.args[0].rank == 1 else None


def picked_state(x, expression):
    """The state after each sequence's last step, or after the last step of all."""
    if expression.op == "getitem" and expression.options["index"] == (-1,):
        lengths, _, final = x.last_of_steps.get(id(expression.args[0]), (0, None, None))
        return final if lengths is None else None
    if expression.op != "gather_pairs" or expression.args[1].op != "stack":
        return None
    joined, (picked, _) = expression.args[0], expression.args[1].args
    if joined.op != "concatenate" or len(joined.args) != 2 or joined.options["axis"] != 0:
        return None
    lengths, start, final = x.last_of_steps.get(id(joined.args[1]), (None, None, None))
    first = joined.args[0]
    while first.op == "reshape":
        first = first.args[0]
    is_start = first is start or start is not None and first.is_constant(0) and start.is_constant(0)
    return final if lengths is not None and lengths is picked and is_start else None


def masked_twice(x, expression):
    """Outputs that are zero past each sequence's end, times the mask that makes them so."""
    if expression.op != "multiply":
        return None
    for value, mask in (expression.args, expression.args[::-1]):
        lengths = x.last_of_steps.get(id(value), (None,))[0]
        while lengths is not None and mask.op in ("tile", "reshape", "transpose", "cast"):
            mask = mask.args[0]
        if lengths is not None and mask.op == "sequence_mask" and mask.args[0] is lengths:
            return value
        if lengths is not None and mask.op == "less" and _plain(mask.args[1]) is lengths:
            return value
    return None


def _plain(lengths):
    while lengths.op in ("reshape", "cast"):
        lengths = lengths.args[0]
    return lengths
