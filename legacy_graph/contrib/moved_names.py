"""Modules of `tf.contrib` whose contents have moved, under their TF 1.15 names.

Functions whose arguments have changed since are wrapped here; the others are aliases.
"""

import os

import tensorflow.compat.v1 as tf
import tf_slim
from google.protobuf import text_format

from legacy_graph import internals
from legacy_graph.contrib import framework, layers
from legacy_graph.contrib.tf_slim_patches import patch_tf_slim
from legacy_graph.namespace import Namespace, lazy_module

patch_tf_slim()

_lookup = internals.lookup_ops


def _module(name, base=None, /, refused=None, **ours):
    return Namespace(
        name, base, *({f"{name}.{key}": value for key, value in part.items()} for part in (ours, refused or {}))
    )


def _take(source, names):
    return {name: getattr(source, name) for name in names.split()}


losses = _module("tf.contrib.losses", tf_slim.losses)
metrics = _module(
    "tf.contrib.metrics",
    tf_slim.metrics,
    confusion_matrix=tf.confusion_matrix,
    **_take(tf.sets, "set_difference set_intersection set_size set_union"),
)
slim = _module(
    "tf.contrib.slim",
    tf_slim,
    **{
        **{name: getattr(layers, name) for name in layers.__all__},
        **{name: getattr(framework, name) for name in framework.__all__ if hasattr(tf_slim, name)},
        "layers": layers,
        "losses": losses,
        "metrics": metrics,
        "nets": lazy_module("tf_slim.nets"),
    },
)
signal = _module(
    "tf.contrib.signal",
    **_take(
        tf.signal,
        """
    frame hamming_window hann_window inverse_stft inverse_stft_window_fn
    linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms overlap_and_add stft""",
    ),
)
util = _module(
    "tf.contrib.util",
    constant_value=tf.get_static_value,
    make_ndarray=tf.make_ndarray,
    make_tensor_proto=tf.make_tensor_proto,
    ops_used_by_graph_def=internals.meta_graph.ops_used_by_graph_def,
    stripped_op_list_for_graph=internals.meta_graph.stripped_op_list_for_graph,
)


def _batch_and_drop_remainder(batch_size):
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def _padded_batch_and_drop_remainder(batch_size, padded_shapes, padding_values=None):
    return lambda dataset: dataset.padded_batch(batch_size, padded_shapes, padding_values, drop_remainder=True)


def _sloppy_interleave(map_func, cycle_length, block_length=1):
    return tf.data.experimental.parallel_interleave(map_func, cycle_length, block_length, sloppy=True)


def _sliding_window_batch(window_size, stride=None, window_shift=None, window_stride=1):
    if stride is not None and window_shift is not None:
        raise ValueError("Cannot specify both `stride` and `window_shift`")
    shift = next((given for given in (stride, window_shift) if given is not None), 1)

    def batches(*parts):
        each = [tf.nest.map_structure(lambda window: window.batch(window_size), part) for part in parts]
        return tf.data.Dataset.zip(tuple(each) if len(each) > 1 else each[0])

    return lambda dataset: dataset.window(window_size, shift, window_stride, drop_remainder=True).flat_map(batches)


data = _module(
    "tf.contrib.data",
    refused={"assert_element_shape": "call dataset.map with a function that gives tf.ensure_shape(tensor, shape)"},
    sliding_window_batch=_sliding_window_batch,
    AUTOTUNE=tf.data.experimental.AUTOTUNE,
    batch_and_drop_remainder=_batch_and_drop_remainder,
    padded_batch_and_drop_remainder=_padded_batch_and_drop_remainder,
    sloppy_interleave=_sloppy_interleave,
    **_take(
        tf.data.experimental,
        """
        Counter CsvDataset Optional RandomDataset Reducer SqlDataset TFRecordWriter
        bucket_by_sequence_length choose_from_datasets copy_to_device dense_to_sparse_batch
        enumerate_dataset get_next_as_optional get_single_element group_by_reducer
        group_by_window ignore_errors make_batched_features_dataset make_csv_dataset
        make_saveable_from_iterator map_and_batch parallel_interleave parse_example_dataset
        prefetch_to_device rejection_resample sample_from_datasets scan shuffle_and_repeat
        unbatch unique""",
    ),
)


