"""Somebody stops reading, or stops altogether.

Nothing is lost: in the end the sender waits, and no queue grows without bound.
Nobody else waits.
"""

import array
import fcntl
import os
import signal
import termios
import threading
import time

import procinfo
from chat import Dialogue, connected, meet, texts
from harness import check, register, test
from process import Bootnode, Gochat
from topology import Lan

LINE = 8000			# bytes
SHORT = 3000
LINES = 2600			# 20 MB in all
GROWTH = 16 * 1024		# KiB, of all processes of one client
OTHERS_SAY = 300


class Speaker(threading.Thread):
    """Says TEXTS as fast as the client takes them; count says how many it
    has."""

    def __init__(self, client, lines):
        threading.Thread.__init__(self, daemon=True)
        self.client = client
        self.lines = lines
        self.count = 0
        self.error = None
        self.start()

    def run(self):
        try:
            for line in self.lines:
                self.client.say(line)
                self.count += 1
        except Exception as error:
            self.error = error


class Growth:
    """Measures the most that CLIENT's processes have grown by, in KiB."""

    def __init__(self, client):
        self.client = client
        self.first = procinfo.resident(client.family())
        self.most = 0

    def look(self):
        now = procinfo.resident(self.client.family())
        self.most = max(self.most, now - self.first)


def keeps_what_is_freed(t):
    """Returns whether freed memory is kept for a while, as the address
    sanitizer does: growth then measures nothing."""
    with open(os.path.join(t.bindir, "gochat"), "rb") as file:
        return b"__asan_init" in file.read()


class Standstill:
    """True when called after COUNTER() stood at a value for SECONDS."""

    def __init__(self, counter, seconds):
        self.counter = counter
        self.seconds = seconds
        self.count = None
        self.since = 0.0

    def __call__(self):
        count = self.counter()
        if count != self.count:
            self.count = count
            self.since = time.monotonic()
        return time.monotonic() - self.since >= self.seconds


@test(deadline=180)
def stopped_terminal(t):
    """20 MB are said to somebody who has pressed Ctrl-S, and then Ctrl-Q."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, log="info")
    bert = Gochat(t, net.b, "bert", boot, log="info")
    meet(anna, bert)
    growth = [Growth(anna), Growth(bert)]
    bert.hold_output()
    lines = [("%d " % n).ljust(LINE, "x") for n in range(LINES)]
    speaker = Speaker(anna, lines)
    still = Standstill(lambda: speaker.count, 2)

    def waits():
        for one in growth:
            one.look()
        return still()

    t.wait(waits, 60, "anna waits")
    check(speaker.error is None, str(speaker.error))
    t.figures = "%d of %d lines taken, growth of %s KiB" % (
        speaker.count, LINES, " and ".join(str(g.most) for g in growth))
    check(speaker.count < LINES, "all of it is in some queue")
    for one in growth:
        check(one.most < GROWTH or keeps_what_is_freed(t),
              "%s has grown by %d KiB" % (one.client.label, one.most))
    check(not anna.find("peer", state="left"), "anna saw bert leave")

    bert.release_output()
    bert.say("I can see you")	# his input was not stopped
    anna.wait("message", 30, text="I can see you")
    anna.wait("delivered", 120, count=LINES)
    bert.wait("message", 10, text=lines[-1])
    check(texts(bert, "anna") == lines, "not each line once and in order")
    check(len(anna.find("delivered")) == LINES, "told twice")
    check(speaker.error is None, str(speaker.error))


def stop_ui(client):
    os.kill(client.by_role()["ui"], signal.SIGSTOP)


def continue_ui(client):
    os.kill(client.by_role()["ui"], signal.SIGCONT)


def one_of_three(t, stop, go_on):
    """One of three is stopped; the other two go on as if nothing had
    happened."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    cleo = Gochat(t, net.c, "cleo", boot)
    meet(anna, bert, cleo)
    dialogue = Dialogue(anna, bert, cleo, padding=" " + "x" * 1000)
    stop(cleo)
    dialogue.say(OTHERS_SAY, of=[anna, bert])
    dialogue.arrived(at=[anna, bert])
    for one, other in ((anna, bert), (bert, anna)):
        one.wait("delivered", 30, count=OTHERS_SAY,
                 id=connected(one, other)["id"])
    check(not cleo.find("message", where=lambda e: e["text"].startswith(
        "anna says %d" % (OTHERS_SAY - 1))), "cleo was not stopped")
    if go_on:
        go_on(cleo)
        dialogue.settle()


