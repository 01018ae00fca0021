"""What the script itself calls its tensors: the name on the left of `=` in the statement that made each.

    x = tf.placeholder(tf.float32)                 x
    self.x, self.y = tf.placeholder(...), tf...    x and y
    feeds = {"x": tf.placeholder(...)}             x, as with feeds["x"] = ... and dict(x=...)
    words, counts = iterator.get_next()            words and counts

A statement makes many ops; its name goes to the last one, which none of its other ops reads. Where it is open
which value a name stands for, there is none.
"""

import ast
import collections
import linecache

PLACEHOLDERS = ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")
_GIVE_NAMES = (ast.Assign, ast.AnnAssign, ast.AugAssign)


def names_of(ops, is_machinery):
    """Return {tensor: Python name} of the tensors that `ops` make.

    Args:
      ops: the ops of one graph among which tensors are looked for, any collection.
      is_machinery: function of a file's name, whether it is none of the script's.
    """
    finder = _Statements(is_machinery)
    made = collections.defaultdict(list)
    for op in sorted(ops, key=lambda op: op._id):  # in the order in which they were made
        statement = finder.statement(op)
        if statement is not None:
            made[statement].append(op)
    names = {}
    for statement, of_statement in made.items():
        names.update(_named(statement, of_statement))
    return names


def _named(statement, ops):
    """Return {tensor: name} for the names that a statement gives, of the ops that it made."""
    targets = _targets(statement)
    if not targets:
        return {}
    read = {tensor.op for op in ops for tensor in op.inputs}
    ends = [op for op in ops if op not in read and op.outputs]
    fed = [op for op in ends if op.type in PLACEHOLDERS]
    if len(targets) == 1 and len(_values(statement)) == 1:
        told = fed if len(ends) > 1 and len(fed) == len(ends) else ends if len(ends) == 1 else ()
        found = [(op.outputs[0], targets[0]) for op in told if len(op.outputs) == 1]  # of a loop's placeholders: all
    elif len(ends) == 1 and len(ends[0].outputs) == len(targets):
        found = list(zip(ends[0].outputs, targets))
    elif len(fed) == len(ends) == len(targets):
        found = list(zip([op.outputs[0] for op in fed], targets))
    else:
        found = []
    return {tensor.name: name for tensor, name in found if name is not None}


def _targets(statement):
    """The names that a statement gives, in order; None for each that is no name. Empty: it gives none."""
    if isinstance(statement.value, ast.Dict):
        return [_plain(key) for key in statement.value.keys]
    if _is_dict_call(statement.value):
        return [keyword.arg for keyword in statement.value.keywords]
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return [_name(part) for part in _flat(target)]


def _values(statement):
    """The parts of a statement's value that stand for a target each, where they are written out."""
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
    """The name in x, self.x or feeds["x"]; None where it is something else."""
    if isinstance(target, ast.Subscript):
        return _plain(target.slice)
    return getattr(target, "id", None) or getattr(target, "attr", None)


def _plain(key):
    value = key.value if isinstance(key, ast.Constant) else None
    return value if isinstance(value, str) and value.isidentifier() else None


class _Statements:
    """The statements of the script's files."""

    def __init__(self, is_machinery):
        self._is_machinery, self._files = is_machinery, {}

    def statement(self, op):
        """Return the assignment that gave a name to what `op` is part of, or None.

        That of the script's innermost line; where this one returns its value, that of the line that called it.
        """
        for frame in reversed(op.traceback or ()):
            if self._is_machinery(frame.filename):
                continue
            statement = self._at(frame.filename, frame.lineno)
            if not isinstance(statement, ast.Return):
                return statement if isinstance(statement, _GIVE_NAMES) and statement.value else None
        return None

    def _at(self, file, line):
        """The innermost statement that holds a line of a file."""
        if file not in self._files:
            self._files[file] = _by_line("".join(linecache.getlines(file)))
        return self._files[file].get(line)


def _by_line(text):
    """{line: the innermost statement that holds it} of a module's text; empty where it cannot be read."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found = {}
    for node in ast.walk(tree):  # from the outside in, so that the innermost comes last
        if isinstance(node, ast.stmt):
            found.update(dict.fromkeys(range(node.lineno, node.end_lineno + 1), node))
    return found
