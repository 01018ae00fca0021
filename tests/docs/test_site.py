"""The pages' links lead somewhere, every page is found from the first, and the strict build makes the site."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from docs import examples
from docs.conf import joined, tables_of_contents

ROOT = examples.ROOT
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def named(page):
    return page.relative_to(ROOT).as_posix()


def links(page):
    """Return [(path, anchor)] of a page's links to files."""
    found = _LINK.findall(examples.without_blocks(page.read_text(encoding="utf-8")))
    return [target.partition("#")[::2] for target in found if "://" not in target]


def anchors(page):
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", examples.without_blocks(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page):
    """Return a page's links that lead to no file, or to no heading of it."""
    broken = []
    for path, anchor in links(page):
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(path + ("#" + anchor if anchor else ""))
    return broken


def reached(first):
    """Return all pages that can be reached from a page by links."""
    seen, waiting = set(), [first.resolve()]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.exists():
            seen.add(page)
            waiting += [(page.parent / path).resolve() for path, _ in links(page) if path.endswith(".md")]
    return seen


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    assert not broken_links(page)


def test_a_broken_link_and_a_broken_anchor_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One thing\n[there](page.md#one-thing) [nowhere](nowhere.md) [no heading](page.md#two)")
    assert broken_links(page) == ["nowhere.md", "page.md#two"]


@pytest.mark.parametrize("first", ["README.md", "README.zh.md", "docs/index.md", "docs/zh/index.md"])
def test_every_page_is_found_from_the_first(first):
    wanted = [page for page in PAGES if ("zh" in first) <= ("zh" in named(page)) and named(page).startswith("docs/")]
    missing = [named(page) for page in wanted if page.resolve() not in reached(ROOT / first)]
    assert not missing, f"no page that {first} leads to has a link to these; docs/index.md is where pages are listed"


@pytest.mark.parametrize("page", [page for page in PAGES if named(page).startswith("docs/")], ids=named)
def test_the_table_of_contents_lists_every_page(page):
    listed = set()
    for index in (ROOT / "docs/index.md", ROOT / "docs/zh/index.md"):
        for entry in re.findall(r"^[\w/]+$", "\n".join(tables_of_contents(index.read_text())), re.MULTILINE):
            listed.add((index.parent / f"{entry}.md").resolve())
    assert page.resolve() in listed or named(page) == "docs/index.md", f"list {named(page)} in docs/index.md"


def test_no_space_where_a_chinese_line_ends():
    page = "# 标题\n\n种子是 5。\n缩放\nand so on\n\n| 甲 |\n| --- |\n- 一条\n- 两条\n"
    assert joined(page) == page.replace("。\n缩", "。缩")
    assert joined("见：\n[它](x.md)，\n`x` 和\ny") == "见：[它](x.md)，`x` 和\ny"
    code = "说明：\n\n```python\n# 一。\nx = 1\n```\n"
    assert joined(code) == code


def build(folder, out):
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", folder, out]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.slow
def test_the_strict_build_makes_the_site(tmp_path):
    done = build(ROOT / "docs", tmp_path)
    assert done.returncode == 0, done.stderr
    made = {page.relative_to(tmp_path).with_suffix("").as_posix() for page in tmp_path.rglob("*.html")}
    pages = {page.relative_to(ROOT / "docs").with_suffix("").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert pages <= made
    assert 'class="toctree-l1' in (tmp_path / "glossary.html").read_text(encoding="utf-8")
    chinese = (tmp_path / "zh" / "networks" / "lstm.html").read_text(encoding="utf-8")
    navigation = re.search(r'<div class="sidebar-tree">.*?</div>', chinese, re.DOTALL)[0]
    assert "复现一次训练" in navigation and "Reproduce a run" not in navigation and 'lang="zh-CN"' in chinese
    assert '<a href="../../networks/lstm.html" lang="en">English</a>' in chinese


@pytest.mark.slow
@pytest.mark.parametrize("mistake", ["[gone](gone.md)", "[no heading](glossary.md#gone)", "orphan"])
def test_the_strict_build_refuses(mistake, tmp_path):
    docs = pathlib.Path(tmp_path, "tree", "docs")
    docs.mkdir(parents=True)
    shutil.copy(ROOT / "docs/conf.py", docs)
    shutil.copytree(ROOT / "docs/style", docs / "style")
    (docs / "index.md").write_text("# First\n\n## Use\n\n- [Words](glossary.md): them.\n")
    (docs / "glossary.md").write_text("# Words\n\nNone.\n")
    assert build(docs, tmp_path / "sound").returncode == 0
    if mistake == "orphan":
        (docs / "orphan.md").write_text("# Not listed\n")
    else:
        (docs / "glossary.md").write_text(f"# Words\n\n{mistake}\n")
    assert build(docs, tmp_path / "broken").returncode != 0


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("networks/*.md")), ids=named)
def test_the_tests_and_traps_that_a_page_names_exist(page):
    text = page.read_text(encoding="utf-8")
    defined = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests").rglob("test_*.py")))
    tests = set(re.findall(r"`(test_\w+)`", text))
    assert tests and not {name for name in tests if f"def {name}(" not in defined}
    measured = set(re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs/traps.md").read_text(), re.MULTILINE))
    rows = re.findall(r"(?:Traps? |陷阱 )((?:\*[^*]+\*(?:, |、)?)+)", text)
    traps = {name for row in rows for name in re.findall(r"\*([^*]+)\*", row)}
    assert traps and traps <= measured
