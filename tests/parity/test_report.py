"""The report: well-formed, self-contained, complete, and honest about models that differ."""

import base64
import dataclasses
import html.parser
import json
import re
import sys

import numpy as np
import pytest

import parity.__main__ as command
import parity.compare
from keras_port.conversion.weight_map import WEIGHT_MAP
from mnist_training import MODELS, TUTORIAL, InputError, Recipe
from parity import tolerances
from parity.comparison import Comparison
from parity.ladder import LEFT, RIGHT, Report, Rung
from parity.report import markup, page, plots, recorded, report
from parity.report.table import summary
from parity.traps import Trap
from tests.parity.browser import browser

STEPS = 60
COMMAND = "parity compare all --out 'new folder'"
TRAPS = [
    (
        Trap("gate order", "copies <all> columns", "i, j & f", None),
        Rung("logits", False, 0.123, 1.5e-6, "logits[3, 4]"),
    ),
    (Trap("separate layers", "one each", "one for all", None), Rung("names and shapes", False, where="a/b is extra")),
]


def comparison(model="lstm", rungs=None, **changes):
    """A Comparison as a training might give it, of numbers made up here; `changes` replace its fields."""
    recipe = Recipe.of(model, steps=STEPS, units=4, seed=1)
    generator = np.random.RandomState(0)
    shapes = {counterpart.tf1: (3, 16) for counterpart in WEIGHT_MAP[model]}
    left = (3 * np.exp(-np.arange(STEPS) / 20) * generator.uniform(0.9, 1.1, STEPS)).tolist()
    curves = {LEFT: left, RIGHT: [loss + 1e-6 * (number % 3) for number, loss in enumerate(left)]}
    measured = {step: 0.5 for step in filter(recipe.measures_accuracy, recipe.step_numbers)}
    rungs = rungs or (
        Rung("names and shapes", True, where="6 variables, 288 parameters"),
        Rung("weights", True, 0.0, 0.0, "Variable[0, 0]"),
        Rung("logits", True, 1.23e-6, 1.05e-5, "logits[4, 5]"),
        Rung("losses", True, 2.34e-6, 1e-4, "60 steps; largest at step 11"),
    )
    whole = Comparison(
        recipe,
        Report(tuple(rungs), curves, {side: list(range(STEPS)) for side in curves}),
        shapes,
        curves,
        seconds={side: (0.05 * np.arange(1, STEPS + 1)).tolist() for side in curves},
        test={LEFT: (0.4321, 0.8765), RIGHT: (0.4322, 0.8764)},
        accuracies={LEFT: measured, RIGHT: measured},
        weights={side: {name: np.full(shape, 0.25) for name, shape in shapes.items()} for side in curves},
    )
    return dataclasses.replace(whole, **changes)


def differing():
    """A Comparison that ended at the gradients: nothing was trained."""
    rungs = (
        Rung("names and shapes", True, where="6 variables"),
        Rung("weights", True, 0.0, 0.0, "Variable[0, 0]"),
        Rung("gradients", False, 4.56e-2, 1.5e-8, "train_op/kernel[1, 2], gate <j>"),
    )
    return comparison(
        rungs=rungs, curves={}, seconds={}, accuracies={LEFT: {}, RIGHT: {}}, report=Report(rungs, {}, {})
    )


class Reader(html.parser.HTMLParser):
    """Reads a page strictly: what is opened is closed, in order. Keeps its text and its attributes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.elements = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in ("img", "meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    def attributes(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    @property
    def text(self):
        return "".join(self.texts)


def references(text):
    """What a page would load from elsewhere, or link to."""
    reader = Reader(text)
    found = [
        value
        for name in ("src", "href", "srcset", "data", "action", "poster")
        for value in reader.attributes(name)
        if not value.startswith(("data:image/png;base64,", "#"))
    ]
    return found + re.findall(r"url\([^)]*\)|@import[^;]*|[a-z]+://[^\s\"'<]+", text)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of a report on all three networks."""
    directory = tmp_path_factory.mktemp("reports") / "new" / "folder"
    report.write(directory, [comparison(model) for model in MODELS], COMMAND, TRAPS)
    return directory


