"""How Sphinx makes the site: `python -m sphinx -W -n docs site`. Pages are Markdown, and read well without Sphinx.

The table of contents is index.md itself: a list of links under each heading. So what is reached on the site is what
is reached from index.md on a code host, and Sphinx complains about a page that no list names.
"""

import pathlib
import re

project = "tf1-rnn"
author = "the tf1-rnn authors"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "tf1-rnn"
html_show_copyright = False
html_show_sphinx = False
html_static_path = ["style"]
html_css_files = ["pages.css"]
exclude_patterns = ["pictures/*.py"]
# Links to source files become downloads; two names of one file are no mistake.
suppress_warnings = ["myst.strikethrough"]
_ENTRY = re.compile(r"^- \[[^\]]+\]\((?!\.\.)([^):#]+)\.md\)", re.MULTILINE)


# Between two Chinese characters the end of a line is no space; nor is it after a Chinese comma or full stop.
_BROKEN_CHINESE = re.compile(
    r"(?<=[\u2026\u3001-\u9fff\uff01-\uff1f])\n(?=[\u3008-\u9fff\uff08])"
    r"|(?<=[\u3001\u3002\uff0c\uff1a\uff1b])\n(?=[\[`A-Za-z])(?!```)"
)
_CODE = re.compile(r"^( *```.*?^ *```$)", re.DOTALL | re.MULTILINE)


def joined(text):
    """Return a page's text with its Chinese lines joined; code stays as it is."""
    parts = _CODE.split(text)
    return "".join(part if number % 2 else _BROKEN_CHINESE.sub("", part) for number, part in enumerate(parts))


def tables_of_contents(text):
    """Return the toctrees of a page of links: one for each heading that has a list of links to pages under it."""
    trees = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        caption, entries = section.partition("\n")[0], _ENTRY.findall(section)
        if entries:
            trees.append("\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```", ""]))
    return trees


def _read(app, docname, source):
    if pathlib.PurePosixPath(docname).name == "index":
        source[0] += "\n".join(tables_of_contents(source[0]))
    source[0] = joined(source[0])
    # Markdown files outside docs/ are no pages of the site: they are files to download.
    source[0] = re.sub(r"\]\(((?:\.\./)+[\w./]+\.md)\)", _outside(docname, app), source[0])


def _outside(docname, app):
    folder = (pathlib.Path(app.srcdir) / docname).parent

    def link(match):
        target = (folder / match[1]).resolve()
        is_page = target.is_relative_to(pathlib.Path(app.srcdir).resolve())
        return match[0] if is_page else f"](path:{match[1]})"

    return link


def _chinese(app, pagename, templatename, context, doctree):
    """Give a Chinese page its language, by which browsers choose glyphs, and the Chinese pages beside it."""
    from docutils import nodes  # here: the tests read this file without what makes the site
    from furo.navigation import get_navigation_tree
    from sphinx import addnodes
    from sphinx.environment.adapters.toctree import TocTree

    if not pagename.startswith("zh/"):
        return
    trees = nodes.container()
    for tree in app.env.get_doctree("zh/index").findall(addnodes.toctree):
        trees += TocTree(app.env).resolve(
            pagename, app.builder, tree, prune=False, titles_only=True, includehidden=True
        )
    context["language"] = "zh-CN"
    context["furo_navigation_tree"] = get_navigation_tree(app.builder.render_partial(trees)["fragment"])


def _other_language(app, pagename, templatename, context, doctree):
    """Put a link to the same page in the other language over a page that has one."""
    other = pagename.removeprefix("zh/") if pagename.startswith("zh/") else f"zh/{pagename}"
    if other in app.env.found_docs and "body" in context:
        name, language = ("中文", "zh-CN") if other.startswith("zh/") else ("English", "en")
        link = f'<a href="{app.builder.get_relative_uri(pagename, other)}" lang="{language}">{name}</a>'
        context["body"] = f'<p class="other-language">{link}</p>{context["body"]}'


def setup(app):
    """Called by Sphinx."""
    app.connect("html-page-context", _other_language)
    app.connect("source-read", _read)
    app.connect("html-page-context", _chinese, priority=900)  # after the theme, which makes the navigation
    return {"parallel_read_safe": True}
