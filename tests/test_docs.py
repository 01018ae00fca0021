"""The examples in the docs are run, and their links lead somewhere."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def python_blocks(page):
    """Return the python examples of a page, joined: later ones build on earlier ones."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))


def run(name):
    """Run a page's python examples; returns what they defined."""
    page = ROOT / "docs" / name
    scope = {"__name__": "example"}
    exec(compile(python_blocks(page), str(page), "exec"), scope)
    return scope


def test_the_example_of_a_port_of_ones_own_runs(capsys):
    scope = run("own_models.md")
    scope["test_the_port_is_the_same_model"]()
    assert "same" in capsys.readouterr().out
    scope["session"].close()


def test_the_example_of_other_cells_runs():
    assert run("checkpoints.md")["used"]


def broken_links(page):
    """Return the relative links of a page to files that do not exist."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    return [target for target in targets if "://" not in target and not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    assert not broken_links(page)


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "page.md").write_text("[there](page.md) and [nowhere](nowhere.md)")
    assert broken_links(tmp_path / "page.md") == ["nowhere.md"]
