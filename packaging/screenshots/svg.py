"""A terminal's screen as SVG: what tmux captured with its colours, drawn
cell by cell, dark or light as the reader prefers.

Only the fonts of the reader are used. So each run of cells has its length
in it, and columns are exact whatever the font; lines are drawn, not written.
"""

import re
import unicodedata
from xml.sax.saxutils import escape

CELL = 8.43			# pixels of a column
LINE = 18			# and of a row
SIZE = 14			# of the font
BASE = 13.5			# from the top of a row to the baseline
PAD = 14			# around the text
BAR = 30			# the window's title

# Name of a colour, dark, light. The first three are the terminal's own,
# "dim" what it makes of a faint text.
PALETTE = [
    ("text", "#d8dee6", "#24292f"),
    ("back", "#161b22", "#ffffff"),
    ("dim", "#848c97", "#6a737d"),
    ("frame", "#30363d", "#d0d7de"),
    ("title", "#21262d", "#f3f5f7"),
]
# The 16 colours of xterm, which the others of 256 come after.
SIXTEEN = ("000000 cd0000 00cd00 cdcd00 1e90ff cd00cd 00cdcd e5e5e5 "
           "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff").split()

SEQUENCE = re.compile(r"\x1b(?:\[([0-9;:]*)([@-~])"
                      r"|\][^\x1b\x07]*(?:\x1b\\|\x07)|[()][0-9A-B])")
# Drawn, so that they meet between rows: how, and where in a cell they are.
DRAWN = {"│": "v", "║": "vv", "─": "h"}
MIDDLES = {"v": (0,), "vv": (-1.5, 1.5)}


def colour(number):
    """A colour of 256 as #rrggbb."""
    if number < 16:
        return "#" + SIXTEEN[number]
    if number < 232:
        cube = number - 16
        levels = [0 if n == 0 else 55 + 40 * n
                  for n in (cube // 36, cube // 6 % 6, cube % 6)]
    else:
        levels = [8 + 10 * (number - 232)] * 3
    return "#%02x%02x%02x" % tuple(levels)


def columns(character):
    """How many a character takes; 0: it belongs to the one before."""
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Look:
    """What SGR sequences have set (ECMA-48, 8.3.117)."""

    def __init__(self):
        self.bold = self.dim = self.underline = self.reverse = False
        self.fore = self.back = None

    def take(self, parameters):
        numbers = [int(n or 0) for n in re.split("[;:]", parameters)]
        while numbers:
            n = numbers.pop(0)
            if n == 0:
                self.__init__()
            elif n in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline",
                               7: "reverse"}[n], True)
            elif n == 22:
                self.bold = self.dim = False
            elif n in (24, 27):
                setattr(self, "underline" if n == 24 else "reverse", False)
            elif n in (38, 48):
                value, numbers = extended(numbers)
                setattr(self, "fore" if n == 38 else "back", value)
            elif n in (39, 49):
                setattr(self, "fore" if n == 39 else "back", None)
            else:
                self.basic(n)

    def basic(self, n):
        for first, name, bright in ((30, "fore", 0), (40, "back", 0),
                                    (90, "fore", 8), (100, "back", 8)):
            if first <= n < first + 8:
                setattr(self, name, colour(n - first + bright))

    def key(self):
        """What a run of cells has in common: text, ground, bold, underline.

        A colour is #rrggbb or a name of PALETTE.
        """
        fore = self.fore or ("dim" if self.dim else "text")
        back = self.back
        if self.reverse:
            fore, back = back or "back", fore
        return fore, back, self.bold, self.underline


def extended(numbers):
    """The colour after 38 or 48, and the numbers after it."""
    if numbers[:1] == [5] and len(numbers) > 1:
        return colour(numbers[1]), numbers[2:]
    if numbers[:1] == [2] and len(numbers) > 3:
        return "#%02x%02x%02x" % tuple(numbers[1:4]), numbers[4:]
    return None, []


def cells(line, look):
    """The cells of a captured line: (column, columns, text, key)."""
    found, column, at = [], 0, 0
    while at < len(line):
        sequence = SEQUENCE.match(line, at)
        if sequence:
            if sequence.group(2) == "m":
                look.take(sequence.group(1))
            at = sequence.end()
            continue
        width = columns(line[at])
        if width == 0 and found:
            last = found[-1]
            found[-1] = (last[0], last[1], last[2] + line[at], last[3])
        else:
            found.append((column, width, line[at], look.key()))
        column += width
        at += 1
    return found


def kind(cell):
    """Cells of one kind can be one run: wide ones and lines are apart."""
    return DRAWN.get(cell[2], "wide" if cell[1] == 2 else "text")


