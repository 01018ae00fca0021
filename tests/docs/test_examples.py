"""The docs' code blocks and commands are run, and print what the pages say they print."""

import os
import pathlib
import time

import numpy as np
import PIL.Image
import pytest

import mnist_digits
from docs import examples

PAGES = examples.pages()


def runs(page, language):
    return any(block.language == language and block.is_run for block in examples.blocks(page.read_text()))


PYTHON = [page for page in PAGES if runs(page, "python")]
COMMANDS = [page for page in PAGES if runs(page, "sh") and page != examples.README]
REFRESH = "`python -m docs.examples {}` writes what they print now"


def named(page):
    return page.relative_to(examples.ROOT).as_posix()


def stale(outcomes):
    return [said for said in (examples.difference(*outcome) for outcome in outcomes) if said]


@pytest.mark.parametrize(
    "page",  # the pages of the larger networks do what that of the LSTM does
    [pytest.param(page, marks=[pytest.mark.slow] if page.stem in ("multi_lstm", "bi_lstm") else []) for page in PYTHON],
    ids=named,
)
def test_code_prints_what_the_page_says(page):
    assert not stale(examples.run_python(page)), REFRESH.format(named(page))


@pytest.mark.slow
def test_the_readme_works_from_a_clean_copy_to_the_letter():
    printed = {}
    for block, said in examples.run_commands(examples.README):
        printed[block.text] = said
    assert len(printed) == len([b for b in examples.blocks(examples.README.read_text()) if b.language == "sh"]) - 1
    ends = printed[next(iter(printed))].splitlines()[-1]
    assert f"It ends with `{ends}`" in examples.README.read_text()


def test_the_picture_to_predict_is_the_first_test_digit():
    image = np.asarray(PIL.Image.open(examples.ROOT / "examples" / "digit.png"))
    np.testing.assert_array_equal(image, mnist_digits.load().test_images[0].reshape(28, 28))


@pytest.mark.slow
@pytest.mark.parametrize("page", COMMANDS, ids=named)
def test_commands_print_what_the_page_says(page):
    assert not stale(examples.run_commands(page)), REFRESH.format(named(page))


def test_the_main_command_is_among_them():
    said = [block for block in examples.blocks(examples.README.read_text()) if block.said == "main command"]
    assert [block.is_run for block in said] == [True]
    assert examples.with_fewer_steps(said[0].text).strip() == said[0].text.strip() + " --steps 10"
    assert said[0].text.startswith("python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/parity compare all")


@pytest.fixture
def page(tmp_path):
    def write(text):
        path = pathlib.Path(tmp_path, "page.md")
        path.write_text(text)
        return path

    return write


def test_a_stale_output_is_found_and_written_anew(page):
    said = page("Say:\n\n```python\nx = 2\nprint('x is', x)\n```\n\n```text\nx is 3\n```\n")
    assert examples.refresh(said, check=True, only=("python",)) == ["the page says 3.0 in 'x is 3', the run 2.0"]
    assert examples.refresh(said, only=("python",))
    assert "x is 2\n" in said.read_text()
    assert not examples.refresh(said, check=True, only=("python",))


def test_a_wrong_word_is_found_and_rounding_is_not(page):
    say = "```python\nprint('loss 0.12345 same')\n```\n\n```text\n{}\n```\n"
    assert not examples.refresh(page(say.format("loss 0.12346 same")), check=True, only=("python",))
    assert examples.refresh(page(say.format("loss 0.12345 differs")), check=True, only=("python",))


def test_a_line_too_few_is_found(page):
    said = page("```python\nprint(1)\n```\n\n```text\n1\n2\n```\n")
    assert examples.refresh(said, check=True, only=("python",)) == ["the page says '2', the run '(end)'"]


def test_numbers_that_vary_may_and_words_may_not(page):
    say = "```python\nprint('same 1e-7 (bound 1e-6) at a')\n```\n\n<!-- numbers vary: rounding -->\n```text\n{}\n```\n"
    assert not examples.refresh(page(say.format("same 2e-7 (bound 1e-6) at b")), check=True, only=("python",))
    slow = "```python\nprint('3 passed in 99s (0:01:39)')\n```\n\n<!-- numbers vary: s -->\n```text\n3 {} in 9s\n```\n"
    assert not examples.refresh(page(slow.format("passed")), check=True, only=("python",))
    assert examples.refresh(page(slow.format("failed")), check=True, only=("python",))
    assert examples.refresh(page(say.format("DIFFERS 2e-7 (bound 1e-6) at b")), check=True, only=("python",))


def test_a_command_that_fails_is_an_error_with_its_words(page):
    with pytest.raises(RuntimeError, match=r"page.md: status 3 of\nexit 3"):
        list(examples.run_commands(page("```sh\nexit 3\n```\n")))


def test_a_block_that_fails_leaves_nothing_running(page, tmp_path):
    block = f"```sh\nsleep 600 > /dev/null 2>&1 &\necho $! > {tmp_path}/pid\nexit 3\n```\n"
    with pytest.raises(RuntimeError, match="status 3"):
        list(examples.run_commands(page(block)))
    with pytest.raises(ProcessLookupError):
        for _ in range(50):  # until its end is known
            os.kill(int((tmp_path / "pid").read_text()), 0)
            time.sleep(0.1)


def test_a_block_that_is_not_run_gives_a_reason(page):
    assert not list(examples.run_commands(page("<!-- not run: needs a cluster -->\n```sh\nexit 3\n```\n")))
    for each in PAGES:
        for block in examples.blocks(each.read_text()):
            assert block.language in ("python", "sh", "text", "json", ""), f"{named(each)}: {block.language}"
            runs = block.is_run or block.language not in ("python", "sh")
            assert runs or block.said.startswith(("not run: ", "part of ", "test command")), (
                f"{named(each)}: {block.text}"
            )


def test_parts_of_files_stand_in_them():
    found = [block for each in PAGES for block in examples.blocks(each.read_text())]
    parts = [block for block in found if block.said.startswith("part of ")]
    assert parts
    for block in parts:
        source = (examples.ROOT / block.said.removeprefix("part of ")).read_text(encoding="utf-8")
        assert block.text.strip() in source, block.said


def test_a_page_may_bring_modules(page):
    text = (
        "<!-- file of_a_page.py -->\n```python\nX = 7\n```\n\n```python\nimport of_a_page\n\nprint(of_a_page.X)\n```\n"
    )
    assert [printed for _, printed in examples.run_python(page(text))] == ["7\n"]
    with pytest.raises(ModuleNotFoundError):
        import of_a_page  # noqa: F401
