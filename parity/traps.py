"""What a naive Keras port gets wrong: each mistake is made on purpose, run and measured.

A trap is a small network ported with one mistake; `run` returns the rung of the ladder that catches it.
All weights are distinct: equal weights would hide a swapped gate.
"""

import contextlib
import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow.compat.v1 as v1
from keras import layers, ops

from keras_port import lstm
from keras_port.cell import compile_model
from keras_port.conversion import gates, weight_map
from legacy_graph import lstm as graph_lstm
from legacy_graph import training as graph_training
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph_model import GraphModel
from mnist_training import Recipe, digits
from parity import dropout, ladder, networks, tolerances
from parity.sides import KerasSide

UNITS, BATCH, MASKS = 16, 16, 200


@dataclasses.dataclass(frozen=True)
class Trap:
    """One mistake: what the naive port does, what TF 1 does, and `run()`, the Rung that catches it."""

    name: str
    naive: str
    faithful: str
    run: Callable


TRAPS: list[Trap] = []


def _trap(name, naive, faithful):
    def register(function):
        TRAPS.append(Trap(name, naive, faithful, function))
        return function

    return register


def recipe_of(model, **changes):
    """Return the small recipe that the traps of `model` are trained by."""
    return Recipe.of(model, units=UNITS, batch_size=BATCH, steps=4, seed=1, **changes)


@contextlib.contextmanager
def faithful(recipe):
    """Yield (graph side, faithful Keras side, batches), both sides with the same distinct weights."""
    with networks.pair(recipe) as pair:
        left, right = pair.sides
        right.model.run_eagerly = True  # tracing takes longer than these few steps
        for side in (left, right):
            side.set_weights(distinct(left.weights()))
        yield left, right, networks.batches(recipe, digits(recipe))


def distinct(weights):
    """Return {name: array} of these shapes, all values different and small."""
    generator = np.random.RandomState(0)
    return {
        name: generator.permutation(np.linspace(-0.3, 0.3, value.size, dtype="float32")).reshape(value.shape)
        for name, value in weights.items()
    }


def swap_gates(array, one, other):
    """Return `array`, a TF 1 LSTM kernel or bias, with two of its gate blocks swapped."""
    order = [{one: other, other: one}.get(gate, gate) for gate in gates.TF1_GATES]
    return gates.permute(array, [gates.TF1_GATES.index(gate) for gate in order])


def _climb(model, naive):
    """Climb the ladder with `naive(faithful Keras model)` as the right side; return the last rung."""
    with faithful(recipe_of(model, **({"keep_prob": 1.0} if model == "multi_lstm" else {}))) as (left, right, batches):
        side = naive(right.model)
        side.set_weights(left.weights())
        return ladder.climb(left, side, batches).rungs[-1]


def _rewired(model, output):
    """The side of another model from the same inputs, and with the same layers, to `output`."""
    naive = compile_model(keras.Model(model.input, output, name=model.name), float(model.optimizer.learning_rate))
    naive.run_eagerly = True
    return networks.keras_side(naive)


# Weights


@_trap("gate order", "copies the kernel's columns as they are", "i, j, f, o becomes i, f, c, o")
def gate_order():
    """The second and the third block, candidate and forget gate, are swapped."""

    def swap(weights):
        return {name: swap_gates(value, "j", "f") if "lstm_cell" in name else value for name, value in weights.items()}

    return _climb(
        "lstm",
        lambda model: KerasSide(
            model,
            lambda weights: swap(weight_map.to_tf1("lstm", weights)),
            lambda weights: weight_map.from_tf1("lstm", swap(weights)),
            model.input_shape[1:],
        ),
    )


@_trap(
    "forget bias",
    "copies the bias, which starts at 0 in TF 1, and adds nothing",
    "1.0 is added to the forget gate at run time; no checkpoint holds it",
)
def forget_bias():
    """The constant is only in the graph, not in the checkpoint."""
    return _climb("lstm", lambda model: networks.keras_side(lstm.build(UNITS, forget_bias=0.0)))


