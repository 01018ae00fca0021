"""A small writer of SVG whose pictures are legible on a light and on a dark page.

Colours are classes, and the style sheet within each picture has two sets of them; the picture brings its own
background, so it can be read where the page's theme is not the reader's own.
"""

from xml.sax.saxutils import escape

LIGHT = {"card": "#ffffff", "edge": "#d0d7de", "ink": "#1f2328", "soft": "#59636e", "line": "#8c959f"}
DARK = {"card": "#161b22", "edge": "#3d444d", "ink": "#e6edf3", "soft": "#9da7b3", "line": "#7d8590"}
# a to d are the gates i, j, f, o wherever gates are drawn; r marks what is wrong or circled.
LIGHT |= {"a": "#0969da", "b": "#bc4c00", "c": "#1a7f37", "d": "#8250df", "r": "#cf222e"}
DARK |= {"a": "#58a6ff", "b": "#f0883e", "c": "#3fb950", "d": "#bc8cff", "r": "#ff7b72"}
SANS = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def _rules(colours):
    return "".join(f".{name}{{fill:{value}}}.{name}-s{{stroke:{value}}}" for name, value in colours.items())


STYLE = (
    f"text{{font-family:{SANS}}}.mono{{font-family:{MONO}}}.strong{{font-weight:600}}.none{{fill:none}}"
    + _rules(LIGHT)
    + f"@media (prefers-color-scheme: dark){{{_rules(DARK)}}}"
)


def _number(value):
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


class Drawing:
    """One picture.

    Args:
      width, height: in pixels, the card's border included.
      title: what the picture shows, in a sentence; drawn above it, and read out by screen readers.
      words: function of an English text that returns it in the picture's language.
    """

    def __init__(self, width, height, title="", words=str):
        self.width, self.height, self.words, self.title = width, height, words, words(title)
        self._parts = []
        if title:
            self.text(20, 30, title, size=15, bold=True)

    def add(self, tag, css="", content=None, **attributes):
        """Add an element; underscores in attribute names are hyphens, and None leaves one out."""
        said = "".join(
            f' {name.replace("_", "-")}="{_number(value)}"' for name, value in attributes.items() if value is not None
        )
        css = f' class="{css}"' if css else ""
        self._parts.append(f"<{tag}{css}{said}/>" if content is None else f"<{tag}{css}{said}>{content}</{tag}>")

    def text(self, x, y, said, size=12, css="ink", anchor=None, bold=False, mono=False, turn=None):
        """Write `said`; the baseline starts, has its middle or ends (`anchor`) at x, y. `turn` is in degrees."""
        css += (" strong" if bold else "") + (" mono" if mono else "")
        said = said if mono else self.words(said)
        turned = None if turn is None else f"rotate({turn} {_number(x)} {_number(y)})"
        self.add("text", css, escape(said), x=x, y=y, font_size=size, text_anchor=anchor, transform=turned)

    def box(self, x, y, width, height, css="line", tint=0.12, label=None, size=12, radius=4, dashed=False, mono=False):
        """Draw a box of a colour, filled with a tint of it, with a label in its middle."""
        self.add(
            "rect",
            f"{css} {css}-s",
            x=x,
            y=y,
            width=width,
            height=height,
            rx=radius,
            fill_opacity=tint,
            stroke_width=1.2,
            stroke_dasharray="4 3" if dashed else None,
        )
        if label:
            self.text(x + width / 2, y + height / 2 + size * 0.36, label, size, anchor="middle", mono=mono)

    def line(self, points, css="line", width=1.3, arrow=False, dashed=False, opacity=None):
        """Draw a line through the points [(x, y)], with a head at its end if it is an arrow."""
        self.add(
            "polyline",
            f"none {css}-s",
            points=" ".join(f"{_number(float(x))},{_number(float(y))}" for x, y in points),
            stroke_width=width,
            stroke_dasharray="4 3" if dashed else None,
            stroke_opacity=opacity,
            stroke_linejoin="round",
        )
        if arrow:
            self._head(points[-2], points[-1], css)

    def _head(self, before, end, css, size=6):
        (x0, y0), (x1, y1) = before, end
        length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-9)
        dx, dy = (x1 - x0) / length * size, (y1 - y0) / length * size
        wings = [(x1, y1), (x1 - dx - dy * 0.5, y1 - dy + dx * 0.5), (x1 - dx + dy * 0.5, y1 - dy - dx * 0.5)]
        self.add("polygon", css, points=" ".join(f"{_number(float(x))},{_number(float(y))}" for x, y in wings))

    def ring(self, x, y, rx, ry, css="r"):
        """Circle something."""
        self.add("ellipse", f"none {css}-s", cx=x, cy=y, rx=rx, ry=ry, stroke_width=2.2)

    def dot(self, x, y, radius=3.0, css="ink"):
        """Draw a filled dot."""
        self.add("circle", css, cx=x, cy=y, r=radius)

    def cells(self, x, y, values, size, above="ink", below="r", levels=10, gap=0.0):
        """Draw a table of numbers in [-1, 1] as squares: the larger, the denser; of another colour below 0."""
        groups = {}
        for row, numbers in enumerate(values):
            for column, value in enumerate(numbers):
                level = round(min(abs(value), 1) * levels)
                if level:
                    groups.setdefault((above if value > 0 else below, level), []).append((row, column))
        side = _number(float(size - gap))
        for (css, level), places in sorted(groups.items()):
            squares = "".join(
                f"M{_number(float(x + column * size))} {_number(float(y + row * size))}h{side}v{side}h-{side}z"
                for row, column in places
            )
            self.add("path", css, d=squares, fill_opacity=level / levels)

    def render(self):
        """Return the SVG."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" role="img">\n<title>{escape(self.title)}</title>\n'
            f"<style>{STYLE}</style>\n"
            f'<rect class="card edge-s" x="0.5" y="0.5" width="{self.width - 1}" height="{self.height - 1}" rx="8"/>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )
