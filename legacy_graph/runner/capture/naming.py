"""The script's own names for its tensors: the targets of the assignment that created each.

    x = tf.placeholder(tf.float32)                 x
    self.x, self.y = tf.placeholder(...), tf...    x and y
    feeds = {"x": tf.placeholder(...)}             x, as with feeds["x"] = ... and dict(x=...)
    words, counts = iterator.get_next()            words and counts

A statement creates many ops; the name belongs to the last one, which no other op of the statement reads. Where the
match between names and values is ambiguous, no name is given.
"""

import ast
import collections
import linecache

PLACEHOLDERS = ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")
_GIVE_NAMES = (ast.Assign, ast.AnnAssign, ast.AugAssign)


def names_of(ops, is_machinery):
    """Return {tensor name: Python name} for the tensors that `ops` output.

    Args:
      ops: a collection of ops of one graph.
      is_machinery: function of a file name that tells whether the file is not the script's own.
    """
    finder = _Statements(is_machinery)
    made = collections.defaultdict(list)
    for op in sorted(ops, key=lambda op: op._id):  # in the order of creation
        statement = finder.statement(op)
        if statement is not None:
            made[statement].append(op)
    names = {}
    for statement, of_statement in made.items():
        names.update(_named(statement, of_statement))
    return names


def _named(statement, ops):
    """Return {tensor name: Python name} for the targets of a statement, given the ops that it created."""
    targets = _targets(statement)
    if not targets:
        return {}
    read = {tensor.op for op in ops for tensor in op.inputs}
    ends = [op for op in ops if op not in read and op.outputs]
    fed = [op for op in ends if op.type in PLACEHOLDERS]
    if len(targets) == 1 and len(_values(statement)) == 1:
        told = fed if len(ends) > 1 and len(fed) == len(ends) else ends if len(ends) == 1 else ()
        found = [(op.outputs[0], targets[0]) for op in told if len(op.outputs) == 1]  # several: created in a loop
    elif len(ends) == 1 and len(ends[0].outputs) == len(targets):
        found = list(zip(ends[0].outputs, targets))
    elif len(fed) == len(ends) == len(targets):
        found = list(zip([op.outputs[0] for op in fed], targets))
    else:
        found = []
    return {tensor.name: name for tensor, name in found if name is not None}


def _targets(statement):
    """Return the names that a statement assigns, in order; None for targets without a name, [] for no target."""
    if isinstance(statement.value, ast.Dict):
        return [_plain(key) for key in statement.value.keys]
    if _is_dict_call(statement.value):
        return [keyword.arg for keyword in statement.value.keywords]
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return [_name(part) for part in _flat(target)]


def _values(statement):
    """Return the parts of a statement's value, one per target where they are written out."""
    if isinstance(statement.value, ast.Dict):
        return statement.value.values
    return statement.value.keywords if _is_dict_call(statement.value) else [statement.value]


def _is_dict_call(value):
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict"


def _flat(target):
    if isinstance(target, (ast.Tuple, ast.List)):
        return [part for element in target.elts for part in _flat(element)]
    return [target]


def _name(target):
    """Return the name in x, self.x or feeds["x"]; None for other targets."""
    if isinstance(target, ast.Subscript):
        return _plain(target.slice)
    return getattr(target, "id", None) or getattr(target, "attr", None)


def _plain(key):
    value = key.value if isinstance(key, ast.Constant) else None
    return value if isinstance(value, str) and value.isidentifier() else None


class _Statements:
    """The statements of the script's files, parsed when first needed."""

    def __init__(self, is_machinery):
        self._is_machinery, self._files = is_machinery, {}

    def statement(self, op):
        """Return the assignment that names the value that `op` is part of, or None.

        It is at the script's innermost line of the op's traceback or, where that line is a return, at the line of the
        caller.
        """
        for frame in reversed(op.traceback or ()):
            if self._is_machinery(frame.filename):
                continue
            statement = self._at(frame.filename, frame.lineno)
            if not isinstance(statement, ast.Return):
                return statement if isinstance(statement, _GIVE_NAMES) and statement.value else None
        return None

    def _at(self, file, line):
        """Return the innermost statement at a line of a file."""
        if file not in self._files:
            self._files[file] = _by_line("".join(linecache.getlines(file)))
        return self._files[file].get(line)


def _by_line(text):
    """Return {line number: innermost statement} of a module's source; {} where it cannot be parsed.

    Lines that hold several statements, `x = ...; y = ...`, are left out: a traceback does not tell which one it was.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found, shared = {}, set()
    for node in ast.walk(tree):  # outer statements first, so that inner ones overwrite them
        if isinstance(node, ast.stmt):
            lines = range(node.lineno, node.end_lineno + 1)
            shared.update(line for line in lines if line in found and not _contains(found[line], node))
            found.update(dict.fromkeys(lines, node))
    return {line: node for line, node in found.items() if line not in shared}


def _contains(outer, inner):
    starts = (outer.lineno, outer.col_offset) <= (inner.lineno, inner.col_offset)
    return starts and (outer.end_lineno, outer.end_col_offset) >= (inner.end_lineno, inner.end_col_offset)
