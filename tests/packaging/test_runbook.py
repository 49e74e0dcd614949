"""packaging/RUNBOOK.md explains every message of a bootnode, and no other."""

import re

import messages
from harness import check, check_equal, test

SECTION = "## 7. "


def explained(text):
    """Returns the messages in the first column of the last section's
    tables."""
    for line in text[text.index(SECTION):].splitlines():
        if line.startswith("| `"):
            yield from re.findall("`([^`]+)`", line.split(" | ")[0])


@test
def runbook_explains_messages(t):
    found = messages.of_bootnode(t.top)
    check(len(found) > 40, "only %d messages are found" % len(found))
    check_equal({messages.ending_cut(m) for m in explained(
        t.read("packaging/RUNBOOK.md"))}, found, "packaging/RUNBOOK.md")