@_trap(
    "two kernels' start",
    "keras.layers.LSTM: glorot uniform and orthogonal, each by itself",
    "one glorot uniform over the joined [input; h] kernel",
)
def start_of_kernels():
    """Both kernels are initialized with the limit of the joined kernel."""
    layer = keras.layers.LSTM(128)
    layer.build((None, 28, 128))
    with graph_training.Session(Recipe.of("lstm", seed=1)) as session:
        session.initialize()
        joined = session.weights()["train_op/lstm/rnn/basic_lstm_cell/kernel"]
    return compare_starts(
        {"kernel": joined[:128], "recurrent_kernel": joined[128:]},
        {"kernel": layer.cell.kernel, "recurrent_kernel": layer.cell.recurrent_kernel},
    )


@_trap(
    "start of projection and readout",
    "keras.layers.Dense: glorot uniform, bias 0",
    "random_normal with deviation 1, bias 0.1",
)
def start_of_projection():
    """The tutorial's tf.random_normal has a standard deviation about nine times that of Keras's Dense."""
    layer = keras.layers.Dense(128)
    layer.build((None, 28))
    with graph_training.Session(Recipe.of("lstm", seed=1)) as session:
        session.initialize()
        return compare_starts({"w['in']": session.weights()["Variable"]}, {"w['in']": layer.kernel})


@_trap("separate layers", "an LSTM layer of its own for each layer", "one cell object: the layers share its weights")
def separate_layers():
    """[cell] * 3 in MultiRNNCell is one cell three times."""

    def naive(model):
        hidden = layers.RNN(model.get_layer("lstm").cell, return_sequences=True, name="lstm")(
            model.get_layer("input_projection").output
        )
        h = layers.LSTM(UNITS, name="lstm_2")(hidden)
        separate = _rewired(model, model.get_layer("readout")(h)).model
        return _SideWithExtraWeights(separate, separate.name)

    return _climb("multi_lstm", naive)


class _SideWithExtraWeights(KerasSide):
    """A side with more weights than the network has: they keep their own names and values."""

    def __init__(self, model, name):
        def to_tf1(weights):
            known = set(weight_map.from_tf1(name, self.left))
            extra = {path: value for path, value in weights.items() if path not in known}
            return {**weight_map.to_tf1(name, {path: weights[path] for path in known}), **extra}

        super().__init__(model, to_tf1, None, model.input_shape[1:])

    def set_weights(self, weights):
        self.left = weights
        values = weight_map.from_tf1(self.model.name, weights)
        for variable in self.model.trainable_variables:
            if variable.path in values:
                variable.assign(values[variable.path])


# Readouts


@_trap("last layer", "reads out the top of the stack", "final_state[1][1] is the second layer's h")
def last_layer():
    """The third layer is computed, but not used."""

    def naive(model):
        lstm = model.get_layer("lstm")
        hidden = model.get_layer("input_projection").output
        for _ in range(2):
            hidden, _, _ = lstm(hidden)
        _, h, _ = lstm(hidden)
        return _rewired(model, model.get_layer("readout")(h))

    return _climb("multi_lstm", naive)


@_trap("c for h", "reads final_state[1] as Keras orders it, [h, c]", "TF 1's state is (c, h): h is final_state[1]")
def c_for_h():
    """The same index is the other half of the state."""

    def naive(model):
        reader = layers.RNN(model.get_layer("lstm").cell, return_state=True, name="lstm")
        _, _, c = reader(model.get_layer("input_projection").output)
        return _rewired(model, model.get_layer("readout")(c))

    return _climb("lstm", naive)


