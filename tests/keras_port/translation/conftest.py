import pytest

from tests.keras_port.translation import graphs


@pytest.fixture
def ported(tmp_path):
    """Build a graph by a function of its inputs, port it; returns (TF's outputs, the model's, the text)."""

    def make(build, open_axes=1, **feeds):
        expected = graphs.write(tmp_path, build, feeds, open_axes=open_axes)
        model, text = graphs.model(tmp_path, expected, list(feeds))
        given = list(feeds.values())
        found = model.predict(given if len(given) > 1 else given[0], verbose=0)
        return list(expected.values())[0], found, text

    return make
