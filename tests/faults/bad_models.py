"""The cases that Keras or TensorFlow must look into: models, checkpoints. See bad_input."""

import io
import json
import pathlib
import tempfile
import zipfile

import numpy as np

from tests.faults.bad_input import Case, archive, both, file

_MADE = {}


def prepare():
    """Import Keras, and make a good model and a good checkpoint of it."""
    from keras_port import lstm, training
    from keras_port.conversion import convert

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = lstm.build(units=8)
        training.save(model, folder / "m.keras")
        convert.save_tf1(model, folder / "ckpt")
        _MADE.update({path.name: path.read_bytes() for path in folder.iterdir()})


def edited(config=None, weights=None):
    """Return what makes a model whose config, as text, or whose weights, as an h5 file, were edited."""

    def make(folder):
        with zipfile.ZipFile(io.BytesIO(_MADE["m.keras"])) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        if config:
            before = parts["config.json"].decode()
            parts["config.json"] = config(before)
            assert parts["config.json"] != before, "nothing was edited"
        if weights:
            import h5py

            stream = io.BytesIO(parts["model.weights.h5"])
            with h5py.File(stream, "r+") as opened:
                weights(opened)
            parts["model.weights.h5"] = stream.getvalue()
        (folder / "m.keras").write_bytes(archive(parts.items()))

    return make


def replaced(old, new, times=-1):
    """Return an edit of text."""
    return lambda text: text.replace(old, new, times)


def _first(opened, prefix="layers/"):
    import h5py

    found = []
    opened.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
    return next(name for name in found if name.startswith(prefix) and len(opened[name].shape) == 2)


def spoiled(value, prefix="layers/"):
    """Return an edit of weights that puts a number into the first matrix."""

    def edit(opened):
        opened[_first(opened, prefix)][0, 0] = value

    return edit


def renewed(**arguments):
    """Return an edit that replaces the first matrix by another dataset."""

    def edit(opened):
        name = _first(opened)
        del opened[name]
        opened.create_dataset(name, **arguments)

    return edit


def linked(opened):
    """Store the first matrix in another file, behind a link."""
    import h5py

    name = _first(opened)
    del opened[name]
    opened[name] = h5py.ExternalLink("/etc/passwd", "/x")


def without(name):
    """Return an edit that takes a group out."""

    def edit(opened):
        del opened[name]

    return edit


def no_h5(folder):
    """Replace the weights by text."""
    with zipfile.ZipFile(io.BytesIO(_MADE["m.keras"])) as packed:
        parts = [(name, packed.read(name) if name != "model.weights.h5" else b"hello") for name in packed.namelist()]
    (folder / "m.keras").write_bytes(archive(parts))


MODELS = {
    "an edited activation": (
        edited(replaced('"activation": "linear"', '"activation": "relu"', 1)),
        "differs at .*activation",
    ),
    "a renamed model": (
        edited(replaced('"name": "lstm", "trainable"', '"name": "bi_lstm", "trainable"', 1)),
        "not the network",
    ),
    "an unknown name": (
        edited(replaced('"name": "lstm", "trainable"', '"name": "gru", "trainable"', 1)),
        "named 'gru'",
    ),
    "no bias": (edited(replaced('"use_bias": true', '"use_bias": false')), "differs at .*use_bias"),
    "backwards": (edited(replaced('"go_backwards": false', '"go_backwards": true')), "differs at .*go_backwards"),
    "huge units": (edited(replaced('"units": 8', '"units": 900000')), "they do not match"),
    "units of text": (edited(replaced('"units": 8', '"units": "8"')), "its config.json does not tell its sizes"),
    "huge rows": (edited(replaced("28, 28]", "99999999, 28]")), "m.keras: "),
    "forget bias of nan": (edited(replaced('"forget_bias": 1.0', '"forget_bias": NaN')), "m.keras: "),
    "other classes": (edited(replaced('"units": 10', '"units": 11')), "m.keras: "),
    "an empty config": (edited(lambda text: "{}"), "holds a model named None"),
    "a list for a config": (edited(lambda text: "[1]"), "holds a model named None"),
    "layers of text": (edited(lambda text: json.dumps({"config": {"name": "lstm", "layers": "x"}})), "not tell its"),
    "weights that are not finite": (edited(weights=spoiled(np.nan)), "holds numbers that are not finite"),
    "infinite weights": (edited(weights=spoiled(np.inf)), "holds numbers that are not finite"),
    "moments that are not finite": (edited(weights=spoiled(np.nan, "optimizer/")), "holds numbers that are not finite"),
    "an optimizer taken out": (edited(weights=without("optimizer")), "the state of its optimizer is missing"),
    "a layer taken out": (edited(weights=without("layers/dense")), "m.keras: "),
    "weights of another shape": (edited(weights=renewed(data=np.zeros((3, 3), "float32"))), "m.keras: "),
    "weights of text": (edited(weights=renewed(data=np.array([b"a"]))), "is not in the file as numbers"),
    "terabytes never written": (
        edited(weights=renewed(shape=(10**6, 10**6), dtype="f4", chunks=(1000, 1000))),
        "is not in the file as numbers",
    ),
    "weights in another file": (edited(weights=linked), "its weights have a link"),
    "no h5": (no_h5, "its weights cannot be read"),
}


