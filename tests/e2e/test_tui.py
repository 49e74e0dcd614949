"""The terminal interface, as a user sees it: typed into tmux, read back."""

import os
import re
import signal

from harness import check, test
from process import Bootnode, Gochat
from screen import Tui
from topology import Lan


def start(t, *names, **more):
    """A bootnode and clients on terminals, who know of each other."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    hosts = {"anna": net.a, "bert": net.b, "carl": net.b}
    screens = [Tui(t, hosts[n], n, boot, **more) for n in names]
    for screen in screens:
        for name in names:
            if name != screen.nick:
                screen.wait("%s is here" % name, 15)
    return boot, screens


@test()
def tui_conversation(t):
    """Two people talk; each sees whose line it is, and that it arrived."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.line("hello bert, grüße")
    bert.wait(r"<anna> │ hello bert, grüße *│")
    anna.wait(r"<anna> │ hello bert, grüße  ✓ 1/1")
    bert.line("hello anna")
    anna.wait(r"<bert> │ hello anna")
    bert.wait(r"hello anna  ✓ 1/1")
    check("kitchen-table" in anna.rows()[0], "no room in the top bar")
    check("1 peer" in anna.rows()[0], "no count in the top bar")


@test()
def tui_default_on_a_terminal(t):
    """Without --ui a terminal gets the tui, and /quit gives it back."""
    boot, (anna,) = start(t, "anna")
    anna.wait("no bootnode yet|bootnode joined")
    check(anna.show("alternate_on") == "1", "no screen of its own")
    anna.line("/quit")
    check(anna.wait_exit() == 0, "exit code")
    anna.wait_restored()


@test(deadline=120)
def tui_resize_storm(t):
    """Any size at any time: nothing said is lost, the newest is seen."""
    boot, (anna, bert) = start(t, "anna", "bert")
    sizes = [(20, 5), (200, 60), (60, 24), (59, 24), (33, 7), (100, 10),
             (21, 6), (120, 40), (80, 24)]
    for number in range(4 * len(sizes)):
        anna.resize(*sizes[number % len(sizes)])
        if number % 3 == 0:
            bert.line("line %d" % number)
    anna.resize(20, 5)
    bert.line("the last")
    anna.wait("the last")
    check(len(anna.rows()) == 5, "not five rows")
    anna.resize(200, 60)
    for number in range(0, 4 * len(sizes), 3):
        anna.wait(r"<bert> │ line %d\b" % number)
    anna.wait("bert .*(lan|direct)")
    bert.wait("the last  ✓ 1/1")


@test()
def tui_narrow_has_no_list(t):
    """Under 60 columns the list of peers goes; from 60 on it is there."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.wait(r"│ bert +L")
    anna.resize(59, 24)
    anna.wait_not(r"│ bert +L")
    anna.resize(60, 24)
    anna.wait(r"│ bert +L")


@test()
def tui_paste(t):
    """Several lines at once are asked about, and sent as one message."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.paste("one\ntwo\n    three")
    anna.wait("Send 3 lines, 17 bytes")
    check("│ one" not in bert.text(), "it was sent without being asked")
    anna.type("n")
    anna.wait_not("Send 3 lines")
    anna.paste("one\ntwo\n    three")
    anna.wait("Send 3 lines")
    anna.type("y")
    bert.wait(r"<anna> │ one *│?.*\n +│ two *│?.*\n +│     three")
    anna.paste("four\nfive")
    anna.wait("Send 2 lines")
    anna.type("e")
    anna.wait("four⏎")
    anna.key("Enter")
    bert.wait(r"<anna> │ four.*\n +│ five")
    anna.paste("a single line")
    anna.wait("> a single line")
    check(anna.text().count("a single line") == 1, "said without Enter")


@test()
def tui_scrollback(t):
    """PageUp and the wheel go back; what is new below is counted."""
    boot, (anna, bert) = start(t, "anna", "bert")
    for number in range(60):
        bert.line("line %d." % number)
    anna.wait(r"line 59\.")
    anna.key("PPage")
    anna.wait_not(r"line 59\.")
    bert.line("something new")
    anna.wait(r"1 new below")
    check("something new" not in anna.text(), "it scrolled")
    bert.line("and more")
    anna.wait(r"2 new below")
    anna.key("NPage", "NPage")
    anna.wait("and more")
    anna.wait_not("new below")
    anna.wheel(up=True)
    anna.wait("scrolled up")
    anna.wheel(up=False)
    anna.wait("/help for commands")
    anna.key("M-<")
    anna.wait("you are anna")
    bottom = anna.wait(r"(line \d+\.) *│.*\n.*scrolled up").group(1)
    anna.resize(40, 12)
    anna.wait(re.escape(bottom) + r"\n.*scrolled up")
    anna.key("Escape")
    anna.wait("and more")


@test()
def tui_search(t):
    """/search and Ctrl-R find text in the scrollback, older and newer."""
    boot, (anna, bert) = start(t, "anna", "bert")
    for number in range(50):
        bert.line("needle %d" % number if number % 20 == 5
                  else "straw %d" % number)
    anna.wait("straw 49")
    anna.line("/search NEEDLE")
    anna.wait("needle 45")
    anna.key("C-r")
    anna.wait("needle 25")
    anna.key("C-r")
    anna.wait(r"needle 5\b")
    anna.key("C-r")
    anna.wait("nothing further")
    anna.key("C-s")
    anna.wait("needle 25")
    anna.key("Escape")
    anna.wait("straw 49")
    anna.key("C-r")
    anna.wait("search:")
    anna.type("w 3")
    anna.wait("straw 3")
    anna.key("Enter")
    anna.wait_not("search:")
    anna.key("Escape")
    anna.wait("straw 49")


@test()
def tui_no_color(t):
    """NO_COLOR: no colour at all, and still what matters stands out."""
    boot, (anna, bert) = start(t, "anna", "bert", env={"NO_COLOR": "1"})
    bert.line("anna: look")
    anna.wait("look")
    screen = "\n".join(anna.rows(colours=True))
    colours = re.findall(r"\x1b\[[0-9;]*m", screen)
    check(colours, "nothing is marked")
    for sequence in colours:
        numbers = sequence[2:-1].split(";")
        check(not any(n.startswith(("3", "4")) and n not in ("39", "49", "4")
                      for n in numbers), "a colour: %r" % sequence)
