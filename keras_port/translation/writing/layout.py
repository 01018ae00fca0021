"""Lays out lines of generated Python: aligns comments, breaks long lines."""

import re

WIDTH = 110  # of a line, in characters
_OPENING, _CLOSING = "([{", ")]}"


def aligned(lines):
    """Return the text lines for [(code, comment)]; comments that do not fit are dropped."""
    width = max((len(code) for code, comment in lines if comment and len(code) <= 90), default=0)
    found = []
    for code, comment in lines:
        if len(code) > WIDTH:
            found += split_up(code)
        elif comment and len(code) + len(comment) < 150:
            found.append(f"{code:<{width}}  # {comment}".rstrip())
        else:
            found.append(code)
    return found


def split_up(code):
    """Return a line of code as a list of lines of at most WIDTH, broken inside its last brackets where needed."""
    if len(code) <= WIDTH:
        return [code]
    indent = code[: len(code) - len(code.lstrip())]
    start, end = _last_brackets(code)
    if start is None or not code[start + 1 : end].strip():
        return [code]
    inner = indent + "    "
    parts = _parts(code[start + 1 : end])
    one_line = inner + ", ".join(parts)
    is_call = code[start] != "(" or code[start - 1].isalnum() or code[start - 1] in "_)]"
    if not is_call:  # parentheses around one value: a comma would make it a tuple
        body = split_up(inner + code[start + 1 : end])
    elif len(one_line) <= WIDTH and code[start] == "(":
        body = [one_line]
    else:
        body = [line for part in parts for line in split_up(f"{inner}{part},")]
    return [code[: start + 1], *body, indent + code[end:]]


def _last_brackets(code):
    """Return the positions of the last outermost brackets outside strings and indices, or (None, None)."""
    depth, start, found, quote = 0, None, (None, None), None
    for place, sign in enumerate(code):
        if quote:
            quote = None if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in _OPENING:
            start = place if depth == 0 else start
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
            is_index = code[start] == "[" and code[start - 1] not in " ([,="
            found = (start, place) if depth == 0 and not is_index else found
    return found


def _parts(code):
    """Return arguments split at their top-level commas."""
    parts, depth, quote, start = [], 0, None, 0
    for place, sign in enumerate(code):
        if quote:
            quote = None if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(code[start:place].strip())
            start = place + 1
    return [part for part in (*parts, code[start:].strip()) if part]


def with_short_names(lines, kept):
    """Rename to `h` each variable that only the next line reads.

    Args:
      lines: [(code, comment)].
      kept: names that are not renamed.
    """
    lines = list(lines)
    for place in range(len(lines) - 1):
        code, _ = lines[place]
        found = re.match(r" +(\w+) = (?!keras\.Input)", code)
        if not found or found[1] in kept or found[1].endswith("_layer"):
            continue
        word = re.compile(rf"(?<![\w.\"]){found[1]}(?![\w\"=])")
        readers = [other for other, (text, _) in enumerate(lines) if other != place and word.search(text)]
        if readers == [place + 1]:
            lines[place] = (code.replace(f"{found[1]} = ", "h = ", 1), lines[place][1])
            head, equals, tail = lines[place + 1][0].partition(" = ")
            lines[place + 1] = (head + equals + word.sub("h", tail), lines[place + 1][1])
    return lines
