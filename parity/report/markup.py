"""HTML that is well-formed and escaped by construction."""

import html
import re


class Markup(str):
    """A piece of HTML; other text is escaped when it becomes part of one."""


_VOID = ("img", "meta", "wbr")


def tag(name, /, *content, **attributes):
    """Return the Markup of one element.

    Attributes whose name is a Python keyword end in an underscore (`class_`); an attribute with the
    value None is omitted.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*content)}</{name}>")


def join(*content):
    """Concatenate texts and Markup to Markup."""
    return Markup("".join(item if isinstance(item, Markup) else html.escape(str(item)) for item in content))


def breakable(text):
    """Return `text` where a line too narrow for it breaks well: after a slash, but not within 1.5e-07."""
    pieces = re.split(r"(/|[\d.]+e[-+]\d+)", str(text))
    return join(
        *(
            join(piece, tag("wbr")) if piece == "/" else tag("span", piece, class_="figure") if number % 2 else piece
            for number, piece in enumerate(pieces)
        )
    )


def table(caption, headings, rows, numbers=()):
    """Return a table; `numbers` are the headings whose columns stand to the right.

    On a narrow screen the style sheet makes a block of each row, with the heading before each cell.
    """

    def kind(heading):
        return "number" if heading in numbers else None

    head = tag("tr", *(tag("th", heading, scope="col", class_=kind(heading)) for heading in headings))
    body = (
        tag(
            "tr",
            *(
                tag("td", cell, data_label=heading, class_=kind(heading))
                for heading, cell in zip(headings, row, strict=True)
            ),
        )
        for row in rows
    )
    return tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
