"""The pictures are drawn from what is measured, in both languages, and what is measured is what the code does."""

import json
import re
import xml.etree.ElementTree

import pytest

from docs.pictures import __main__ as pictures
from docs.pictures import measure


@pytest.fixture(scope="module")
def measured():
    return measure.read()


@pytest.fixture(scope="module")
def drawn(measured):
    return pictures.draw(measured)


def test_every_picture_is_up_to_date(drawn):
    stale = [name for name, svg in drawn.items() if (pictures.HERE / name).read_text(encoding="utf-8") != svg]
    assert not stale, "`python -m docs.pictures` draws them again"


def test_another_measurement_is_another_picture(measured, drawn):
    changed = json.loads(json.dumps(measured))
    changed["ladder"]["lstm"][2][2] *= 2
    differs = {name for name, svg in pictures.draw(changed).items() if svg != drawn[name]}
    assert {"en/ladder.svg", "en/prove.svg", "zh/ladder.svg"} <= differs
    assert "en/digit.svg" not in differs


def test_pictures_are_well_formed_and_say_what_they_show(drawn):
    for name, svg in drawn.items():
        root = xml.etree.ElementTree.fromstring(svg)
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert title.text, name
        assert "prefers-color-scheme: dark" in svg, name


def test_every_picture_stands_on_a_page_of_its_language(drawn):
    pages = [pictures.HERE.parent.parent / "README.md", pictures.HERE.parent.parent / "README.zh.md"]
    pages += sorted(pictures.HERE.parent.rglob("*.md"))
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert not [name for name in drawn if f"pictures/{name})" not in text]


def test_no_text_leaves_its_picture(drawn):
    for name, svg in drawn.items():
        width = float(re.search(r'width="(\d+)"', svg)[1])
        for text in xml.etree.ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
            assert 0 <= float(text.get("x")) <= width, (name, text.text)


def test_a_text_without_chinese_words_is_an_error():
    assert pictures.words_of("zh")("layer 1") == "第 1 层"
    with pytest.raises(KeyError):
        pictures.words_of("zh")("a text that nobody translated")


def test_the_rooms_import_each_other_as_drawn(measured):
    assert measure.rooms() == measured["rooms"], "`python -m docs.pictures --quick` measures them again"
    assert measure.inside() == measured["inside"] and "graph115" in measured["inside"]["legacy_graph"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digit", "ink", "shapes", "ops", "masks", "state"])
def test_what_is_drawn_is_what_the_code_does(name, measured):
    again = {
        "digit": measure.digit,
        "ink": measure.ink,
        "shapes": lambda: {model: measure.shapes(model) for model in measure.MODELS},
        "ops": measure.ops,
        "masks": measure.masks,
        "state": measure.final_state,
    }[name]()
    assert json.loads(json.dumps(again)) == measured[name]
