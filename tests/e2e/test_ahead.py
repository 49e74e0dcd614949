"""Many lines typed while nobody is there: each arrives as a line of its own.

Whoever types is cut off from the network meanwhile.
"""

import json
import time

from chat import FAST, texts
from harness import check, register
from process import Bootnode, Gochat
from terminal import OnTerminal
from test_return import CUT
from topology import Lan

LINES = 200
TYPING = 0.01			# seconds between lines


def line(number):
    return "line %d of them" % number


class Typist(OnTerminal):
    """A client on a terminal of its own, in one of the interfaces."""

    def __init__(self, test, host, nick, boot, ui):
        self.nick = nick
        OnTerminal.__init__(self, test, host, "--ui", ui, arguments=[
            "--bootnode", boot.address, "--room", "kitchen-table",
            "--nick", nick, *FAST])

    def enter(self, text):
        # In canonical mode a line ends with a newline, in raw mode with Enter.
        since = self.mark()
        self.raw(text.encode() + (b"\n" if self.attributes()[3] & 2
                                  else b"\r"))
        # Lines written before something of this one is seen would be a paste.
        self.poll(lambda: len(self.output) > since, 10, "what was typed")
        time.sleep(TYPING)


def reader_and_network(t):
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    bert.wait("bootnode", 15, state="joined")
    net.a.nft(CUT)
    return net, boot, bert


def all_arrived(net, bert, count=LINES):
    net.a.nft("delete table inet cut")
    wanted = [line(number) for number in range(count)]
    bert.poll(lambda: len(texts(bert, "anna")) >= count, 40,
              "all %d lines" % count)
    check(texts(bert, "anna") == wanted, texts(bert, "anna"))


def typed(t, ui):
    """Lines come slowly, as a program sees it; the last one leaves."""
    net, boot, bert = reader_and_network(t)
    anna = Typist(t, net.a, "anna", boot, ui)
    anna.wait_jailed()
    if ui == "tui":
        anna.wait_screen()
    for number in range(LINES):
        anna.enter(line(number))
    anna.enter("/help msg")
    anna.wait_shown(b"/msg NAME TEXT")
    all_arrived(net, bert)
    anna.enter("/quit")	# perhaps before the last line is confirmed
    check(anna.wait_exit(15) in (0, 4), "exit code %s" % anna.code)
    check(len(texts(bert, "anna")) == LINES, "/quit was said")


def piped(t, ui):
    """All lines come at once, through a pipe."""
    net, boot, bert = reader_and_network(t)
    anna = Gochat(t, net.a, "anna", boot, *FAST, ui=ui)
    for number in range(LINES):
        text = line(number)
        if ui == "json":
            text = json.dumps({"cmd": "say", "text": text})
        anna.raw(text.encode() + b"\n")
    all_arrived(net, bert)
    anna.raw(b'{"cmd":"quit"}\n' if ui == "json" else b"/quit\n")
    check(anna.wait_exit(15) in (0, 4), "exit code %s" % anna.code)


for UI in ("plain", "tui"):
    register("ahead_" + UI, lambda t, ui=UI: typed(t, ui), deadline=90)
for UI in ("plain", "json"):
    register("ahead_pipe_" + UI, lambda t, ui=UI: piped(t, ui), deadline=90)
