"""`tf.contrib.predictor`: functions from arrays to arrays, created from a SavedModel or an estimator."""

import tensorflow.compat.v1 as tf

from legacy_graph.estimators import tf_estimator
from legacy_graph.namespace import refuse_unknown

_DEFAULT = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY


class _Predictor:
    """Callable: maps {input name: array} to {output name: array}.

    `feed_tensors` and `fetch_tensors` map the names to tensors.
    """

    def __init__(self, graph, session, inputs, outputs):
        self.graph, self.session = graph, session
        self.feed_tensors = {key: graph.get_tensor_by_name(name) for key, name in inputs.items()}
        self.fetch_tensors = {key: graph.get_tensor_by_name(name) for key, name in outputs.items()}

    def __call__(self, input_dict):
        unknown = set(input_dict) - set(self.feed_tensors)
        if unknown:
            raise ValueError(f"Got unexpected keys in input_dict: {unknown}\nexpected: {set(self.feed_tensors)}")
        feed = {self.feed_tensors[key]: value for key, value in input_dict.items()}
        return self.session.run(self.fetch_tensors, feed_dict=feed)

    def __repr__(self):
        return f"predictor with feed tensors {self.feed_tensors} and fetch_tensors {self.fetch_tensors}"


def from_saved_model(
    export_dir,
    signature_def_key=None,
    signature_def=None,
    input_names=None,
    output_names=None,
    tags=None,
    graph=None,
    config=None,
):
    """Return a predictor that runs a SavedModel.

    Args:
      export_dir: directory of the SavedModel.
      signature_def_key: key of the signature; default "serving_default".
      signature_def: a SignatureDef, used instead of a key.
      input_names, output_names: {any key: tensor name}, used instead of a signature.
      tags: comma-separated tags of the meta graph; default "serve".
      graph: graph to load it into; default a new one.
      config: ConfigProto of the session.

    Raises ValueError if the tensors are specified in more than one way, or the signature does not exist.
    """
    if (input_names is None) != (output_names is None):
        raise ValueError("input_names and output_names must both be specified or both be unspecified.")
    if sum(given is not None for given in (signature_def_key, signature_def, input_names)) > 1:
        raise ValueError(
            "You must specify at most one of signature_def_key OR signature_def OR (input_names AND output_names)."
        )
    graph = graph or tf.Graph()
    with graph.as_default():
        session = tf.Session(config=config)
        meta = tf.saved_model.loader.load(
            session, (tags or tf.saved_model.tag_constants.SERVING).split(","), export_dir
        )
    if input_names is None:
        signature = signature_def or _signature(meta, signature_def_key or _DEFAULT)
        input_names = {key: info.name for key, info in signature.inputs.items()}
        output_names = {key: info.name for key, info in signature.outputs.items()}
    return _Predictor(graph, session, input_names, output_names)


def _signature(meta, key):
    found = meta.signature_def
    for name in (key, f"default_input_alternative:{key}"):  # the second is contrib.learn's
        if name in found:
            return found[name]
    raise ValueError(f'Got signature_def_key "{key}". Available signatures are {sorted(found)}.')


def from_estimator(estimator, serving_input_receiver_fn, output_key=None, graph=None, config=None):
    """Return a predictor for an estimator's latest checkpoint.

    Args:
      estimator: a trained `tf.estimator.Estimator`.
      serving_input_receiver_fn: function that returns a ServingInputReceiver.
      output_key: key in the EstimatorSpec's export_outputs; default "serving_default".
      graph, config: as for `from_saved_model`.

    Raises KeyError if the output does not exist.
    """
    graph = graph or tf.Graph()
    with graph.as_default():
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, tf_estimator.ModeKeys.PREDICT, estimator.config)
        output = spec.export_outputs.get(output_key or _DEFAULT)
        if output is None:
            raise KeyError(f"output_key must be one of {sorted(spec.export_outputs)}; got {output_key}")
        signature = output.as_signature_def(receiver.receiver_tensors)
        creator = tf.train.ChiefSessionCreator(config=config, checkpoint_dir=estimator.model_dir)
        session = tf.train.MonitoredSession(session_creator=creator)
    inputs = {key: info.name for key, info in signature.inputs.items()}
    return _Predictor(graph, session, inputs, {key: info.name for key, info in signature.outputs.items()})


__all__ = ["from_estimator", "from_saved_model"]
__getattr__ = refuse_unknown("tf.contrib.predictor", __all__)
