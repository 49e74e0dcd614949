"""--help, manual, docs/options.md and .env.example agree with the table.

Each names every option and no other, with the same words to choose from and
the same default. test_completions.py checks the completions.
"""

import os
import re

import manual
import options
from harness import check, check_equal, test

# A bootnode takes only these: check_together() in launcher/option_rules.c, not
# the table, says so.
BOOTNODE_CHOICES = {"RELAY": ["auto", "never"]}
DOCUMENT = "docs/options.md"
DEFAULT = re.compile(r"The default is (\S+?)[.,]?(?= |$)")


def check_default(row, found, where):
    """Compares a document's default; FOUND is None or empty if it has none."""
    check((found or "") == row.default,
          "%s: the default of %s is %r, and not %r"
          % (where, row.name, found or "", row.default))


def check_item(row, item, where, choices=None):
    """Checks an item of the manual: words, range and default."""
    text = item.text
    found = DEFAULT.findall(text)
    check(len(found) < 2, "%s: two defaults of %s" % (where, row.name))
    check_default(row, found[0] if found else None, where)
    if row.choices:
        check_equal(item.words("Cm"), choices or row.choices,
                    "%s: choices of %s" % (where, row.name))
    numbers = re.search(r"\d+ to \d+", row.want)
    if numbers and (row.want.startswith("a number") and not row.flag == "port"
                    or where.endswith(".5")):
        check(numbers[0] in text,
              "%s: %s lacks %s" % (where, row.name, numbers[0]))


def check_page(t, name, mode):
    """The page of a mode has the flags of that mode."""
    page = manual.section(t.read("packaging/man/" + name), r"\.Sh DESC")
    found = manual.items(page, "Fl")
    rows = [row for row in options.rows(t) if row.flag and mode in row.modes]
    check_equal(found, ["-" + row.flag for row in rows], "flags in " + name)
    for row in rows:
        check_item(row, found["-" + row.flag], name,
                   BOOTNODE_CHOICES.get(row.name)
                   if mode == "bootnode" else None)
        head = re.search(r"^\.It Fl -%s(?: Ar .+)?$" % row.flag, page, re.M)
        check(head and (" Ar " in head[0]) == bool(row.argument),
              "%s: --%s takes a value or not" % (name, row.flag))


@test
def options_in_client_page(t):
    check_page(t, "gochat.1", "client")


@test
def options_in_bootnode_page(t):
    check_page(t, "gochat-bootnode.8", "bootnode")


@test
def options_in_env_page(t):
    name = "gochat.env.5"
    page = manual.section(t.read("packaging/man/" + name), r"\.Sh DESC")
    found = manual.items(page, "Ev")
    rows = [row for row in options.rows(t) if row.variable]
    check_equal(found, [row.variable for row in rows], "variables in " + name)
    for row in rows:
        item = found[row.variable]
        check_item(row, item, name)
        flag = re.search(r"^Option\n\.Fl (\S+) \.$", "\n".join(item.lines),
                         re.M)
        check((flag[1] if flag else "") == ("-" + row.flag) * bool(row.flag),
              "%s: the option of %s" % (name, row.variable))
        for mode, word in ("client", "Client"), ("bootnode", "Bootnode"):
            only = set(row.modes) - {"check"} == {mode}
            check(item.text.startswith(word) == only,
                  "%s: the mode of %s" % (name, row.variable))


@test
def options_in_help(t):
    text = t.run([os.path.join(t.bindir, "gochat"), "--help"],
                 cwd=t.folder).stdout
    found = {}
    for line in text.splitlines():
        head = re.match(r"  (--[\w-]+|[A-Z_]+=)", line)
        if head:
            name = head[1]
            found[name] = ""
        elif not line.startswith("   "):
            name = None
        if name:
            found[name] += " " + line
    rows = options.rows(t)
    check_equal(found, ["--" + row.flag if row.flag else row.variable + "="
                        for row in rows], "--help")
    for row in rows:
        text = found["--" + row.flag if row.flag else row.variable + "="]
        text = " ".join(text.split())
        given = re.search(r"; default ([\w.:/-]+)(?=;|,|$)", text)
        check_default(row, given[1] if given else None, "--help")
        if row.choices:
            check("one of " + "|".join(row.choices) in text,
                  "--help: choices of " + row.name)
        if row.flag and row.variable:
            check("variable " + row.variable in text,
                  "--help: the variable of --" + row.flag)


