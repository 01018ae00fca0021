"""`python -m docs.pictures` draws every picture; `--measure` runs the models first, `--quick` what needs no training."""

import argparse
import pathlib
import sys

from docs.pictures import four, measure, networks, runs, weights
from docs.pictures.words_zh import WORDS

HERE = pathlib.Path(__file__).parent
PICTURES = {
    "overview": four.overview,
    **{name: four.one(name) for name in four.PANELS},
    "digit": networks.digit,
    "lstm": networks.lstm,
    "multi_lstm": networks.multi_lstm,
    "bi_lstm": networks.bi_lstm,
    "final_state": networks.final_state,
    "kernel": weights.kernel,
    "gates": weights.gates,
    "masks": weights.masks,
    "curves": runs.curves,
    **{f"{model}_curve": runs.one_curve(model) for model in measure.MODELS},
    "op_seeds": runs.op_seeds,
    "ladder": runs.ladder,
    "rooms": runs.rooms,
}


def words_of(language):
    """Return the function that puts a picture's texts into a language; KeyError where one has no words in it."""
    if language == "en":
        return str
    return _chinese


def _chinese(said):
    if said.startswith("bound "):
        return said.replace("bound", "上界")
    return WORDS[said] if any(letter.isalpha() for letter in said) else said


def draw(measured):
    """Return {file name: SVG} of all pictures in both languages."""
    return {
        f"{language}/{name}.svg": picture(measured, words_of(language)).render()
        for language in ("en", "zh")
        for name, picture in PICTURES.items()
    }


def main(arguments=None):
    """Draw; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__)
    parser.add_argument("--measure", action="store_true", help="run the models first: some 5 minutes on 2 cores")
    parser.add_argument("--quick", action="store_true", help="measure first what needs no training: half a minute")
    parser.add_argument("--runs", metavar="DIR", help="take the training runs from here, or leave them here")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a picture is out of date")
    given = parser.parse_args(arguments)
    if given.measure:
        measure.write(measure.measure(given.runs))
    elif given.quick:
        measure.write({**measure.read(), **measure.quick()})
    stale = []
    for name, svg in draw(measure.read()).items():
        path = HERE / name
        if not path.exists() or path.read_text(encoding="utf-8") != svg:
            stale.append(name)
            if not given.check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(svg, encoding="utf-8")
    if stale:
        print(f"{'out of date' if given.check else 'drawn'}: {', '.join(stale)}")
    return 1 if given.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
