"""The table of options, from build/options.table, which has a line a row."""

import os

FIELDS = ("variable", "flag", "modes", "choices", "argument", "value", "shown",
          "want")


class Row:
    """A row of launcher/options_table.h; what it lacks is empty."""

    def __init__(self, line):
        fields = dict(zip(FIELDS, line.rstrip("\n").split("\t"), strict=True))
        self.variable = fields["variable"]
        self.flag = fields["flag"]
        self.modes = fields["modes"].split()
        self.choices = fields["choices"].split("|") * bool(fields["choices"])
        self.argument = fields["argument"]
        self.value = fields["value"]
        self.shown = fields["shown"]
        self.want = fields["want"]
        self.is_path = self.want.startswith("a path")
        self.name = self.variable or "--" + self.flag

    @property
    def default(self):
        """The default as a value that one could give, or empty."""
        # What is shown of an address has the port, too.
        words = self.shown.removeprefix("default ").split(",")[0]
        return words if self.value and self.shown else self.value


def rows(t):
    with open(os.path.join(t.build, "options.table"),
              encoding="utf-8") as file:
        return [Row(line) for line in file]
