"""What the pictures show, measured: runs the real models and keeps what they did in measured.json.

    python -m docs.pictures --measure [--runs DIR]

`parity compare MODEL --log FILE` is run once for each network; `--runs DIR` takes the files of an earlier run
(MODEL.jsonl, MODEL.out and models/) instead, or leaves them there.
"""

import ast
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
MEASURED = HERE / "measured.json"
MODELS = ("lstm", "multi_lstm", "bi_lstm")
ROOMS = ("mnist_digits", "mnist_training", "legacy_graph", "keras_port", "parity")
SEED = 1
SHOWN_UNITS, MASK_UNITS = 28, 24
DIGIT = 0  # the first test digit, a seven


def measure(runs=None):
    """Return everything that the pictures show, as JSON takes it."""
    with tempfile.TemporaryDirectory() as temporary:
        runs = pathlib.Path(runs or temporary)
        for model in MODELS:
            if not (runs / f"{model}.jsonl").exists():
                run(model, runs)
        return {
            "curves": {model: read_curves(runs / f"{model}.jsonl") for model in MODELS},
            "ladder": {model: read_ladder(runs / f"{model}.out") for model in MODELS},
            "gates": gates(read_weights(runs / "models" / "lstm" / "model.ckpt-782")),
            **quick(),
        }


def quick():
    """Return what needs no training: digits, shapes, ops, masks, states, the rooms."""
    return {
        "digit": digit(),
        "ink": ink(),
        "shapes": {model: shapes(model) for model in MODELS},
        "ops": ops(),
        "masks": masks(),
        "state": final_state(),
        "rooms": rooms(),
        "inside": inside(),
        "trap": trap("gate order"),
    }


def run(model, runs):
    """Compare one network's two sides over the whole recipe."""
    command = [sys.executable, "-m", "parity", "compare", model, "--log", str(runs / f"{model}.jsonl")]
    command += ["--seed", str(SEED), "--model-dir", str(runs / "models")]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with status {done.returncode}")
    (runs / f"{model}.out").write_text(done.stdout, encoding="utf-8")


def read_curves(log):
    """Return {side: losses}, five digits each."""
    curves = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        curves.setdefault(entry["side"], []).append(float(f"{entry['loss']:.5g}"))
    return curves


def read_ladder(printed):
    """Return [[rung, verdict, difference, bound]] of what `parity compare` printed."""
    rung = re.compile(r"^ +(\S.*?) {2,}(same|DIFFERS)(?: +([\d.e+-]+) \(bound ([\d.e+-]+)\))?", re.MULTILINE)
    found = rung.findall(printed.read_text(encoding="utf-8"))
    return [[name, said, *(float(value) if value else None for value in figures)] for name, said, *figures in found]


def read_weights(prefix):
    """Return (w_in, b_in, kernel, bias) of a checkpoint of section 3's LSTM."""
    from keras_port.conversion.checkpoint import Checkpoint

    checkpoint = Checkpoint(prefix)
    cell = "train_op/lstm/rnn/basic_lstm_cell/"
    return [checkpoint.read(name) for name in ("Variable", "Variable_2", cell + "kernel", cell + "bias")]


def test_digits():
    """Return the test digits, (10000, 28, 28)."""
    import mnist_digits

    return mnist_digits.read_data_sets(None, one_hot=True).test.images.reshape(-1, 28, 28)


def gates(weights):
    """Return {gate: (units, rows)} for one digit, of the units that move most; TF 1's equations in numpy."""
    w_in, b_in, kernel, bias = weights
    units = len(kernel) // 2
    c = h = np.zeros(units)
    steps = {name: [] for name in "ijfoch"}
    for row in test_digits()[DIGIT]:
        i, j, f, o = np.split(np.concatenate([row @ w_in + b_in, h]) @ kernel + bias, 4)
        i, j, f, o = sigmoid(i), np.tanh(j), sigmoid(f + 1.0), sigmoid(o)
        c = c * f + i * j
        h = np.tanh(c) * o
        for name, value in zip("ijfoch", (i, j, f, o, c, h)):
            steps[name].append(value)
    h = np.array(steps["h"])
    chosen = np.sort(np.argsort(h.std(axis=0))[::-1][:SHOWN_UNITS])
    return {name: np.round(np.array(value)[:, chosen].T, 2).tolist() for name, value in steps.items()}


def sigmoid(x):
    """The logistic function."""
    return 1 / (1 + np.exp(-x))