@pytest.fixture(scope="module")
def text(written):
    return (written / "report.html").read_text(encoding="utf-8")


def test_the_page_is_well_formed(text):
    reader = Reader(text)
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert reader.elements[2] == ("meta", {"charset": "utf-8"})
    identities = reader.attributes("id")
    assert len(set(identities)) == len(identities)
    assert {link[1:] for link in reader.attributes("href")} <= set(identities)
    assert all(len(alt) > 60 for alt in reader.attributes("alt"))
    assert len(reader.attributes("alt")) == 13  # four a network, and one more without dropout


@pytest.mark.parametrize("broken", ["<p>open", "<p><b>crossed</p></b>", "closed</p>"])
def test_a_page_that_is_not_well_formed_is_noticed(broken):
    with pytest.raises(AssertionError):
        Reader(f"<html>{broken}</html>")


def test_the_page_needs_nothing_else(text):
    assert references(text) == []


@pytest.mark.parametrize(
    "foreign",
    [
        '<img src="plot.png" alt="">',
        '<a href="https://example.org">x</a>',
        "<style>@import 'a.css';</style>",
        "<style>p { background: url(a.png) }</style>",
    ],
)
def test_a_page_that_needs_something_is_noticed(foreign):
    assert references(f"<html>{foreign}</html>")


def test_every_figure_is_on_the_page(text):
    shown = Reader(text).text
    whole = comparison()
    for rung in [*whole.report.rungs, *(rung for _, rung in TRAPS)]:
        assert rung.name in shown and rung.where in shown
    last = f"{whole.curves[RIGHT][-1]:.4f}"
    for figure in (
        "1.23e-06",
        "1.05e-05",
        "2.34e-06",
        "1.00e-04",
        "0.00e+00",
        "1.2e-01",
        "1.5e-06",
        "0.4321",
        "0.4322",
        "87.65%",
        "87.64%",
        last,
        "50.0",
        "3 × 16",
        "288",
        "+0.2500 ± 0.0000",
    ):
        assert figure in shown, figure
    for counterparts in WEIGHT_MAP.values():
        for counterpart in counterparts:
            assert counterpart.tf1 in shown and all(path in shown for path in counterpart.keras)
    for trap, _ in TRAPS:
        assert trap.name in shown and trap.naive in shown and trap.faithful in shown
    bounds = [bound for bound in vars(tolerances).values() if isinstance(bound, tolerances.Tolerance)]
    assert len(bounds) > 5 and all(bound.reason in shown for bound in bounds)


def test_the_page_says_how_it_was_made(text):
    shown = Reader(text).text
    for fact in (
        COMMAND,
        "TensorFlow 2.",
        "Keras 3.",
        f"numpy {np.__version__}",
        "Python {}.{}.{}".format(*sys.version_info),
    ):
        assert fact in shown, fact
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d[+-]\d\d:\d\d", shown)


def test_the_plots_beside_the_page_are_those_on_it(text, written):
    on_page = {base64.b64decode(source.partition(",")[2]) for source in Reader(text).attributes("src")}
    beside = {path.name: path.read_bytes() for path in written.glob("*.png")}
    assert on_page == set(beside.values())
    assert all(png.startswith(b"\x89PNG\r\n\x1a\n") for png in beside.values())
    kinds = ("loss", "accuracy", "difference", "rungs")
    assert set(beside) == {
        "multi_lstm-loss-without-dropout.png",
        *(f"{model}-{kind}.png" for model in MODELS for kind in kinds),
    }


def test_models_that_are_the_same_are_called_so(text):
    shown = Reader(text).text
    assert "Result: ✓\N{NO-BREAK SPACE}the same models" in shown and "✗" not in shown
    assert shown.count("✓\N{NO-BREAK SPACE}same") == 3 * 2 + 3 * 4  # at the top, in its section; its rungs


