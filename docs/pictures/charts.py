"""Curves and bars, with their axes."""

import math


class Axes:
    """A chart's area in a Drawing.

    Args:
      drawing: the Drawing.
      left, top, width, height: the area inside the axes.
      x, y: (from, to) of the values; y is logarithmic when `log`.
    """

    def __init__(self, drawing, left, top, width, height, x, y, log=False):
        self.drawing, self.left, self.top, self.width, self.height = drawing, left, top, width, height
        self.x_range, self.log = x, log
        self.y_range = tuple(map(math.log10, y)) if log else y

    def at(self, x, y):
        """Return where a value lies in the picture."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        y = math.log10(y) if self.log else y
        return self.left + (x - x0) / (x1 - x0) * self.width, self.top + (y1 - y) / (y1 - y0) * self.height

    def axes(self, x_ticks, y_ticks, x_label="", y_label="", show=lambda value: f"{value:g}"):
        """Draw both axes with ticks at these values."""
        bottom, right = self.top + self.height, self.left + self.width
        for value in y_ticks:
            _, y = self.at(self.x_range[0], value)
            self.drawing.line([(self.left, y), (right, y)], width=0.7, opacity=0.35)
            self.drawing.text(self.left - 6, y + 4, show(value), 10.5, "soft", anchor="end")
        for value in x_ticks:
            x = self.left + (value - self.x_range[0]) / (self.x_range[1] - self.x_range[0]) * self.width
            self.drawing.line([(x, bottom), (x, bottom + 4)])
            self.drawing.text(x, bottom + 16, f"{value:g}", 10.5, "soft", anchor="middle")
        self.drawing.line([(self.left, self.top), (self.left, bottom), (right, bottom)])
        if x_label:
            self.drawing.text(right, bottom + 31, x_label, 11, "soft", anchor="end")
        if y_label:
            self.drawing.text(self.left - 30, self.top - 9, y_label, 11, "soft")

    def curve(self, xs, ys, css, width=1.5, opacity=None, dashed=False):
        """Draw a line through the values."""
        points = [self.at(x, y) for x, y in zip(xs, ys)]
        self.drawing.line(points, css, width, opacity=opacity, dashed=dashed)


def smooth(values, window=25):
    """Return the mean of the `window` values around each: fewer where a loss falls steeply, at the start."""
    half = window // 2
    out = []
    for middle in range(len(values)):
        part = values[middle - min(half, middle) : middle + min(half, middle) + 1]
        out.append(sum(part) / len(part))
    return out


def legend(drawing, x, y, entries, step=18):
    """Name the lines: entries of (css, width, text), one below another. A band is pale, as in the chart."""
    for row, (css, width, said) in enumerate(entries):
        drawing.line([(x, y + row * step), (x + 22, y + row * step)], css, width, opacity=0.4 if width > 6 else None)
        drawing.text(x + 28, y + row * step + 4, said, 11.5)
