"""The documents agree with the tables about a bootnode's figures.

The table that the outputs are made from is common/figures_table.h, that of
causes is in common/ipc_stats.h. test_metrics.py checks that the socket has all
figures, and the runbook and gochat-bootnode(8) those of the socket.
"""

import os
import re
import sys

import figures
import manual
from harness import HERE, check, check_equal, test

sys.path.append(os.path.join(os.path.dirname(HERE), "e2e"))
import contract  # noqa: E402

# Members of "stats" that are not figures.
BESIDE = {"relay_dropped", "drops", "rejections", "sources", "sources_s"}
RELAY = "relay_"


def members(t):
    """Returns the members of "stats" that are figures, {name: type}."""
    found = {row.json: "number" if row.unit == "MILLISECONDS" else "integer"
             for row in figures.of_netd(t) if row.json}
    check(len(found) > 8, "the table of figures is not read: %s" % found)
    return found


def check_causes(t, found, where):
    """Checks that FOUND, {cause: meaning}, is the table of causes."""
    wanted = figures.causes(t)
    check(len(wanted) > 10, "the table of causes is not read: %s" % wanted)
    check_equal(found, wanted, where)
    for name, meaning in wanted.items():
        check(found[name] == meaning, "%s: %s is %r, and in the table %r"
              % (where, name, found[name], meaning))


def check_relay_causes(t, found, where):
    check_equal(found, [name.removeprefix(RELAY) for name in figures.causes(t)
                        if name.startswith(RELAY)],
                where + ", relay_dropped")


def json_page(t):
    """Returns the lines of the item of "stats" in gochat-json(5)."""
    page = manual.section(t.read("packaging/man/gochat-json.5"),
                          r"\.Sh EVENTS")
    return "\n".join(manual.items(page, "Ic")["stats"].lines)


def item(text, name):
    """Returns the lines of one member within that item."""
    return re.search(r"^\.It Va %s .*\n((?:(?!\.It|\.El).*\n)*)" % name,
                     text, re.M)[1]


@test
def figures_in_json_page(t):
    text = json_page(t)
    found = dict(re.findall(r"^\.It Va (\w+) Pq (\w+)", text, re.M))
    wanted = members(t)
    check_equal(set(found) - BESIDE, wanted, "gochat-json.5")
    for name, of in wanted.items():
        check(found[name] == of, "gochat-json.5: %s is no %s" % (name, of))
    check_relay_causes(t, re.findall(r"^\.Va (?!drops)(\w+)",
                                     item(text, "relay_dropped"), re.M),
                       "gochat-json.5")
    drops = re.sub(r"^\.Fl -(\S+)", r"--\1", item(text, "drops"), flags=re.M)
    drops = re.sub(r"^\.Ql (\w+) \)", r"\1)", drops, flags=re.M)
    check_causes(t, {name: " ".join(meaning.split()) for name, meaning
                     in re.findall(r"^\.Va (\w+)\n\(([^)]*)\)", drops, re.M)},
                 "gochat-json.5")


@test
def figures_rejections(t):
    """Why clients are refused, in the two documents of the json view."""
    wanted = figures.rejections(t)
    check(len(wanted) > 3, "the table of rejections is not read: %s" % wanted)
    lines = item(json_page(t), "rejections")
    readme = re.search(r"^\| `rejections`, an object \|(.*)\|$",
                       t.read("ui/json/README.md"), re.M)[1]
    for where, found in (
            ("gochat-json.5", dict(re.findall(r"^\.Va (\w+)\n\(([^)]*)\)", lines,
                                              re.M))),
            ("ui/json/README.md", dict(re.findall(r"`(\w+)` \(([^)]*)\)",
                                                  readme)))):
        check(found == wanted, "%s: %s, and the table has %s"
              % (where, found, wanted))


@test
def figures_in_json_example(t):
    """The example of the manual has each member and each cause."""
    page = manual.section(t.read("packaging/man/gochat-json.5"),
                          r"\.Sh EVENTS")
    block = next(b for b in re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", page,
                                       re.M | re.S) if '"stats"' in b)
    event = contract.parse(block.replace("\n", "").encode())
    check_equal(set(event) - BESIDE - {"event", "time"}, members(t),
                "the example of stats")
    check_equal(event["drops"], figures.causes(t), "the example of drops")
    check_relay_causes(t, event["relay_dropped"], "the example")
    check_equal(event["rejections"], figures.rejections(t), "its rejections")
    check(event["rejected"] == sum(event["rejections"].values()),
          "the example's rejections do not make up rejected")
    check(event["dropped"] == sum(event["drops"].values()),
          "the example's drops do not make up dropped")


@test
def figures_in_json_readme(t):
    where = "ui/json/README.md"
    text = t.read(where)
    row = re.search(r"^\| `stats` \|(.*)\|$", text, re.M)[1]
    inner = re.search(r"`relay_dropped` \(([^)]*)\)", row)[1]
    check_relay_causes(t, re.findall("`([a-z_]+)`", inner.partition(";")[0]),
                       where)
    check_equal(set(re.findall("`([a-z_]+)`", row.replace(inner, "")))
                - BESIDE, members(t), where)
    row = re.search(r"^\| `drops`, an object \|(.*)\|$", text, re.M)[1]
    check_causes(t, dict(re.findall(r"`(\w+)` \(([^)]*)\)", row)), where)


@test
def figures_in_contract(t):
    """The end-to-end tests demand the same of the json view."""
    must, may = contract.EVENTS["stats"]
    check_equal(set(must) | set(may), set(members(t)) | BESIDE,
                "tests/e2e/contract.py")


@test
def figures_in_ui_readme(t):
    """The example of /status has all totals, in their order."""
    text = t.read("ui/README.md")
    block = next(b for b in re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
                 if "sessions in" in b)
    found = re.findall(r"(?:\* |    )([a-z]+(?: [a-z]+)?) +\d+(?=    [a-z]|$)",
                       re.sub(r"^.*  \* .*$|^.*\*   .*\n", "", block,
                              flags=re.M), re.M)
    wanted = [row.words for row in figures.of_netd(t) if row.words]
    check(found == wanted, "ui/README.md shows %s, and the table has %s"
          % (found, wanted))
    meanings = figures.causes(t) | figures.rejections(t)
    for name, meaning in re.findall(r"\*   (\w+) +\d+    (\S.*)$", block,
                                    re.M):
        check(meanings.get(name) == meaning,
              "ui/README.md: %s is no %r" % (name, meaning))


@test
def figures_causes_in_runbook(t):
    """Each cause has a row that says what to do about it."""
    table = [line.split("|")[1] for line in
             t.read("packaging/RUNBOOK.md").splitlines()
             if line.startswith("| `gochat_dropped_packets_total`")
             or line.startswith("| of it ")]
    check_equal([name for cell in table for name in re.findall(
        "`([a-z_]+)`", cell) if not name.startswith("gochat_")],
                figures.causes(t), "packaging/RUNBOOK.md")
