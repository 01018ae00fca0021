"""Write docs/supplied.md: which public names of TensorFlow 1.15 are supplied, and how checked.

    python docs/make_supplied.py            # write the page
    python docs/make_supplied.py --check    # exit 1 when the page is out of date

The names are those that TensorFlow 1.15 recorded (tests/golden/recorded/tf115_names.json).
A name is supplied when ours gives it. It is checked by the golden cases whose module names it
in SUBJECTS; a name that no case names is only known to import.
"""

import inspect
import os
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "supplied.md"
sys.path.insert(0, str(ROOT))

from tests.golden import record_names, store  # noqa: E402

WIDTH = 120
TABLES = ["tf.contrib.rnn", "tf.contrib.seq2seq", "tf.contrib.legacy_seq2seq", "tf.contrib.layers"]
# A case module names its subjects in full, or by the last part of a name in one of these.
SHORT = {
    "rnn": ["tf.contrib.rnn", "tf.contrib.cudnn_rnn", "tf.nn"],
    "seq2seq": ["tf.contrib.seq2seq"],
    "legacy_seq2seq": ["tf.contrib.legacy_seq2seq"],
}
INTRO = """\
# What is supplied

Every public name of TensorFlow 1.15 that RNN scripts meet: whether `legacy_graph` supplies it, and
how that was checked. This page is made from the code: `python docs/make_supplied.py`.

*Checked by* names golden cases, `module: case, case`: functions in `tests/golden/cases` that real
TensorFlow 1.15.5 ran once, and that give the same here: names, shapes and order of variables,
outputs, states and gradients to float32 rounding. *Imports only* means just that. A name that is
not supplied raises an AttributeError at its first use, never a stand-in.
"""


def subjects():
    """Return {full name: {case module: [cases]}} as the case modules say.

    Raises ValueError for a case that is none, and for a name that TensorFlow 1.15 did not have.
    """
    recorded = record_names.read()
    found = {}
    for module in store.case_modules():
        said = getattr(store.load_module(module), "SUBJECTS", {})
        unknown = set(said) - set(store.load_cases(module))
        if unknown:
            raise ValueError(f"{module}: SUBJECTS names no case {', '.join(sorted(unknown))}")
        for case, names in said.items():
            for name in names:
                full = _full_name(name, module, recorded)
                found.setdefault(full, {}).setdefault(module, []).append(case)
    return found


def _full_name(name, module, recorded):
    if name.startswith("tensorflow."):
        return name  # of a module that 1.15 did not make public, and scripts import all the same
    if name.startswith("tf."):
        candidates = [name.rpartition(".")[0]]
    else:
        candidates = next(
            (SHORT[start] for start in sorted(SHORT, key=len, reverse=True) if module.startswith(start)), []
        )
    last = name.rpartition(".")[2]
    for namespace in candidates:
        if last in recorded.get(namespace, ()):
            return f"{namespace}.{last}"
    raise ValueError(f"{module}: SUBJECTS names {name}, which TensorFlow 1.15 did not have")


def look_up(full_name):
    """Return (True, the object) for a name that is supplied, else (False, the reason or None)."""
    from legacy_graph import tf1

    value = tf1
    try:
        for part in full_name.split(".")[1:]:
            value = getattr(value, part)
    except AttributeError as error:
        return False, getattr(error, "reason", None)
    return True, value


def other_parameters():
    """Return {full name: (TF 1.15's parameters, ours)} where a call could mean something else.

    Ours may have more parameters, after those of TensorFlow 1.15.
    """
    found = {}
    for namespace, names in record_names.read().items():
        for name, expected in names.items():
            full = f"{namespace}.{name}"
            supplied, value = look_up(full)
            if supplied and expected:
                ours = parameters(value)
                if ours is not None and not fits(expected, ours):
                    found[full] = expected, ours
    return found


def parameters(value):
    """The names of a callable's parameters, or None where Python does not tell."""
    try:
        signature = inspect.signature(value.__init__ if inspect.isclass(value) else value)
    except (TypeError, ValueError):
        return None
    return record_names.parameters_of(signature)


def fits(expected, ours):
    """Whether every call that `expected` allowed, by position or name, means the same to `ours`."""
    named = [name for name in expected if not name.startswith("*")]
    if ours[:1] == ["*args"]:
        return True
    return [name for name in ours if not name.startswith("*")][: len(named)] == named