def _index_table_from_tensor(
    mapping, num_oov_buckets=0, default_value=-1, hasher_spec=_lookup.FastHashSpec, dtype=tf.string, name=None
):
    return _lookup.index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, dtype, name)


def _index_to_string_table_from_tensor(mapping, default_value="UNK", name=None):
    return _lookup.index_to_string_table_from_tensor(mapping, default_value, name)


class _HashTable(_lookup.StaticHashTableV1):  # type: ignore[name-defined]
    """A static hash table. TF 1.15's takes a `shared_name` where today's takes a flag."""

    def __init__(self, initializer, default_value, shared_name=None, name=None):
        super().__init__(initializer, default_value, name or shared_name)


def _string_to_index_table_from_file(
    vocabulary_file=None,
    num_oov_buckets=0,
    vocab_size=None,
    default_value=-1,
    hasher_spec=_lookup.FastHashSpec,
    name=None,
):
    return _lookup.index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, name=name
    )


def _string_to_index_table_from_tensor(
    mapping, num_oov_buckets=0, default_value=-1, hasher_spec=_lookup.FastHashSpec, name=None
):
    return _lookup.index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, name=name)


def _string_to_index(tensor, mapping, default_value=-1, name=None):
    table = _lookup.index_table_from_tensor(mapping, default_value=default_value, name=name)
    return table.lookup(tensor)


def _index_to_string(tensor, mapping, default_value="UNK", name=None):
    table = _lookup.index_to_string_table_from_tensor(mapping, default_value, name)
    return table.lookup(tensor)


lookup = _module(
    "tf.contrib.lookup",
    index_to_string=_index_to_string,
    string_to_index=_string_to_index,
    string_to_index_table_from_file=_string_to_index_table_from_file,
    string_to_index_table_from_tensor=_string_to_index_table_from_tensor,
    HashTable=_HashTable,
    MutableDenseHashTable=_lookup.DenseHashTable,
    index_table_from_tensor=_index_table_from_tensor,
    index_to_string_table_from_tensor=_index_to_string_table_from_tensor,
    **_take(
        _lookup,
        """
        FastHashSpec HasherSpec IdTableWithHashBuckets InitializableLookupTableBase
        KeyValueTensorInitializer LookupInterface
        MutableHashTable StrongHashSpec TableInitializerBase TextFileIdTableInitializer
        TextFileIndex TextFileInitializer TextFileStringTableInitializer index_table_from_file
        index_to_string_table_from_file""",
    ),
)


def _flipped_softmax(logits, labels, dim=-1, name=None):
    return tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=dim, name=name)


def _flipped_sparse_softmax(logits, labels, name=None):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def _flipped_sigmoid(logits, targets, name=None):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)


def _alpha_dropout(x, keep_prob, noise_shape=None, seed=None, name=None):
    """Dropout for selu: what is dropped becomes its limit, then mean and deviation are restored."""
    limit = -1.7580993408473766  # -scale * alpha of selu
    with tf.name_scope(name, "alpha_dropout", [x]):
        x = tf.convert_to_tensor(x, name="x")
        if isinstance(keep_prob, (int, float)) and not 0 < keep_prob <= 1:
            raise ValueError(f"keep_prob must be a scalar tensor or a float in the range (0, 1], got {keep_prob:g}")
        keep_prob = tf.convert_to_tensor(keep_prob, dtype=x.dtype, name="keep_prob")
        if tf.get_static_value(keep_prob) == 1:
            return x
        draw = tf.random_uniform(tf.shape(x) if noise_shape is None else noise_shape, seed=seed, dtype=x.dtype)
        kept = tf.cast(tf.greater_equal(draw, 1 - keep_prob), x.dtype)
        x = x * kept + limit * (1 - kept)
        scale = (keep_prob + keep_prob * (1 - keep_prob) * limit**2) ** -0.5
        shift = -scale * limit * (1 - keep_prob)
        return scale * x + shift


nn = _module(
    "tf.contrib.nn",
    alpha_dropout=_alpha_dropout,
    nth_element=internals.nn_ops.nth_element,
    conv1d_transpose=tf.nn.conv1d_transpose,
    deprecated_flipped_softmax_cross_entropy_with_logits=_flipped_softmax,
    deprecated_flipped_sparse_softmax_cross_entropy_with_logits=_flipped_sparse_softmax,
    deprecated_flipped_sigmoid_cross_entropy_with_logits=_flipped_sigmoid,
)


