"""The one table that the benchmark prints, at most 100 columns wide.

A row has what gochat takes, what the reference takes, their ratio and the
largest (or smallest) ratio that is aimed at; both figures come from the
same run and have the same unit.
"""

MISSED = []			# names of the rows whose aim is missed
LAYOUT = "%-32s %9s %9s  %-29s %7s  %-8s"


def header():
    print(LAYOUT % ("", "gochat", "reference", "", "ratio", "aim"))


def figure(value):
    """Writes VALUE with three digits that count, and no exponent."""
    if value == 0:
        return "0"
    for digits, limit in ((2, 10), (1, 100)):
        if abs(value) < limit:
            return "%.*f" % (digits, value)
    return "%.0f" % value


def row(name, value, reference, what, at_most=None, at_least=None):
    """Prints a row. NAME says the unit of both figures; WHAT is the
    reference."""
    ratio = value / reference if reference else float(value != 0)
    aim = verdict = ""
    if at_most is not None:
        aim, missed = "<= %g" % at_most, ratio > at_most
    elif at_least is not None:
        aim, missed = ">= %g" % at_least, ratio < at_least
    if aim and missed:
        MISSED.append(name)
        verdict = " missed"
    print((LAYOUT % (name, figure(value), figure(reference), what,
                     "%.2fx" % ratio, aim)).rstrip() + verdict, flush=True)


def note(text):
    """Prints an explanation under a row."""
    print("    " + text, flush=True)


def footer(others_share):
    if MISSED:
        print("missed: " + "; ".join(MISSED))
    print("%.0f %% of the machine's time went to others meanwhile; above 10 "
          "%%, measure again" % (100 * others_share))
