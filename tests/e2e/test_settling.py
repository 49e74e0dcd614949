"""Whom a text is for while a room fills again after its bootnode was away.

Everybody who was there has some seconds to be back. A client that comes within
them gets the texts said meanwhile, once and in order, and no mark is complete
before they are over.
"""

import time

from chat import connected, meet, texts
from harness import check, register, test
from process import Bootnode, Gochat
from test_return import CUT
from topology import Lan, Loopback

QUICK = ("--heartbeat-interval", "2", "--peer-timeout", "6")
NAMES = ("anna", "bert", "carl", "dora", "emil", "fred")
SETTLES = 5			# seconds for a room with QUICK, and some more
AT_ONCE = 5			# each takes 64 MiB for a moment at its start


def names(count):
    return [NAMES[n % 6] + (str(n // 6) if n >= 6 else "")
            for n in range(count)]


def room(t, count, *flags):
    """Returns a network, a bootnode, and COUNT people who are all
    connected."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot, *flags)
    people = []
    for name in names(count):
        people.append(Gochat(t, net.a, name, boot, "--port", "0", *flags,
                             log="info"))
        if len(people) % AT_ONCE == 0:
            people[-1].wait("bootnode", 30, state="joined")
    for one in people:
        one.wait("peer", 90, state="connected", count=count - 1)
    return net, boot, people


def kill(boot):
    boot.kill_all()
    boot.wait_gone()


def final(client, seq, timeout=30):
    """Waits for the event that says to how many the text went in the end."""
    return client.wait("sent", timeout, seq=seq,
                       where=lambda e: not e.get("open"))


def ids(client, event, seq):
    return [e["id"] for e in client.find(event, seq=seq)]


class Text:
    """A text that AUTHOR says, and the events about it."""

    def __init__(self, author, text):
        self.author = author
        self.text = text
        author.texts = getattr(author, "texts", 0) + 1
        self.seq = author.texts
        author.say(text)

    def is_for(self, others, timeout):
        """Checks that each of OTHERS has it once, or is named; returns how
        many are named."""
        end = final(self.author, self.seq, timeout)
        check(end["peers"] == len(others), "%s in %s, for %d" % (
            self.text, end, len(others)))
        self.author.poll(
            lambda: len(ids(self.author, "delivered", self.seq)
                        + ids(self.author, "undelivered", self.seq))
            >= len(others), timeout, "what became of all of %s" % self.text)
        had = ids(self.author, "delivered", self.seq)
        missed = ids(self.author, "undelivered", self.seq)
        check(len(set(had)) == len(had) and not set(had) & set(missed),
              "%s: told twice" % self.text)
        times = [texts(one, self.author.nick).count(self.text)
                 for one in others]
        check(max(times) == 1 and sum(times) == len(had),
              "%s: told %d times, shown %s" % (self.text, len(had), times))
        return len(missed)


def trial(t, count, seconds, *flags):
    """Those who stay and one who comes say texts while there is no
    bootnode."""
    net, boot, people = room(t, count, *flags)
    kill(boot)
    gone = time.monotonic()
    gina = Gochat(t, net.a, "gina", boot, "--port", "0", *flags, log="info")
    said = [(Text(gina, "hello?"), people),
            (Text(people[0], "it is away"), people[1:])]
    time.sleep(max(0, gone + seconds - time.monotonic()))
    again = boot.again()
    back = time.monotonic()
    joined = gina.wait("bootnode", 40, state="joined").at - back
    said.append((Text(gina, "here I am"), people))
    first = people[-1]
    first.wait("bootnode", 40, state="rejoined")
    said.append((Text(first, "it is back"),
                 [p for p in people + [gina] if p is not first]))
    sent = gina.wait("sent", 10, seq=1)
    # Gina has no session that could be missing, so she may be late.
    check(sent.get("open") or joined > SETTLES,
          "complete at once: %s" % sent)
    missed = sum(text.is_for(others, 40) for text, others in said)
    settled = final(gina, 1).at - back
    for one in people:
        one.wait("bootnode", 40, state="rejoined")
    last = max(e.at for e in again.find("joined")) - back
    check(texts(people[0], "gina") == ["hello?", "here I am"], "not in order")
    check(not missed, "%d were named, though all were back" % missed)
    t.figures = ("%d and one back within %.1f s, complete after %.1f s"
                 % (count, last, settled))


for COUNT in (2, 6):
    for SECONDS in (5, 15):
        register("settling_%d_%d" % (COUNT, SECONDS),
                 lambda t, count=COUNT, seconds=SECONDS:
                 trial(t, count, seconds, *QUICK), deadline=150)

# The same with the times that people have; see tests/e2e/README.md.
for COUNT in (2, 6, 30):
    for SECONDS in (5, 15, 60):
        register("trial_settling_%d_%d" % (COUNT, SECONDS),
                 lambda t, count=COUNT, seconds=SECONDS:
                 trial(t, count, seconds), deadline=300, alone=True,
                 on_demand=True)


@test(deadline=120)
def settling_after_its_network_was_away(t):
    """A bootnode whose network was away does not take those it lets in first
    for the whole room."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *QUICK)
    anna, bert = people = [Gochat(t, host, name, boot, *QUICK)
                           for host, name in ((net.a, "anna"),
                                              (net.b, "bert"))]
    meet(*people)
    net.boot.nft(CUT)
    boot.wait("left", 30, count=2)
    for one in people:
        one.wait("bootnode", 30, state="lost")
    gina = Gochat(t, net.c, "gina", boot, *QUICK)
    text = Text(gina, "hello?")
    gina.wait("error", 15)	# the error that nobody answers
    net.boot.nft("delete table inet cut")
    sent = gina.wait("sent", 20, seq=1)
    check(sent.get("open"), "complete at once: %s" % sent)
    check(text.is_for(people, 30) == 0, gina.find("undelivered"))


@test(deadline=90)
def settling_private(t):
    """A text to somebody by name who is not back yet goes to her alone, or is
    an error if nobody of that name was ever met."""
    net, boot, (anna, bert, carl) = room(t, 3, *QUICK)
    gina = Gochat(t, net.a, "gina", boot, "--port", "0", *QUICK)
    for met in anna, carl:
        connected(gina, met)
    for gone in gina, carl:
        gone.cmd({"cmd": "quit"})
        check(gone.wait_exit(20) == 0, "%s fails" % gone.label)
    kill(boot)
    gina = Gochat(t, net.a, "gina", boot, "--port", "0", *QUICK, ui="plain",
                  state=gina.state)
    gina.raw(b"/msg anna psst\n/msg carl and you?\n/msg nora or you?\n")
    gina.wait_line(b"carl is not here")
    gina.wait_line(b"not sent to nora, because you have never met "
                   b"anybody with this name")
    boot.again()
    anna.wait("message", 40, text="psst", private=True, nick="gina")
    gina.wait_line(b'not sent to carl, because nobody here has this '
                   b'name: "and you?"', timeout=20)
    gina.raw(b"for all\n")
    bert.wait("message", text="for all")
    check(texts(bert, "gina") == ["for all"], texts(bert, "gina"))


@test(deadline=120)
def settling_one_is_not_back(t):
    """Somebody who was there and is not back in time is named."""
    net, boot, (anna, bert, carl) = room(t, 3, *QUICK)
    kill(boot)
    gone = connected(anna, bert)["id"]
    bert.kill_all()
    anna.wait("peer", 90, state="left", id=gone, reason="silent")
    text = Text(anna, "bert, are you there?")
    carl.wait("message", text=text.text)
    boot.again()
    lost = anna.wait("undelivered", 40, seq=text.seq)
    check(lost["id"] == gone and lost["reason"] == "left", lost)
    check(ids(anna, "delivered", text.seq) != [gone], "and delivered")
    late = Text(anna, "without him")
    check(final(anna, late.seq)["peers"] == 1, "still for him")


def script(t, *flags):
    """A script says something once its bootnode is back, and ends."""
    net, boot, people = room(t, 3, *flags)
    kill(boot)
    again = boot.again()
    one = Gochat(t, net.a, "script", again, "--port", "0", *flags)
    one.say("the build is broken")
    one.close_stdin()
    check(one.wait_exit(20) is not None, "it does not end")
    return one, people


@test(deadline=90)
def settling_at_the_end_of_input(t):
    """The script's text reaches all who come within its 10 s."""
    one, people = script(t, "--heartbeat-interval", "2")
    for other in people:
        other.wait("message", text="the build is broken")
    check(one.code == 0, "exit code %s" % one.code)
    check(final(one, 1)["peers"] == len(people), one.find("sent"))
    check(len(ids(one, "delivered", 1)) == len(people), "not told by all")


@test(deadline=90)
def settling_after_the_end_of_input(t):
    """The room settles later than that, and the script says that it does not
    know."""
    one, people = script(t)
    check(one.code == 4, "exit code %s" % one.code)
    check(one.find("sent"), "not sent")
    check(all(e.get("open") for e in one.find("sent")),
          "it left before that was known: %s" % one.find("sent"))
    check([e for e in one.find("error") if "not known" in e["text"]],
          "no word: %s" % one.find("error"))


@test(deadline=90)
def settling_while_the_keys_are_lost(t):
    """cryptod dies before all are back, so nobody knows who was missing."""
    flags = ("--heartbeat-interval", "2")
    net, boot, (anna, bert, carl) = room(t, 3, *flags)
    for other in (bert, carl):
        other.suspend()
    kill(boot)
    again = boot.again()
    one = Gochat(t, net.a, "script", again, "--port", "0", *flags)
    one.say("the build is broken")
    one.wait("delivered", 30, seq=1)
    check(one.find("sent", seq=1)[-1].get("open"), "it settled before")
    one.restart_role("cryptod")
    last = one.wait("sent", 10, seq=1, unknown=True)
    check(last["peers"] == 1, last)
    check([e for e in one.find("error") if "had not returned yet" in e["text"]],
          "no word: %s" % one.find("error"))
    one.close_stdin()
    check(one.wait_exit(20) == 4, "exit code %s" % one.code)
    check(texts(anna, "script") == ["the build is broken"], "not once")
    for other in (bert, carl):
        other.resume()


@test(deadline=90)
def settling_with_a_new_key(t):
    """The bootnode is new, so nobody can be on the way back, and nothing
    waits."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, "--port", "0")
    bert = Gochat(t, net.a, "bert", boot, "--port", "0")
    meet(anna, bert)
    anna.say("hello")
    sent = anna.wait("sent", 5)
    check(sent["peers"] == 1 and "open" not in sent, sent)
