"""A path that carries probes, and nothing else."""

from chat import FAST, connected, meet, path_to, talk, texts
from harness import check, test
from process import Bootnode, Gochat
from topology import Lan

# Packets are dropped by their type, the first byte of the datagram.
DATA = 18
CUT = """
table inet data {
    chain in  { type filter hook input priority -10; @th,64,8 %d drop; }
    chain out { type filter hook output priority -10; @th,64,8 %d drop; }
}
""" % (DATA, DATA)
UNCUT = "delete table inet data"

ENDS = 10 + 5			# seconds until a path fails, and some more
RESTS = 60 + 10			# seconds until the next try, and some more


def chatting(t, *boot_flags):
    net = Lan(t)
    boot = Bootnode(t, net.boot, *boot_flags, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    talk(anna, [bert], "before")
    net.b.nft(CUT)
    return net, anna, bert


@test(deadline=120)
def stalled_without_relay(t):
    """A text is reported as undelivered, with the reason; later it arrives."""
    net, anna, bert = chatting(t, "--relay", "never")
    bert_id = connected(anna, bert)["id"]
    mark, since = anna.mark(), bert.mark()
    anna.say("nobody gets this now")
    sent = anna.wait("sent", since=mark)
    failed = anna.wait("peer", ENDS, since=mark, state="failed", id=bert_id)
    check(failed["reason"] == "its path carries probes, but no data",
          failed["reason"])
    lost = anna.wait("undelivered", since=mark, seq=sent["seq"])
    check(lost["reason"] == "no path", lost["reason"])
    # Bert finds the path dead, too.
    bert.wait("peer", 30, since=since, state="failed")

    net.b.nft(UNCUT)
    late = anna.wait("delivered", RESTS, since=mark, seq=sent["seq"])
    check(late.at > lost.at, "delivered before undelivered")
    talk(bert, [anna], "after", timeout=30)
    check(texts(bert, "anna").count("nobody gets this now") == 1,
          "not once: %s" % texts(bert, "anna"))


@test(deadline=60)
def stalled_with_relay(t):
    """The text goes through the bootnode, and nothing is undelivered."""
    net, anna, bert = chatting(t)
    bert_id = connected(anna, bert)["id"]
    mark = anna.mark()
    anna.say("by another way")
    anna.wait("delivered", ENDS, since=mark)
    check(path_to(anna, bert_id) == "relay", path_to(anna, bert_id))
    check(not anna.find("undelivered"), "undelivered")
    talk(bert, [anna], "likewise")