def _visualize_embeddings(summary_writer, config):
    """Write the embedding projector's config to the log directory of `summary_writer`."""
    folder = summary_writer.get_logdir()
    if folder is None:
        raise ValueError("Summary writer must have a logdir")
    with tf.gfile.GFile(os.path.join(folder, "projector_config.pbtxt"), "w") as out:
        out.write(text_format.MessageToString(config))


tensorboard = _module(
    "tf.contrib.tensorboard",
    plugins=_module(
        "tf.contrib.tensorboard.plugins",
        projector=_module(
            "tf.contrib.tensorboard.plugins.projector",
            lazy_module("tensorboard.plugins.projector").make(),
            visualize_embeddings=_visualize_embeddings,
        ),
    ),
)

# Summaries that their ops write themselves; in a graph, a session runs `all_summary_ops()`.
summary = _module(
    "tf.contrib.summary",
    all_summary_ops=internals.summary_ops_v2.all_v2_summary_ops,
    flush=internals.summary_ops_v2.legacy_raw_flush,
    graph=internals.summary_ops_v2.graph_v1,
    should_record_summaries=internals.summary_ops_v2._legacy_contrib_should_record_summaries,
    refused={"create_db_writer": "today's TensorFlow cannot write databases; use create_file_writer"},
    **_take(
        internals.summary_ops_v2,
        """
    always_record_summaries audio create_file_writer create_summary_file_writer eval_dir generic histogram image
    import_event initialize never_record_summaries record_summaries_every_n_global_steps scalar
    summary_writer_initializer_op SummaryWriter""",
    ),
)

# Options in the format that the profiler had before it moved to tf.profiler.
_FOR_TRAINABLE = {
    "max_depth": 10000,
    "min_bytes": 0,
    "min_micros": 0,
    "min_params": 0,
    "min_float_ops": 0,
    "order_by": "name",
    "account_type_regexes": ["_trainable_variables"],
    "start_name_regexes": [".*"],
    "trim_name_regexes": [],
    "show_name_regexes": [".*"],
    "hide_name_regexes": [],
    "account_displayed_op_only": True,
    "select": ["params"],
    "output": "stdout",
    "dump_to_file": "",
}
_FOR_FLOATS = {
    **_FOR_TRAINABLE,
    "min_float_ops": 1,
    "order_by": "float_ops",
    "account_type_regexes": [".*"],
    "select": ["float_ops"],
}
_FOR_TIMES = {
    **_FOR_TRAINABLE,
    "min_bytes": 1,
    "min_micros": 1,
    "account_type_regexes": [".*"],
    "select": ["micros", "bytes"],
}


def _print_model_analysis(graph, run_meta=None, op_log=None, tfprof_cmd="scope", tfprof_options=_FOR_TIMES):
    return tf.profiler.profile(graph, run_meta, op_log, tfprof_cmd, tfprof_options)


def _advise(graph, run_meta=None, tfprof_options=None):
    return tf.profiler.advise(graph, run_meta, *([tfprof_options] if tfprof_options else []))


_NO_CONTEXT = (
    "it left TensorFlow; run steps with tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE) and give their RunMetadata "
    "to tf.profiler.Profiler(graph).add_step(step, metadata)"
)
tfprof = _module(
    "tf.contrib.tfprof",
    refused={"ProfileContext": _NO_CONTEXT},
    model_analyzer=_module(
        "tf.contrib.tfprof.model_analyzer",
        ALL_ADVICE=internals.model_analyzer.ALL_ADVICE,
        FLOAT_OPS_OPTIONS=_FOR_FLOATS,
        PRINT_ALL_TIMING_MEMORY=_FOR_TIMES,
        Profiler=tf.profiler.Profiler,
        refused={"ProfileContext": _NO_CONTEXT},
        TRAINABLE_VARS_PARAMS_STAT_OPTIONS=_FOR_TRAINABLE,
        advise=_advise,
        print_model_analysis=_print_model_analysis,
    ),
    tfprof_logger=_module("tf.contrib.tfprof.tfprof_logger", write_op_log=tf.profiler.write_op_log),
)
_jit_scope = tf.xla.experimental.jit_scope
compiler = _module(
    "tf.contrib.compiler",
    jit=_module("tf.contrib.compiler.jit", experimental_jit_scope=_jit_scope),
    xla=_module("tf.contrib.compiler.xla", compile=tf.xla.experimental.compile),
)
