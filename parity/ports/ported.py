"""The right side of a proof: the model in a folder written by `keras-port convert`."""

import contextlib
import importlib.util
import inspect
import io
import pathlib
import sys
import zipfile

import h5py
import keras
import numpy as np
import tensorflow as tf

from keras_port.conversion import optimizer_state, weight_kinds
from keras_port.translation import untrusted
from mnist_training import InputError
from parity.sides import check_backend

_FILES = ("port.json", "model.py", "model.keras")
_DROPOUT_OFF = {"rate": 0.0, "dropout": 0.0, "recurrent_dropout": 0.0}  # dropout attributes of layers and cells
_KEEP = "keep_prob"


class Port:
    """The folder of a port: model.py, model.keras, and port.json, which maps the model to the graph.

    Attributes:
      learning_rate: that of model.py's optimizer, of the latest `model()`; None for a schedule.

    Raises InputError where the folder is not a port, or its port.json is damaged.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        missing = [name for name in _FILES if not (self.folder / name).is_file()]
        if missing:
            raise InputError(
                f"{folder}: no port, {missing[0]} is not there; expected a folder that `keras-port convert CAPTURE "
                "OUT` wrote"
            )
        try:
            self.learning_rate = None
            self.about = untrusted.read_facts(self.folder / "port.json")
            self.rows = self.about["weights"]
            self.outputs = [output["tensor"] for output in self.about["outputs"]]
            self.training_feeds = dict(self.about.get("training_feeds", {}))
            for side in ("variable", "keras"):
                [weight_kinds.names(row, side) for row in self.rows]
            [entry["tensor"] for entry in [*self.about["labels"], *self.about["inputs"]]]
        except InputError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise InputError(f"{self.folder / 'port.json'}: cannot be read ({error}); convert again") from error

    def model(self, dropout=True):
        """Return the model of model.py with the weights of model.keras.

        `dropout` tells whether dropout is on. Raises InputError where the model cannot be built, or does not take the
        weights.
        """
        keras.utils.clear_session(free_memory=False)  # so that Keras numbers names as it did during conversion
        try:
            module = _module(self.folder / "model.py")
            model = module.build(**({} if dropout else _keep_everything(module.build)))
            self.learning_rate = _learning_rate(model)
            if not dropout:
                _disable_dropout(model)
            _load(model, self.folder / "model.keras")
        except (Exception, SystemExit) as error:  # SystemExit: generated code that ends the process must not pass
            raise InputError(
                f"{self.folder}: the model cannot be built from model.py and model.keras: {error}"
            ) from error
        return model

    def keeps_state(self, model):
        """Whether model.keras contains the optimizer's state; a model saved before training does not have one."""
        slots = optimizer_state.slots_of(model.optimizer)
        return bool(slots) and len(model.optimizer.variables) == _optimizer_variables(self.folder / "model.keras")


def _learning_rate(model):
    """Return the learning rate that a model was compiled with; None for a schedule, which advances by itself."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or isinstance(optimizer.get_config()["learning_rate"], dict):
        return None
    return float(optimizer.learning_rate)


def _load(model, path):
    """Load the weights, and the optimizer's state where the file contains that of the same optimizer."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        optimizer.build(model.trainable_variables)
        if len(optimizer.variables) != _optimizer_variables(path):
            model.optimizer = None  # saved before the first step, or model.py now has another optimizer
    model.load_weights(path)
    model.optimizer = optimizer


def _optimizer_variables(path):
    """Return the number of optimizer variables in a .keras file."""
    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as weights:
        return len(weights["optimizer/vars"]) if "optimizer/vars" in weights else 0