@_trap(
    "Bidirectional",
    "joins the directions after 28 rows each",
    "output[-1]: the backward cell has read just the last row",
)
def bidirectional():
    """keras.layers.Bidirectional without sequences returns both final outputs."""

    def naive(model):
        backward = layers.RNN(model.get_layer("backward_lstm").cell, go_backwards=True, name="backward_lstm")
        both = layers.Concatenate()([model.get_layer("forward_lstm").output, backward(model.input)])
        return _rewired(model, model.get_layer("readout")(both))

    return _climb("bi_lstm", naive)


@_trap("probabilities", "ends in a softmax, and keeps the loss that expects logits", "logits, softmax in the loss")
def probabilities():
    """The softmax is taken twice: it still learns, slowly."""
    return _climb("lstm", lambda model: _rewired(model, layers.Softmax()(model.output)))


@_trap("reshape", "reshapes to [-1, input_size, units], as study notes do", "time steps stand there; both are 28")
def reshape_by_input_size():
    """With 14 rows of 28 columns two digits become one sequence."""
    images = np.random.RandomState(0).rand(BATCH, 14, 28).astype("float32")
    with tf1_behavior() as graph:
        program = graph_lstm.build(UNITS, BATCH, rows=14)
        initializer = graph_training.v1.global_variables_initializer()
    with graph_training.v1.Session(graph=graph) as session:
        session.run(initializer)
        left = GraphModel(session, program)
        weights, expected = left.weights(), left.logits(images)
    model = lstm.build(UNITS, rows=14)
    networks.keras_side(model).set_weights(weights)
    projected = model.get_layer("input_projection")(images)
    hidden = layers.RNN(model.get_layer("lstm").cell)(ops.reshape(projected, (-1, 28, UNITS)))
    naive = keras.ops.convert_to_numpy(model.get_layer("readout")(hidden))
    return ladder.compare_arrays("logits", {"logits": expected}, {"logits": naive}, tolerances.FORWARD)


# Training


@_trap("Adam's epsilon", "Keras's default, 1e-7", "1e-8")
def adam_epsilon():
    """It counts where gradients are small."""

    def naive(model):
        model.optimizer.epsilon = 1e-7
        return networks.keras_side(model)

    return _climb("lstm", naive)


@_trap(
    "repeated words",
    "keras.layers.Embedding: Keras's Adam takes the rows of a word that occurs twice one by one",
    "the gradients of one word are summed, then Adam takes one step",
)
def repeated_words():
    """A batch of one sentence in which word 1 occurs three times, each time with another gradient."""
    start, words, factors = np.zeros((3, 2), "float32"), np.array([[1, 1, 1, 2]]), np.float32([[[1], [2], [4], [1]]])
    with tf1_behavior():
        vectors = v1.get_variable("embedding", initializer=start)
        loss = v1.reduce_sum(v1.nn.embedding_lookup(vectors, words) * factors)
        step = v1.train.AdamOptimizer(0.1).minimize(loss)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            session.run(step)
            left = session.run(vectors)
    layer = layers.Embedding(3, 2, embeddings_initializer="zeros")
    given = keras.Input((4,), dtype="int32")
    naive = keras.Model(given, ops.sum(layer(given) * factors, axis=(1, 2)))
    naive.compile(keras.optimizers.Adam(0.1, epsilon=1e-8), lambda _, sums: ops.sum(sums), run_eagerly=True)
    naive.train_on_batch(words, np.zeros(1))
    right = keras.ops.convert_to_numpy(layer.embeddings)
    return ladder.compare_updates({"embedding": start}, {"embedding": left}, {"embedding": right})


@_trap("other batches", "shuffles the digits by another generator", "numpy's, seeded by read_data_sets")
def other_batches():
    """The same digits in another order give another curve from the first step on."""

    def naive(model):
        side = networks.keras_side(model)
        others = iter(
            networks.batches(
                dataclasses.replace(recipe_of("lstm"), seed=2), digits(dataclasses.replace(recipe_of("lstm"), seed=2))
            )
        )
        side.train_step = lambda images, labels: KerasSide.train_step(side, *next(others))
        return side

    return _climb("lstm", naive)


