"""The completions of bash, zsh and fish."""

import os

import options
import shells
from harness import check, check_equal, test
from test_install import make


def flags(t, mode):
    return ["--" + row.flag for row in options.rows(t)
            if row.flag and mode in row.modes]


def check_flags(t, complete):
    """A shell offers all options of the mode, and none of the other mode."""
    client, bootnode = flags(t, "client"), flags(t, "bootnode")
    check_equal(complete("gochat --"), client, "flags")
    check_equal(complete("gochat --l"),
                [f for f in client if f.startswith("--l")], "flags with l")
    for line in "gochat --mode client -", "gochat --mode=client -":
        check_equal(set(complete(line)) - {"--mode"},
                    set(client) - {"--mode"}, line)
    for line in "gochat --mode bootnode -", "gochat --mode=bootnode -":
        check_equal(set(complete(line)) - {"--mode"},
                    set(bootnode) - {"--mode"}, line)
    for line in "gochat --mode check -", "gochat --mode=check -":
        check_equal(set(complete(line)) - {"--mode"},
                    set(flags(t, "check")) - {"--mode"}, line)
    check_equal(complete("gochat --mode bootnode --listen ::1 --lis"),
                ["--listen"], "a second --listen")


def check_values(t, complete):
    """A shell offers the words of choices, in both forms, and nothing for
    texts."""
    for row in options.rows(t):
        mode = "gochat --mode %s" % row.modes[0]
        if row.flag == "mode":
            mode = "gochat"
        if row.choices:
            for between in " ", "=":
                line = "%s --%s%s" % (mode, row.flag, between)
                check_equal(complete(line), row.choices, line)
            first = row.choices[0]
            check_equal(complete(line + first[:2]),
                        [c for c in row.choices if c.startswith(first[:2])],
                        line + first[:2])
        elif row.flag and row.argument and not row.is_path:
            for between in " ", "=":
                line = "%s --%s%s" % (mode, row.flag, between)
                check_equal(complete(line), [], line)


def check_paths(t, complete):
    """A shell offers folders for --state-dir, files and folders for the
    others."""
    def names(line):
        return [os.path.basename(name.rstrip("/"))
                for name in complete(line)]

    for row in options.rows(t):
        if not row.is_path:
            continue
        wanted = ["folder"] if row.flag == "state-dir" else ["folder", "file"]
        for between in " ", "=":
            line = "gochat --mode %s --%s%s" % (row.modes[0], row.flag,
                                                between)
            check_equal(names(line), wanted, line)
            check_equal(names(line + "fo"), ["folder"], line + "fo")
    check_equal(names("gochat --log-file folder/"), ["inner"],
                "a file in a folder")


def check_other_words(complete):
    for line in ("gochat word", "gochat --unknown=", "gochat --mode=x",
                 "gochat --passphrase --unknown", "gochat fi"):
        check_equal(complete(line), [], line)
    # A flag without a value is followed by the next flag.
    check_equal(complete("gochat --passphrase --notify-"), ["--notify-for"],
                "after --passphrase")


def check_commands(t, complete):
    """After --control PATH a shell offers the commands, and the flags that go
    with it; and after a command no other."""
    words = [row.split("\t")[0] for row in t.run(
        [os.path.join(t.build, "packaging/gen_completions"),
         "commands"]).stdout.splitlines()]
    check("kick" in words and "reload" in words, str(words))
    for line in ("gochat --control sock ", "gochat --control=sock ",
                 "gochat --control sock --ui json ",
                 "gochat --ui=json --control sock "):
        check_equal(sorted(complete(line)), sorted(words), line)
    check_equal(complete("gochat --control sock re"), ["reload"], "re")
    check_equal(set(complete("gochat --control sock --")) - {"--control"},
                {"--ui"}, "flags")
    for line in "gochat --control sock kick ", "gochat --control sock rooms r":
        check_equal(complete(line), [], line)


def check_shell(t, kind):
    folder = t.folder + "/here"
    os.makedirs(folder + "/folder")
    for name in "file", "folder/inner":
        with open(os.path.join(folder, name), "w", encoding="utf-8"):
            pass
    make(t, "install", "DESTDIR=" + t.folder, "PREFIX=/usr")
    shell = kind(t, t.folder + "/usr", folder)
    check_flags(t, shell.complete)
    check_values(t, shell.complete)
    check_paths(t, shell.complete)
    check_other_words(shell.complete)
    check_commands(t, shell.complete)


@test
def completion_bash(t):
    check_shell(t, shells.Bash)


@test
def completion_bash_offers_no_flag_twice(t):
    make(t, "install", "DESTDIR=" + t.folder, "PREFIX=/usr")
    shell = shells.Bash(t, t.folder + "/usr", t.folder)
    check_equal(shell.complete("gochat --ui plain --room=r --"),
                set(flags(t, "client")) - {"--ui", "--room"}, "the others")


@test
def completion_zsh(t):
    check_shell(t, shells.Zsh)


@test
def completion_fish(t):
    check_shell(t, shells.Fish)


@test
def completion_fish_says_what_words_mean(t):
    """Each word of a choice comes with a meaning of its own."""
    make(t, "install", "DESTDIR=" + t.folder, "PREFIX=/usr")
    shell = shells.Fish(t, t.folder + "/usr", t.folder)
    for row in options.rows(t):
        if not row.choices:
            continue
        line = "gochat --mode %s --%s " % (row.modes[0], row.flag)
        if row.flag == "mode":
            line = "gochat --mode "
        meanings = shell.meanings(line)
        check_equal(sorted(meanings), sorted(row.choices), line)
        check_equal(sorted(set(meanings.values()) - {""}),
                    sorted(meanings.values()), "meanings of " + line)
