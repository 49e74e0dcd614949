"""Reads mdoc: the text of the items of a manual page's lists."""

import re

# Macros whose arguments are text, and punctuation that may follow them.
MACROS = ("Cm", "Ev", "Pa", "Ql", "Ar", "Fl", "Ic", "Va", "Nm", "Xr", "Sx",
          "Li")


class Item:
    """An item of the outer list: its head, its lines, as mdoc."""

    def __init__(self, head):
        self.head = head
        self.lines = []

    def words(self, macro):
        """Returns the first argument of each MACRO at the start of a line."""
        return re.findall(r"^\.%s (\S+)" % macro, "\n".join(self.lines),
                          re.M)

    @property
    def text(self):
        """Returns the item as one line, without macros."""
        words = []
        for line in self.lines:
            if line.startswith("."):
                name, _, line = line[1:].partition(" ")
                if name not in MACROS:
                    continue
                line = re.sub(r" ([.,;:)])", r"\1", line)
            words.append(line)
        return " ".join(words)


def items(page, macro):
    """Returns the items whose head is MACRO, {its argument: Item}.

    The text of a list within an item belongs to the item.
    """
    found, item, depth, begun = {}, None, 0, 0
    for line in page.splitlines():
        head = re.match(r"\.It %s (\S+)" % macro, line)
        if line.startswith(".Bl"):
            depth += 1
        elif line.startswith(".El"):
            depth -= 1
            if depth < begun:
                item = None
        if head and (item is None or depth == begun):
            item, begun = Item(head[1]), depth
            if head[1] in found:
                raise ValueError("two items for " + head[1])
            found[head[1]] = item
        elif line.startswith(".It") and depth == begun:
            item = None
        elif item is not None:
            item.lines.append(line)
    return found


def section(page, start, end=r"\.Sh"):
    """Returns the text below the heading START, up to the next END."""
    after = re.split(r"^%s.*\n" % start, page, maxsplit=1, flags=re.M)[1]
    return re.split(r"^%s" % end, after, maxsplit=1, flags=re.M)[0]
