"""The three tutorial programs: shapes, variables, readouts, and what they leave behind."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from legacy_graph import bi_lstm, lstm, multi_lstm, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.training import BUILDERS, Session
from mnist_training import TUTORIAL, Recipe

BATCH = 128


@pytest.fixture(scope="module", params=BUILDERS)
def session(request):
    with Session(Recipe.of(request.param, seed=3)) as session:
        session.initialize()
        yield session


@pytest.fixture(scope="module")
def batch():
    generator = np.random.default_rng(0)
    images = generator.random((BATCH, 784), dtype="float32")
    return images, np.eye(10)[generator.integers(0, 10, BATCH)]


SHAPES = {  # the tensors that the tutorial programs name, in runs of 128 digits
    "lstm": {
        "train_op/Reshape": (3584, 28),
        "train_op/add": (3584, 128),
        "train_op/Reshape_1": (128, 28, 128),
        "train_op/lstm/rnn/transpose_1": (128, 28, 128),
        "train_op/lstm/rnn/while/Exit_3": (128, 128),
        "train_op/lstm/rnn/while/Exit_4": (128, 128),
        "train_op/add_1": (128, 10),
    },
    "multi_lstm": {
        "train_op/Reshape": (3584, 28),
        "train_op/add": (3584, 128),
        "train_op/Reshape_1": (128, 28, 128),
        **{f"train_op/lstm/rnn/while/Exit_{k}": (128, 128) for k in range(3, 9)},
        "train_op/add_1": (128, 10),
    },
    "bi_lstm": {
        "train_op/transpose": (28, 128, 28),
        "train_op/Reshape": (3584, 28),
        "train_op/split": (128, 28),
        "train_op/BiRNN/concat_27": (128, 512),
        "train_op/BiasAdd": (128, 10),
    },
}


def test_tensors_have_the_tutorial_shapes(session, batch):
    expected = SHAPES[session.recipe.model]
    tensors = {name: session.graph.get_tensor_by_name(f"{name}:0") for name in expected}
    values = session.run(tensors, *batch)
    assert {name: value.shape for name, value in values.items()} == expected


PARAMETERS = {"lstm": 136_586, "multi_lstm": 136_586, "bi_lstm": 588_810}


def test_parameters_are_as_many_as_in_tf115(session):
    assert sum(value.size for value in session.weights().values()) == PARAMETERS[session.recipe.model]


def test_one_batch_can_be_memorized(session, batch):
    losses = [session.train_step(*batch) for _ in range(10)]
    assert losses[-1] < losses[0] - 0.05


def test_building_leaves_the_process_in_tf2_behaviour(batch):
    with Session(Recipe.of("lstm", units=4)) as session:
        session.initialize()
        session.train_step(*batch)
    assert tf.executing_eagerly()
    assert tf.constant([1]).shape[0] == 1 and isinstance(tf.constant([1]).shape[0], int)
    assert bool(tf.reduce_all(tf.constant(1) == tf.constant(1)))
    assert isinstance(tf.Variable(1.0), tf.Variable) and tf.Variable(1.0).numpy() == 1.0
    assert keras.layers.LSTM(3)(np.zeros((1, 2, 3))).shape == (1, 3)


def test_behaviour_is_restored_after_an_error():
    with pytest.raises(ZeroDivisionError):
        with tf1_behavior():
            assert not tf.executing_eagerly() and tf.constant(1) != tf.constant(1)
            1 / 0  # noqa: B018
    assert tf.executing_eagerly() and bool(tf.constant(1) == tf.constant(1))


def test_any_number_of_rows_is_projected_row_by_row():
    """The tutorial's reshape to [-1, input_size, units] would scramble a digit that is not square."""
    images = np.random.default_rng(1).random((2, 7, 5), dtype="float32")
    with tf1_behavior() as graph:
        program = lstm.build(units=3, batch_size=2, rows=7, columns=5)
        with tf1.Session() as session:
            session.run(tf1.global_variables_initializer())
            projected, kernel = session.run(
                [graph.get_tensor_by_name("train_op/Reshape_1:0"), graph.get_tensor_by_name("Variable:0")],
                {program.x: images},
            )
    np.testing.assert_allclose(projected, images @ kernel + 0.1, rtol=1e-5)


@pytest.mark.parametrize("layer, has_gradient", [(1, True), (2, False)], ids=["second", "third"])
def test_only_layers_up_to_the_second_learn(layer, has_gradient):
    """final_state[1][1] is the second layer's h: the third layer's state feeds nothing."""
    with tf1_behavior() as graph:
        program = multi_lstm.build(units=4, batch_size=2)
        initial = [graph.get_tensor_by_name(name) for name in _zero_states(graph)]
        gradient = tf1.gradients(program.loss, initial[2 * layer : 2 * layer + 2])
        with tf1.Session() as session:
            session.run(tf1.global_variables_initializer())
            feed = {program.x: np.ones((2, 28, 28)), program.y: np.eye(10)[:2]}
            values = session.run([g for g in gradient if g is not None], feed)
    assert any(np.abs(value).max() > 0 for value in values) == has_gradient


def _zero_states(graph):
    return [op.outputs[0].name for op in graph.get_operations() if op.type == "Fill" and "ZeroState" in op.name]


def test_dropout_draws_a_mask_for_every_run_and_is_on_for_accuracy(batch):
    with Session(Recipe.of("multi_lstm", seed=1)) as session:
        session.initialize()
        first, second = (session.run(session.program.logits, *batch) for _ in range(2))
        assert np.abs(first - second).max() > 1e-3
    with Session(TUTORIAL["multi_lstm"].without_dropout(seed=1)) as session:
        session.initialize()
        first, second = (session.run(session.program.logits, *batch) for _ in range(2))
        assert np.abs(first - second).max() == 0


def test_backward_cell_reads_the_last_row_only():
    with tf1_behavior():
        program = bi_lstm.build(units=4, rows=5, columns=3)
        by_image = tf1.gradients(program.logits, program.x)[0]
        with tf1.Session() as session:
            session.run(tf1.global_variables_initializer())
            _silence(session, "fw")
            values = session.run(by_image, {program.x: np.random.default_rng(0).random((2, 5, 3))})
    assert np.abs(values[:, :4]).max() == 0 < np.abs(values[:, 4]).max()


def _silence(session, direction):
    """Set one direction's kernel to zero, so that its output depends on no row."""
    for variable in tf1.trainable_variables():
        if f"/{direction}/" in variable.op.name and variable.op.name.endswith("kernel"):
            session.run(tf1.assign(variable, tf1.zeros_like(variable)))


def test_the_lesson_of_reuse(capsys):
    from legacy_graph import reuse_lesson

    reuse_lesson.main()
    shown = capsys.readouterr().out
    assert "already exists, disallowed" in shown
    assert "does not exist, or was not created with tf.get_variable()" in shown
    assert "variables: lstm/rnn/basic_lstm_cell/kernel, lstm/rnn/basic_lstm_cell/bias\n" in shown
