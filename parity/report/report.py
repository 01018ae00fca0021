"""Writes the report of comparisons: the self-contained `report.html`, and its plots as PNGs."""

import datetime
import os
import pathlib
import platform

from mnist_training import MODELS, InputError, keep_earlier, replacing

FILE = "report.html"


def check(directory):
    """Raise InputError unless a report can be written into `directory`; it need not exist.

    To be called before the training, whose result would otherwise be lost.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"--out draws its plots with matplotlib, which is not there ({error}): "
            "pip install matplotlib, or install this package with its extra 'report'"
        ) from error
    place = pathlib.Path(directory).absolute()
    while not place.exists() and not place.is_symlink():
        place = place.parent
    if not place.is_dir():
        raise InputError(f"--out {directory}: {place} is not a folder; name a folder for the report")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"--out {directory}: no permission to write into {place}; name another folder")


def write(directory, comparisons, command, traps=()):
    """Write the report of some Comparisons; returns (its path, the folder of an earlier one or None).

    Args:
      directory: made where it does not exist. A report in it is moved into its folder earlier-N.
      command: the command line, to be shown.
      traps: (Trap, the Rung that it ended at) pairs of parity.traps.
    """
    from parity.report import plots, recorded  # plots needs matplotlib, which only a report asks for
    from parity.report.page import page

    directory = pathlib.Path(directory)
    drawn, exact = {}, {}
    for comparison in comparisons:
        model, recordings = comparison.recipe.model, recorded.recordings(comparison.recipe)
        drawn[model] = plots.plots_of(comparison, recordings)
        exact[model] = recordings.get(comparison.recipe.seed)
    text = page(comparisons, drawn, exact, traps, made_by(command, recorded.provenance()))
    directory.mkdir(parents=True, exist_ok=True)
    pictures = [f"{model}-{kind}.png" for model in MODELS for kind in plots.KINDS]
    earlier = keep_earlier(directory, FILE, *pictures)
    made = {f"{plot.name}.png": plot.png for plot in sum(drawn.values(), [])}
    for file, png in made.items():
        with replacing(directory / file) as name:
            name.write_bytes(png)
    for file in set(pictures) - set(made):  # an earlier report's, kept with it
        (directory / file).unlink(missing_ok=True)
    with replacing(directory / FILE) as name:
        name.write_text(text, encoding="utf-8")
    return directory / FILE, earlier


def made_by(command, recording=None):
    """Return {heading: text}: how a report came about; `recording` is TF 1.15's provenance, where it has a part."""
    import keras
    import numpy
    import tensorflow

    made = {
        "Command": command,
        "Date": datetime.datetime.now().astimezone().isoformat(" ", "minutes"),
        "Versions": f"TensorFlow {tensorflow.__version__}, Keras {keras.__version__}, "
        f"numpy {numpy.__version__}, Python {platform.python_version()}",
        "Machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
    if recording:
        made["TF 1.15"] = f"TensorFlow {recording['tensorflow']}, recorded by: {recording['command']}"
    return made
