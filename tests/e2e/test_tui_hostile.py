"""Text that is meant to break a screen goes from a real peer to real
terminals: everything around the messages stays where it was, and so do the
terminal's modes.

tests/unit has the same text cell by cell, and more of it.
"""

import os
import re

from chat import connected
from harness import check, test
from process import Bootnode, Gochat
from screen import Tui
from topology import Lan

HOSTILE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../hostile")
TEXT_MAX = 16384		# bytes of a message
NICK_MAX = 128			# and of a nickname
TYPED = "half a line"
RULES = {"│", "║"}		# before a text, before a private text
# The state of a terminal that a text could change, as tmux names it. No client
# of tmux is attached, so that a bell sets the flag for good.
MODES = ("alternate_on", "cursor_flag", "insert_flag", "origin_flag",
         "wrap_flag", "keypad_flag", "keypad_cursor_flag", "mouse_any_flag",
         "mouse_sgr_flag", "scroll_region_upper", "scroll_region_lower",
         "pane_width", "pane_height", "pane_tabs", "window_bell_flag",
         "cursor_x", "cursor_y")
TITLE = r"(\(\d+\) )?kitchen-table - gochat"


class Frame:
    """A tui and what surrounds its messages.

    RULE is the column of the rule between names and texts, LIST that of the
    rule before the list of peers, or None.
    """

    def __init__(self, tui, rule, list_at=None):
        self.tui = tui
        self.rule = rule
        self.list_at = list_at
        tui.type(TYPED)
        tui.wait("> " + TYPED)
        self.bars = self.look()
        self.modes = self.terminal()

    def look(self):
        rows = self.tui.rows()
        return [rows[0]] + rows[-2:]

    def terminal(self):
        return self.tui.show("} #{".join(MODES)).split(" ")

    def intact(self, after):
        """Checks that only messages changed; they fill the screen."""
        self.outside(after)
        rule = set(self.tui.cells(self.rule))
        check(rule <= RULES, "%s after %s: %s where the rule was" % (
            self.tui.label, after, rule))

    def outside(self, after):
        what = "%s after %s: " % (self.tui.label, after)
        bars = self.look()
        check(bars == self.bars, what + "%r, not %r" % (bars, self.bars))
        for name, is_now, was in zip(MODES, self.terminal(), self.modes):
            check(is_now == was, what + "%s is %s, not %s" % (
                name, is_now, was))
        title = self.tui.show("pane_title")
        check(re.fullmatch(TITLE, title), what + "title %r" % title)
        if self.list_at is not None:
            rule = set(self.tui.cells(self.list_at))
            check(rule == {"│"}, what + "%s where the list begins" % rule)


def read():
    """Yields each file's name and bytes, in order."""
    for name in sorted(os.listdir(HOSTILE)):
        with open(os.path.join(HOSTILE, name), "rb") as file:
            yield name, file.read()


def cut(data, most):
    """Returns the first bytes, up to the end of a character."""
    return data[:most].decode("utf-8", "ignore")


def start(t):
    """Starts a sender without a screen, a terminal, and a small one."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Tui(t, net.b, "bert", boot, "--notify", "off")
    carl = Tui(t, net.b, "carl", boot, "--notify", "off", "--port", "0",
               columns=33, rows=9)
    for tui in (bert, carl):
        connected(anna, tui)
        tui.wait("3 here")
    return net, boot, anna, bert, carl


@test(deadline=120)
def tui_hostile_messages(t):
    """The texts are said, done and said in private, short and as long as can
    be."""
    net, boot, anna, bert, carl = start(t)
    for number in range(21):
        anna.say("line %d" % number)
    for tui in (bert, carl):
        tui.wait("line 20")
    frames = [Frame(bert, 17, 60), Frame(carl, 7)]
    ids = [connected(anna, tui)["id"] for tui in (bert, carl)]

    def hear(text, name):
        say = {"cmd": "say", "text": text}
        anna.cmd({**say, "action": True})
        for peer in ids:
            anna.cmd({**say, "to": peer})
        anna.cmd(say)
        anna.say("after " + name)
        for frame in frames:
            frame.tui.wait(r"│ ?after %s\b" % name)
            frame.intact(name)

    count = 0
    for name, data in read():
        try:
            text = data.decode()
        except UnicodeDecodeError:
            continue
        long = text * (TEXT_MAX // len(data) + 1)
        hear(text, name)
        hear(cut(long.encode(), TEXT_MAX), "long " + name)
        count += 1
    check(count >= 10, "only %d files" % count)
    check(not anna.find("error"), "it was not all sent")


@test()
def tui_hostile_nicknames(t):
    """A name that cannot be shown is refused; one that is taken stays in its
    place in the list."""
    net, boot, anna, bert, carl = start(t)
    frame = Frame(bert, 17, 60)
    guests = []
    for name, data in read():
        nick = cut(data, NICK_MAX).replace("\0", "")[:16]
        guests.append(Gochat(t, net.a, nick, boot, "--port", "0",
                             label=name))
    refused = 0
    for guest in guests:
        t.wait(lambda: guest.popen.poll() is not None or
               guest.find("peer", state="connected", nick="bert"), 20,
               "%s is here or refused" % guest.label)
        if guest.popen.poll() is None:
            continue
        check(guest.wait_exit() == 2, "exit code")
        check(b"--nick" in guest.stderr(), "what was wrong is not said")
        guest.may_fail = True
        refused += 1
    here = 2 + len(guests) - refused
    check(refused > 0 and here > 2, "%d of %d refused" % (
        refused, len(guests)))
    bert.wait("%d here" % (here + 1))
    frame.bars = [re.sub("3 here", "%d here" % (here + 1), bar)
                  for bar in frame.bars]
    frame.outside("names")
    for column, letter in enumerate("lan", 72):
        paths = bert.cells(column)
        check(paths[:here] == [letter] * here, "paths: %s" % paths)
