"""tf.keras inside a graph: layers on placeholders, and models with fit, evaluate, predict."""

import os
import tempfile

import numpy as np
from _layer_tools import measure
from _tools import distinct, variables

SUBJECTS = {
    "recurrent_layers": ["layers.LSTM", "layers.GRU", "layers.SimpleRNN"],
    "recurrent_options": ["layers.LSTM", "layers.Bidirectional", "layers.RNN", "layers.LSTMCell",
                          "layers.StackedRNNCells", "layers.GRUCell"],
    "other_layers": ["layers.Dense", "layers.Embedding", "layers.TimeDistributed", "layers.Conv1D",
                     "layers.MaxPooling1D", "layers.Flatten", "layers.Lambda", "layers.Masking",
                     "layers.Concatenate", "layers.BatchNormalization", "layers.Activation"],
    "names_and_scopes": ["layers.Dense", "layers.LSTM"],
    "sequential_fit": ["models.Sequential", "optimizers.Adam", "layers.LSTM"],
    "functional_model": ["models.Model", "layers.Input", "callbacks.History"],
    "train_on_batch_and_weights": ["models.Sequential"],
    "in_a_session_of_ones_own": ["backend.set_session", "backend.get_session", "backend.learning_phase"],
    "start_values": ["initializers.glorot_uniform", "initializers.Orthogonal", "initializers.he_uniform"],
    "preprocessing": ["preprocessing.sequence.pad_sequences", "preprocessing.text.Tokenizer",
                      "utils.to_categorical"],
}
SUBJECTS = {case: ["tf.keras." + name for name in names] for case, names in SUBJECTS.items()}


def _layers(tf):
    return tf.keras.layers


def recurrent_layers(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((3, 5, 4)))
    parts = [layers.LSTM(3)(x), layers.GRU(3)(x), layers.SimpleRNN(3)(x)]
    return measure(tf, tf.concat(parts, 1), [x])


def recurrent_options(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((3, 5, 4)))
    every, h, c = layers.LSTM(2, return_sequences=True, return_state=True, go_backwards=True,
                              recurrent_activation="sigmoid", unit_forget_bias=False)(x)
    both = layers.Bidirectional(layers.LSTM(2), merge_mode="concat")(x)
    stack = layers.RNN(layers.StackedRNNCells([layers.LSTMCell(2), layers.GRUCell(3)]))(every)
    unrolled = layers.LSTM(2, unroll=True)(x, initial_state=[h, c])
    return measure(tf, tf.concat([h, c, both, stack, unrolled], 1), [x])


def other_layers(tf):
    layers = _layers(tf)
    x, ids = tf.constant(distinct((3, 6, 4))), tf.constant([[1, 2, 0], [3, 0, 0], [4, 1, 2]])
    embedded = layers.Embedding(5, 2, mask_zero=True)(ids)
    masked = layers.LSTM(2)(layers.Masking(0.0)(embedded * tf.cast(tf.expand_dims(ids > 0, -1), tf.float32)))
    line = layers.MaxPooling1D(2)(layers.Conv1D(3, 3, padding="same", activation="relu")(x))
    parts = [layers.Flatten()(layers.TimeDistributed(layers.Dense(2))(line)), masked,
             layers.Lambda(lambda value: value[:, 0] * 2.0)(x),
             layers.Activation("softmax")(layers.BatchNormalization()(layers.Dense(3)(x[:, 0])))]
    return measure(tf, layers.Concatenate()(parts), [x])


def names_and_scopes(tf):
    layers = _layers(tf)
    x = tf.placeholder(tf.float32, [None, 4])
    with tf.variable_scope("scope"):
        made = [layers.Dense(2)(x), layers.Dense(2, name="mine")(x)]
    with tf.name_scope("name"):
        made += [layers.Dense(2)(x), layers.LSTM(2)(tf.expand_dims(x, 1))]
    return {"variables": variables(tf.global_variables()), "trainable": len(tf.trainable_variables()),
            "shapes": [str(tensor.shape) for tensor in made]}


def _set_weights(model):
    model.set_weights([distinct(weight.shape, seed=number + 1)
                       for number, weight in enumerate(model.get_weights())])


