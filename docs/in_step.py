"""Whether the Chinese pages are in step with the English ones: `python -m docs.in_step`.

    python -m docs.in_step                  # exit 1 and a line for each pair that is not
    python -m docs.in_step --code PAGE...   # copy the English side's code and outputs to the Chinese one
    python -m docs.in_step --agree PAGE...  # both sides of these pages say the same again: remember it

Two things are compared: what must be equal in both (code but for its comments, outputs, what says how code is run,
headings' levels, pictures, rows of tables), and the texts that the two had when somebody last agreed that they say
the same. A pair of which one side was changed since is out of step, whatever was changed. And a Chinese page leads
to Chinese pages, where there are any. PAGE is the English one.
"""

import argparse
import hashlib
import json
import pathlib
import re
import sys

from docs import examples

ROOT = pathlib.Path(__file__).resolve().parent.parent
AGREED = ROOT / "docs" / "zh" / "agreed.json"
# What is said to a reader inside code: a comment, or a docstring of one line. It may be in another language.
_SAID_IN_CODE = re.compile(r'((?:^|(?<=\s))# .*|^ *"""[^"]*""")$')


def twin(page):
    """Return the path of an English page's Chinese side, whether it exists or not; both are relative to the root."""
    page = pathlib.PurePosixPath(page)
    return (
        "README.zh.md" if str(page) == "README.md" else str(pathlib.PurePosixPath("docs/zh") / page.relative_to("docs"))
    )


def pairs():
    """Return [(English page, Chinese page)] of all pages that have both sides, relative to the root."""
    english = [page.relative_to(ROOT).as_posix() for page in examples.pages()]
    return [(page, twin(page)) for page in english if (ROOT / twin(page)).exists()]


def digest(text):
    """Return what is remembered of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def code_of(line):
    """Return a line of code without what is said to a reader in it."""
    return _SAID_IN_CODE.sub("", line).rstrip()


def _compared(block):
    is_code = block.language in ("python", "sh")
    return block.language, [code_of(line) if is_code else line for line in block.text.splitlines()]


def skeleton(text):
    """Return {what: list} of what two sides of a page must have in common."""
    prose = examples.without_blocks(text)
    return {
        "code and outputs": [_compared(block) for block in examples.blocks(text)],
        "what is said of code": [block.said.partition(":")[0] for block in examples.blocks(text)],
        "headings": [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)],
        "rows of tables": [line.count(" | ") for line in prose.splitlines() if line.startswith("|")],
        "items of lists": len(re.findall(r"^ *- ", prose, re.MULTILINE)),
        "pictures": sorted(re.findall(r"!\[[^\]]*\]\([^)]*?([\w]+\.svg)\)", prose)),
    }


def differences(english, chinese):
    """Return what two texts do not have in common, in words."""
    left, right = skeleton(english), skeleton(chinese)
    return [f"{what}: {left[what]} against {right[what]}"[:300] for what in left if left[what] != right[what]]


def changed(english, chinese, agreed):
    """Return which sides are not what was agreed on, in words; None where both are."""
    sides = [
        name for name, text, then in zip(("English", "Chinese"), (english, chinese), agreed) if digest(text) != then
    ]
    return " and ".join(sides) or None


def links_to_english(page, text):
    """Return the links of a Chinese page that lead to the English side of a page; `[English](...)` is meant to."""
    folder = (ROOT / page).parent
    english = {(ROOT / side).resolve() for side, _ in pairs()}
    found = re.findall(r"\[((?!English\])[^\]]*)\]\(([^)\s#]+\.md)", examples.without_blocks(text))
    return [target for _, target in found if (folder / target).resolve() in english]


def problems(read=lambda page: (ROOT / page).read_text(encoding="utf-8")):
    """Return a line for each thing that is out of step. `read` returns a page's text."""
    agreed = json.loads(AGREED.read_text(encoding="utf-8"))
    found = []
    for page, other in pairs():
        english, chinese = read(page), read(other)
        found += [f"{other} is not built like {page}: {said}" for said in differences(english, chinese)]
        found += [
            f"{other} leads to {target}, which there is in Chinese" for target in links_to_english(other, chinese)
        ]
        sides = changed(english, chinese, agreed.get(page, ("", "")))
        if sides:
            found.append(
                f"{page} and {other}: the {sides} side was changed. Bring the other in step "
                f"(--code copies code and outputs), then `python -m docs.in_step --agree {page}`"
            )
    return found


def agree(pages):
    """Remember the texts of these pairs."""
    agreed = json.loads(AGREED.read_text(encoding="utf-8")) if AGREED.exists() else {}
    for page in pages:
        agreed[page] = [digest((ROOT / side).read_text(encoding="utf-8")) for side in (page, twin(page))]
    AGREED.write_text(json.dumps(dict(sorted(agreed.items())), indent=1) + "\n", encoding="utf-8")


def with_code(english, chinese):
    """Return the Chinese text with the English one's blocks; ValueError where the kinds differ.

    A line whose code is the same keeps what the Chinese side says in it.
    """
    theirs, ours = examples.blocks(english), examples.blocks(chinese)
    if [block.language for block in theirs] != [block.language for block in ours]:
        kinds = [" ".join(block.language or "-" for block in blocks) for blocks in (theirs, ours)]
        raise ValueError(f"blocks of the English side: {kinds[0]}; of the Chinese: {kinds[1]}")
    for block, wanted in reversed(list(zip(ours, theirs))):
        chinese = chinese[: block.start] + _with_comments(wanted, block) + chinese[block.end :]
    return chinese


def _with_comments(wanted, block):
    """Return the text of a block as it should be, with the comments that the other side has for the same code."""
    if wanted.language not in ("python", "sh"):
        return wanted.text
    had = block.text.splitlines()
    by_code = {code_of(line): line for line in had if code_of(line)}
    lines = []
    for number, line in enumerate(wanted.text.splitlines()):
        same_place = number < len(had) and code_of(had[number]) == code_of(line)
        lines.append(had[number] if same_place else by_code.get(code_of(line), line))
    return "".join(line + "\n" for line in lines)


def main(arguments=None):
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.in_step", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--agree", nargs="*", metavar="PAGE", help="remember these pairs' texts; all, when none is named"
    )
    parser.add_argument("--code", nargs="+", metavar="PAGE", help="copy code and outputs to these pages' Chinese sides")
    given = parser.parse_args(arguments)
    for page in given.code or []:
        path = ROOT / twin(page)
        text = with_code((ROOT / page).read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    if given.agree is not None:
        agree(given.agree or [page for page, _ in pairs()])
    found = problems()
    print("\n".join(found) or "in step")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
