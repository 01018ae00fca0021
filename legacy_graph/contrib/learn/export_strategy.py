"""`tf.contrib.learn.ExportStrategy`: a name and a function that exports an estimator."""

import collections
import inspect
import os

import tensorflow.compat.v1 as tf

from legacy_graph.estimators import tf_estimator


class ExportStrategy(
    collections.namedtuple("ExportStrategy", ["name", "export_fn", "strip_default_attrs"], defaults=[None])
):
    """How an Experiment exports: `export_fn(estimator, directory, [checkpoint_path, eval_result])` returns the path."""

    def export(self, estimator, export_path, checkpoint_path=None, eval_result=None):
        """Call `export_fn` with the arguments that it accepts; return the path of the export.

        Raises ValueError if a result or a checkpoint is given that `export_fn` does not accept.
        """
        taken = inspect.signature(self.export_fn).parameters
        more = {}
        for name, value in (("checkpoint_path", checkpoint_path), ("eval_result", eval_result)):
            if name in taken:
                more[name] = value
            elif name == "checkpoint_path" and value is not None:
                raise ValueError(f"An export_fn accepting checkpoint_path is required to export {value}.")
        if "strip_default_attrs" in taken and self.strip_default_attrs is not None:
            more["strip_default_attrs"] = self.strip_default_attrs
        return self.export_fn(estimator, export_path, **more)


def make_export_strategy(
    serving_input_fn,
    default_output_alternative_key=None,
    assets_extra=None,
    as_text=False,
    exports_to_keep=5,
    strip_default_attrs=None,
):
    """Return an ExportStrategy named "Servo" that exports SavedModels and keeps the last `exports_to_keep`.

    Args:
      serving_input_fn: returns a ServingInputReceiver, or InputFnOps for an estimator of `tf.contrib.learn`.
      default_output_alternative_key: name of the default output alternative; None for a `tf.estimator.Estimator`.
      assets_extra: {path in the SavedModel: source file}.
      as_text: if True, write a text proto.
      exports_to_keep: number of exports to keep; None for all.
      strip_default_attrs: ignored: default attributes are always stripped.

    The `export_fn` raises ValueError if the estimator does not support the output alternative key.
    """

    def export_fn(estimator, export_dir_base, checkpoint_path=None):
        more = {}
        if not isinstance(estimator, tf_estimator.Estimator):
            more["default_output_alternative_key"] = default_output_alternative_key
        elif default_output_alternative_key is not None:
            raise ValueError(
                "default_output_alternative_key is not supported in core Estimator. "
                f"Given: {default_output_alternative_key}"
            )
        folder = estimator.export_savedmodel(
            export_dir_base,
            serving_input_fn,
            assets_extra=assets_extra,
            as_text=as_text,
            checkpoint_path=checkpoint_path,
            **more,
        )
        base = tf.compat.as_str_any(export_dir_base)
        stamps = sorted((name.strip("/") for name in tf.gfile.ListDirectory(base)), key=lambda name: (len(name), name))
        stamps = [name for name in stamps if name.isdigit()]
        for name in stamps[: len(stamps) - exports_to_keep] if exports_to_keep else []:
            tf.gfile.DeleteRecursively(os.path.join(base, name))
        return folder

    return ExportStrategy("Servo", export_fn, strip_default_attrs)
