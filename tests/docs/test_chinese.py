"""The Chinese pages are in step with the English ones, and a change of one side alone is found."""

import json
import re

import pytest

from docs import examples, in_step

PAGE, OTHER = "docs/reuse.md", "docs/zh/reuse.md"


def text_of(page):
    return (in_step.ROOT / page).read_text(encoding="utf-8")


def problems_with(**changes):
    """Return the problems when some pages' texts were changed by functions."""
    changes = {PAGE: changes.get("english"), OTHER: changes.get("chinese")}
    return in_step.problems(lambda page: (changes.get(page) or str)(text_of(page)))


def test_both_sides_are_in_step():
    assert not in_step.problems()


# Tables of names, made from the code.
ENGLISH_ONLY = {"docs/supplied.md", "docs/replaced.md", "docs/benchmarks.md"}


def test_what_a_student_or_a_porter_needs_is_in_chinese():
    english = {page.relative_to(in_step.ROOT).as_posix() for page in examples.pages()}
    assert english - {page for page, _ in in_step.pairs()} <= ENGLISH_ONLY


@pytest.mark.parametrize("side, name", [("english", "English"), ("chinese", "Chinese")])
def test_a_word_changed_on_one_side_is_found(side, name):
    [said] = problems_with(**{side: lambda text: text + "One sentence more.\n"})
    assert said.startswith(f"{PAGE} and {OTHER}: the {name} side was changed")


def test_code_that_is_run_otherwise_is_found():
    changed = in_step.differences(text_of(PAGE), text_of(OTHER).replace("```python", "<!-- not run: -->\n```python", 1))
    assert [said.partition(":")[0] for said in changed] == ["what is said of code"]


def test_other_code_is_found_even_when_agreed_on():
    changed = in_step.differences(text_of(PAGE), text_of(OTHER).replace("LSTM(16)", "LSTM(17)"))
    assert changed and changed[0].startswith("code and outputs")


def test_comments_may_be_in_chinese_and_are_kept_when_code_is_copied():
    english = '```python\ndef f():\n    """Say it."""\n    return 1  # one\n\n\nprint(f())\n```\n'
    chinese = english.replace("Say it.", "说出来。").replace("# one", "# 一")
    assert not in_step.differences(english, chinese)
    longer = english.replace("print", "x = 2\nprint").replace("return 1", "return 2")
    assert in_step.differences(longer, chinese)
    copied = in_step.with_code(longer, chinese)
    assert copied == longer.replace("Say it.", "说出来。") and not in_step.differences(longer, copied)


@pytest.mark.parametrize(
    "what, chinese",
    [("headings", "### 标题\n"), ("rows of tables", "| 甲 | 乙 |\n"), ("items of lists", "- 一条\n")],
)
def test_a_part_that_one_side_lacks_is_found(what, chinese):
    changed = in_step.differences(text_of(PAGE), text_of(OTHER) + "\n" + chinese)
    assert [said.partition(":")[0] for said in changed] == [what]


def test_a_chinese_page_leads_to_chinese_pages():
    assert in_step.links_to_english(OTHER, "[术语](../glossary.md) [术语](glossary.md) [English](../index.md)") == [
        "../glossary.md"
    ]
    assert in_step.links_to_english("README.zh.md", "[一次](docs/reuse.md#x)") == ["docs/reuse.md"]


def flags_not_explained(page):
    """Return [(command, flag)] of the flags in a page's help texts that the text beside them does not name."""
    missing = []
    for section in page.split("\n## ")[1:]:
        command, prose = section.partition("\n")[0], examples.without_blocks(section)
        shown = "".join(block.text for block in examples.blocks(section) if block.language == "text")
        options = re.findall(r"^  (-\S.*?)(?:  |$)", shown, re.MULTILINE)
        flags = set(re.findall(r"--[a-z][\w-]*", " ".join(options))) - {"--help", "--version"}
        missing += [(command, flag) for flag in sorted(flags) if f"`{flag}" not in prose]
    return missing


def test_every_flag_is_explained_in_chinese():
    page = text_of("docs/zh/commands.md")
    assert not flags_not_explained(page)
    assert ("parity port", "--every-step") in flags_not_explained(page.replace("`--every-step`：", "", 1))


def test_agreed_pairs_exist():
    agreed = json.loads(in_step.AGREED.read_text())
    assert set(agreed) == {english for english, _ in in_step.pairs()}
