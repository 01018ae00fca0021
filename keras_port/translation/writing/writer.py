"""Writes the generated module: helper classes, cells, and build() with compile()."""

import re

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import number, walk
from keras_port.translation.writing import naming
from keras_port.translation.writing.cell_writer import cell_text
from keras_port.translation.writing.helpers import HELPER_CLASSES, HELPER_FUNCTIONS
from keras_port.translation.writing.keras_ops import joins_axes, splits_axis
from keras_port.translation.writing.layout import WIDTH, aligned, split_up, with_short_names
from keras_port.translation.writing.literals import shape_comment
from keras_port.translation.writing.names import Names, class_name, identifier
from keras_port.translation.writing.printer import Printer

_STATES = {"LSTM": ["h", "c"], "GRU": ["h"], "SimpleRNN": ["h"]}  # in Keras's order


class ModuleWriter:
    """Writes the module of one model.

    Args:
      inputs: [(name, expression)] of the model's inputs, in order.
      outputs: [(name, expression)].
      loss: an objective.Loss, or None for a model without one.
      optimizer: code of the optimizer, or None.
      title: first line of the module's docstring.
      settings: {name: value}, the parameters of build() and their defaults.
      dense_embeddings: whether Embedding layers need dense gradients, see helpers.

    Attributes, after text():
      layers: the Layers, in the order of creation.
      layer_names: {id(layer): its Keras name}.
    """

    def __init__(self, inputs, outputs, loss, optimizer, title, settings, dense_embeddings):
        self.inputs, self.outputs, self.loss, self.optimizer = inputs, outputs, loss, optimizer
        self.title, self.settings, self.dense_embeddings = title, settings, dense_embeddings
        self._begin()

    def _begin(self):
        self.helpers, self.classes, self.class_texts = set(), [], {}
        self.layer_names = {}  # id(layer) -> its Keras name
        self.layers = []  # in the order of creation
        self._class_names = Names(("Embedding", "Weight", "WithLoss", "ForgetBiasLSTMCell"))
        self._keras_names = Names([name for name, _ in self.inputs])
        taken = ["keras", "layers", "ops", "np", "model", "build", "h", *HELPER_FUNCTIONS]
        self._locals = Names([*taken, *self.settings])
        self._shared = {}

    def text(self):
        """Return the module's source code; raises CannotTranslate where something cannot be written."""
        self._build()  # first pass: finds which sizes must be numbers, for the inputs' shapes
        self._begin()
        body = self._build()
        head = [f'"""{self.title}"""', "", "import keras"]
        text = "\n".join(body)
        classes = "".join(f"\n\n{HELPER_CLASSES[name]}" for name in sorted(self.helpers)) + "".join(
            f"\n\n{each}" for each in self.classes
        )
        classes = _functions(classes + text) + classes
        everything = classes + text
        if "np." in everything:
            head.append("import numpy as np")
        imported = [name for name in ("layers", "ops") if re.search(rf"\b{name}\.", everything)]
        if imported:
            head.append(f"from keras import {', '.join(imported)}")
        return "\n".join(head) + "\n" + classes + "\n\n" + text + "\n"

    # -- build() --------------------------------------------------------------------------------------------------

    def _build(self):
        roots = [expression for _, expression in self.outputs]
        if self.loss is not None and self.loss.kind == "endpoint":
            roots = [*roots, self.loss.value]
        self.roots = roots
        self.uses, self.needs = _uses(roots)
        self.printer = Printer(self._locals, self._leaf)
        for name, expression in self.inputs:
            variable = self._locals.unique(identifier(name))
            self.printer.assign(variable, self._input(name, expression), shape_comment(expression))
            self.printer.name(expression, variable)
        self.printer.print(roots, self.uses)
        outputs = self._outputs()
        parameters = ", ".join(f"{name}={number_text(value)}" for name, value in self.settings.items())
        kind = "compiled model" if self.optimizer else "model"
        lines = [f"def build({parameters}):", f'    """Return the {kind}."""']
        lines += aligned(with_short_names(self.printer.lines, kept=outputs))
        inputs = [self.printer.code(expression) for _, expression in self.inputs]
        lines += split_up(f"    model = keras.Model({_one_or_list(inputs)}, {_one_or_list(outputs)})")
        if self.optimizer:
            loss = f", {self.loss.code}" if self.loss is not None and self.loss.kind == "compiled" else ""
            lines += split_up(f"    model.compile({self.optimizer}{loss})")
        return [*lines, "    return model"]

    def _outputs(self):
        codes = [self._named(name, expression) for name, expression in self.outputs]
        if self.loss is not None and self.loss.kind == "endpoint":
            self.helpers.add("WithLoss")
            name = self._locals.unique("output")
            first = codes[0]
            self.printer.assign(name, f'WithLoss(name="with_loss")([{first}, {self.printer.code(self.loss.value)}])')
            codes[0] = name
        return codes

    def _named(self, name, expression):
        code = self.printer.code(expression)
        if code.isidentifier() and code not in [self.printer.code(given) for _, given in self.inputs]:
            return code
        variable = self._locals.unique(identifier(name))
        self.printer.assign(variable, code, shape_comment(expression))
        return variable

    def _input(self, name, expression):
        shape = tuple(
            size if dims.is_known(size) else size.value if all(s.is_fixed for s in size.symbols) else None
            for size in expression.shape
        )
        dtype = "" if expression.dtype == "float32" else f', dtype="{expression.dtype}"'
        quoted = f'name="{name}"'
        if shape and shape[0] is None:
            return f"keras.Input({shape[1:]!r}, {quoted}{dtype})"
        return f"keras.Input(batch_shape={shape!r}, {quoted}{dtype})"

    # -- layers ---------------------------------------------------------------------------------------------------

    def _leaf(self, printer, expression):
        op = expression.op
        if op == "setting":
            return expression.options["name"]
        if op == "weight" or "layer" in expression.options and op == "constant":
            return self._weight(printer, expression)
        if op == "call":
            return self._call(printer, expression)
        if op == "layer":
            return self._recurrent(printer, expression)
        if op in ("random_normal", "random_uniform", "truncated_normal"):
            return self._noise(printer, expression)
        if op == "cond" and expression.args[0].op == "training":
            return self._if_training(printer, expression)
        if op == "reshape" and joins_axes(expression):
            return self._helper(printer, "JoinAxes", expression, [expression.args[0]])
        if op == "reshape" and splits_axis(expression):
            like = self._input_like(expression.shape[:2])
            return like and self._helper(printer, "SplitAxis", expression, [expression.args[0], like])
        if op == "training":
            return "training"  # only read by layers, which get the flag from Keras
        if op in (
            "step",
            "step_of",
            "state",
            "array_of",
            "empty_array",
            "array_write",
            "array_handle",
            "input",
        ):
            raise CannotTranslate(
                f"{expression.node or expression.op}: {op.replace('_', ' ')} has no place in the model"
            )
        return None

    def _weight(self, printer, expression):
        self.helpers.add("Weight")
        layer = expression.options.get("layer")
        scope = layer.scope
        name = self._name_layer(layer, identifier(scope.rpartition("/")[2], "weight"))
        if not self.inputs:
            raise CannotTranslate("a model without inputs")
        trainable = "" if layer.config["trainable"] else ", trainable=False"
        dtype = "" if expression.dtype == "float32" else f', dtype="{expression.dtype}"'
        variable = self._locals.unique(name)
        anything = printer.code(self.inputs[0][1])
        printer.assign(
            variable,
            f'Weight({tuple(expression.shape)!r}{dtype}{trainable}, name="{name}")({anything})',
            scope,
        )
        return variable

    def _noise(self, printer, expression):
        """Write a random draw: a layer with its own seed generator."""
        first, *rest = expression.shape or (None,)
        if first is None or dims.is_known(first) or len(first.symbols) != 1 or not all(map(dims.is_known, rest)):
            raise CannotTranslate(
                f"{expression.node}: random numbers of a shape that does not begin with the batch's size"
            )
        self.helpers.add("Noise")
        name = self._keras_names.unique("noise")
        variable = self._locals.unique(name)
        kind = {"random_normal": "normal", "random_uniform": "uniform"}.get(expression.op, expression.op)
        anything = printer.code(first.symbols[0].origin[0])
        printer.assign(
            variable, f'Noise({tuple(rest)!r}, "{kind}", name="{name}")({anything})', shape_comment(expression)
        )
        return variable

    def _if_training(self, printer, expression):
        """Write a cond on the training flag: one value in training, another otherwise."""
        printer.print(list(expression.args[1:]), self.uses)
        return self._helper(printer, "IfTraining", expression, expression.args[1:])

    def _helper(self, printer, kind, expression, args):
        """Write a call of a helper class without arguments of its own."""
        self.helpers.add(kind)
        name = self._keras_names.unique(identifier(kind))
        variable = self._locals.unique(name)
        given = _one_or_list([printer.code(arg) for arg in args])
        printer.assign(variable, f'{kind}(name="{name}")({given})', shape_comment(expression))
        return variable

    def _input_like(self, sizes):
        """Return an input whose first axes have these sizes, or None."""
        return next((each for _, each in self.inputs if each.rank and each.shape[: len(sizes)] == sizes), None)

    def _name_layer(self, layer, wanted):
        if id(layer) not in self.layer_names:
            self.layer_names[id(layer)] = self._keras_names.unique(wanted)
            self.layers.append(layer)
        return self.layer_names[id(layer)]

    def _layer_code(self, printer, layer, extra=None, wanted=None):
        """Return the code of the layer's constructor, or the name of its variable where several calls share it."""
        known = id(layer) in self.layer_names
        name = self._name_layer(layer, wanted or naming.of_layer(layer, self._keras_names.is_taken))
        shared = self.needs.get(id(layer), {}).get("calls", 1) > 1
        if shared and known:
            return self._shared[id(layer)]
        code = self._constructor(printer, layer, name, extra or {})
        if not shared:
            return code
        variable = self._locals.unique(name + "_layer")
        printer.assign(variable, code, layer.scope)
        self._shared[id(layer)] = variable
        return variable

    def _constructor(self, printer, layer, name, extra):
        if layer.inner is not None:
            inner = self._constructor(printer, layer.inner, layer.inner.kind.lower(), extra)
            return f'layers.Bidirectional({inner}, name="{name}")'
        config = {**layer.config, **extra}
        arguments = list(map(repr, layer.positional))
        kind = f"layers.{layer.kind}"
        if layer.kind == "Embedding" and self.dense_embeddings:
            self.helpers.add("Embedding")
            kind = "Embedding"
        if layer.kind == "LSTM" and "forget_bias" in config:
            self.helpers.add("LSTM")
            forget = config.pop("forget_bias")
            of_cell = [key for key in config if key in ("activation", "trainable") or key.endswith("_regularizer")]
            given = [f"{key}={_quoted(config.pop(key))}" for key in of_cell]
            kind = "layers.RNN"
            arguments = [f"ForgetBiasLSTMCell({', '.join([arguments[0], number_text(forget), *given])})"]
        if layer.kind == "RNN":
            cell = self._cell_class(layer.cell)
            frozen = "" if config.pop("trainable", True) else ", trainable=False"
            arguments = [f'{cell}(name="{self._keras_names.unique(identifier(cell))}"{frozen})']
        if layer.kind == "Dropout":
            arguments = [self._rate(printer, layer.positional[0])]
            config = {key: _quoted(value) for key, value in config.items()}
            return f"layers.Dropout({', '.join([*arguments, *(f'{k}={v}' for k, v in config.items())])})"
        arguments += [f"{key}={_quoted(value)}" for key, value in config.items()]
        named = [] if name is None else [f'name="{name}"']
        return f"{kind}({', '.join([*arguments, *named])})"

    def _rate(self, printer, rate):
        if number(rate) is not None:
            return number_text(round(float(number(rate)), 6))
        printer.print([rate], {})
        text = printer.code(rate)
        return text.replace("1.0 - ", "1 - ")

    def _call(self, printer, expression):
        layer = expression.options["layer"]
        wanted = None
        for name, output in self.outputs:
            if output is expression and layer.weights and not naming.specific_parts(layer.scope):
                wanted = name
        code = self._layer_code(printer, layer, wanted=wanted)
        given = [printer.code(arg) for arg in expression.args]
        if "training" in expression.options:
            given.append(f"training={expression.options['training']}")
        variable = self._variable(expression, layer)
        code = self._short(printer, variable, code, ", ".join(given), layer)
        called = f"{code}({', '.join(given)})"
        printer.assign(variable, called, layer.scope)
        return variable

    def _variable(self, expression, layer):
        for name, output in self.outputs:
            if output is expression:
                return self._locals.unique(identifier(name))
        return self._locals.unique(self.layer_names[id(layer)])

    def _recurrent(self, printer, expression):
        layer, options = expression.options["layer"], expression.options
        needs = self.needs[id(layer)]
        extra = {}
        if 0 in needs["items"]:
            extra["return_sequences"] = True
        single = needs["items"] <= {0}
        if needs["items"] == {
            layer.last_output
        }:  # an empty sequence: Keras outputs zeros, but its state is the initial one
            single = not (options["masked"] and options["initial"])
        if not single:
            extra["return_state"] = True
        # One layer that reads some sequences forwards and some backwards is given the latter in reverse.
        reverse = "ops.flip({}, axis=1)" if options["backward"] and len(needs["backward"]) > 1 else "{}"
        if needs["backward"] == {True}:
            extra["go_backwards"] = True
        if needs["masked"] and 0 in needs["items"]:
            extra["zero_output_for_mask"] = True
        code = self._layer_code(printer, layer, extra)
        args = [reverse.format(printer.code(expression.args[0]))]
        initial = expression.args[1 : 1 + options["initial"]]
        if initial:
            args.append(f"initial_state=[{', '.join(map(printer.code, initial))}]")
        if options["masked"]:
            args.append(f"mask={reverse.format(printer.code(expression.args[-1]))}")
        base = self.layer_names[id(layer)]
        if single:
            names = [self._locals.unique(base)]
        else:
            states = _STATES.get(layer.kind, [f"state_{place}" for place in range(options["states"])])
            if layer.inner is not None:
                states = [f"{way}_{state}" for way in ("forward", "backward") for state in _STATES[layer.inner.kind]]
            wanted = [base, *(f"{base}_{state}" for state in states)]
            names = [self._locals.unique(name) if place in needs["items"] else "_" for place, name in enumerate(wanted)]
        targets = names[: 1 + max(place for place, name in enumerate(names) if name != "_")]
        targets = ", ".join([*targets, *(["*_"] if len(targets) < len(names) else [])])
        code = self._short(printer, targets, code, ", ".join(args), layer)
        printer.assign(targets, f"{code}({', '.join(args)})", layer.scope)
        return names * (1 + options["states"]) if single else names

    def _short(self, printer, targets, code, arguments, layer):
        """Assign the layer to a variable of its own where creating and calling it in one line would be too long."""
        if len(f"    {targets} = {code}({arguments})") <= WIDTH or "(" not in code:
            return code
        variable = self._locals.unique(self.layer_names[id(layer)] + "_layer")
        printer.assign(variable, code, layer.scope)
        return variable

    # -- cells ----------------------------------------------------------------------------------------------------

    def _cell_class(self, cell):
        text = cell_text(cell)
        if text in self.class_texts:
            return self.class_texts[text]
        name = class_name(cell.scope.rpartition("/")[2] or "recurrent_cell")
        name = self._class_names.unique(name if name.lower().endswith("cell") else name + "Cell")
        self.class_texts[text] = name
        self.classes.append(text.replace("__NAME__", name))
        return name


