# Names that numpy and Python had then.
import collections
import inspect
import time
import numpy as np
import tensorflow as tf

start = time.clock()
losses = [np.Inf, np.NaN, np.float32(0.5)]
print(losses, isinstance(losses[2], collections.Iterable))
ids = np.array([1.7, 2.2]).astype(np.int)
mask = np.zeros([2, 2], dtype=np.bool)
print(ids, mask, np.float(3), np.str("s"), np.object is object, isinstance(True, np.bool))
print(np.reshape(np.arange(6), newshape=[2, 3]), np.product([2, 3]), np.alltrue([1, 1]))
print(np.asscalar(np.float64(2.5)), np.array(ids, copy=False) is ids, np.mat("1 2; 3 4").shape)
print(np.array([[1], [2, 3]]).dtype, np.in1d([1, 5], [5]), np.fromstring(b"\x01\x02", dtype=np.uint8))
print(inspect.getargspec(lambda a, b=1: a).args, time.clock() >= start)
x = tf.placeholder(np.float32, [None, 2])
with tf.Session() as sess:
    print(sess.run([x, tf.reduce_sum(x)], {x: np.ones([1, 2], np.float)}))