def digit():
    """Return one digit's 28 rows of brightness, 0 to 255."""
    return np.round(test_digits()[DIGIT] * 255).astype(int).tolist()


def ink():
    """Return for each of the 28 rows how many training digits have anything in it, and how many there are."""
    import mnist_digits

    images = mnist_digits.read_data_sets(None, one_hot=True).train.images.reshape(-1, 28, 28)
    return {"rows": (images.max(axis=2) > 0).sum(axis=0).tolist(), "digits": len(images)}


def session(model, **changes):
    """Return an open session of one of the TF 1 programs."""
    from legacy_graph import training
    from mnist_training import Recipe

    return training.Session(Recipe.of(model, seed=SEED, **changes))


def shapes(model):
    """Return what the TF 1 graph holds: trainable variables, and op seeds of its random ops."""
    from legacy_graph.graph115 import count_in_115, op_seeds

    with session(model) as opened:
        seeds = [[op.op.name, op.op_seed] for op in op_seeds.random_ops(opened.graph)]
        return {
            "variables": [[variable.op.name, variable.shape.as_list()] for variable in opened.trainable_variables],
            "op_seeds": seeds,
            "ops": count_in_115(opened.graph),
        }


def ops():
    """Return [[name, type]] of the ops of section 3's LSTM, up to its last random one."""
    with session("lstm") as opened:
        made = [[op.name, op.type] for op in opened.graph.get_operations()]
    last = max(number for number, (_, kind) in enumerate(made) if kind in ("RandomStandardNormal", "RandomUniform"))
    return made[: last + 1]


def masks():
    """Return one digit's masks, (rows, units) of 0 and 1, as the TF 1 graph and as keras.layers.LSTM draw them."""
    import keras

    from parity import dropout

    with session("multi_lstm", steps=1) as opened:
        fresh = next(dropout.masks_of(opened))[0][0]  # of the first layer, for the first digit
    keras.utils.set_random_seed(SEED)
    cell = keras.layers.LSTMCell(MASK_UNITS, dropout=0.5)
    one = keras.ops.convert_to_numpy(cell.get_dropout_mask(keras.ops.ones((1, MASK_UNITS))))[0]
    return {
        "TF 1": (fresh[:, :MASK_UNITS] > 0).astype(int).tolist(),
        "Keras": np.tile(one > 0, (len(fresh), 1)).astype(int).tolist(),
    }


def final_state():
    """Return [[class, [[field, shape]]]] of the stack's final_state, layer by layer."""
    from legacy_graph import tf1 as tf
    from legacy_graph.behavior import tf1_behavior

    with tf1_behavior():
        cell = tf.contrib.rnn.BasicLSTMCell(128)
        stack = tf.nn.rnn_cell.MultiRNNCell([cell for _ in range(3)])
        images = tf.placeholder(tf.float32, [128, 28, 128])
        _, state = tf.nn.dynamic_rnn(stack, images, dtype=tf.float32)
    return [
        [type(pair).__name__, [[field, value.shape.as_list()] for field, value in zip(pair._fields, pair)]]
        for pair in state
    ]


def trap(name):
    """Return [rung, verdict, difference, bound] of the rung that catches one mistake of `parity traps`."""
    from parity.traps import TRAPS

    rung = next(each for each in TRAPS if each.name == name).run()
    verdict = "same" if rung.same else "DIFFERS"
    return [rung.name, verdict, float(f"{rung.difference:.2g}"), float(f"{rung.bound:.2g}")]


def rooms():
    """Return {room: the rooms that its files import}."""
    found = {}
    for room in ROOMS:
        texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / room).rglob("*.py"))]
        found[room] = sorted({name for text in texts for name in _imports(text)} & set(ROOMS) - {room})
    return found


def inside():
    """Return {package: the rooms in it}, those that are folders."""
    return {package: [path.parent.name for path in sorted((ROOT / package).glob("*/__init__.py"))] for package in ROOMS}


def _imports(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def read():
    """Return what was measured last."""
    return json.loads(MEASURED.read_text(encoding="utf-8"))


def write(measured):
    """Keep what was measured, a line for each list of numbers."""
    MEASURED.write_text(_lines(measured) + "\n", encoding="utf-8")


def _lines(value, indent=0):
    if isinstance(value, dict):
        inside = ",\n".join(
            f"{' ' * (indent + 1)}{json.dumps(name)}: {_lines(each, indent + 1)}" for name, each in value.items()
        )
        return f"{{\n{inside}\n{' ' * indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(" " * (indent + 1) + _lines(each, indent + 1) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)
