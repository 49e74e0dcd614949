"""A bootnode is no amplifier: how many bytes a stranger gets out of it."""

import collections
import random
import struct

from capture import Capture, wait_still
from chat import FAST, meet, talk
from harness import check, test
from process import Bootnode, Gochat
from topology import Lan

HELLO, COOKIE, JOIN, HEARTBEAT, LEAVE, REJECT = 1, 2, 3, 5, 9, 11
TYPES = 19
LENGTHS = (0, 4, 12, 48, 54, 56, 64, 150, 404, 1200, 1232)
CHANGED = 20			# copies of each packet that was recorded


def of_each_form(rng):
    """Yields packets of every type and of the lengths that matter."""
    for kind in range(TYPES + 2):	# and numbers that are no type
        for size in LENGTHS:
            yield (struct.pack(">BBH", kind, 1, 0) + rng.randbytes(size))[
                :size]


def with_changes(rng, packets):
    """Yields each packet as it is, and with a bit turned or a piece cut
    off."""
    for packet in packets:
        yield packet
        for _ in range(CHANGED):
            copy = bytearray(packet)
            copy[rng.randrange(len(copy))] ^= 1 << rng.randrange(8)
            yield bytes(copy[:rng.choice((len(copy), rng.randrange(
                1, len(copy) + 1)))])


@test(deadline=60)
def amplification(t):
    """The bootnode never sends an address more than came from there before."""
    net = Lan(t, ("a", "b", "c"))
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    place = (net.boot.address, boot.port)

    def life():
        """Returns the datagrams that anna has sent to the bootnode."""
        return {d for s, to, d in capture.datagrams()
                if to == place and s[0] == net.a.address}

    meet(anna, bert)
    t.wait(lambda: HEARTBEAT in {d[0] for d in life()}, 10, "a heartbeat")
    anna.quit()
    anna.wait_exit()
    boot.wait("left")
    wait_still(capture)
    recorded = life()
    check({HELLO, JOIN, LEAVE} <= {d[0] for d in recorded},
          "not a whole life: types %s" % {d[0] for d in recorded})

    rng = random.Random(9595)
    strangers = []		# a port, and so an account, for each packet
    for packet in [*with_changes(rng, sorted(recorded)), *of_each_form(rng),
                   struct.pack(">BBH", HELLO, 1, 0) + bytes(1196)]:
        strangers.append(net.c.udp())
        strangers[-1].sendto(packet, place)
    t.wait(lambda: [1 for s, to, d in capture.datagrams()
                    if s == place and to[0] == net.c.address], 10,
           "an answer")
    wait_still(capture)
    capture.stop()
    check(capture.lost == 0, "%d frames are not recorded" % capture.lost)
    sent, received, kinds = collections.Counter(), collections.Counter(), set()
    for source, to, data in capture.datagrams():
        if source[0] == net.c.address:
            sent[source] += len(data)
        elif to[0] == net.c.address:
            received[to] += len(data)
            kinds.add(data[0])
            check(received[to] <= sent[to], "%d bytes for %d, with type %d" % (
                received[to], sent[to], data[0]))
    check({COOKIE, REJECT} <= kinds, "answered only with %s" % kinds)
    t.figures = "%d packets: %d bytes sent, %d received, of types %s" % (
        len(strangers), sum(sent.values()), sum(received.values()),
        sorted(kinds))
    for stranger in strangers:
        stranger.close()
    cleo = Gochat(t, net.c, "cleo", boot, *FAST)
    meet(bert, cleo)
    talk(bert, [cleo], "still here")