def checkpoint(**harm):
    """Return what makes the checkpoint c/ckpt; its index or data may be replaced, by bytes or a function of bytes."""

    def make(folder):
        (folder / "c").mkdir()
        for ending, key in ((".index", "index"), (".data-00000-of-00001", "data")):
            data = harm.get(key, lambda content: content)
            data = data(_MADE[f"ckpt{ending}"]) if callable(data) else data
            if data is not None:
                (folder / "c" / f"ckpt{ending}").write_bytes(data)

    return make


def of_variables(change):
    """Return what makes a checkpoint of variables that `change` returns, given those of the good one."""

    def make(folder):
        from keras_port.conversion.checkpoint import Checkpoint, write

        checkpoint()(folder)
        good = Checkpoint(folder / "c" / "ckpt")
        variables = {name: good.read(name).copy() for name in good.shapes}
        write(folder / "c" / "ckpt", change(variables))

    return make


def with_nan(ending):
    """Return a change of variables: one whose name has such an ending is not finite."""

    def change(variables):
        name = next(name for name in variables if name.endswith(ending))
        variables[name] = np.full_like(variables[name], np.nan)
        return variables

    return change


def state(text, **harm):
    """Return what makes the checkpoint in a folder, and its file `checkpoint`."""
    return both(checkpoint(**harm), file("c/checkpoint", text))


CHECKPOINTS = {
    "c/ckpt": {
        "missing": (file("x"), "c/ckpt: no such checkpoint"),
        "no index": (checkpoint(index=None), "c/ckpt: no such checkpoint"),
        "no data": (checkpoint(data=None), "c/ckpt"),
        "an empty index": (checkpoint(index=b""), "c/ckpt: not a checkpoint"),
        "an index of text": (checkpoint(index=b"hello" * 99), "c/ckpt: not a checkpoint"),
        "an index cut short": (checkpoint(index=lambda content: content[:99]), "c/ckpt: not a checkpoint"),
        "data cut short": (checkpoint(data=lambda content: content[:99]), "c/ckpt: not a checkpoint"),
        "data of noise": (checkpoint(data=lambda content: content[::-1]), "c/ckpt: not a checkpoint"),
        "a weight that is not finite": (of_variables(with_nan("/kernel")), "kernel holds numbers that are not finite"),
        "another network": (of_variables(lambda variables: {"a": variables["Variable"]}), "c/ckpt: none of its"),
        "no variable": (of_variables(lambda variables: {"a": np.zeros((), "float32")}), "c/ckpt: none of its"),
    },
    "c": {
        "no state": (checkpoint(), "c: a folder without a `checkpoint` file"),
        "a state of text": (state("hello"), "c: a folder without"),
        "a state of noise": (state("\u00e9\0\n" * 999), "c: a folder without"),
        "a state that names another": (state('model_checkpoint_path: "gone"\n'), "c: a folder without"),
        "a state that leads out": (state('model_checkpoint_path: "/etc/passwd"\n'), "c: a folder without"),
        "a state of a folder": (
            both(checkpoint(), lambda folder: (folder / "c/checkpoint").mkdir()),
            "c: a folder without",
        ),
    },
    "c/ckpt --with-optimizer": {
        "a moment that is not finite": (of_variables(with_nan("/Adam")), "Adam holds numbers that are not finite"),
        "no moments": (
            of_variables(lambda found: {name: value for name, value in found.items() if "Adam" not in name}),
            "expected the state of an Adam",
        ),
        "powers of no step": (
            of_variables(lambda found: {**found, "train_op/beta1_power": np.float32(0.3)}),
            "c/ckpt: ",
        ),
    },
}

CASES = {
    **{f"evaluate, {name}": Case("keras_port evaluate m.keras", *case) for name, case in MODELS.items()},
    **{
        f"convert {source}, {name}": Case(f"keras_port convert {source.replace(' ', ' out.keras ', 1)}{end}", *case)
        for source, cases in CHECKPOINTS.items()
        for end in ["" if " " in source else " out.keras"]
        for name, case in cases.items()
    },
    "convert, moments that are not finite": Case(
        "keras_port convert m.keras out",
        edited(weights=spoiled(np.nan, "optimizer/")),
        "holds numbers that are not finite",
    ),
}
