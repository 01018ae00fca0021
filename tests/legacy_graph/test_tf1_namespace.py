"""The TF 1.15 namespace: every name, with 1.15's parameters and meaning, or a helpful refusal."""

import importlib.util
import types

import numpy as np
import pytest

from legacy_graph import namespace, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.namespace import keras_datasets
from tests.golden import record_names, store

SPEC = importlib.util.spec_from_file_location(
    "make_supplied", store.HERE.replace("tests/golden", "docs/make_supplied.py")
)
make_supplied = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_supplied)

# TF 1.15's names outside tf.contrib that nothing of today's TensorFlow stands for.
GONE = {
    "tf.config": ["experimental_list_devices"],
    "tf.data.experimental": [
        "CheckpointInputPipelineHook",
        "MapVectorizationOptions",
        "StatsAggregator",
        "StatsOptions",
        "bytes_produced_stats",
        "latency_stats",
    ],
    "tf.estimator": ["BoostedTreesClassifier", "BoostedTreesEstimator", "BoostedTreesRegressor"],
    "tf.keras.experimental": [
        "LinearCosineDecay",
        "NoisyLinearCosineDecay",
        "PeepholeLSTMCell",
        "export_saved_model",
        "load_from_saved_model",
        "terminate_keras_multiprocessing_pools",
    ],
    "tf.keras.utils": ["HDF5Matrix", "convert_all_kernels_in_model", "multi_gpu_model"],
    "tf.lite.experimental": ["get_potentially_supported_ops"],
    "tf.tpu.experimental": ["AdagradParameters", "AdamParameters", "StochasticGradientDescentParameters"],
}
GONE_WHOLE = (
    "tf.estimator.tpu",
    "tf.keras.wrappers",
    "tf.keras.mixed_precision.experimental",
    "tf.lite.experimental.nn",
)
# Of the raw ops, those of TPUs have come and gone.
RAW_OPS = ("LoadTPU", "RetrieveTPU", "CompareAndBitpack")
# A call with as many positional arguments as these need is not seen in scripts.
OTHER_PARAMETERS = {
    "tf.OptionalSpec",
    "tf.RaggedTensor",
    "tf.autograph.experimental.set_loop_options",
    "tf.config.experimental.set_virtual_device_configuration",
    "tf.data.experimental.OptionalStructure",
    "tf.estimator.DNNLinearCombinedEstimator",
    "tf.errors.UnknownError",
    "tf.function",
    "tf.random.experimental.create_rng_state",
}


def namespaces():
    return [name for name in record_names.read() if not name.startswith(("tf.contrib", *GONE_WHOLE))]


@pytest.mark.parametrize("name", namespaces())
def test_every_name_of_tf115_is_there(name):
    missing = [
        last
        for last in record_names.read()[name]
        if not make_supplied.look_up(f"{name}.{last}")[0] and not last.startswith(RAW_OPS)
    ]
    assert missing == GONE.get(name, [])


@pytest.mark.parametrize("name", GONE_WHOLE)
def test_a_namespace_that_is_gone_is_refused(name):
    with pytest.raises(AttributeError, match="is not supplied by legacy_graph"):
        parent, _, last = name.rpartition(".")
        getattr(make_supplied.look_up(parent)[1], last)


def test_parameters_are_those_of_tf115_and_new_ones_come_after_them():
    other = {name for name in make_supplied.other_parameters() if not name.startswith("tf.keras.")}
    assert other == OTHER_PARAMETERS


