"""A client whose network goes away and comes back, long after it was missed."""

from chat import connected, meet, talk
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
    gone = anna.wait("peer", 30, state="left", id=bert_id)
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


@test(deadline=60)
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
