"""The README's table of speeds, in both languages: its figures are medians of docs/benchmarks.json."""

import pathlib
import re

from mnist_training import MODELS

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "README.zh.md")
ROWS = ("legacy_graph", "keras_port", "stock Keras 3 layers")  # candidates, in the order of the table's rows
TABLE = re.compile(r"(?<=<!-- speed -->\n)(?:\|.*\n)+(?=<!-- end -->)")


def with_figures(text, ratio):
    """Return the page with its table's figures written anew; the words stay.

    `ratio(model, candidate)` is how many times as fast as the reference. Raises ValueError where the page has not
    one table of a row for each of `ROWS` between the comments "speed" and "end".
    """
    tables = TABLE.findall(text)
    lines = tables[0].splitlines() if len(tables) == 1 else []
    if len(lines) != 2 + len(ROWS):
        raise ValueError(
            f"expected one table of {len(ROWS)} rows between <!-- speed --> and <!-- end -->; "
            f"found {len(tables)} tables, the first of {max(0, len(lines) - 2)} rows"
        )
    for number, candidate in enumerate(ROWS, start=2):
        label = lines[number].split(" | ")[0]
        lines[number] = " | ".join([label, *(f"{ratio(model, candidate):.2f}" for model in MODELS)]) + " |"
    return TABLE.sub(lambda _: "\n".join(lines) + "\n", text)