MANY = 8000			# lines: more than may be open at once


def given_up(sender, receiver):
    return {e["seq"] for e in sender.find(
        "undelivered", id=connected(sender, receiver)["id"])}


@test(deadline=180)
def stopped_one_is_given_up(t):
    """Thousands of short lines: a peer that reads gets them all. One that does
    not loses the oldest of them, and is told so when it goes on."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    anna, bert, cleo = (
        Gochat(t, host, nick, boot, log="info") for host, nick in
        ((net.a, "anna"), (net.b, "bert"), (net.c, "cleo")))
    meet(anna, bert, cleo)
    stop_ui(cleo)
    # These are more than what is on its way to cleo, which she shows later.
    lines = [("line %d " % n).ljust(500, "x") for n in range(1, MANY + 1)]
    speaker = Speaker(anna, lines)
    bert.wait("message", 100, text=lines[-1])
    check(speaker.error is None, str(speaker.error))
    check(texts(bert, "anna") == lines, "bert has not each once and in order")
    mark = anna.mark()
    anna.cmd({"cmd": "status"})
    anna.wait("status", 5, since=mark)
    anna.wait("delivered", 30, count=MANY, id=connected(anna, bert)["id"])
    lost = given_up(anna, cleo)
    check(lost == set(range(1, len(lost) + 1)) and
          MANY - 4096 <= len(lost) < MANY, "given up: %s" % sorted(lost))
    check(not given_up(anna, bert), "bert was given up")
    check({e["reason"] for e in anna.find("undelivered")} == {"too slow"},
          "for another reason")

    continue_ui(cleo)
    cleo.wait("message", 30, text=lines[-1])
    shown = [int(text.split()[1]) for text in texts(cleo, "anna")]
    # The lines that she had before she was given up count as delivered.
    anna.poll(lambda: {e["seq"] for e in anna.find(
        "delivered", id=connected(anna, cleo)["id"])} == set(shown),
        30, "that cleo has just what she shows")
    check(shown == sorted(set(shown)), "not in order, or twice")
    check(len(shown) < MANY, "nothing is missing, so nothing is shown here")
    holes = [after for before, after in zip([0] + shown, shown)
             if after != before + 1]
    check(holes == [e["seq"] for e in cleo.find("gap")],
          "holes before %s, and told of %s" % (holes, cleo.find("gap")))
    t.figures = "%d of %d lines given up, %d missing in the end" % (
        len(lost), MANY, MANY - len(shown))
    anna.quit()
    check(anna.wait_exit(10) is not None, "does not end")


TYPED = 7000			# lines: more than are open and held together


def nobody_keeps_up(t, ui="json"):
    """One of two is stopped, and the other's lines fill all buffers."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, ui=ui, log="info")
    bert = Gochat(t, net.b, "bert", boot, log="info")
    if ui == "json":
        meet(anna, bert)
    else:
        connected(bert, anna)
        anna.wait_line(b"bert is here", timeout=15)
    stop_ui(bert)
    for number in range(TYPED):
        if ui == "json":
            anna.say("line %d" % number)
        else:
            anna.raw(b"line %d\n" % number)
    return anna, bert


def ends(client, what, timeout=10):
    since = time.monotonic()
    client.wait_exit(timeout)
    client.test.figures = "%s takes %.1f s" % (what, time.monotonic() - since)


