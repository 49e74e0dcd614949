"""Several rooms on a terminal: the list, the keys, what is unread, the
passphrase that does not show, and terminals of all sizes.
"""

import os
import signal

import procinfo
from chat import FAST
from harness import check, test
from process import Bootnode
from screen import Tui
from test_secrets import memory_holds
from topology import Lan

WORDS = "correct horse battery staple"


def person(t, host, nick, boot, **more):
    return Tui(t, host, nick, boot, *FAST, "--port", "0", room="kitchen",
               **more)


def two(t, columns, rows):
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = person(t, net.a, "anna", boot, columns=columns, rows=rows)
    bert = person(t, net.b, "bert", boot, columns=columns, rows=rows)
    anna.wait("bert is here", 20)
    bert.wait("anna is here", 20)
    return anna, bert


def not_remembered(one):
    one.wait("Remember .*Type yes or no")
    one.key("Escape")


def enter(one, room):
    """Opens another room, without a passphrase. What is typed soon behind that
    is dropped: waits until it is not."""
    one.line("/join " + room)
    one.wait("passphrase>")
    one.key("Enter")
    not_remembered(one)
    one.wait("in room " + room, 20)
    for _ in range(3):
        one.type("x")
        if one.look(lambda rows: rows[-1].endswith("> x")):
            break
    one.key("C-c")
    one.wait(">$")


def two_in_garden(t):
    """Two people who are in both rooms, and see the garden."""
    anna, bert = two(t, 100, 24)
    for one in anna, bert:
        enter(one, "garden")
    anna.wait("bert is here", 20)
    return anna, bert


@test(deadline=90)
def rooms_passphrase_on_a_screen(t):
    """Two who type the same passphrase meet. It is on no screen, in no log and
    in no file, and in the memory of its room's cryptod alone."""
    anna, bert = two(t, 100, 24)
    for one in anna, bert:
        one.line("/join garden")
        one.wait("passphrase>")
        one.wait("garden")
        t.wait(lambda o=one: "pause" not in o.text(), 3, "a pause")
        one.type(WORDS)
        check(WORDS not in one.text(), one.text())
        one.key("Enter")
        not_remembered(one)
        one.wait("in room garden .with", 20)
        check(WORDS not in one.text(), one.text())
    anna.wait("bert is here", 20)
    anna.line("hello in the garden")
    bert.wait("<anna>.*hello in the garden")
    anna.key("Up", "Up")
    check(WORDS not in anna.text(), "in the history of lines")
    anna.key("C-c")
    check(WORDS.encode() not in anna.stderr(), "in the log")
    try:
        held = [pid for pid in anna.family()
                if memory_holds(pid, {"words": WORDS.encode()})]
        roles = anna.by_role()
        check(not {roles["ui"], roles["launcher"], roles["netd"]} & set(held),
              "held by %s" % held)
    except PermissionError:
        t.figures = "memory not looked at: only root may"


@test(deadline=90)
def rooms_on_a_screen(t):
    """The list shows what is unread; keys turn to it, and a line marks where it
    begins. What is typed goes to the room that is shown."""
    anna, bert = two_in_garden(t)
    anna.key("M-1")
    anna.wait("^ kitchen")
    bert.line("the beans are up")
    anna.wait(r"2 garden +1")
    bert.line("anna, look")
    anna.wait(r"2 garden +\*2")
    anna.type("half a li")
    anna.wait("> half a li")
    anna.key("M-a")
    anna.wait("^ garden")
    anna.wait("─ new ─")
    anna.wait("the beans are up")
    anna.wait_not("half a li")
    anna.line("I see them")
    bert.wait("<anna>.*I see them")
    anna.key("M-Left")
    anna.wait("> half a li")
    anna.key("C-c")
    bert.key("M-1")
    anna.line("who has the ladder?")
    bert.wait("<anna>.*who has the ladder")
    bert.key("M-2")
    bert.wait("^ garden")
    check("who has the ladder" not in bert.text(), "a text in two rooms")
    anna.line("/query bert")
    anna.wait("^to bert>")
    anna.line("psst")
    bert.key("M-1")
    bert.wait("to you alone. psst")
    anna.line("/part")
    anna.wait_not("^to bert>")
    anna.line("/part garden")
    anna.wait_not("2 garden", 20)
    anna.wait("you left room garden")
    bert.key("M-2")
    bert.wait("anna left", 20)
    anna.line("/part")
    anna.wait("the only room")


@test(deadline=60)
def rooms_in_errors_on_a_screen(t):
    """An error of the launcher about a room has the room's name, because its
    number is not that of the list."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = person(t, net.a, "anna", boot, columns=100, rows=24,
                  env={"ERRORS": "/dev/tty"})
    anna.wait("in room kitchen", 20)
    before = anna.family()
    enter(anna, "garden")
    for pid in set(anna.family()) - set(before):
        if procinfo.role(pid) == "netd":
            os.kill(pid, signal.SIGKILL)
    anna.wait("! │ gochat: restarting gochat-netd of room garden", 20)


@test(deadline=120)
def rooms_after_ui_died(t):
    """A ui that is started after another shows the same screen: rooms and
    conversation have their numbers, the same one is shown, and what is typed
    goes there at once."""
    anna, bert = two_in_garden(t)
    enter(anna, "attic")
    anna.key("M-1")
    anna.wait("^ kitchen")
    anna.line("/query bert")
    anna.wait("^to bert>")
    anna.line("psst")
    bert.key("M-1")
    bert.wait("to you alone. psst")
    anna.key("M-2")
    anna.wait("^ garden")
    anna.line("the beans are up")
    bert.key("M-2")
    bert.wait("<anna>.*the beans are up")
    anna.signal_role("ui")
    anna.wait("ui ended and was restarted", 20)
    screen = anna.text()
    check("garden" in screen.split("\n")[0], screen)
    for row in r" 1 kitchen", r" 2 garden", r" 3 attic", " 4║bert":
        anna.wait(row, 20)
    anna.line("and the peas")
    bert.wait("<anna>.*and the peas", 20)
    anna.key("M-4")
    anna.wait("^ ║to bert")
    anna.wait("psst")
    anna.line("still there?")
    bert.key("M-1")
    bert.wait("to you alone. still there")
    anna.key("M-1")
    anna.wait("^ kitchen")
    check("psst" not in anna.text(), "the conversation is in the room")


@test(deadline=60)
def rooms_on_small_screens(t):
    """At any size there is something to read and to type in; the list goes
    first, and what is unread is told in the top line."""
    anna, bert = two_in_garden(t)
    anna.key("M-1")
    anna.wait("^ kitchen")
    bert.line("the beans are up")
    anna.wait(r"2 garden +1")
    for columns, rows in (200, 60), (80, 24), (40, 10), (20, 5), (100, 24):
        anna.resize(columns, rows)
        if columns >= 80:
            anna.wait(r"2 garden +1")
        else:
            anna.wait(r"^ 1:kitch.* act 2")
        anna.type("x")
        anna.wait("> x$")
        anna.key("C-c")
        anna.wait_not("> x$")