@pytest.mark.parametrize(
    "ours, fit",
    [
        (["a", "b"], True),
        (["a", "b", "c"], True),
        (["*args", "**kwargs"], True),
        (["b", "a"], False),
        (["a", "c", "b"], False),
        (["a"], False),
        (["x", "b"], False),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else str(value),
)
def test_parameters_in_another_order_are_found(ours, fit):
    assert make_supplied.fits(["a", "b"], ours) is fit


@pytest.mark.parametrize(
    "name, words",
    [
        ("tf.Sesion", "Did you mean Session"),
        ("tf.train.AdamOptimiser", "Did you mean AdamOptimizer"),
        ("tf.nn.dynamicrnn", "dynamic_rnn"),
        ("tf.layers.dens", "Did you mean dense"),
        ("tf.nn.rnn_cell.BasicLTSMCell", "BasicLSTMCell"),
        ("tf.contrib.rnn.basiclstmcell", "Did you mean BasicLSTMCell"),
        ("tf.contrib.layers.fully_conected", "fully_connected"),
        ("tf.contrib.layers.scattered_embedding_column", "its lookup by hash is gone"),
        ("tf.contrib.slim.conv_2d", "conv2d"),
        ("tf.contrib.learn.SVM", "tf.estimator.experimental.LinearSDCA"),
        ("tf.contrib.seq2sec", "Did you mean seq2seq"),
        ("tf.contrib.timeseries", "tf.contrib.timeseries is not supplied"),
        ("tf.keras.layers.LSTMM", "LSTM"),
        ("tf.unpack", "Did you mean tf.unstack?"),
        ("tf.mul", "Did you mean tf.multiply?"),
        ("tf.train.SummaryWriter", "Did you mean tf.summary.FileWriter?"),
        ("tf.estimator.Estimater", "Did you mean Estimator"),
        ("tf.estimator.BoostedTreesClassifier", "boosted trees were dropped"),
        ("tf.estimator.tpu", "it is for TPUs"),
        ("tf.contrib.estimator.RNNClassifier", "build it in a model_fn with tf.nn.dynamic_rnn"),
        ("tf.pywrap_tensorflow.TF_NewGraph", "It has NewCheckpointReader"),
    ],
)
def test_an_unknown_name_is_refused_with_what_to_do(name, words):
    parent, _, last = name.rpartition(".")
    with pytest.raises(AttributeError) as raised:
        getattr(make_supplied.look_up(parent)[1], last)
    assert f"{name} is not supplied by legacy_graph" in str(raised.value)
    assert words in str(raised.value)
    assert str(raised.value).endswith("docs/supplied.md lists every name that is.")


@pytest.mark.parametrize(
    "last",
    [
        "InMemoryEvaluatorHook",
        "make_early_stopping_hook",
        "make_stop_at_checkpoint_step_hook",
        "stop_if_higher_hook",
        "stop_if_lower_hook",
        "stop_if_no_decrease_hook",
        "stop_if_no_increase_hook",
    ],
)
def test_hooks_have_the_place_that_they_had_before_tf115_too(last):
    found, old = make_supplied.look_up(f"tf.contrib.estimator.{last}")
    assert found
    assert old is make_supplied.look_up(f"tf.estimator.experimental.{last}")[1]


def test_a_known_name_is_not_refused():
    assert make_supplied.look_up("tf.train.AdamOptimizer")[0]
    assert not make_supplied.look_up("tf.train.AdamOptimiser")[0]


def test_modules_inside_are_modules():
    for module in (tf1.nn, tf1.train, tf1.keras.layers, tf1.contrib.layers, tf1.contrib.slim, tf1.app.flags):
        assert isinstance(module, types.ModuleType)
    assert tf1.compat.v1 is tf1


def test_it_says_that_it_is_tf115():
    assert tf1.__version__ == tf1.VERSION == tf1.version.VERSION == "1.15.5"


def test_what_is_set_on_a_namespace_stays():
    space = namespace.Namespace("tf.some", tf1.nn)
    space.relu = "mine"
    assert space.relu == "mine" and tf1.nn.relu != "mine"


LOSSES = [
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
]


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_refuses_positional_arguments_for_its_order_has_changed(name):
    with tf1_behavior():
        logits = tf1.constant([[1.0, 2.0]])
        labels = tf1.constant([1]) if name.startswith("sparse") else logits
        with pytest.raises(ValueError, match="with named arguments"):
            getattr(tf1.nn, name)(logits, labels)
        loss = getattr(tf1.nn, name)(labels=labels, logits=logits, name="mine")
        assert loss.op.name.startswith("mine")


def test_positional_arguments_mean_what_they_meant():
    with tf1_behavior(), tf1.Session() as sess:
        values, _ = tf1.nn.top_k([1.0, 3.0, 2.0], 2, False, "mine")
        product = tf1.matmul([[1.0]], [[2.0]], False, False, False, False, False, False, "product")
        assert values.op.name == "mine" and product.op.name == "product"
        np.testing.assert_array_equal(sess.run(product), [[2.0]])
        with pytest.raises(TypeError, match="at most 4 positional"):
            tf1.nn.top_k([1.0], 1, True, "name", tf1.int64)


def test_shapes_and_tensors_are_those_of_tf1():
    with tf1_behavior():
        x = tf1.placeholder(tf1.float32, [None, 28, 3])
        assert x.get_shape()[1].value == 28 and x.shape[1] * 2 == 56
        assert x.shape[0].value is None and str(x.shape) == "(?, 28, 3)"
        assert isinstance(x.shape[1] // 2, tf1.Dimension)
        assert np.zeros([x.shape[1], x.shape[2]]).shape == (28, 3)
        assert {x: "key"}[x] == "key" and x in {x} and x is not None and not x == 1
        for not_allowed in (bool, list):
            with pytest.raises(TypeError):
                not_allowed(x)
        with pytest.raises(ValueError, match="No default session"):
            x.eval()


@pytest.mark.parametrize("soft", [False, True], ids=["strict", "soft"])
def test_a_gpu_that_is_not_there_is_an_error_unless_placement_is_soft(soft):
    config = tf1.ConfigProto(allow_soft_placement=soft, gpu_options=tf1.GPUOptions(allow_growth=True))
    with tf1_behavior():
        with tf1.device("/gpu:0"):
            total = tf1.constant(1.0) + 2.0
        with tf1.Session(config=config) as sess:
            if soft:
                assert sess.run(total) == 3.0
            else:
                with pytest.raises(tf1.errors.InvalidArgumentError, match="Cannot assign a device"):
                    sess.run(total)


def test_keras_gives_the_bundled_digits():
    (images, labels), (test_images, _) = tf1.keras.datasets.mnist.load_data("mnist.npz")
    assert images.shape == (60000, 28, 28) and images.dtype == np.uint8
    assert labels[:5].tolist() == [5, 0, 4, 1, 9] and len(test_images) == 10000


@pytest.mark.parametrize("name", sorted(keras_datasets.FILES))
def test_other_data_sets_of_keras_never_download(name, tmp_path, monkeypatch):
    monkeypatch.setattr(keras_datasets, "CACHE", tmp_path)
    module, function = name.split(".")
    with pytest.raises(FileNotFoundError, match="never downloads"):
        getattr(getattr(tf1.keras.datasets, module), function)()


def test_a_data_set_that_is_there_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(keras_datasets, "CACHE", tmp_path)
    (tmp_path / "imdb.npz").write_bytes(b"")
    load = keras_datasets.offline("imdb.load_data", lambda *args, **kwargs: (args, kwargs))
    assert load(num_words=5) == ((), {"num_words": 5})
    with pytest.raises(FileNotFoundError, match="other.npz"):
        load("other.npz")


def test_the_page_is_up_to_date():
    assert make_supplied.PAGE.read_text() == make_supplied.page(), "run python docs/make_supplied.py"


def test_subjects_of_cases_are_cases_and_names():
    assert make_supplied.subjects()


@pytest.mark.parametrize(
    "said, words",
    [
        ({"no_such_case": ["tf.layers.dense"]}, "names no case"),
        ({"dense": ["tf.layers.dens"]}, "which TensorFlow 1.15 did not have"),
    ],
    ids=["case", "name"],
)
def test_a_wrong_subject_is_found(said, words, monkeypatch):
    wrong = types.SimpleNamespace(SUBJECTS=said)
    monkeypatch.setattr(make_supplied.store, "case_modules", lambda: ["layers"])
    monkeypatch.setattr(make_supplied.store, "load_module", lambda name: wrong)
    monkeypatch.setattr(make_supplied.store, "load_cases", lambda name: {"dense": None})
    with pytest.raises(ValueError, match=words):
        make_supplied.subjects()
