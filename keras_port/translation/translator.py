"""Translates a capture to the source code of a Keras module.

The stages: bind the feeds, evaluate the graph, find layers and loss, write the module.
"""

import numpy as np

from keras_port.translation import objective
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.evaluation import graph_rules
from keras_port.translation.evaluation.evaluator import VARIABLES, Evaluator
from keras_port.translation.expressions import dims, rewriting
from keras_port.translation.expressions.expression import Expressions, substitute, walk
from keras_port.translation.graph import tensor_name
from keras_port.translation.layers import layer_patterns, regularization
from keras_port.translation.layers.layer import Layers, copied
from keras_port.translation.layers.moving_averages import MovingAverages
from keras_port.translation.recurrences.directions import join_directions
from keras_port.translation.recurrences.unrolled import roll_up
from keras_port.translation.writing import naming
from keras_port.translation.writing.names import Names, identifier
from keras_port.translation.writing.printer import LARGEST
from keras_port.translation.writing.writer import ModuleWriter

_DENSE_GRADIENTS = (
    "AdamOptimizer",
    "AdagradOptimizer",
    "RMSPropOptimizer",
    "MomentumOptimizer",
    "AdadeltaOptimizer",
    "FtrlOptimizer",
)


class ReadsStates(CannotTranslate):
    """The states of the loop `loop` are read at each step, so that no layer of Keras's own can stand for it."""

    def __init__(self, loop):
        super().__init__(f"{loop}: its states are read at each step, which no layer of Keras gives")
        self.loop = loop


