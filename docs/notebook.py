"""Make docs/study.ipynb of the three network pages, with their outputs, and the Chinese one: `python -m docs.notebook`.

    python -m docs.notebook --check   # write nothing; exit 1 where a notebook is not what the pages say

A python block becomes a cell, the text block after it the cell's output, the rest Markdown. A block under
`<!-- not in the notebook: REASON -->` stays text, so that `legacy-graph run` can run the notebook as well.
"""

import argparse
import json
import pathlib
import re
import sys

from docs import examples

HERE = pathlib.Path(__file__).parent
NOTEBOOK = HERE / "study.ipynb"
NOTEBOOKS = (NOTEBOOK, HERE / "zh" / "study.ipynb")
ROOT = HERE.parent
NETWORKS = ("lstm", "multi_lstm", "bi_lstm")


def cells_of(page):
    """Return a page's cells, without the identifiers that a notebook gives them."""
    text, cells, done = page.read_text(encoding="utf-8"), [], 0
    for block in examples.blocks(text):
        if block.language != "python" or block.said.startswith("not in the notebook"):
            continue
        start = text.rindex("```python", done, block.start)
        cells.append(markdown(text[done:start]))
        output = block.output
        cells.append(code(block.text, output.text if output else ""))
        done = (output or block).end + len("```\n")
    return [cell for cell in [*cells, markdown(text[done:])] if "".join(cell["source"]).strip()]


def markdown(text):
    """Return a cell of text; links lead from the notebook's folder now, and answers are not folded."""
    text = re.sub(r"<details><summary>(.*?)</summary>", r"*\1*", text).replace("</details>", "")
    text = re.sub(r"<!--.*?-->\n", "", text)
    text = re.sub(r"\]\(\.\./", "](", text)
    text = re.sub(r"\]\((?=(lstm|multi_lstm|bi_lstm)\.md)", "](networks/", text)
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text.strip())}


def code(text, output):
    """Return a cell of code with what it prints."""
    outputs = [{"name": "stdout", "output_type": "stream", "text": _lines(output)}] if output else []
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": outputs,
        "source": _lines(text.rstrip()),
    }


def _lines(text):
    return text.splitlines(keepends=True)


def notebook(path=NOTEBOOK):
    """Return the JSON of one of NOTEBOOKS, made of the pages in the folder `networks` beside it."""
    cells = [cell for name in NETWORKS for cell in cells_of(path.parent / "networks" / f"{name}.md")]
    cells = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    whole = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def main(arguments=None):
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.notebook", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where it is out of date")
    given = parser.parse_args(arguments)
    stale = [path for path in NOTEBOOKS if not path.exists() or notebook(path) != path.read_text(encoding="utf-8")]
    if given.check:
        return int(bool(stale))
    for path in stale:
        path.write_text(notebook(path), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
