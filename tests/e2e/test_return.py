"""A client whose network goes away and comes back, long after it was missed."""

from chat import connected, meet, talk, texts
from harness import check, test
from test_bootnode import two_chatting

CUT = """
table inet cut {
    chain in  { type filter hook input priority -10; meta l4proto udp drop; }
    chain out { type filter hook output priority -10; meta l4proto udp drop; }
}
"""


@test(deadline=90)
def network_away_and_back(t):
    """Shown as left, then as connected again, in the session it had."""
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
    """What is said while a peer is away arrives once, or is said not to."""
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

    # It was on its way: when the network is back it arrives, once, and that
    # is told, too.
    net.b.nft("delete table inet cut")
    late = anna.wait("delivered", 40, since=mark, seq=sent["seq"])
    check(late.at > lost.at, "delivered before undelivered")
    talk(anna, [bert], "again", timeout=30)
    check(texts(bert, "anna").count("into the void") == 1,
          "not once: %s" % texts(bert, "anna"))


@test(deadline=90)
def said_by_the_one_away(t):
    """The one who is away says something: it arrives when it is back."""
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