class Translation:
    """The translation of one capture: its expressions, its layers, and the module's source code in `text`.

    Args:
      capture: a capture.Capture.
      folded: whether an LSTM's constant forget bias is added to its bias weights, so that it becomes keras.layers.LSTM.
      shared: names of variables that generated cells must not own; they are passed to the cells as constant states.
      loops_of_states: names of loops whose states are read at each step, which Keras's own layers do not give.

    Raises CannotTranslate, naming the op and the script's line, where something has no counterpart in Keras.
    """

    def __init__(self, capture, folded=True, shared=frozenset(), loops_of_states=frozenset()):
        self.capture = capture
        self.x = Expressions()
        self.x.layers, self.x.folded, self.x.shared_outside_cells = Layers(), folded, shared
        self.x.loops_of_states = loops_of_states
        self.evaluator = Evaluator(capture.graph, self.x, graph_rules.EVALUATION_RULES)
        self.x.moving_averages = MovingAverages(capture.graph, self.evaluator, capture.train_op)
        self.batch = dims.Symbol("batch", capture.batch_size)
        self.x.batch = self.batch
        self._sizes = {}
        self.settings, self.training_feeds, self.fed = {}, {}, {}
        self.sparse = self._sparse_labels()
        for feed in capture.feeds:
            self._bind(feed)
        self._note_sizes()
        self._evaluate()
        self._write()

    # -- inputs ---------------------------------------------------------------------------------------------------

    def _sparse_labels(self):
        """Return {tensor of values: tensor of indices} of the labels of CTC losses, which are fed as SparseTensors."""
        fed = {feed["tensor"] for feed in self.capture.feeds}
        losses = [node for node in self.capture.graph.nodes.values() if node.op == "CTCLoss"]
        pairs = [[f"{name}:{index}" for name, index in (node.inputs[2], node.inputs[1])] for node in losses]
        return {values: indices for values, indices in pairs if {values, indices} <= fed}

    def _bind(self, feed):
        x, name = self.x, feed["tensor"]
        node = self.capture.graph[tensor_name(name)[0]]
        shape = feed.get("example_shape") if feed.get("example_shape") is not None else feed["shape"]
        if shape is None:
            raise CannotTranslate(f"{node}: a placeholder of any rank; expected its shape")
        if name in self.sparse:
            expression = self._dense_labels(node, name, feed)
        elif not shape and feed["dtype"] == "bool":
            self.training_feeds[name] = bool(feed.get("value", True))
            expression = x.make("training", (), (), "bool", node) if feed.get("value", True) else x.constant(False)
        elif not shape and feed.get("same_every_step") and feed["dtype"].startswith("float"):
            value = feed["value"]
            setting = naming.of_tensor(self.capture, name) or identifier(node.name.rpartition("/")[2])
            self.settings[setting] = (name, float(value))
            expression = x.make("setting", (), (), feed["dtype"], node, name=setting, value=float(value))
        elif not shape and feed.get("same_every_step"):
            expression = x.constant(feed["value"], feed["dtype"], node)
        else:
            expression = self._input(node, name, feed, shape)
        self.fed[name] = expression
        self.evaluator.bind(tensor_name(name), expression)

    def _input(self, node, name, feed, example):
        static = feed["shape"] if feed["shape"] is not None else [None] * len(example)
        sizes = []
        expression = self.x.make("input", (), None, feed["dtype"], node, name=name)
        for axis, (size, seen) in enumerate(zip(static, example)):
            if self.capture.batch_axis.get(name) == axis:
                self.batch.origin = self.batch.origin or (expression, axis)
                sizes.append(dims.of(self.batch))
            elif size is None or size < 0:
                sizes.append(dims.of(self._unknown(expression, name, axis, seen)))
            else:
                sizes.append(size)
        expression.shape = tuple(sizes)
        return expression

    def _dense_labels(self, node, name, feed):
        """Return the input for labels of various lengths, which the model takes as rows that are padded with -1."""
        expression = self.x.make("input", (), None, feed["dtype"], node, name=name)
        indices = [value for key, value in self.capture.steps.items() if key.endswith("/feed/" + self.sparse[name])]
        longest = {int(value[:, 1].max()) + 1 for value in indices if value.size}
        seen = longest.pop() if len(longest) == 1 else None
        expression.shape = dims.of(self.batch), dims.of(dims.Symbol("longest", seen, (expression, 1)))
        return expression

    def _unknown(self, expression, name, axis, seen):
        """Return a symbol for an axis whose size the placeholder leaves open."""
        every = tuple(value.shape[axis] for key, value in self.capture.steps.items() if key.endswith("/feed/" + name))
        key = (axis, every or object())  # axes whose sizes are not known have nothing in common
        if key not in self._sizes:  # axes that had equal sizes in every step share one symbol
            self._sizes[key] = dims.Symbol(f"size_{axis}", seen if len(set(every)) <= 1 else None, (expression, axis))
        return self._sizes[key]

    def _note_sizes(self):
        """Store what the captured steps tell of sequences' lengths."""
        self.x.sizes_seen = {every: dims.of(symbol) for (_, every), symbol in self._sizes.items()}
        for name, expression in self.fed.items():
            if expression.op == "input" and expression.rank and "int" in expression.dtype:
                values = [value for key, value in self.capture.steps.items() if key.endswith("/feed/" + name)]
                self.x.largest[id(expression)] = tuple(int(value.max()) for value in values if value.size)

    # -- evaluation -----------------------------------------------------------------------------------------------

    def _evaluate(self):
        capture, graph = self.capture, self.capture.graph
        targets = [name for name in ([capture.loss] if capture.loss else []) + list(capture.outputs)]
        self.evaluator.needed = graph.ancestors([tensor_name(name)[0] for name in targets])
        loss = self.evaluator.value(tensor_name(capture.loss)) if capture.loss else None
        if loss is not None and loss.rank:
            loss = self.x.make("sum", (loss,), (), None, None, axis=None, keepdims=False)  # as tf.gradients does
        self.output_names = list(capture.outputs) or self._predicted(loss)
        outputs = [self.evaluator.value(tensor_name(name)) for name in self.output_names]
        self.tensor_shapes = {name: value.shape for name, value in zip(self.output_names, outputs)}
        roots = graph_rules.with_plain_biases(self.x, [*([loss] if loss is not None else []), *outputs])
        roots = roll_up(self.x, roots)
        roots = self._with_layers(roots)
        loss, outputs = (roots[0], roots[1:]) if loss is not None else (None, roots)
        if loss is not None:
            loss = regularization.move_into_layers(self.x, loss, outputs)
            roots = [loss, *outputs]
        roots = join_directions(self.x, roots)
        self._freeze_what_is_not_trained(roots)
        loss, outputs = (roots[0], roots[1:]) if loss is not None else (None, roots)
        self.loss = objective.find_loss(self.x, loss) if loss is not None else None
        self.outputs = self._outputs(outputs)
        for part in walk(*self.roots()):
            if part.op == "states_of_steps" and "loop" in part.options:
                raise ReadsStates(part.options["loop"])
        self._weights_of_their_own()

    def _freeze_what_is_not_trained(self, roots):
        """Set trainable=False on layers whose variables the script's optimizer does not train."""
        trained = set(self.capture.trainable)
        for call in walk(*roots):
            layer = call.options.get("layer") if call.op in ("call", "layer") else None
            if not trained or layer is None or layer.kind == "BatchNormalization":  # it would use moving moments
                continue
            names = {name for row in layer.weights for name in row.variables}
            if names and not names & trained:
                (layer.inner or layer).config["trainable"] = False
            elif names - trained:
                raise CannotTranslate(
                    f"{', '.join(sorted(names - trained))}: not trained, unlike {', '.join(sorted(names & trained))}; "
                    "in Keras they are weights of one layer, which is trained or not"
                )

    def _predicted(self, loss):
        """Return [name of the tensor that the loss compares with a fed one], or [] where there is none."""
        found = objective.find_prediction(loss) if loss is not None else None
        for name, values in self.evaluator.top.values.items() if found is not None else ():
            if name in self.capture.graph and any(value is found for value in values):
                return [f"{name}:{[value is found for value in values].index(True)}"]
        return []

    def _with_layers(self, roots):
        """Replace expressions by layers; a variable that is used in two places gets no layer of its own."""
        self.x.shared = set()
        while True:
            found = roots
            for _ in range(3):  # the result of one rule can make another applicable
                found = self._rewritten(found, layer_patterns.LAYER_RULES)
            found = self._rewritten(found, layer_patterns.LATE_RULES)
            shared = regularization.shared_weights(found) - self.x.shared
            if not shared:
                return self._rewritten(found, layer_patterns.LAST_RULES)  # once: it modifies layers
            self.x.shared |= shared

    def _rewritten(self, roots, rules):
        rewriting.count_uses(self.x, roots)
        return rewriting.rewrite(self.x, roots, rules)

    def _outputs(self, outputs):
        """Return [(name, TF 1 tensor or None, expression)] of the model's outputs."""
        names = self.output_names
        if self.loss is not None and self.loss.kind == "compiled":
            tensor = next(
                (
                    name
                    for name, value in zip(names, outputs)
                    if value is self.loss.output or objective.before_reshape(value) is self.loss.output
                ),
                None,
            )
            return [("logits" if "from_logits" in self.loss.code else "predictions", tensor, self.loss.output)]
        if not outputs:
            if self.loss is None:
                raise CannotTranslate("the graph does not tell what the model gives")
            return [("loss_value", self.capture.loss, self.loss.value)]
        found = []
        for name, value in zip(names, outputs):
            if all(value is not other for _, _, other in found):
                found.append(
                    (
                        "logits" if len(names) == 1 else identifier(name.partition(":")[0].rpartition("/")[2]),
                        name,
                        value,
                    )
                )
        return found[:1] if self.loss is not None else found

    def _weights_of_their_own(self):
        """Give a Weight layer to each variable, and each large constant, that no other layer owns."""
        roots = self.roots()
        for expression in walk(*roots):
            if expression.op == "weight":
                name = expression.options["name"]
                config = {"trainable": not self.capture.trainable or name in self.capture.trainable}
                expression.options["layer"] = self.x.layers.get("Weight", (), config, [copied(expression, 0)], name)

            elif (
                expression.op == "constant" and expression.value.size > LARGEST and expression.value.dtype.kind in "fi"
            ):
                if len(np.unique(expression.value)) > 1:  # too long for model.py: stored in model.keras
                    layer = self.x.layers.get("Weight", (), {"trainable": False}, [], expression.node.name)
                    layer.value = expression.value
                    expression.options["layer"] = layer

    def roots(self):
        """Return the expressions that the model computes: its outputs, and the loss where add_loss adds it."""
        roots = [expression for _, _, expression in self.outputs]
        if self.loss is not None and self.loss.kind == "endpoint":
            roots.append(self.loss.value)
        return roots

    # -- the module -----------------------------------------------------------------------------------------------

    def _write(self):
        roots = self.roots()
        for expression in walk(*roots):
            if expression.op != "cond" and any(arg.op == "training" for arg in expression.args):
                raise CannotTranslate(
                    f"{expression.node}: computes with the flag that tells whether the model is trained"
                )
        used = {id(part) for part in walk(*roots) if part.op == "input"}
        sizes = {id(symbol.origin[0]) for part in walk(*roots) for symbol in _symbols(part) if symbol.origin}
        names = Names()
        self.inputs = []
        for feed in self.capture.feeds:
            expression = self.fed[feed["tensor"]]
            if expression.op == "input" and id(expression) in used | sizes:
                sparse = feed["tensor"] in self.sparse
                wanted = naming.of_tensor(self.capture, feed["tensor"].rpartition("/")[0] if sparse else feed["tensor"])
                wanted = wanted or naming.by_role(expression, [value for _, _, value in self.outputs])
                self.inputs.append((names.unique(wanted), feed["tensor"], expression))
        in_use = {
            part.options["name"] for part in walk(*roots) for part in (part, *_rates(part)) if part.op == "setting"
        }
        self.settings = {name: value for name, value in self.settings.items() if name in in_use}
        optimizer = None
        if self.capture.optimizer and self.loss is not None:
            optimizer = objective.optimizer_code(self.capture.optimizer, self.capture.clipping, self._schedule())
        dense = bool(self.capture.optimizer) and self.capture.optimizer["class"] in _DENSE_GRADIENTS
        self.writer = ModuleWriter(
            [(name, expression) for name, _, expression in self.inputs],
            [(name, expression) for name, _, expression in self.outputs],
            self.loss,
            optimizer,
            naming.title(self.capture.script, roots),
            {name: value for name, (_, value) in self.settings.items()},
            dense,
        )
        self.text = self.writer.text()

    def _schedule(self):
        """Return the code of the learning rate schedule; None where the rate is constant, or the script sets it."""
        rate = self.capture.optimizer["settings"].get("learning_rate")
        if not isinstance(rate, dict) or "tensor" not in rate:
            return None
        seen = {float(value) for name, value in self.capture.steps.items() if name.endswith("/fetch/" + rate["tensor"])}
        try:
            found = self.evaluator.value(tensor_name(rate["tensor"]))
            held = {  # a rate kept in a variable
                id(part): self.x.constant(self.capture.checkpoint.read(part.options["name"]))
                for part in walk(found)
                if part.op == "weight" and part.dtype == "float32" and part.rank == 0
            }
            code = objective.schedule_code(substitute(self.x, [found], held)[0])
        except CannotTranslate:
            code = None
        if code is None and self._is_set_from_outside(rate["tensor"]):
            self.evaluator.notes.append(
                f"{rate['tensor']}: the script sets the learning rate as it trains; the model begins with its first "
                "value, and keras.callbacks.LearningRateScheduler or model.optimizer.learning_rate sets it from then on"
            )
        elif code is None and len(seen) > 1:
            raise CannotTranslate(
                f"{rate['tensor']}: the learning rate changes from step to step, in a way that no "
                "schedule of Keras is known for"
            )
        return code

    def _is_set_from_outside(self, tensor):
        """Whether a tensor is fed by the script, or read from a variable that the script assigns."""
        node = self.capture.graph[tensor_name(tensor)[0]]
        while node.op in ("Identity", "ReadVariableOp"):
            node = self.capture.graph[node.inputs[0][0]]
        return node.op in VARIABLES or any(feed["tensor"] == f"{node.name}:0" for feed in self.capture.feeds)


def _symbols(expression):
    """Return the symbols whose sizes the code of an expression needs."""
    sizes = (
        [*(expression.shape or ())]
        if expression.op
        in ("reshape", "full", "arange", "sequence_mask", "size", "broadcast_to", "repeat_steps", "zeros_sequence")
        else []
    )
    sizes += [expression.options[key] for key in ("size", "steps") if key in expression.options]
    if expression.op == "getitem":
        sizes += [
            part for item in expression.options["index"] if isinstance(item, slice) for part in (item.start, item.stop)
        ]
    return [symbol for size in sizes if isinstance(size, dims.Size) for symbol in size.symbols]


def _rates(expression):
    """Return the expressions in a layer's own arguments, such as the rate of a Dropout."""
    if expression.op in ("call",):
        return [
            part for value in expression.options["layer"].positional if hasattr(value, "op") for part in walk(value)
        ]
    return []
