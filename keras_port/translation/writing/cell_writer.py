"""Writes the class of a generated cell: its weights, and its call() in keras.ops."""

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import number, walk
from keras_port.translation.recurrences.generated_cells import carried_shape
from keras_port.translation.writing.helpers import HELPER_FUNCTIONS
from keras_port.translation.writing.layout import split_up
from keras_port.translation.writing.names import Names, identifier
from keras_port.translation.writing.printer import Printer


def cell_text(cell):
    """Return the source code of a cell's class, in which __NAME__ stands for its name.

    Raises CannotTranslate for expressions that a cell cannot compute.
    """
    names = Names(["self", "inputs", "states", "training", "keras", "layers", "ops", "np", *HELPER_FUNCTIONS])
    attributes, kept = _weight_attributes(cell), {}

    def leaf(printer, expression):
        if expression.op == "weight":
            return "self." + attributes[expression.options["name"]]
        if expression.op == "setting":
            return repr(expression.options["value"])
        if expression.op == "dropout":
            value, rate = expression.args
            share = _number(rate)
            if share is None:
                raise CannotTranslate(f"{expression.node}: a rate of dropout inside a cell that is computed")
            name = f"keep_prob_{len(kept)}" if kept else "keep_prob"
            kept[name] = round(1 - share, 7)
            dropped = names.unique("dropped")  # drawn once, however many expressions read it
            printer.assign(dropped, printer.code(value))
            draw = f"keras.random.dropout({dropped}, 1 - self.{name}, seed=self.seed)"
            printer.lines += [("        if training:", ""), (f"            {dropped} = {draw}", "")]
            return dropped
        if expression.op in ("input", "layer", "call", "step", "step_of", "state", "random_uniform", "array_of"):
            raise CannotTranslate(f"{expression.node or expression.op}: cannot be computed inside a cell")
        return None

    printer = Printer(names, leaf, "        ")
    symbols = [*cell.symbols, *cell.carried]
    alone = sum(symbol.op == "state" for symbol in symbols) == 1
    states = [
        names.unique("state" if alone and symbol.op == "state" else _state_name(number, symbol))
        for number, symbol in enumerate(symbols)
    ]
    printer.assign(f"({states[0]},)" if len(states) == 1 else ", ".join(states), "states")
    for symbol, name in zip(symbols, states):
        if symbol.dtype != "float32":
            printer.assign(name, f'ops.cast({name}, "{symbol.dtype}")')
        if _is_flat_outside(symbol):
            printer.assign(name, f"ops.reshape({name}, {(-1, *symbol.shape[1:])!r})")
        printer.name(symbol, f"{name}[0]" if symbol.op == "weight" else name)
    _name_inputs(cell, printer, names)
    roots = [*cell.outputs, *cell.nexts]
    uses = {}
    for expression in walk(*roots, known=printer.known()):
        for arg in expression.args:
            uses[id(arg)] = uses.get(id(arg), 0) + 1
    for root in roots:
        uses[id(root)] = uses.get(id(root), 0) + 1
    printer.print(roots, uses)
    outputs = [_flat(printer.code(output), output, cell) for output in cell.outputs]
    joined = outputs[0] if len(outputs) == 1 else f"ops.concatenate([{', '.join(outputs)}], axis=-1)"
    nexts = [
        _as_float(_flat(printer.code(value), value, cell) if _is_flat_outside(symbol) else printer.code(value), value)
        for symbol, value in zip(cell.symbols, cell.nexts)
    ]
    nexts += [_as_float(name, symbol) for name, symbol in zip(states[len(cell.symbols) :], cell.carried)]
    printer.lines.append((f"        return {joined}, [{', '.join(nexts)}]", ""))
    return _class(cell, attributes, kept, printer)


def _number(expression):
    """Return the value of an expression of constants and settings, or None."""
    if expression.op == "setting":
        return expression.options["value"]
    if expression.op == "subtract":
        left, right = map(_number, expression.args)
        return None if None in (left, right) else left - right
    return number(expression)