def test_a_model_that_differs_is_called_so():
    shown = Reader(
        page.page(
            [comparison("bi_lstm"), differing()], {"lstm": [], "bi_lstm": []}, {"lstm": None, "bi_lstm": None}, [], {}
        )
    ).text
    assert "Result: ✗\N{NO-BREAK SPACE}LSTM differs" in shown
    assert shown.count("✗\N{NO-BREAK SPACE}differs at gradients") == 2
    assert (
        "The two differ by 4.6e-02, bound 1.5e-08, at gradients: train_op/kernel[1, 2], gate <j>. "
        "The 2 rungs below hold."
    ) in shown
    assert "not trained" in shown


def test_the_printed_table_does_without_training():
    first, *_, last = summary(differing()).splitlines()
    assert first.startswith("lstm: 4 units") and last == "  verdict: differs at gradients"


def test_a_model_that_differs_in_accuracy_is_called_so():
    said = page.sentence(comparison(test={LEFT: (0.4, 0.9), RIGHT: (0.4, 0.8)}))
    assert said.startswith("Every rung of the ladder holds, but not the accuracy: 90.00% and 80.00% of the")


@pytest.mark.parametrize("steps, apart, same", [(782, 0.016, True), (782, 0.017, False), (100, 0.5, True)])
def test_with_dropout_accuracies_may_differ_as_two_seeds_do_and_count_late_only(steps, apart, same):
    recipe = Recipe.of("multi_lstm", steps=steps, seed=1)
    assert comparison(recipe=recipe, test={LEFT: (0.4, 0.95), RIGHT: (0.4, 0.95 - apart)}).accuracies_agree == same


@pytest.mark.parametrize("below, said", [(0, "a is extra."), (1, "The rung below holds."), (2, "2 rungs below hold.")])
def test_the_rungs_below_are_counted(below, said):
    rungs = (*(Rung("weights", True, 0.0, 0.0),) * below, Rung("names and shapes", False, where="a is extra"))
    assert page.sentence(comparison(report=Report(rungs, {}, {}))).endswith(said)


def test_text_is_escaped():
    assert markup.tag("p", "a < b & c", title='"x"') == '<p title="&quot;x&quot;">a &lt; b &amp; c</p>'
    evil = "<script>alert(1)</script>"
    rung = Rung("logits", False, 1.0, 1e-6, evil)
    shown = page.page(
        [comparison(rungs=(rung,))],
        {"lstm": [plots.Plot("x", evil, evil, b"")]},
        {"lstm": None},
        [(Trap(evil, evil, evil, None), rung)],
        {"Command": evil},
    )
    assert "<script" not in shown and Reader(shown).text.count("alert(1)") >= 6


def test_long_names_break_after_slashes_and_figures_nowhere():
    shown = markup.breakable("a/b & 1.5e-07")
    assert shown == 'a/<wbr>b &amp; <span class="figure">1.5e-07</span>'
    assert Reader(shown).text == "a/b & 1.5e-07"


def test_plots_say_where_losses_part():
    whole = comparison()
    left = whole.curves[LEFT]
    apart = {LEFT: left, RIGHT: left[:7] + [loss + 0.01 for loss in left[7:]]}
    rungs = (Rung("losses", False, 0.01, 1e-4, "60 steps; they diverge at step 7"),)
    for curves, said in ((whole.curves, "It stays below the bound"), (apart, "It exceeds the bound")):
        drawn = {
            plot.name: plot
            for plot in plots.plots_of(dataclasses.replace(whole, curves=curves, report=Report(rungs, curves, {})), {})
        }
        assert said in drawn["lstm-difference"].alt


@pytest.mark.parametrize(
    "losses, said",
    [([2.0, float("nan"), float("inf")], "It exceeds"), ([2.0], "It stays below"), ([2.0, 0.0], "It stays below")],
    ids=["not-finite", "one-step", "equal"],
)
def test_losses_of_any_kind_are_drawn(losses, said):
    curves = {LEFT: losses, RIGHT: losses}
    rungs = (Rung("losses", True, float("nan"), 0.0, "x"), Rung("more", False, float("inf"), 1.0, "y"))
    drawn = plots.plots_of(comparison(rungs=rungs, curves=curves, report=Report(rungs, curves, {})), {})
    assert [plot.name for plot in drawn] == ["lstm-loss", "lstm-accuracy", "lstm-difference", "lstm-rungs"]
    assert said in drawn[2].alt


