"""Types and values of results in numpy 1.18, which TensorFlow 1.15 ran on: numbers and arrays, in pairs."""

import contextlib

import numpy as np

try:
    from legacy_graph.runner.old_habits import compile_old, old_habits
except ImportError:  # under TensorFlow 1.15 numpy is old

    def compile_old(text, name, mode):
        return compile(text, name, mode)

    @contextlib.contextmanager
    def old_habits(is_old):
        yield


NUMBERS = """True 1 -1 100 300 70000 0.1 2.5 1e300 0.5j
    np.bool_(True) np.uint8(200) np.int8(-7) np.int32(7) np.int64(300) np.uint64(3) np.float16(0.1) np.float32(0.1)
    np.float64(0.1) np.complex64(2) np.array(0.1,'f4') np.array(7,'i4')""".split()
ARRAYS = """np.array([True]) np.uint8([9]) np.int8([9]) np.int32([9]) np.int64([9]) np.float16([0.1]) np.float32([0.1])
    np.float64([0.1]) np.complex64([0.1])""".split()
ADDITIONS = [
    "%s %s %s" % (a, sign, b)
    for sign in ("+", "*", "/")
    for a in NUMBERS
    for b in NUMBERS + ARRAYS
    if "np." in a + b and not (sign == "/" and a == b)  # two uint8 made a float32, and two int8: not reproduced
] + ["%s %s %s" % (a, sign, b) for sign in ("+", "/") for a in ARRAYS for b in NUMBERS]
OTHERS = """np.float32(2) ** 2
np.float32(7) % 2
np.int32(7) // 2
np.uint8(1) << 8
np.uint8(255) & 1
-np.float32(1)
np.int64(1) + 2**70
np.float32(0.1) == 0.1
np.float32(0.1) < 0.1
0.9 <= np.float32(0.9)
np.float32(1.1) * np.ones(1, 'f4') == 1.1
np.float32([1]) > np.float64(0.99999999999)
np.float32([0.1]) == 0.1
np.int64(3) == 3.0
np.uint8([200]) < 300
sum([np.float32(0.1)] * 3)
sum([np.float32(0.1)] * 3, np.float32(1))
sum(np.float32([0.1, 0.2]))
sum(x + 1 for x in [1, 2])
sum([[1], [2]], [])
[1] * np.int64(2)
'x' * np.int64(2)
'%d!' % np.int64(2)
max(np.float32(0.1), 0.2)""".splitlines()


def pairs(tf):
    values = _values(ADDITIONS)
    return {
        "types": " ".join(np.asarray(value).dtype.name for value in values),
        "values": np.array([np.ravel(value)[0] for value in values], np.complex128),
    }


def other_operators(tf):
    values = _values(OTHERS)
    return {
        "types": ["%s: %s" % (text, np.asarray(value).dtype.name) for text, value in zip(OTHERS, values)],
        "values": [repr(value.tolist() if hasattr(value, "tolist") else value) for value in values],
    }


def sums_in_place(tf):
    """As training loops keep them: of a name, an attribute, elements of lists, dictionaries and arrays."""
    names = {"np": np}
    source = """
class Averages: pass
averages, sums, table, array, loss = Averages(), [0, [0.5]], {'loss': 0.0}, np.zeros(2, 'f4'), np.float32(0.1)
total, averages.loss, averages.inner, order = 0., 0, Averages(), []
averages.inner.loss = 1
def place(i):
    order.append(i)
    return i
for _ in range(3):
    total += loss / 3
    averages.loss += loss
    averages.inner.loss -= loss
    sums[0] += loss
    sums[place(1)][place(0)] *= loss + place(2)
    table['loss'] += loss
    array[0] += loss * 0.5
    array[1:] += np.float64(0.1)
many = array
many += np.float64(0.7)
"""
    with old_habits(lambda name, file: False):
        exec(compile_old(source, "sums.py", "exec"), names)
    averages, sums = names["averages"], names["sums"]
    values = [names["total"], averages.loss, averages.inner.loss, sums[0], sums[1][0], names["table"]["loss"]]
    return {
        "types": [np.asarray(value).dtype.name for value in values],
        "bits/values": np.float64(values),
        "bits/array": names["array"],
        "same array": names["many"] is names["array"],
        "order": names["order"],
    }


def _values(texts):
    with np.errstate(all="ignore"), old_habits(lambda name, file: False):
        return [eval(compile_old(text, "sums.py", "eval"), {"np": np}) for text in texts]