def runs(line, look):
    """Cells that look alike, together; each: (column, columns, text, key,
    kind)."""
    out = []
    for cell in cells(line, look):
        column, width, text, key = cell
        last = out[-1] if out else None
        if last and last[3] == key and last[4] == kind(cell) != "wide":
            out[-1] = (last[0], last[1] + width, last[2] + text, key, last[4])
        else:
            out.append((column, width, text, key, kind(cell)))
    return out


def number(value):
    return ("%.1f" % value).rstrip("0").rstrip(".")


def fill(name):
    """The attribute for a colour; those of PALETTE follow the reader."""
    return 'fill="%s"' % name if name.startswith("#") else 'class="%s"' % name


def rectangle(x, y, width, height, name, more=""):
    return '<rect x="%s" y="%s" width="%s" height="%s" %s%s/>' % (
        number(x), number(y), number(width), number(height), fill(name), more)


def draw_text(column, width, text, key, y):
    """A run of text, without the blanks around it."""
    fore, _, bold, underline = key
    stripped = text.strip(" ") if not underline else text
    column += len(text) - len(text.lstrip(" ")) if not underline else 0
    if not stripped:
        return []
    cells_wide = width - (len(text) - len(stripped))
    more = ' font-weight="bold"' if bold else ""
    if underline:
        more += ' text-decoration="underline"'
    return ['<text x="%s" y="%s" textLength="%s" %s%s>%s</text>' % (
        number(PAD + column * CELL), number(y + BASE),
        number(cells_wide * CELL), fill(fore), more, escape(stripped))]


def draw_lines(column, width, key, lines, y):
    if lines == "h":
        return [rectangle(PAD + column * CELL, y + LINE / 2, width * CELL, 1,
                          key[0])]
    return [rectangle(PAD + (column + i + 0.5) * CELL - 0.5 + middle, y, 1,
                      LINE, key[0])
            for i in range(width) for middle in MIDDLES[lines]]


def grounds(rows):
    """The grounds of text; neighbours of one colour in one rectangle, so
    that no seam is seen between them."""
    out = []
    for row, found in enumerate(rows):
        y = BAR + PAD + row * LINE
        for column, width, _, key, _ in found:
            if not key[1]:
                continue
            last = out[-1] if out else None
            if last and last[:2] == [key[1], y] and last[2] + last[3] == column:
                last[3] += width
            else:
                out.append([key[1], y, column, width])
    return [rectangle(PAD + column * CELL, y, width * CELL, LINE, name)
            for name, y, column, width in out]


def style():
    """The classes of PALETTE, dark unless the reader wants it light."""
    def classes(which):
        return "".join(".%s{fill:%s}" % (p[0], p[which]) for p in PALETTE)
    return ("<style>text{font-size:%dpx;font-family:ui-monospace,"
            "SFMono-Regular,Menlo,'DejaVu Sans Mono',Consolas,monospace;"
            "white-space:pre}"
            "%s@media(prefers-color-scheme:light){%s}</style>" % (
                SIZE, classes(1), classes(2)))


def window(width, height, title):
    """Frame, title and its three dots."""
    parts = [rectangle(0.5, 0.5, width - 1, height - 1, "frame", ' rx="8"'),
             rectangle(1.5, 1.5, width - 3, height - 3, "back", ' rx="7"'),
             '<path d="M1.5 %dV8.5a7 7 0 0 1 7-7H%sa7 7 0 0 1 7 7V%dZ" '
             'class="title"/>' % (BAR, number(width - 8.5), BAR)]
    parts += ['<circle cx="%d" cy="%s" r="5" class="frame"/>' % (
        18 + 18 * i, number(BAR / 2 + 0.5)) for i in range(3)]
    parts.append('<text x="%s" y="%s" text-anchor="middle" class="dim">%s'
                 '</text>' % (number(width / 2), number(BAR / 2 + 5),
                              escape(title)))
    return parts


def draw(lines, size, cursor, title, description):
    """The screen as SVG.

    LINES: as tmux capture-pane -e -p prints them. SIZE: columns and rows.
    CURSOR: its column and row, or None. DESCRIPTION: for who cannot see it.
    """
    look = Look()
    rows = [runs(line, look) for line in lines]
    width = size[0] * CELL + 2 * PAD
    height = BAR + size[1] * LINE + 2 * PAD
    parts = window(width, height, title) + grounds(rows)
    if cursor:
        parts.append(rectangle(PAD + cursor[0] * CELL,
                               BAR + PAD + cursor[1] * LINE, CELL, LINE,
                               "dim"))
    for row, found in enumerate(rows):
        y = BAR + PAD + row * LINE
        for column, wide, text, key, what in found:
            if what in DRAWN.values():
                parts += draw_lines(column, wide, key, what, y)
            else:
                parts += draw_text(column, wide, text, key, y)
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" '
            'width="%s" height="%s" role="img" xml:space="preserve">'
            '<title>%s</title>%s\n%s\n</svg>\n' % (
                number(width), number(height), number(width), number(height),
                escape(description), style(), "\n".join(parts)))
