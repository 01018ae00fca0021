"""Finds where a run differs from its golden, section by section: causes come before their effects."""

import collections
import difflib
import itertools

from legacy_graph.regression.recorder import NO_ENGINE, NUMBER, VARIES

SECTIONS = ("versions", "exit status", "graph", "random ops", "variables", "losses", "trained", "printed")
MOST_DETAILS = 12  # lines shown of one section
ROUNDING = 1e-6  # of a variable's norm: its values differ in their last bits only

Difference = collections.namedtuple("Difference", "section where details difference bound")
Difference.__doc__ = """One section in which a run differs from its golden.

section: one of SECTIONS. where: the first place, in words. details: lines of a diff. difference, bound: of the first
number outside its bound; None where nothing is measured.
"""


def compare(golden, run, exact=False, any_versions=False):
    """Return (differences, notes) of a run and its golden, both as `recorder.observe` and `golden_of` make them.

    `exact`: no tolerances, initial values bit for bit. `any_versions`: other versions of libraries are a note.
    A golden that real TensorFlow 1.15 recorded is compared without versions, and its graph by the statements that make
    ops, not by the number of ops.
    """
    if run["engine"] == NO_ENGINE:
        last = (run["errors"].strip().splitlines() or ["its process ended without a word"])[-1]
        return [Difference("exit status", f"was {golden['status']}, is {run['status']}: {last}", [], None, None)], []
    differences, notes = [], []
    same_engine = golden["engine"] == run["engine"]
    found = _versions(golden["versions"], run["versions"]) if same_engine else None
    if found and any_versions:
        notes.append(f"{found.where}; not counted as a difference")
    elif found:
        differences.append(found)
    if golden["status"] != run["status"]:
        last = (run["errors"].strip().splitlines() or [""])[-1]
        differences.append(
            Difference("exit status", f"was {golden['status']}, is {run['status']}: {last}", [], None, None)
        )
    for number, (before, now) in enumerate(itertools.zip_longest(golden["graphs"], run["graphs"]), 1):
        differences += _graph(number, before or _NO_GRAPH, now or _NO_GRAPH, same_engine)
    found, rounded = _variables(golden["variables"], run["variables"], 0.0 if exact else ROUNDING)
    differences += found
    notes += rounded
    differences += _losses(golden, run, 0.0 if exact else golden["rtol_losses"])
    differences += _trained(golden, run, 0.0 if exact else golden["rtol_losses"])
    differences += _printed(golden["printed"], run["printed"], 0.0 if exact else golden["rtol_printed"])
    if not same_engine and {found.section for found in differences} == {"graph"}:  # a variable was renamed, say
        notes += [f"graph: {found.where}; all that was computed is the same" for found in differences]
        differences = []
    if differences and golden["machine"] != run["machine"]:
        notes.append(f"recorded on {_machine(golden)}; this is {_machine(run)}")
    return differences, notes


_NO_GRAPH = {"ops": "0 ", "random": [], "code": []}


def _machine(record):
    machine = record["machine"]
    return f"{machine.get('processor', '?')}, {machine.get('system', '?')}, Python {machine.get('python', '?')}"


def _versions(before, now):
    changed = [
        f"{name} {before.get(name, 'absent')} -> {now.get(name, 'absent')}"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]
    return Difference("versions", ", ".join(changed), [], None, None) if changed else None


def _graph(number, before, now, same_engine):
    title = "" if number == 1 else f"graph {number}: "
    if before["ops"] != now["ops"]:
        yield from _statements(title, before["code"], now["code"], same_engine)
    if before["random"] != now["random"]:
        pairs = itertools.zip_longest(before["random"], now["random"])
        old, new = next(pair for pair in pairs if pair[0] != pair[1])
        details = _diff(before["random"], now["random"])
        yield Difference("random ops", f"{title}{_random(old)} -> {_random(new)}", details, None, None)


def _statements(title, before, now, same_engine):
    """Yield where the ops, or on another engine the statements that make them, are no longer the same."""
    before, now = ([tuple(line.split(" ", 2)) for line in code] for code in (before, now))
    compared = [[group[:2] if same_engine else group[2] for group in code] for code in (before, now)]
    ops = 0
    for i, (old, new) in enumerate(itertools.zip_longest(*compared)):
        if old != new:
            break
        ops += int(before[i][0])
    else:
        return
    old, new = (code[i] if i < len(code) else None for code in (before, now))
    if old and new and old[0] == new[0] and old[2] == new[2]:
        where = f"from op {ops} on: the {old[0]} ops of `{old[2]}` have other types, names, inputs or constants"
    else:
        where = f"{f'from op {ops} on' if same_engine else 'other statements'}: {_step(old)} -> {_step(new)}"
    shown = [[f"{group[0]} ops by {group[2]}" if same_engine else group[2] for group in code] for code in (before, now)]
    yield Difference("graph", title + where, _diff(*shown), None, None)


def _step(group):
    if group is None:
        return "nothing"
    return f"`{group[2]}` ({group[0]} ops)"


def _random(line):
    return "none" if line is None else "{2} (graph seed {0}, op seed {1})".format(*line.split(" ", 2))


def _diff(before, now):
    """Return the lines of a diff without its head, the first MOST_DETAILS of them."""
    lines = list(difflib.unified_diff(before, now, n=1, lineterm=""))[2:]
    rest = len(lines) - MOST_DETAILS
    return lines if rest <= 0 else [*lines[:MOST_DETAILS], f"({rest} lines more)"]