class PortSide:
    """A side of the ladder: a port's compiled model, on the TensorFlow backend. Its batches are (inputs, labels).

    Its weights and gradients have the names and shapes of the graph's variables.

    Args:
      port: a Port.
      dropout: whether dropout is on.

    Raises ValueError for another backend.
    """

    def __init__(self, port, dropout=False):
        check_backend()
        self.port, self.model = port, port.model(dropout)
        self._rows, self._rate = port.rows, port.learning_rate
        trained = {variable.path for variable in self.model.trainable_variables}
        self._trained = [row for row in self._rows if set(weight_kinds.names(row, "keras")) <= trained]
        # As graphs, as fit runs them: eagerly, a recurrent layer of 600 steps takes ten seconds.
        self._forward = tf.function(self._outputs_of, reduce_retracing=True, autograph=False)
        self._backward = tf.function(self._gradients_of, reduce_retracing=True, autograph=False)

    def batch(self, graph, step):
        """Return (inputs, labels) of a captured step as the model takes them, with values from a CapturedGraph."""
        known = {
            entry.get("name"): entry["tensor"] for entry in [*self.port.about["labels"], *self.port.about["inputs"]]
        }
        order = [entry["tensor"] for entry in self.port.about["inputs"]]
        if self.port.about.get("loss_kind") == "endpoint":
            order += [entry["tensor"] for entry in self.port.about["labels"] if entry["tensor"] not in order]
        tensors = [known.get(given.name) or order[number] for number, given in enumerate(self.model.inputs)]
        sparse = {entry["tensor"]: entry["indices"] for entry in self.port.about["inputs"] if "indices" in entry}
        inputs = [np.asarray(graph.value(tensor, step)) for tensor in tensors]
        for number, tensor in enumerate(tensors):
            if tensor in sparse:
                inputs[number] = _dense(graph, graph.value(sparse[tensor], step), inputs[number], step)
        return inputs[0] if len(inputs) == 1 else inputs, self._labels(graph, step)

    def _labels(self, graph, step):
        if self.port.about.get("loss_kind") == "endpoint":
            return None
        labels = [None] * len(self.model.outputs)
        for entry in self.port.about["labels"]:
            labels[entry.get("output", 0)] = np.asarray(graph.value(entry["tensor"], step))
        return labels[0] if len(labels) == 1 else labels

    def weights(self):
        """Return {variable: array}; weights without a variable are marked "(no variable)"."""
        values = {v.path: keras.ops.convert_to_numpy(v) for v in self.model.weights if "seed_generator" not in v.path}
        named = {path for row in self._rows for path in weight_kinds.names(row, "keras")}
        return {
            **weight_kinds.to_tf1(self._rows, values),
            **{f"{path} (no variable)": value for path, value in values.items() if path not in named},
        }

    def offsets(self):
        """Return {variable: array}, the constants that are folded into the weights, such as forget biases."""
        rows = [row for row in self._rows if weight_kinds.KINDS[row["how"]].constants is not None]
        return weight_kinds.to_tf1(rows, {v.path: np.zeros(v.shape, "float32") for v in self.model.weights})

    def set_optimizer_state(self, slots, step):
        """Set the optimizer's state.

        Args:
          slots: {TF 1 slot name: {variable: array}}.
          step: number of steps already made.

        Returns (state after loading, state in model.keras), both {name: array}; the latter is empty where the file has
        none.
        """
        in_file = self._optimizer_state() if self.port.keeps_state(self.model) else {}
        self.scale_learning_rate(1.0)  # that of model.py: the file has its own
        self._load_optimizer_state(slots, step)
        return self._optimizer_state(), in_file

    def start_from(self, weights, slots, step):
        """Set the weights, {variable: array}, and the optimizer's state as `set_optimizer_state` does."""
        values = weight_kinds.from_tf1(self._rows, weights)
        for variable in self.model.weights:
            if variable.path in values:
                variable.assign(values[variable.path])
        self._load_optimizer_state(slots, step)

    def _load_optimizer_state(self, slots, step):
        moved = {slot: weight_kinds.gradients_from_tf1(self._trained, values) for slot, values in slots.items()}
        optimizer_state.load(self.model, moved, step)

    def optimizer_slots(self):
        """Return the optimizer's state as {TF 1 slot name: {variable: array}}."""
        slots = optimizer_state.slots_in(self.model)
        return {slot: weight_kinds.gradients_to_tf1(self._trained, values) for slot, values in slots.items()}

    def _optimizer_state(self):
        variables = self.model.optimizer.variables
        return {variable.path: np.copy(keras.ops.convert_to_numpy(variable)) for variable in variables}

    def logits(self, batch, training=True):
        """Return {tensor name in the graph: array} of the model's outputs.

        Outputs without a tensor in the graph are left out; where no output has one, the loss is returned.
        """
        with self._unchanged():
            return {tensor: value.numpy() for tensor, value in self._forward(*batch, training).items()}

    def draw(self, batch):
        """Return the same as `logits` in training mode, with new random numbers on each call."""
        return {tensor: value.numpy() for tensor, value in self._forward(*batch, True).items()}

    def _outputs_of(self, inputs, labels, training):
        outputs = self.model(inputs, training=training)
        if not any(self.port.outputs):
            return {self.port.about["loss"]: self.model.compute_loss(x=inputs, y=labels, y_pred=outputs)}
        return {
            about["tensor"]: keras.ops.reshape(value, about["shape"]) if "shape" in about else value
            for about, value in zip(self.port.about["outputs"], keras.tree.flatten(outputs))
            if about["tensor"]
        }

    def _gradients_of(self, inputs, labels):
        with tf.GradientTape() as tape:
            outputs = self.model(inputs, training=True)
            loss = self.model.compute_loss(x=inputs, y=labels, y_pred=outputs)
        found = tape.gradient(
            loss,
            [variable.value for variable in self.model.trainable_variables],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        return [tf.convert_to_tensor(gradient) for gradient in found]

    def gradients(self, batch, _=None):
        """Return {variable: array}, the gradients of the batch's loss."""
        with self._unchanged():
            found = self._backward(*batch)
        gradients = {v.path: value.numpy() for v, value in zip(self.model.trainable_variables, found)}
        return weight_kinds.gradients_to_tf1(self._trained, gradients)

    @contextlib.contextmanager
    def _unchanged(self):
        """Restore the variables that a forward pass in training changes, such as moving averages, after the body."""
        kept = [(variable, variable.numpy()) for variable in self.model.non_trainable_variables]
        yield
        for variable, value in kept:
            variable.assign(value)

    def scale_learning_rate(self, factor):
        """Set the learning rate to `factor` times its original value, unless the model has a schedule."""
        if self._rate is not None:
            self.model.optimizer.learning_rate = self._rate * factor

    def train_step(self, batch, _=None):
        """Make one optimizer step, as fit does; returns the loss before the update."""
        self.model.reset_metrics()
        return float(self.model.train_on_batch(*batch, return_dict=True)["loss"])


def _dense(graph, indices, values, step):
    """Return the labels of a captured step, a SparseTensor's, as rows that are padded with -1."""
    tensor, axis = next(iter(graph.capture.about["batch_axis"].items()))
    rows = np.full((graph.value(tensor, step).shape[axis], np.max(indices[:, 1], initial=0) + 1), -1, values.dtype)
    rows[tuple(indices.T)] = values
    return rows


def _module(path):
    name = f"ported_{abs(hash(str(path.absolute())))}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # keras.saving looks up the module's classes there
    spec.loader.exec_module(module)
    return module


def _keep_everything(build):
    """Return the arguments with which `build` makes a model without dropout."""
    return {name: 1.0 for name in inspect.signature(build).parameters if _KEEP in name}


def _disable_dropout(model):
    for layer in model._flatten_layers():
        for attribute, value in vars(layer).copy().items():
            if (
                attribute in _DROPOUT_OFF
                and isinstance(value, float)
                and ("ropout" in type(layer).__name__ or attribute != "rate")
            ):
                setattr(layer, attribute, _DROPOUT_OFF[attribute])
            elif _KEEP in attribute and isinstance(value, float):
                setattr(layer, attribute, 1.0)
