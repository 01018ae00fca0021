# Habits of numpy 1 in scripts: its pickles, and numbers made of arrays of one element.
import math
import pickle
import numpy as np
import tensorflow as tf

PICKLED = b'\x80\x02}q\x00(X\x05\x00\x00\x00arrayq\x01cnumpy.core.multiarray\n_reconstruct\nq\x02cnumpy\nndarray\nq\x03K\x00\x85q\x04c_codecs\nencode\nq\x05X\x01\x00\x00\x00bq\x06X\x06\x00\x00\x00latin1q\x07\x86q\x08Rq\t\x87q\nRq\x0b(K\x01K\x02K\x03\x86q\x0ccnumpy\ndtype\nq\rX\x02\x00\x00\x00f4q\x0eK\x00K\x01\x87q\x0fRq\x10(K\x03X\x01\x00\x00\x00<q\x11NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x12b\x89h\x05X\x1b\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc2\x80?\x00\x00\x00@\x00\x00@@\x00\x00\xc2\x80@\x00\x00\xc2\xa0@q\x13h\x07\x86q\x14Rq\x15tq\x16bX\x06\x00\x00\x00scalarq\x17cnumpy.core.multiarray\nscalar\nq\x18h\rX\x02\x00\x00\x00f8q\x19K\x00K\x01\x87q\x1aRq\x1b(K\x03h\x11NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x1cbh\x05X\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04@q\x1dh\x07\x86q\x1eRq\x1f\x86q Rq!u.'  # by numpy 1.18
print(pickle.loads(PICKLED), type(pickle.loads(PICKLED)["scalar"]).__name__)
again = pickle.loads(pickle.dumps([np.float32([1, 2]), np.int64(3)]))
print(again[0].tolist(), int(again[1]))


class Counter:
    def count(self, sampled):
        return int(sampled) + 1


total = tf.reduce_sum(tf.constant([[1.5, 2.0]]), 1)
with tf.Session() as sess:
    loss = sess.run(total)
    word = sess.run(tf.argmax([[0.1, 0.7, 0.2]], 1))
print(int(loss), float(loss), Counter().count(word), ["a", "b", "c"][int(word)])
print("step %d, loss %.3f, word %s %r" % (word, loss, word, word), "%.2f" % loss, "%s" % loss)
print("%(a)d" % {"a": 3}, "%s %s" % ("x", [1]), 7 % 4)
print(math.sqrt(np.array([4.0])), math.exp(loss), int("3"), int(2.5), int("ff", 16), float("inf"))
losses = np.zeros([2, 2])
losses[0, 1] = loss
losses[1][0] = loss
losses[:, 1] = [5.0, 6.0]
by_name = {}
by_name["loss"] = by_name["again"] = loss
by_name["list"] = [loss]
print(losses, sorted(by_name), isinstance(3, int), int.__name__, type(by_name["loss"]).__name__)
print(np.float32([1.0]).tostring(), np.float64(1).tostring())
for wrong in (lambda: int(np.zeros(2)), lambda: float(np.zeros([0])), lambda: "%d" % np.zeros(3)):
    try:
        wrong()
    except TypeError:
        print("TypeError")
try:
    losses[0, 0] = np.zeros(2)
except ValueError:
    print("ValueError")
