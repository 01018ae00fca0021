# tf.keras layers in a TF 1 graph and session; Keras 2 under its own name.
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import LSTM, Dense, Embedding
from tensorflow.keras.models import Sequential

np.random.seed(0)
tf.set_random_seed(15)
model = Sequential()
model.add(Embedding(10, 4, input_length=5))
model.add(LSTM(6, unit_forget_bias=True))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
X = np.random.randint(0, 10, (16, 5))
Y = (X.sum(axis=1) > 22).astype("float32")
history = model.fit(X, Y, epochs=2, batch_size=8, verbose=0, shuffle=False)
print(sorted(history.history), len(history.history["loss"]))
print([w.shape.as_list() for w in model.weights], model.predict(X).shape)

x = tf.placeholder(tf.float32, [None, 3, 2])
out = LSTM(4, return_sequences=True)(x)
with tf.Session() as sess:
    K.set_session(sess)
    sess.run(tf.global_variables_initializer())
    print(sess.run(out, {x: np.ones([1, 3, 2])}).shape)
