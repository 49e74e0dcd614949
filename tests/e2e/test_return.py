"""A client's network goes away and comes back, long after it was missed."""

import time

from chat import FAST, connected, meet, talk, texts
from harness import check, test
from process import Bootnode, Gochat
from test_bootnode import two_chatting
from test_stopped import stop_ui
from topology import Lan

CUT = """
table inet cut {
    chain in  { type filter hook input priority -10; meta l4proto udp drop; }
    chain out { type filter hook output priority -10; meta l4proto udp drop; }
}
"""


@test(deadline=90)
def network_away_and_back(t):
    """The peer is shown as left, then as connected again, in its old
    session."""
    net, boot, anna, bert = two_chatting(t)
    talk(bert, [anna], "before")
    bert_id = connected(anna, bert)["id"]
    net.b.nft(CUT)
    gone = anna.wait("peer", 30, state="left", id=bert_id, reason="lost")
    bert.wait("bootnode", 30, state="lost")
    mark, bert_mark = anna.mark(), bert.mark()

    net.b.nft("delete table inet cut")
    bert.wait("bootnode", 30, since=bert_mark, state="rejoined")
    back = anna.wait("peer", 30, since=mark, state="connected", id=bert_id)
    check(back.at > gone.at, "connected before it left")
    check(back["fingerprint"] == connected(anna, bert)["fingerprint"],
          "another fingerprint")
    talk(anna, [bert], "welcome back", timeout=30)
    talk(bert, [anna], "thank you", timeout=30)


@test(deadline=120)
def said_while_away(t):
    """A text said while a peer is away arrives once, or is reported as
    undelivered."""
    net, boot, anna, bert = two_chatting(t)
    meet(anna, bert)
    net.b.nft(CUT)
    mark = anna.mark()
    anna.say("into the void")
    sent = anna.wait("sent", 10, since=mark)
    check(sent["peers"] == 1, sent["peers"])
    lost = anna.wait("undelivered", 40, since=mark, seq=sent["seq"])
    check(lost["id"] == connected(anna, bert)["id"], lost["id"])
    check(lost["reason"] == "left", lost["reason"])

    # The text was on its way: when the network is back it arrives, once, and
    # the author is told of that, too.
    net.b.nft("delete table inet cut")
    late = anna.wait("delivered", 40, since=mark, seq=sent["seq"])
    check(late.at > lost.at, "delivered before undelivered")
    talk(anna, [bert], "again", timeout=30)
    check(texts(bert, "anna").count("into the void") == 1,
          "not once: %s" % texts(bert, "anna"))


@test(deadline=150)
def said_while_all_are_away(t):
    """Anna's own network is away: her texts are for all who were here.

    They wait for those people, also the texts to one alone, and so each gets
    them once and in order; those who are not back in time are named.
    """
    net = Lan(t, ("a", "b", "c", "d"))
    boot = Bootnode(t, net.boot, *FAST)
    anna, bert, carl, dora = people = [
        Gochat(t, host, name, boot, *FAST) for host, name in (
            (net.a, "anna"), (net.b, "bert"), (net.c, "carl"),
            (net.d, "dora"))]
    meet(*people)
    known = {one: connected(anna, one)["id"] for one in (bert, carl, dora)}
    net.a.nft(CUT)
    anna.say("can you hear me?")
    anna.wait("bootnode", 30, state="lost")
    for one in known.values():
        anna.wait("peer", 60, state="left", id=one, reason="silent")
    anna.say("nobody there")
    anna.cmd({"cmd": "say", "text": "psst", "to": known[bert]})
    last = anna.wait("sent", 10, seq=3)
    check([e["peers"] for e in anna.find("sent")] == [3, 3, 1],
          anna.find("sent"))
    check(not anna.find("undelivered"), anna.find("undelivered"))

    dora.kill_all()
    boot.wait("left", 20, peer=known[dora])
    net.a.nft("delete table inet cut")
    for one in (bert, carl):
        one.wait("message", 60, text="nobody there")
        anna.wait("delivered", 30, seq=2, id=known[one])
    anna.wait("delivered", 30, seq=last["seq"], id=known[bert])
    for seq in (1, 2):
        lost = anna.wait("undelivered", 60, seq=seq)
        check(lost["id"] == known[dora] and lost["reason"] == "left", lost)
    talk(anna, [bert, carl], "there you are", timeout=30)
    said = ["can you hear me?", "nobody there", "psst", "there you are"]
    check(texts(bert, "anna") == said, texts(bert, "anna"))
    del said[2]
    check(texts(carl, "anna") == said, texts(carl, "anna"))
    check(len(anna.find("undelivered")) == 2, anna.find("undelivered"))


@test(deadline=90)
def said_by_the_one_away(t):
    """The client whose network is away says something: it arrives when the
    network is back."""
    net, boot, anna, bert = two_chatting(t)
    bert_id = connected(anna, bert)["id"]
    net.b.nft(CUT)
    bert.say("from the void")
    anna.wait("peer", 30, state="left", id=bert_id)
    mark = anna.mark()
    net.b.nft("delete table inet cut")
    anna.wait("message", 60, since=mark, text="from the void")
    anna.wait("peer", 10, since=mark, state="connected", id=bert_id)
    talk(anna, [bert], "got it", timeout=30)
    check(texts(anna, "bert").count("from the void") == 1, "not once")


def unshown(t, again):
    """Bert has a text, but was not shown it when its author left and his ui
    died. He is shown it when she is back, and only then she is told of the
    receipt; texts that they say after that are not held up."""
    net, boot, anna, bert = two_chatting(t)
    meet(anna, bert)
    stop_ui(bert)
    anna.say("for nobody?")
    sent = anna.wait("sent", 10)
    time.sleep(0.5)		# the text is there, and nothing shows it
    net.a.nft(CUT)
    boot.wait("left", 30)
    anna.wait("peer", 60, state="left", nick="bert")
    mark, bert_mark = anna.mark(), bert.mark()
    bert.restart_role("ui")
    bert.wait("bootnode", 10, since=bert_mark)
    check(not bert.find("peer", since=bert_mark), "anna has not left yet")
    if again:
        anna.restart_role("netd")
        bert.restart_role("netd")

    net.a.nft("delete table inet cut")
    anna.wait("delivered", 60, since=mark, seq=sent["seq"])
    talk(anna, [bert], "there you are", timeout=30)
    talk(bert, [anna], "and you", timeout=30)
    check(texts(bert, "anna") == ["for nobody?", "there you are"],
          texts(bert, "anna"))


@test(deadline=150)
def unshown_same_session(t):
    unshown(t, False)


@test(deadline=150)
def unshown_another_session(t):
    unshown(t, True)