def _functions(text):
    """Return the helper functions that `text` calls, those that are called by others first."""
    found = []
    for name, code in HELPER_FUNCTIONS.items():
        if any(re.search(rf"(?<![\w.]){name}\(", calling) for calling in (text, *found)):
            found.insert(0, code)
    return "".join(f"\n\n{code}" for code in found)


def _uses(roots):
    """Count how often expressions and layers are used.

    Returns ({id of an expression: number of readers}, {id of a layer: its needs}), with the needs "calls": number,
    "items": {indices read}, "backward": {whether a call reads its sequence backwards}, "masked": whether a call is.
    """
    uses, needs = {}, {}
    for expression in walk(*roots):
        options = expression.options
        for arg in expression.args:
            uses[id(arg)] = uses.get(id(arg), 0) + 1
        if expression.op in ("call", "layer"):
            unused = {"calls": 0, "items": set(), "backward": set(), "masked": False}
            need = needs.setdefault(id(options["layer"]), unused)
            need["calls"] += 1
            need["backward"].add(bool(options.get("backward")))
            need["masked"] |= bool(options.get("masked"))
        if expression.op == "item" and expression.args[0].op == "layer":
            needs[id(expression.args[0].options["layer"])]["items"].add(options["number"])
    for root in roots:
        uses[id(root)] = uses.get(id(root), 0) + 1
    return uses, needs


def _one_or_list(codes):
    return codes[0] if len(codes) == 1 else f"[{', '.join(codes)}]"


def _quoted(value):
    return f'"{value}"' if type(value) is str else repr(value)


def number_text(value):
    """Return the code of a number with up to 7 digits, as its author wrote it."""
    if isinstance(value, float):
        return repr(float(f"{value:.7g}"))
    return repr(value)