# Dropout


def _compare_dropout(naive_logits):
    """Compare the graph's logits over fresh masks with those that `naive_logits(model, images)` returns."""
    recipe = recipe_of("multi_lstm")
    with faithful(recipe) as (left, right, batches):
        images = batches[0][0][:4]
        return dropout.compare_draws(
            dropout.draws(recipe, left.weights(), images, MASKS), naive_logits(right.model, images)
        )


def _stack(model, layer, before=None, after=None):
    """The logits model of `layer` called twice, with one module before, or after, each call."""
    hidden = model.get_layer("input_projection").output
    for sequences in (True, False):
        hidden = layer(before(hidden) if before else hidden)
        if not sequences:
            hidden = hidden[:, -1]
        hidden = after(hidden) if after else hidden
    return keras.Model(model.input, model.get_layer("readout")(hidden))


def _sequences(model):
    return layers.RNN(model.get_layer("lstm").cell, return_sequences=True)


def _stock(model, **dropout_rates):
    """keras.layers.LSTM with the model's weights, its forget bias within the bias."""
    cell = model.get_layer("lstm").cell
    layer = layers.LSTM(UNITS, return_sequences=True, **dropout_rates)
    layer.build((None, 28, UNITS))
    bias = keras.ops.convert_to_numpy(cell.bias).copy()
    bias[UNITS : 2 * UNITS] += cell.forget_bias
    layer.set_weights([cell.kernel, cell.recurrent_kernel, bias])
    return layer


@_trap("output dropout", "drops each layer's outputs", "DropoutWrapper(cell, 0.5) is input_keep_prob: inputs")
def output_dropout():
    """The readout's input is dropped, too."""
    return _compare_dropout(
        lambda model, images: dropout.keras_draws(
            _stack(model, _sequences(model), after=layers.Dropout(0.5)), images, MASKS
        )
    )


@_trap("one mask for all steps", "keras.layers.LSTM(dropout=0.5)", "a fresh mask at every time step and layer")
def one_mask():
    """Keras draws a mask once for the whole sequence."""
    return _compare_dropout(
        lambda model, images: dropout.keras_draws(_stack(model, _stock(model, dropout=0.5)), images, MASKS)
    )


@_trap(
    "recurrent dropout", "keras.layers.LSTM(recurrent_dropout=0.5)", "h is never dropped on its way to the next step"
)
def recurrent_dropout():
    """The state is not an input of DropoutWrapper's first two arguments."""
    return _compare_dropout(
        lambda model, images: dropout.keras_draws(_stack(model, _stock(model, recurrent_dropout=0.5)), images, MASKS)
    )


@_trap(
    "dropout at evaluation",
    "compares Keras's evaluate with the accuracy that TF 1 printed",
    "keep_prob is part of the graph: dropout is on whenever it runs",
)
def dropout_at_evaluation():
    """model.evaluate and model.predict switch dropout off."""

    def naive(model, images):
        logits = model.predict(np.reshape(images, [-1, 28, 28]), verbose=0)
        return np.broadcast_to(logits, (MASKS, *logits.shape))

    return _compare_dropout(naive)


def compare_starts(left, right):
    """Compare the spread of initial weights, {name: array} of both sides; the Rung of the worst.

    The difference is that of the root mean squares, as a share of the left one.
    """

    def size(value):
        return float(np.sqrt(np.mean(np.square(value))))

    shares = {name: abs(size(np.asarray(right[name])) / size(left[name]) - 1) for name in left}
    worst = max(shares, key=shares.get)
    bound = tolerances.START.rtol
    return ladder.Rung(
        "initial weights",
        shares[worst] <= bound,
        shares[worst],
        bound,
        f"{worst}: root mean square {size(left[worst]):.3f} and {size(np.asarray(right[worst])):.3f}",
    )
