"""Base classes of the canned estimators: `predict` returns one entry of the predictions by default."""

from legacy_graph.contrib.learn.estimators.constants import PredictionKey
from legacy_graph.contrib.learn.estimators.estimator import Estimator
from legacy_graph.contrib.learn.metric_spec import MetricSpec


class _OneOutput(Estimator):
    _main: str | None = None
    _flat = False  # whether predicted classes are flattened to a vector

    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True):
        """Return predictions of the estimator's main output, or dicts of `outputs`; see Estimator.predict."""
        if outputs:
            return super().predict(x, input_fn, batch_size, outputs, as_iterable)
        return self._predict_one(self._main, x, input_fn, batch_size, as_iterable)

    def _predict_one(self, key, x, input_fn, batch_size, as_iterable):
        found = Estimator.predict(self, x, input_fn, batch_size, [key], as_iterable)
        if as_iterable:
            return (one[key] for one in found)
        return found[key].reshape(-1) if self._flat and key == PredictionKey.CLASSES else found[key]


class Classifier(_OneOutput):
    """Predicts classes, or probabilities."""

    _main = PredictionKey.CLASSES

    def predict_classes(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """Return the most probable class of each example."""
        return self._predict_one(PredictionKey.CLASSES, x, input_fn, batch_size, as_iterable)

    def predict_proba(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """Return the class probabilities of each example."""
        return self._predict_one(PredictionKey.PROBABILITIES, x, input_fn, batch_size, as_iterable)


class Regressor(_OneOutput):
    """Predicts scores."""

    _main = PredictionKey.SCORES

    def predict_scores(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """Return the predicted scores of each example."""
        return self._predict_one(PredictionKey.SCORES, x, input_fn, batch_size, as_iterable)


class ScoredRegressor(Regressor):
    """A Regressor that also accepts functions of the scores as metrics."""

    def evaluate(
        self,
        x=None,
        y=None,
        input_fn=None,
        feed_fn=None,
        batch_size=None,
        steps=None,
        metrics=None,
        name=None,
        checkpoint_path=None,
        hooks=None,
    ):
        """See Estimator.evaluate."""
        own = {
            key if isinstance(metric, MetricSpec) or isinstance(key, tuple) else (key, PredictionKey.SCORES): metric
            for key, metric in (metrics or {}).items()
        }
        return super().evaluate(x, y, input_fn, feed_fn, batch_size, steps, own, name, checkpoint_path, hooks)


def features_by_name(features):
    """Return the features as a dict; a single tensor gets the name ""."""
    return features if isinstance(features, dict) else {"": features}
