"""Sizes of axes: whole numbers, or products of symbols such as the batch size."""

import math


class Symbol:
    """A size that is not known before the model is fed: `origin` is (expression, axis), where it can be read.

    `value` is what the script had fixed it to (a batch size baked into the graph) or always fed, or None.
    """

    def __init__(self, name, value=None, origin=None):
        self.name, self.value, self.origin = name, value, origin
        self.base, self.offset = None, 0  # of a size that is another one and so much more
        self.is_fixed = False  # whether the module has to write it down as the number that the script had

    def __repr__(self):
        return self.name


class Size:
    """factor * symbol * symbol ...; a plain int where there is no symbol. Equal when both are."""

    def __init__(self, factor, symbols):
        self.factor, self.symbols = factor, symbols

    def __eq__(self, other):
        return isinstance(other, Size) and self.key == other.key

    def __hash__(self):
        return hash(self.key)

    @property
    def key(self):
        """What makes two sizes equal."""
        return self.factor, tuple(sorted(map(id, self.symbols)))

    @property
    def value(self):
        """The size that the script had fixed, or None."""
        values = [symbol.value for symbol in self.symbols]
        return None if None in values else self.factor * math.prod(values)

    def __repr__(self):
        return "*".join(([str(self.factor)] if self.factor != 1 else []) + [s.name for s in self.symbols])


def of(symbol):
    """Return the size that a symbol stands for."""
    return Size(1, (symbol,))


def product(sizes):
    """Multiply ints and Sizes."""
    factor, symbols = 1, ()
    for size in sizes:
        if isinstance(size, Size):
            factor, symbols = factor * size.factor, symbols + size.symbols
        else:
            factor *= int(size)
    return Size(factor, symbols) if symbols and factor else factor


def quotient(size, divisor):
    """Return size / divisor where it is a whole int or Size, else None."""
    factor, symbols = (size.factor, list(size.symbols)) if isinstance(size, Size) else (int(size), [])
    other, others = (divisor.factor, divisor.symbols) if isinstance(divisor, Size) else (int(divisor), ())
    for symbol in others:
        if symbol not in symbols:
            return None
        symbols.remove(symbol)
    if not other or factor % other:
        return None
    return Size(factor // other, tuple(symbols)) if symbols else factor // other


def fixed(size):
    """Return a size as an int where the script knew it, else None."""
    return size.value if isinstance(size, Size) else size


def is_known(size):
    """Whether a size is a plain int."""
    return not isinstance(size, Size)


_sums = {}


def add(size, number):
    """Return size + number, where number is an int: a symbol of its own, the same one each time."""
    if is_known(size):
        return size + number
    if size.factor == 1 and len(size.symbols) == 1 and size.symbols[0].base is not None:
        return add(size.symbols[0].base, size.symbols[0].offset + number)
    if not number:
        return size
    key = (size.key, number)
    if key not in _sums:
        symbol = Symbol(f"{size!r}{number:+d}", None if size.value is None else size.value + number)
        symbol.base, symbol.offset = size, number
        _sums[key] = symbol
    return of(_sums[key])


def total(sizes):
    """Return the sum of sizes, of which at most one is no int; None where there are more, or one is None."""
    if None in sizes:
        return None
    known = sum(size for size in sizes if is_known(size))
    others = [size for size in sizes if not is_known(size)]
    return known if not others else add(others[0], known) if len(others) == 1 else None