def document_rows(text):
    """Returns [variable, flag, default, meaning] of each row of the table."""
    table = text[text.index("| Variable | Flag |"):]
    for line in table[:table.index("\n\n")].splitlines()[2:]:
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        yield cells if len(cells) == 4 else [
            cell.strip() for cell in line[1:-1].split("|")]


@test
def options_in_document(t):
    found = {}
    for variable, flag, default, meaning in document_rows(t.read(DOCUMENT)):
        name = variable.strip("`") or flag.strip("`")
        check(name not in found, "%s has %s twice" % (DOCUMENT, name))
        found[name] = flag.strip("`"), default, meaning
    rows = options.rows(t)
    check_equal(found, [row.name for row in rows], "options in " + DOCUMENT)
    for row in rows:
        flag, default, meaning = found[row.name]
        check(flag.removeprefix("--") == row.flag,
              "%s: the flag of %s is %s" % (DOCUMENT, row.name, flag))
        # An option without a fixed default may have a sentence there.
        if row.default or re.fullmatch(r"[\w.:]+|`\S+`", default):
            check_default(row, default.strip("`"), DOCUMENT)
        if row.choices:
            words = re.findall("`([a-z0-9]+)`", default + meaning)
            check_equal(words, row.choices,
                        DOCUMENT + ": choices of " + row.name)
        numbers = re.search(r"\d+ to \d+", row.want)
        told = re.search(r"\d+ to \d+", meaning)
        check(not told or (numbers and told[0] == numbers[0]),
              "%s: the range of %s is %s"
              % (DOCUMENT, row.name, told[0] if told else "missing"))


EXAMPLE_SET = ("BOOTNODE", "ROOM")	# a client needs these


@test
def options_in_env_example(t):
    found = {}
    comment = ""
    for line in t.read(".env.example").splitlines():
        pair = re.fullmatch(r"(#?)([A-Z_]+)=(\S*)", line)
        if pair:
            check(pair[2] not in found, ".env.example has %s twice" % pair[2])
            check(comment, ".env.example: %s is not explained" % pair[2])
            found[pair[2]] = pair[1], pair[3], comment
        comment = comment + line[1:] if line.startswith("# ") else ""
        check(pair or not line or line.startswith("#"),
              ".env.example: what is " + line)
    rows = [row for row in options.rows(t) if row.variable]
    check_equal(found, [row.variable for row in rows], ".env.example")
    for row in rows:
        off, value, comment = found[row.variable]
        check(bool(off) == (row.variable not in EXAMPLE_SET),
              ".env.example: %s is commented out or not" % row.variable)
        if off:
            check_default(row, value, ".env.example")
        words = re.findall(r"\w+", comment)
        check(all(choice in words for choice in row.choices),
              ".env.example: %s lacks one of %s"
              % (row.variable, "|".join(row.choices)))
        numbers = re.search(r"a number from (\d+ to \d+)", row.want)
        told = re.search(r"\d+ to \d+", comment)
        check(not numbers or not told or told[0] == numbers[1],
              ".env.example: the range of " + row.variable)


@test
def env_example_is_accepted(t):
    """.env.example is accepted as it is, and without its comment signs."""
    text = t.read(".env.example")
    for name, content in (("as it is", text),
                          ("all of it", re.sub(r"(?m)^#(?=[A-Z_]+=)", "",
                                               text))):
        path = os.path.join(t.folder, ".env")
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(path, 0o644)
        # gochat gets as far as the passphrase, whose file is missing.
        failed = t.run([os.path.join(t.bindir, "gochat"), "--state-dir",
                        t.folder + "/state", "--passphrase-file", "none"],
                       code=1, cwd=t.folder,
                       env={"PATH": os.environ["PATH"], "HOME": t.folder})
        check("passphrase file none" in failed.stderr,
              "%s: %s" % (name, failed.stderr))
