"""Error messages for code that needs Python 2 or an older numpy."""

import re

_CONSTRUCTS = (  # what it is, how the line looks, what Python says of it
    ("print statement", r"^\s*print\b(?!\s*[(=.])|^\s*print\s*\(.*>>|[;:]\s*print\s+[^(=]", ""),
    ("exec statement", r"^\s*exec\s+[^(]", ""),
    ("`except X, name`", r"^\s*except\s+[\w.()\s,]+,\s*\w+\s*:", ""),
    ("`raise X, text`", r"^\s*raise\s+[\w.]+\s*,", ""),
    ("`<>`", r"<>", ""),
    ("backticks", r"`.+`", ""),
    ("octal number without o", "", "leading zeros in decimal"),
    ("long number", r"\b\d+[lL]\b", "invalid decimal literal"),
    ("long number", r"\b0[xX][\da-fA-F]+[lL]\b", "invalid hexadecimal literal"),
    ("ur'' string", r"\b[uU][rR]['\"]", ""),
    ("tuple in a parameter list", r"^\s*def\s+\w+\(.*\(|\blambda\s*\(", ""),
)
_NAMES = {
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "basestring": "str",
    "unichr": "chr",
    "long": "int",
    "reduce": "functools.reduce",
    "cmp": "(a > b) - (a < b)",
    "file": "open",
    "execfile": "exec(open(...).read())",
    "reload": "importlib.reload",
}
_MODULES = {
    "cPickle": "pickle",
    "urllib2": "urllib.request",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "StringIO": "io",
    "cStringIO": "io",
    "HTMLParser": "html.parser",
    "Tkinter": "tkinter",
    "commands": "subprocess",
    "urlparse": "urllib.parse",
    "httplib": "http.client",
}
_ATTRIBUTES = {
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "has_key": "the operator `in`",
}


def python2_construct(error):
    """Return the name of the Python 2 construct at a SyntaxError, or None."""
    if isinstance(error, TabError):
        return "tabs and spaces mixed"
    for construct, looks, says in _CONSTRUCTS:
        if re.search(looks, error.text or "") and says in error.msg:
            return construct
    return None


def describe(error):
    """Return one line about a SyntaxError: where it is, and whether it is valid in Python 2."""
    construct = python2_construct(error)
    line = (error.text or "").strip()
    if construct:
        return (
            f"{error.filename}, line {error.lineno}: this is Python 2 only ({construct}): {line} -- "
            "convert the file to Python 3, for example with 2to3 or python-modernize"
        )
    shown = f": {line}" if line else ""
    return f"{error.filename}, line {error.lineno}: not Python: {error.msg}{shown}"


def advice(error):
    """Return advice on an exception that today's Python or numpy raises in old code, or None."""
    name = getattr(error, "name", None)
    if isinstance(error, SyntaxError):
        return describe(error)
    if isinstance(error, NameError) and name in _NAMES:
        return f"{name} is Python 2's; in Python 3 it is {_NAMES[name]}"
    if isinstance(error, ModuleNotFoundError) and name in _MODULES:
        return f"the module {name} is Python 2's; in Python 3 it is {_MODULES[name]}"
    if isinstance(error, AttributeError) and name in _ATTRIBUTES and isinstance(error.obj, dict):
        return f"{name} of a dictionary is Python 2's; in Python 3 it is {_ATTRIBUTES[name]}"
    if isinstance(error, AttributeError) and name == "tostring":
        return "tostring of an array is gone from numpy; it is now tobytes"
    if isinstance(error, TypeError) and "only 0-dimensional arrays can be converted" in str(error):
        return "numpy no longer makes a number of an array of one element; write array.item()"
    return None