def _trained(golden, run, rtol):
    """Compare the variables' final values; one that is not listed there still has its initial value."""
    if "trained" not in golden:  # recorded before goldens had it
        return []
    names = [name for name in golden["variables"] if name in run["variables"]]
    before, now = ({name: {**side["variables"], **side["trained"]}[name] for name in names} for side in (golden, run))
    return _variables(before, now, rtol, "trained", "ends with")[0]


def _variables(before, now, rtol, section="variables", does="starts from"):
    """Return ([a Difference], notes) of fingerprints whose sums differ by more than `rtol` of the norm."""
    changed, rounded = [], []
    for name in [*before, *(name for name in now if name not in before)]:
        if name not in now or name not in before:
            changed.append((name, "is gone" if name in before else "is new", None, None))
            continue
        (shape, checksum, norm, total), (new_shape, new_checksum, new_norm, new_total) = (
            side[name].rsplit(" ", 3) for side in (before, now)
        )
        if shape != new_shape:
            changed.append((name, f"{shape} -> {new_shape}", None, None))
        elif checksum != new_checksum:
            difference, bound = abs(float(new_total) - float(total)), rtol * max(float(norm), 1e-30)
            if not rtol or not difference <= bound:
                moved = f"{shape} {does} other values: norm {norm} -> {new_norm}, weighted sum {total} -> {new_total}"
                changed.append((name, moved, difference, bound))
            else:
                rounded.append(name)
    notes = [f"the initial values of {', '.join(rounded)} differ in their last bits, by rounding"] if rounded else []
    if not changed:
        return [], notes
    name, what, difference, bound = changed[0]
    details = [f"{name}: {what}" for name, what, _, _ in changed[1 : MOST_DETAILS + 1]]
    return [Difference(section, f"{name} {what}", details, difference, bound)], notes


def _losses(golden, run, rtol):
    before, now = golden["losses"], run["losses"]
    for name in [*before, *(name for name in now if name not in before)]:
        if name not in now or name not in before:
            yield Difference("losses", f"{name} is {'no longer' if name in before else 'now'} fetched", [], None, None)
            continue
        texts, new_texts = (" ".join(side[name]["values"]).split() for side in (before, now))
        steps, new_steps = (_steps(side[name], texts_of) for side, texts_of in ((before, texts), (now, new_texts)))
        differing = [
            i
            for i, (old, new) in enumerate(zip(texts, new_texts))
            if not _agree(old, new, rtol, 0 if not rtol else 1e-6)
        ]
        if differing:
            first = differing[0]
            places = _places(steps)
            where = f"{name} first differs at {places[first]}: {texts[first]} -> {new_texts[first]}"
            details = [f"{places[i]}: {texts[i]} -> {new_texts[i]}" for i in differing[:MOST_DETAILS]]
            details.append(f"{len(differing)} of {len(texts)} values differ")
            old = float(texts[first])
            yield Difference("losses", where, details, abs(float(new_texts[first]) - old), rtol * abs(old))
        elif steps != new_steps:
            old, new = (f"{len(at)} times, last after step {at[-1] if at else 0}" for at in (steps, new_steps))
            yield Difference("losses", f"{name} is fetched {old} -> {new}", [], None, None)


def _steps(loss, values):
    return (
        [int(step) for step in " ".join(loss["after_steps"]).split()]
        if "after_steps" in loss
        else [*range(1, len(values) + 1)]
    )


def _places(steps):
    """Return a label for each value of a loss: its training step, where no two were fetched in the same step."""
    if len(set(steps)) == len(steps):
        return [f"training step {step}" for step in steps]
    return [f"value {i} (after training step {step})" for i, step in enumerate(steps, 1)]


def _agree(old, new, rtol, atol):
    """Whether two numbers, given as text, agree; integers must be equal."""
    if old == new or VARIES in (old, new):
        return True
    if not any(mark in old + new for mark in ".en"):
        return False
    difference = abs(float(new) - float(old))
    return (
        difference <= atol + rtol * abs(float(old)) or difference != difference and old.strip("+-") == new.strip("+-")
    )


def _printed(before, now, rtol):
    agreeing = [old if _same_line(old, new, rtol) else new for old, new in zip(before, now)] + now[len(before) :]
    if agreeing != before:
        pairs = enumerate(itertools.zip_longest(before, agreeing))
        line, (old, new) = next((i + 1, pair) for i, pair in pairs if pair[0] != pair[1])
        where = f"line {line}: {'nothing' if old is None else repr(old)} -> {'nothing' if new is None else repr(new)}"
        yield Difference("printed", where, _diff(before, agreeing), *_first_number(old, new, rtol))


def _same_line(old, new, rtol):
    if old == VARIES:
        return True
    texts = ([_spaceless(text) for text in NUMBER.split(line)] for line in (old, new))
    pairs = list(zip(NUMBER.findall(old), NUMBER.findall(new)))
    return len(set(map(tuple, texts))) == 1 and all(_agree(a, b, rtol, _last_digit(a, rtol)) for a, b in pairs)


def _first_number(old, new, rtol):
    """Return difference and bound of the first number of a line that is outside its bound."""
    for a, b in zip(NUMBER.findall(old or ""), NUMBER.findall(new or "")):
        if not _agree(a, b, rtol, _last_digit(a, rtol)):
            return abs(float(b) - float(a)), _last_digit(a, rtol) + rtol * abs(float(a))
    return None, None


def _last_digit(number, rtol):
    """Return one unit of a printed number's last digit, which may be rounded either way; 0 in exact comparisons."""
    if number == VARIES or not rtol:
        return 0.0
    digits, _, exponent = number.lower().partition("e")
    return 1.01 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))


def _spaceless(text):
    """Remove white space, which depends on the width of the printed numbers."""
    return "".join(text.split())
