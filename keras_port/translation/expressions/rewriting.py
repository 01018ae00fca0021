"""Applies rules to a whole computation, arguments first."""

from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import walk


def rewrite(x, roots, rules):
    """Return `roots` with each expression under them rewritten by the first applicable rule until none applies."""
    done = {}
    for expression in walk(*roots):
        args = tuple(done[id(arg)] for arg in expression.args)
        if all(a is b for a, b in zip(args, expression.args)):
            new = expression
        else:
            new = x.make(
                expression.op,
                args,
                expression.shape,
                expression.dtype,
                expression.node,
                expression.op in ("dropout", "layer"),
                **expression.options,
            )
            x.uses[id(new)] = x.uses.get(id(new), 0) + x.uses.get(id(expression), 0)  # what read the old one
        done[id(expression)] = _rewritten(x, new, rules)
    return [done[id(root)] for root in roots]


def _rewritten(x, expression, rules):
    for rule in rules:
        better = rule(x, expression)
        if better is not None and better is not expression:
            return _rewritten(x, better, rules)
    return expression


def count_uses(x, roots):
    """Store in `x` how often each expression, weight and layer is used under `roots`."""
    x.uses, x.weight_uses, x.weight_takes, x.layer_calls = {}, {}, {}, {}
    for expression in walk(*roots):
        if expression.op in ("call", "layer"):
            key = id(expression.options["layer"])
            x.layer_calls[key] = x.layer_calls.get(key, 0) + 1
        for arg in expression.args:
            x.uses[id(arg)] = x.uses.get(id(arg), 0) + 1
            if arg.op == "weight":
                name = arg.options["name"]
                x.weight_uses[name] = x.weight_uses.get(name, 0) + 1
                if expression.op == "take" and expression.options["axis"] == 0 and arg is expression.args[0]:
                    x.weight_takes[name] = x.weight_takes.get(name, 0) + 1
    for root in roots:
        x.uses[id(root)] = x.uses.get(id(root), 0) + 1
    x.only_last = _only_last(roots)


def _only_last(roots):
    """Return the ids of the sequences of which only the last element is read."""
    found, others = set(), {id(root) for root in roots}
    for expression in walk(*roots):
        for arg in expression.args:
            index = expression.options.get("index")
            if (
                arg.rank == 3
                and expression.op == "getitem"
                and len(index) == 2
                and index[0] == slice(None)
                and index[1] in (-1, arg.shape[1] - 1 if dims.is_known(arg.shape[1]) else -1)
            ):
                found.add(id(arg))
            else:
                others.add(id(arg))
    return found - others
