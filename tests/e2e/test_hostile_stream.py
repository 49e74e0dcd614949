"""What peers with sessions of their own do to the memory of one client."""

import procinfo
from chat import meet
from harness import check, test
from hostile.member import Member
from hostile.packets import FRAMES, put_tagged
from hostile.pair import Pair
from hostile.stream import CREDIT
from hostile.trial import chat_under_attack, room_of
from process import Bootnode, Gochat
from topology import Lan

PEERS = 56
PIECE = 1100
GROWTH = 22 << 20		# bytes that netd may need for all of them


class ToOne(Pair):
    """Seeks a path to clients of other hosts only, and confirms no text: a
    receipt would use the bytes that are to be missing."""

    def on_content(self, content):
        """Confirms no text."""

    def seek(self, now):
        if self.member.place[0] not in [a for a, _ in self.other.addresses]:
            Pair.seek(self, now)


@test(deadline=90)
def streams_out_of_order(t):
    """Each of many peers sends all that it may except the first byte: netd
    does not keep it all."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    crowd = [Member(t, net.c, room_of(boot), boot, "crowd%d" % n,
                    pair_class=ToOne).join() for n in range(PEERS)]
    pairs = [one.pair_with("anna", 20) for one in crowd]
    netd = anna.by_role()["netd"]
    before = procinfo.resident([netd])
    for one, pair in zip(crowd, pairs):
        fill(one, pair)
    grown = (procinfo.resident([netd]) - before) * 1024
    t.figures = "netd grew by %.1f MiB for %d streams" % (grown / 2 ** 20,
                                                          PEERS)
    check(grown <= GROWTH, t.figures)
    chat_under_attack(t, anna, bert, 1)


def fill(member, pair):
    """Sends all of the credit but for the next byte, so that nothing can be
    read."""
    first = pair.stream.offset + 1
    for offset in range(first, CREDIT, PIECE):
        with member.lock:
            size = min(PIECE, CREDIT - offset)
            pair.stream.transmit(put_tagged(FRAMES, "STREAM", offset=offset,
                                            data=bytes(size)))