def test_a_running_mean_follows_steep_starts_and_smooths_ends():
    np.testing.assert_allclose(plots.running_mean([0, 1, 2, 3, 4, 5, 6], 5), [0, 1, 2, 3, 4, 4.5, 5])
    np.testing.assert_allclose(plots.running_mean([9, 0, 0, 3], 3), [9, 3, 1, 1.5])
    np.testing.assert_allclose(plots.running_mean([4, 2], 1), [4, 2])


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """Curves of TF 1.15 for the tutorial's BiRNN with seeds 1 and 2, as they are packaged."""
    steps = TUTORIAL["bi_lstm"].steps
    shapes = {"losses": steps, "accuracies": 7, "test_accuracy": ()}
    arrays = {
        f"bi_lstm/{seed}/{kind}": np.full(shape, seed, "float32") for seed in (1, 2) for kind, shape in shapes.items()
    }
    np.savez(tmp_path / "tf115_curves.npz", **arrays)
    (tmp_path / "tf115_curves.json").write_text(json.dumps({"tensorflow": "1.15.5", "command": "record it"}))
    monkeypatch.setattr(recorded, "_DATA", tmp_path)


def test_a_recording_fits_its_recipe_only(recording):
    fitting = recorded.recordings(Recipe.of("bi_lstm", steps=50, seed=9))
    assert sorted(fitting) == [1, 2]
    assert len(fitting[2].losses) == 50 and fitting[2].accuracies == {20: 2.0, 40: 2.0}
    assert fitting[2].test_accuracy is None  # that of a longer training
    assert recorded.recordings(Recipe.of("bi_lstm"))[2].test_accuracy == 2.0
    for other in (Recipe.of("bi_lstm", units=8), Recipe.of("bi_lstm", batch_size=64), Recipe.of("lstm")):
        assert recorded.recordings(other) == {}


def test_without_recordings_there_are_none(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "_DATA", tmp_path)
    assert recorded.recordings(Recipe.of("lstm")) == {} and recorded.provenance() == {}


@pytest.mark.parametrize(
    "seed, said",
    [(1, "of TF 1.15, TF 1 graph and Keras 3"), (3, "of TF 1 graph and Keras 3")],
    ids=["its-seed", "another"],
)
def test_a_recording_is_drawn_as_an_equal_only_with_its_seed(recording, seed, said):
    whole = comparison("bi_lstm")
    whole = dataclasses.replace(whole, recipe=Recipe.of("bi_lstm", steps=STEPS, seed=seed))
    loss, *_ = plots.plots_of(whole, recorded.recordings(whole.recipe))
    assert said in loss.alt
    assert ("from other weights" in loss.caption) == (seed == 3)
    assert ("TF 1 graph and TF 1.15 differ by at most" in loss.caption) == (seed == 1)


def test_the_page_names_the_recordings_origin(recording, tmp_path):
    path, _ = report.write(tmp_path / "out", [comparison()], "parity compare lstm")
    assert "TensorFlow 1.15.5, recorded by: record it" in Reader(path.read_text()).text


def test_an_earlier_report_is_kept(tmp_path):
    (tmp_path / "mine.png").write_bytes(b"mine")
    path, earlier = report.write(tmp_path, [comparison("bi_lstm")], "first")
    assert earlier is None
    first = path.read_text()
    path, earlier = report.write(tmp_path, [comparison("lstm")], "second")
    assert earlier == tmp_path / "earlier-1"
    assert (earlier / "report.html").read_text() == first and (earlier / "bi_lstm-loss.png").exists()
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        "earlier-1",
        "lstm-accuracy.png",
        "lstm-difference.png",
        "lstm-loss.png",
        "lstm-rungs.png",
        "mine.png",
        "report.html",
    ]


