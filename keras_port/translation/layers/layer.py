"""A Keras layer of the port: what it is, how it is configured, and which variables fill it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Weights:
    """Variables of the checkpoint that become weights of one layer.

    Attributes:
      variables: their names, in the order that the kind expects.
      how: the kind, see keras_port.conversion.weight_kinds.
      places: which of the layer's weights they become, as numbers in `layer.weights`.
      options: {name: value} for the kind.
    """

    variables: tuple
    how: str
    places: tuple
    options: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(eq=False)
class Layer:
    """A layer of the generated model.

    Attributes:
      kind: the name of its class: in keras.layers, or generated into the module.
      config: {argument: value} that it is made with, after its positional ones in `positional`.
      weights: its Weights.
      scope: the TensorFlow 1 scope that it comes from, for its name and the comment.
      cell: the scans.Cell of a generated cell, else None.
      value: the array that it holds, where that is a constant of the graph and no variable.
      inner: the Layer that a Bidirectional runs in both directions.
    """

    kind: str
    config: dict
    weights: list = dataclasses.field(default_factory=list)
    scope: str = ""
    positional: tuple = ()
    cell: object = None
    comment: str = ""
    value: object = None
    inner: object = None

    @property
    def last_output(self):
        """Which item of a recurrent layer is its last output, too: a cell gives one state, h, as its output."""
        if self.cell is None:
            return 1
        places = [place for place, value in enumerate(self.cell.nexts) if self.cell.outputs == [value]]
        return 1 + places[0] if places else None


def copied(weight, place):
    """Return the Weights that fill a layer's weight `place` with a variable as it is, its expression `weight`."""
    variable, options = (weight.options["name"],), {}
    if "tf1_shape" in weight.options:
        options = {"shape": list(weight.shape), "tf1_shape": list(weight.options["tf1_shape"])}
    return Weights(variable, "reshape" if options else "copy", (place,), options)


class Layers:
    """The layers of a model, one for each set of variables: what shares its weights is one layer."""

    def __init__(self):
        self._made = {}

    def get(self, kind, positional, config, weights, scope="", cell=None, comment=""):
        """Return the layer of this kind with these weights; a new one where it has none."""
        key = (kind, positional, repr(config), tuple((row.variables, row.how) for row in weights), id(cell))
        if not weights:
            key = object()
        if key not in self._made:
            self._made[key] = Layer(kind, config, list(weights), scope, tuple(positional), cell, comment)
        return self._made[key]

    def __iter__(self):
        return iter(self._made.values())


def scope_of(variable):
    """Return the scope of a variable: all but the last part of its name, or the name where that is all."""
    return variable.rpartition("/")[0] or variable