def _class(cell, attributes, kept, printer):
    sizes = [_state_size(symbol) for symbol in [*cell.symbols, *cell.carried]]
    body = "\n".join(line for code, _ in printer.lines for line in split_up(code))
    lines = [
        '@keras.saving.register_keras_serializable("ported")',
        "class __NAME__(layers.Layer):",
        f'    """One step of {cell.scope.rpartition("/")[2] or "the recurrence"}."""',
        "",
        "    def __init__(self, **kwargs):",
        "        super().__init__(**kwargs)",
        f"        self.state_size = [{', '.join(sizes)}]",
        f"        self.output_size = {_output_size(cell)}",
    ]
    if "self.seed" in body:
        lines.append("        self.seed = keras.random.SeedGenerator()")
    lines += [f"        self.{name} = {value!r}" for name, value in kept.items()]
    lines += ["", "    def build(self, input_shape):"]
    for row in cell.weights:
        attribute = attributes[row.variables[0]]
        shape = cell.weight_shapes[row.variables[0]]
        more = f", regularizer={cell.regularizers[row.variables[0]]!r}" if row.variables[0] in cell.regularizers else ""
        lines.append(f'        self.{attribute} = self.add_weight(shape={shape!r}, name="{attribute}"{more})')
    if not cell.weights:
        lines.append("        pass")
    lines += ["", "    def call(self, inputs, states, training=False):", body]
    return "\n".join(lines) + "\n"


def _weight_attributes(cell):
    """Return {variable name: attribute name}: the last parts of the variables' names, as many as tell them apart."""
    variables = [row.variables[0] for row in cell.weights]
    found, names = {}, Names(["state_size", "output_size", "seed", "name", "weights"])
    for variable in variables:
        found[variable] = names.unique(identifier(_telling_end(variable, variables)))
    return found


def _telling_end(variable, variables):
    parts = variable.split("/")
    ends = ("/".join(parts[-count:]) for count in range(1, len(parts) + 1))
    return next(
        end for end in ends if sum(f"/{other}".endswith(f"/{end}") for other in variables) == 1 or end == variable
    )


def _name_inputs(cell, printer, names):
    widths = cell.input_widths()
    if widths is None:
        if cell.inputs:
            printer.name(cell.inputs[0], "inputs")
        return
    start = 0
    for place, (value, width) in enumerate(zip(cell.inputs, widths)):
        if not dims.is_known(width):
            raise CannotTranslate(f"{cell.scope}: its cell reads a tensor of a width that is not known")
        name = names.unique(f"input_{place}")
        code = f"inputs[:, {start}]" if value.rank == 1 else f"inputs[:, {start}:{start + width}]"
        printer.assign(name, code if value.dtype.startswith("float") else f'ops.cast({code}, "{value.dtype}")')
        printer.name(value, name)
        start += width


def _state_name(number, symbol):
    return f"state_{number}" if symbol.op == "state" else f"given_{number}"


def _state_size(symbol):
    """Return the code of a state's size without the batch axis; sizes that vary are None."""
    if _is_flat_outside(symbol):
        return str(dims.product(symbol.shape[1:]))
    sizes = [str(size) if dims.is_known(size) else str(_fixed(size)) for size in carried_shape(symbol)]
    return (
        sizes[0] if len(sizes) == 1 and sizes[0] != "None" else f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
    )


def _fixed(size):
    for symbol in size.symbols if size.value is not None else ():
        symbol.is_fixed = True
    return size.value


def _output_size(cell):
    return str(sum(map(cell.width, cell.outputs)))


def _is_flat_outside(symbol):
    """Whether Keras carries a state in another shape than the cell computes with: (batch, features)."""
    if symbol.rank == 1:
        return symbol.op != "weight"
    return symbol.op == "state" and symbol.rank > 2 and all(map(dims.is_known, symbol.shape[1:]))


def _flat(code, output, cell):
    """Return the code of a cell's output flattened to (batch, features)."""
    return code if output.rank == 2 else f"ops.reshape({code}, (-1, {cell.width(output)}))"


def _as_float(code, value):
    return code if value.dtype == "float32" else f'ops.cast({code}, "float32")'