def page():
    """Return the text of the page."""
    checked, recorded = subjects(), record_names.read()
    parts = [INTRO]
    parts += [_table(namespace, recorded[namespace], checked) for namespace in TABLES]
    parts.append(_other_contrib(recorded, checked))
    parts.append(_tf_itself(recorded, checked))
    return "\n".join(map(_wrapped, "\n".join(parts).splitlines())) + "\n"


def _wrapped(line):
    """Return a line in lines of at most WIDTH characters, all in one item of a list; a row of a table as it is."""
    if line.startswith("|") or len(line) <= WIDTH:
        return line
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _table(namespace, names, checked):
    rows, count = [], 0
    for name in sorted(names):
        supplied, reason = look_up(f"{namespace}.{name}")
        count += supplied
        how = _cases(checked.get(f"{namespace}.{name}")) if supplied else reason or ""
        rows.append(f"| `{name}` | {'yes' if supplied else 'no'} | {how} |")
    return "\n".join(
        [
            f"## {namespace}\n",
            f"{count} of {len(names)} names are supplied.\n",
            "| name | supplied | checked by |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _cases(modules):
    if not modules:
        return "imports only"
    return "; ".join(f"`{module}`: {', '.join(cases)}" for module, cases in sorted(modules.items()))


def _other_contrib(recorded, checked):
    lines = ["## The rest of tf.contrib\n"]
    missing = [name for name in sorted(recorded["tf.contrib"]) if not look_up(f"tf.contrib.{name}")[0]]
    for namespace in sorted(recorded):
        if not namespace.startswith("tf.contrib.") or namespace in TABLES:
            continue
        have = {name: look_up(f"{namespace}.{name}")[0] for name in sorted(recorded[namespace])}
        tested = [name for name in have if f"{namespace}.{name}" in checked]
        imports = [name for name in have if have[name] and name not in tested]
        absent = [name for name in have if not have[name]]
        lines.append(f"### {namespace}\n")
        for title, names in (("Checked by golden cases", tested), ("Imports only", imports), ("Not supplied", absent)):
            if names:
                lines.append(f"{title}: {_quoted(names)}.\n")
    private = [name for name in sorted(checked) if name.startswith("tensorflow.")]
    lines.append(f"### Names that were not public\n\nChecked by golden cases: {_quoted(private)}.\n")
    lines.append("### Modules that are not supplied\n")
    lines.append(f"{_quoted(missing)}.\n")
    return "\n".join(lines)


def _tf_itself(recorded, checked):
    lines = ["## tf itself\n", "All of TensorFlow 1.15's names outside tf.contrib are supplied but these:\n"]
    for namespace in sorted(recorded):
        if namespace.startswith("tf.contrib"):
            continue
        reasons = {name: look_up(f"{namespace}.{name}") for name in sorted(recorded[namespace])}
        absent = [name for name, (supplied, _) in reasons.items() if not supplied]
        why = {reasons[name][1] for name in absent} - {None}
        if absent:
            names = "everything" if len(absent) == len(reasons) else _quoted(absent)
            lines.append(f"- `{namespace}`: {names}{''.join(f' ({reason})' for reason in sorted(why))}")
    tested = sorted(name for name in checked if not name.startswith(("tf.contrib", "tensorflow.")))
    lines.append(f"\nGolden cases of their own have {_quoted(tested)}.\n")
    lines.append(
        "These have parameters between 1.15's, or other names for them, so a call with many "
        "positional arguments\nmeans another thing:\n"
    )
    lines.append(_quoted(sorted(other_parameters())) + ".")
    return "\n".join(lines) + "\n"


def _quoted(names):
    return ", ".join(f"`{name}`" for name in names)


def main():
    """Write or check the page."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    text = page()
    if sys.argv[1:] == ["--check"]:
        if not PAGE.exists() or PAGE.read_text() != text:
            sys.exit("docs/supplied.md is out of date: run python docs/make_supplied.py")
    else:
        PAGE.with_suffix(".new").write_text(text)
        PAGE.with_suffix(".new").replace(PAGE)


if __name__ == "__main__":
    main()
