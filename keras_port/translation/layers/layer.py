"""Keras layers of the port: their class and arguments, and the variables that become their weights."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Weights:
    """Variables of the checkpoint that become weights of one layer.

    Attributes:
      variables: their names, in the order that `how` expects.
      how: the kind of conversion, see keras_port.conversion.weight_kinds.
      places: indices into `layer.weights` of the weights they become.
      options: {name: value}, arguments of the conversion.
    """

    variables: tuple
    how: str
    places: tuple
    options: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(eq=False)
class Layer:
    """A layer of the generated model.

    Attributes:
      kind: name of its class, in keras.layers or in the generated module.
      config: {argument: value}, the constructor's keyword arguments.
      weights: list of its Weights.
      scope: the TensorFlow 1 variable scope it comes from, for its name and the comment.
      positional: the constructor's positional arguments.
      cell: the generated_cells.Cell of a generated cell, otherwise None.
      value: the array, for a layer that holds a constant of the graph instead of a variable.
      inner: the Layer that a Bidirectional wraps.
    """

    kind: str
    config: dict
    weights: list = dataclasses.field(default_factory=list)
    scope: str = ""
    positional: tuple = ()
    cell: object = None
    value: object = None
    inner: object = None

    @property
    def last_output(self):
        """Index into (outputs, *states) of the state that equals the layer's last output, or None."""
        if self.cell is None:
            return 1
        places = [place for place, value in enumerate(self.cell.nexts) if self.cell.outputs == [value]]
        return 1 + places[0] if places else None


def copied(weight, place):
    """Return the Weights that copy the variable of the expression `weight` to the layer's weight number `place`."""
    variable, options = (weight.options["name"],), {}
    if "tf1_shape" in weight.options:
        options = {"shape": list(weight.shape), "tf1_shape": list(weight.options["tf1_shape"])}
    return Weights(variable, "reshape" if options else "copy", (place,), options)


class Layers:
    """The layers of a model; calls with the same variables share one layer."""

    def __init__(self):
        self._made = {}

    def get(self, kind, positional, config, weights, scope="", cell=None):
        """Return the layer of this kind with these weights; layers without weights are always new."""
        key = (kind, positional, repr(config), tuple((row.variables, row.how) for row in weights), id(cell))
        if not weights:
            key = object()
        if key not in self._made:
            self._made[key] = Layer(kind, config, list(weights), scope, tuple(positional), cell)
        return self._made[key]

    def __iter__(self):
        return iter(self._made.values())


def scope_of(variable):
    """Return a variable's scope: its name without the last part, or the name itself where it has only one part."""
    return variable.rpartition("/")[0] or variable


def scope_of_all(variables):
    """Return the scope that all of the variables are in; "" where there is none."""
    common = []
    for pieces in zip(*(name.split("/") for name in variables)):
        if len(set(pieces)) > 1:
            break
        common.append(pieces[0])
    found = "/".join(common)
    scope = scope_of(found) if len(variables) == 1 else found
    return "" if scope in variables else scope