def sequential_fit(tf):
    layers = _layers(tf)
    model = tf.keras.models.Sequential([layers.LSTM(4, input_shape=(5, 3), return_sequences=True),
                                        layers.LSTM(3), layers.Dense(2, activation="softmax")])
    model.compile(tf.keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    _set_weights(model)
    x, y = distinct((8, 5, 3)), np.arange(8) % 2
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0, validation_split=0.25)
    values = {"history " + key: np.float32(found) for key, found in history.history.items()}
    values.update(("weight %d" % number, weight) for number, weight in enumerate(model.get_weights()))
    values["evaluated"] = np.float32(model.evaluate(x, y, verbose=0))
    values["predicted"] = model.predict(x)
    values["names"] = [weight.name for weight in model.weights]
    values["parameters"] = model.count_params()
    return values


def functional_model(tf):
    layers = _layers(tf)
    left, right = layers.Input((4, 3)), layers.Input((2,), name="right")
    joined = layers.concatenate([layers.GRU(3)(left), right])
    model = tf.keras.models.Model([left, right], layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    _set_weights(model)
    feeds = [distinct((6, 4, 3)), distinct((6, 2), seed=2)]
    history = model.fit(feeds, distinct((6, 1), seed=3), batch_size=6, epochs=2, verbose=0)
    return {"losses": np.float32(history.history["loss"]), "predicted": model.predict(feeds),
            "names": [layer.name for layer in model.layers]}


def train_on_batch_and_weights(tf):
    layers = _layers(tf)
    model = tf.keras.Sequential()
    model.add(layers.Embedding(7, 3, input_length=4))
    model.add(layers.SimpleRNN(3))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["acc"])
    _set_weights(model)
    x, y = np.arange(20).reshape(5, 4) % 7, np.array([0, 1, 1, 0, 1])
    losses = [model.train_on_batch(x, y) for _ in range(3)]
    path = os.path.join(tempfile.mkdtemp(), "weights.h5")
    model.save_weights(path)
    before = model.predict(x)
    _set_weights(model)
    model.load_weights(path)
    return {"losses": np.float32(losses), "before": before, "after": model.predict(x)}


def in_a_session_of_ones_own(tf):
    keras = tf.keras
    x = tf.placeholder(tf.float32, [None, 4])
    hidden = keras.layers.Dropout(0.5, seed=3)(keras.layers.Dense(3, activation="relu")(x))
    loss = tf.reduce_mean(tf.square(keras.layers.Dense(1)(hidden) - 1.0))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as sess:
        keras.backend.set_session(sess)
        sess.run(tf.global_variables_initializer())
        for number, variable in enumerate(tf.trainable_variables()):
            variable.load(distinct(variable.shape.as_list(), seed=number), sess)
        feed = {x: distinct((3, 4)), keras.backend.learning_phase(): 0}
        values = {"losses": [sess.run([loss, train], feed)[0] for _ in range(3)],
                  "same session": keras.backend.get_session() is sess}
        feed[keras.backend.learning_phase()] = 1
        values["train phase"] = np.isfinite(sess.run(loss, feed))
    keras.backend.set_session(None)
    return values


def start_values(tf):
    initializers = tf.keras.initializers
    makers = [initializers.glorot_uniform(seed=1), initializers.Orthogonal(seed=2),
              initializers.he_uniform(seed=3), initializers.RandomNormal(0.0, 0.1, seed=4),
              initializers.lecun_normal(seed=5),
              initializers.TruncatedNormal(seed=6), initializers.VarianceScaling(seed=7)]
    made = [maker((3, 4)) for maker in makers]
    with tf.Session() as sess:
        return {"bits/%d" % number: value for number, value in enumerate(sess.run(made))}


def preprocessing(tf):
    preprocessing = tf.keras.preprocessing
    texts = ["The cat sat on the mat.", "The dog sat!", "on, and on"]
    tokenizer = preprocessing.text.Tokenizer(num_words=5)
    tokenizer.fit_on_texts(texts)
    sequences = tokenizer.texts_to_sequences(texts)
    return {"index": [
                "%s %d" % pair for pair in sorted(tokenizer.word_index.items())],
            "sequences": [str(sequence) for sequence in sequences],
            "padded": preprocessing.sequence.pad_sequences(sequences, maxlen=4, padding="post"),
            "matrix": tokenizer.texts_to_matrix(texts, "tfidf"),
            "one hot": tf.keras.utils.to_categorical([1, 0, 2], 3)}