def test_a_report_that_fails_leaves_the_earlier_one(tmp_path):
    path, _ = report.write(tmp_path, [comparison()], "first")
    before = {item.name: item.read_bytes() for item in tmp_path.iterdir()}
    with pytest.raises(ValueError):
        report.write(tmp_path, [comparison()], "second", traps=["not a trap"])
    assert {item.name: item.read_bytes() for item in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for place in ("file", "file/below", "dangling"):
        with pytest.raises(InputError, match="not a folder; name a folder"):
            report.check(tmp_path / place)
    for place in ("", "not/yet/there"):
        report.check(tmp_path / place)
    assert not (tmp_path / "not").exists()
    monkeypatch.setattr(report.os, "access", lambda path, mode: False)
    with pytest.raises(InputError, match="no permission"):
        report.check(tmp_path)


@pytest.mark.parametrize("obstacle", ["a file", "no matplotlib"])
def test_the_command_refuses_before_any_training(obstacle, run_command, tmp_path, monkeypatch):
    monkeypatch.setattr(command.at_once, "comparisons", None)  # would fail if it came to reading the digits
    (tmp_path / "file").write_text("x")
    if obstacle == "no matplotlib":
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    place = tmp_path / ("file" if obstacle == "a file" else "new")
    status, out, error = run_command(command.main, "compare", "all", "--out", place)
    assert status == 2 and out == "" and error.count("\n") == 1
    assert ("not a folder" if obstacle == "a file" else "pip install matplotlib") in error
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def assert_the_command_writes_a_report(run_command, folder):
    status, out, _ = run_command(
        command.main, "compare", "lstm", "--steps", 2, "--units", 4, "--batch-size", 8, "--seed", 1, "--out", folder
    )
    assert status == 0 and f"wrote {folder / 'report.html'}\n" in out and "kept" not in out
    shown = Reader((folder / "report.html").read_text()).text
    figures = re.findall(r"\d\.\d\de-\d\d", out)
    assert figures and all(figure in shown for figure in figures)  # the page has what the command printed
    assert f"parity compare lstm --steps 2 --units 4 --batch-size 8 --seed 1 --out {folder}" in shown


def test_the_command_writes_a_report(run_command, tmp_path, monkeypatch):
    monkeypatch.setattr(parity.compare, "compare", lambda recipe, mnist, model_dir: comparison(recipe.model))
    monkeypatch.setattr(command.at_once, "digits", lambda recipe, data_dir: None)
    assert_the_command_writes_a_report(run_command, tmp_path)


@pytest.mark.slow
def test_the_command_writes_a_report_of_what_it_trained(run_command, tmp_path):
    assert_the_command_writes_a_report(run_command, tmp_path)


def faults(page_file, folder, width):
    """What a browser without a network finds wrong with a page on a screen of this width."""
    with browser(folder / f"profile-{width}") as shown:
        shown.open(page_file, width)
        found = shown.complaints + [
            f"asks for {address}" for address in shown.requests if address != page_file.as_uri()
        ]
        if shown.evaluate("document.documentElement.scrollWidth") > width:
            found.append("scrolls sideways")
        if not shown.evaluate("[...document.images].every(image => image.naturalWidth > 0)"):
            found.append("images are missing")
        return found


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 768, 900, 1280])
def test_a_browser_shows_the_page_whole(written, tmp_path, width):
    assert faults(written / "report.html", tmp_path, width) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "body, fault",
    [
        ("<pre>" + "wide" * 500 + "</pre>", "scrolls sideways"),
        ("<script>undefined.x</script>", "Uncaught"),
        ("<img src='http://example.invalid/a.png' alt=''>", "asks for http://example.invalid/a.png"),
        ("<img src='data:image/png;base64,AAAA' alt=''>", "images are missing"),
    ],
    ids=lambda value: value[:9],
)
def test_a_browser_notices_faults(tmp_path, body, fault):
    file = tmp_path / "page.html"
    file.write_text(f"<!DOCTYPE html><meta name=viewport content='width=device-width'>{body}")
    assert any(fault in found for found in faults(file, tmp_path, 390))


@pytest.mark.slow
def test_the_page_prints_on_a_few_sheets(written, tmp_path):
    with browser(tmp_path / "profile") as shown:
        shown.open(written / "report.html", 1280)
        pdf = shown.pdf()
    sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    assert pdf.startswith(b"%PDF") and 3 * 2 < sheets <= 12  # a cover, two or three a network, traps, bounds
