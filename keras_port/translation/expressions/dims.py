"""Sizes of axes: ints, or products of an int and symbols such as the batch size."""

import math


class Symbol:
    """A size that is unknown until the model is fed.

    Attributes:
      value: the size where the script fixed it in the graph or always fed the same one, otherwise None.
      origin: (expression, axis) that the size can be read from, or None.
      base, offset: the size is base + offset; base is None for a symbol that is not derived from another size.
      is_fixed: whether the module has to contain `value` as a number.
    """

    def __init__(self, name, value=None, origin=None):
        self.name, self.value, self.origin = name, value, origin
        self.base, self.offset = None, 0  # see add()
        self.is_fixed = False  # set while the module is written

    def __repr__(self):
        return self.name


class Size:
    """The product factor * symbol * symbol * ...; equal to one with the same factor and symbols.

    A size without symbols is a plain int instead.
    """

    def __init__(self, factor, symbols):
        self.factor, self.symbols = factor, symbols

    def __eq__(self, other):
        return isinstance(other, Size) and self.key == other.key

    def __hash__(self):
        return hash(self.key)

    @property
    def key(self):
        """A hashable key; equal for equal sizes."""
        return self.factor, tuple(sorted(map(id, self.symbols)))

    @property
    def value(self):
        """The size that the script fixed, or None."""
        values = [symbol.value for symbol in self.symbols]
        return None if None in values else self.factor * math.prod(values)

    def __repr__(self):
        return "*".join(([str(self.factor)] if self.factor != 1 else []) + [s.name for s in self.symbols])


def of(symbol):
    """Return the Size of a symbol."""
    return Size(1, (symbol,))


def product(sizes):
    """Return the product of ints and Sizes."""
    factor, symbols = 1, ()
    for size in sizes:
        if isinstance(size, Size):
            factor, symbols = factor * size.factor, symbols + size.symbols
        else:
            factor *= int(size)
    return Size(factor, symbols) if symbols and factor else factor


def quotient(size, divisor):
    """Return size / divisor, an int or Size, or None where it is not integral."""
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
    """Return a size as an int where it is an int or the script fixed it, otherwise None."""
    return size.value if isinstance(size, Size) else size


def is_known(size):
    """Whether a size is a plain int."""
    return not isinstance(size, Size)


_sums: dict = {}


def add(size, number):
    """Return size + number, for an int `number`. For a Size this is a symbol, the same one for equal arguments."""
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
    """Return the sum of sizes; None where one is None, or they are not ints and multiples of one size."""
    if None in sizes:
        return None
    known = sum(size for size in sizes if is_known(size))
    others = [size for size in sizes if not is_known(size)]
    if len({size.symbols for size in others}) > 1:
        return None
    return known if not others else add(Size(sum(size.factor for size in others), others[0].symbols), known)
