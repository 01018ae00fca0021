"""Shape inference: shapes of results from shapes of arguments, as tuples of ints and Sizes."""

from keras_port.translation.expressions import dims


def broadcast(*shapes):
    """Return the shape of an elementwise operation; None where a rank is unknown."""
    if None in shapes:
        return None
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(_one(sizes) for sizes in zip(*padded))


def _one(sizes):
    """Return the size that several sizes broadcast to: a symbol, where there is one, rather than an int."""
    others = [size for size in sizes if size != 1]
    symbolic = [size for size in others if not dims.is_known(size)]
    return (symbolic or others or [1])[0]


def matmul(a, b, transpose_a=False, transpose_b=False):
    """Return the shape of a matrix product, batched or not; None where a rank is unknown."""
    if a is None or b is None or len(a) < 2 or len(b) < 2:
        return None
    rows = a[-1] if transpose_a else a[-2]
    columns = b[-2] if transpose_b else b[-1]
    return (*broadcast(a[:-2], b[:-2]), rows, columns)


def reduced(shape, axes, keep):
    """Return the shape after a reduction over `axes` (None: all axes)."""
    if shape is None:
        return None if axes is not None else ()
    axes = range(len(shape)) if axes is None else [axis % len(shape) for axis in axes]
    if keep:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def sliced(shape, index):
    """Return the shape of x[index] for an index of ints, slices, None and Ellipsis; unknown sizes are None."""
    if shape is None:
        return None
    taken = sum(item is not None and item is not Ellipsis for item in index)
    index = list(index)
    if Ellipsis not in index:
        index.append(Ellipsis)
    place = index.index(Ellipsis)
    index[place : place + 1] = [slice(None)] * (len(shape) - taken)
    result, sizes = [], iter(shape)
    for item in index:
        if item is None:
            result.append(1)
            continue
        size = next(sizes)
        if isinstance(item, slice):
            result.append(_slice_size(size, item))
    return tuple(result)


def _slice_size(size, item):
    if item in (slice(None), slice(None, None, -1), slice(None, None, 1)):
        return size
    if dims.is_known(size) and not any(isinstance(part, dims.Size) for part in (item.start, item.stop)):
        return len(range(*item.indices(size)))
    start, stop = item.start or 0, item.stop
    if stop is None and isinstance(start, int) and start >= 0 and item.step in (None, 1):
        return dims.add(size, -start)
    if isinstance(stop, int) and stop < 0 and isinstance(start, int) and start >= 0 and item.step in (None, 1):
        return dims.add(size, stop - start)
    if start == 0 and isinstance(stop, (int, dims.Size)) and not (isinstance(stop, int) and stop < 0):
        return stop
    return None


def reshaped(shape, target):
    """Return the shape after reshaping `shape` to `target`, ints and Sizes; None where it is unknown.

    `target` may contain one -1. Sizes in `target` that the script fixed, such as a batch size of 128, become the
    symbol in `shape` that they stand for.
    """
    if None in target:
        return None
    total = None if shape is None else dims.product(shape)
    if -1 in target:
        others = [size for size in target if size != -1]
        missing = None if total is None else dims.quotient(total, dims.product(others))
        if missing is None and total is not None:
            others = _with_symbols(total, others)
            missing = others and dims.quotient(total, dims.product(others))
        if missing is None or others is None:
            return None
        rest = iter(others)
        return [missing if size == -1 else next(rest) for size in target]
    if total is None or dims.product(target) == total:
        return list(target)
    return _with_symbols(total, target)


def _with_symbols(total, target):
    """Return `target` with sizes replaced by the symbols of `total` that they stand for; None where that fails."""
    if dims.is_known(total):
        return None
    for place, size in enumerate(target):
        for symbol in total.symbols:
            if isinstance(size, int) and symbol.value and size % symbol.value == 0:
                changed = list(target)
                changed[place] = dims.product([size // symbol.value, dims.of(symbol)])
                if dims.product(changed) == total or dims.quotient(total, dims.product(changed)) is not None:
                    return changed
    return None