@test(deadline=120)
def stopped_all_json(t):
    """Nobody keeps up: the author is told so, asks for the status, and
    leaves."""
    anna, bert = nobody_keeps_up(t)
    anna.wait("error", 10, where=lambda e: "the others in the room cannot "
              "keep up" in e["text"])
    mark = anna.mark()
    anna.cmd({"cmd": "status"})
    anna.wait("status", 5, since=mark)
    anna.quit()
    ends(anna, "quit")
    lost = anna.find("error", where=lambda e: "not sent" in e["text"])
    check("more lines" in lost[-1]["text"], lost)
    continue_ui(bert)


@test(deadline=120)
def stopped_all_plain(t):
    anna, bert = nobody_keeps_up(t, "plain")
    anna.wait_line(b"! the others in the room cannot keep up", timeout=10)
    anna.raw(b"/peers\n")
    anna.wait_line(b"bert", b"lan", timeout=5)
    anna.raw(b"/quit\n")
    ends(anna, "/quit")
    # The first of thousands are named, and the others counted.
    lost = [line for line in anna.lines
            if b"not known to have reached bert" in line]
    check(len(lost) < 20 and b" more, the last " in lost[-1], lost)
    continue_ui(bert)


@test(deadline=120)
def stopped_all_end_of_input(t):
    anna, bert = nobody_keeps_up(t)
    anna.close_stdin()
    ends(anna, "the end of input", 10 + 8)
    continue_ui(bert)


@test(deadline=120)
def stopped_all_signal(t):
    anna, bert = nobody_keeps_up(t)
    anna.kill(signal.SIGTERM)
    ends(anna, "SIGTERM", 7)
    continue_ui(bert)


def told_full(client):
    return client.find("error", where=lambda e: "gochat reads no more"
                       in e["text"])


def unread(client):
    """Returns the number of bytes in the pipe to CLIENT."""
    count = array.array("i", [0])
    fcntl.ioctl(client.popen.stdin.fileno(), termios.FIONREAD, count)
    return count[0]


@test(deadline=120)
def stopped_all_input_full(t):
    """So much waits that quit is not read: the author is told so, and leaves
    at the end of her input."""
    anna, bert = nobody_keeps_up(t)
    # How many of the TYPED lines wait depends on what the machine is fast at.
    # Up to one line more than ui takes stays in the pipe, and so will quit.
    for _ in range(256 * 1024 // LINE + 1):
        if told_full(anna):
            break
        anna.say("x" * LINE)
        t.wait(lambda: told_full(anna) or not unread(anna), 10,
               "anna's line is read, or she is told why not")
    check(told_full(anna), "all of it is read")
    anna.quit()		# into the pipe
    mark = anna.mark()
    anna.never("bye", 5, since=mark)
    anna.close_stdin()
    ends(anna, "the end of an input that is not read", 10 + 8)
    continue_ui(bert)


@test(deadline=120)
def stopped_own_output(t):
    """Nobody reads anna's own output, and it is full: quit works."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, log="info")
    bert = Gochat(t, net.b, "bert", boot, log="info")
    meet(anna, bert)
    anna.hold_output()
    # Each line is shorter than what ui writes at once, so none is cut at the
    # end.
    speaker = Speaker(bert, ["x" * SHORT for _ in range(LINES)])
    t.wait(Standstill(lambda: speaker.count, 2), 60, "bert waits")
    check(speaker.count < LINES, "anna's output is read")
    anna.say("good night")
    anna.quit()
    ends(anna, "quit")
    left = bert.wait("peer", 5, state="left", nick="anna")
    check(left["reason"] == "goodbye", left)


for NAME, STOP, GO_ON in (
        ("ui", stop_ui, continue_ui),
        ("output", Gochat.hold_output, Gochat.release_output),
        ("machine", Gochat.suspend, Gochat.resume),
        ("dead", Gochat.kill_all, None)):
    register("stopped_peer_" + NAME,
             lambda t, stop=STOP, go_on=GO_ON: one_of_three(t, stop, go_on),
             deadline=120)
