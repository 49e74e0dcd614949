"""The relay through the bootnode: when it is used, refused and left again.

test_nat_pairs.py shows that pairs of NATs which cannot be punched are relayed.
"""

import time

from capture import Capture
from chat import connected, path_to, talk, texts
from harness import check, register, test
from process import Bootnode, Gochat
from topology import NatPair

START = 15			# seconds from start to a verdict

# The switch between the NATs lets packets through only to and from the
# bootnode.
BLOCK = """
table bridge block {
    chain forward {
        type filter hook forward priority 0; policy accept;
        meta protocol ip ip saddr != 203.0.113.100 ip daddr != 203.0.113.100 \
            meta l4proto udp drop
    }
}
"""
UNBLOCK = "delete table bridge block"


def start(t, net, flags_a=(), flags_b=(), boot_flags=()):
    boot = Bootnode(t, net.boot, *boot_flags)
    anna = Gochat(t, net.a, "anna", boot, *flags_a)
    bert = Gochat(t, net.b, "bert", boot, *flags_b)
    return boot, anna, bert


def are_relayed(boot, *clients):
    for one in clients:
        for other in clients:
            if one is other:
                continue
            event = connected(one, other, START)
            one.poll(lambda: path_to(one, event["id"]) == "relay", START,
                     "that the path is a relay")


def arrived(receiver, sender, lines, timeout):
    """Waits until exactly these LINES of SENDER have come, each once and in
    order."""
    receiver.poll(lambda: len(texts(receiver, sender.nick)) >= len(lines),
                  timeout, "all %d lines" % len(lines))
    check(texts(receiver, sender.nick) == lines,
          "%s has %s" % (receiver.label, texts(receiver, sender.nick)))


# The relay is forbidden.

NEVER = "no direct path, and our --relay is never"
REFUSED = "no direct path, and the bootnode does not relay"
UNANSWERED = "no answer, neither directly nor through the relay"


def fails(t, flags_a, flags_b, boot_flags, reason_a, reason_b):
    net = NatPair(t, "symmetric", "port_restricted")
    boot, anna, bert = start(t, net, flags_a, flags_b, boot_flags)
    for client, reason in ((anna, reason_a), (bert, reason_b)):
        event = client.wait("peer", START + 5, state="failed")
        late = event.at - max(anna.started, bert.started)
        check(late <= START, "failed only after %.1f s" % late)
        check(event["reason"] == reason, event["reason"])
        check(not client.find("peer", state="connected"), "was connected")
    mark = anna.mark()
    anna.say("nobody can hear this")
    check(anna.wait("sent", since=mark)["peers"] == 0, "sent to somebody")
    check(not bert.find("message"), "it was heard")


OFF = ("--relay", "never")
for NAME, ARGUMENTS in {
        "never": (OFF, OFF, (), NEVER, NEVER),
        "never_on_one_side": (OFF, (), (), NEVER, UNANSWERED),
        "never_on_bootnode": ((), (), OFF, REFUSED, REFUSED)}.items():
    register("relay_" + NAME, lambda t, a=ARGUMENTS: fails(t, *a))


@test()
def relay_never_and_not_needed(t):
    """--relay never forbids nothing else."""
    net = NatPair(t, "full_cone", "port_restricted")
    boot, anna, bert = start(t, net, OFF, OFF, OFF)
    check(connected(anna, bert, START)["path"] == "direct", "not direct")
    talk(anna, [bert], "from anna to bert")


# Where it is all that is allowed.

@test()
def relay_only(t):
    """--relay only: at once, and no packet of hers goes anywhere but to the
    bootnode."""
    net = NatPair(t, "full_cone", "full_cone")
    capture = Capture(t, net.switch)
    boot, anna, bert = start(t, net, ("--relay", "only"))
    are_relayed(boot, anna, bert)
    talk(anna, [bert], "from anna to bert")
    talk(bert, [anna], "from bert to anna")
    # He would probe an address of hers if he knew one.
    bert.never("peer", 3, state="path")
    capture.stop()
    packets = capture.datagrams()
    check(packets, "nothing was recorded")
    hers = [d for s, d, _ in packets if s[0] == net.nat_a.address]
    check(hers and set(hers) == {(net.boot.address, boot.port)},
          "sent to %s" % set(hers))
    to_her = [s for s, d, _ in packets if d[0] == net.nat_a.address]
    check(set(to_her) == {(net.boot.address, boot.port)},
          "sent to her by %s" % set(to_her))
    check(not [p for p in packets if net.a.address.encode() in p[2]],
          "her address in a packet")


# A pair changes from the relay to a direct path, and back.

def chatter(anna, bert, lines, seconds):
    """Says lines one after the other, both ways, for SECONDS."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = "line %d" % len(lines)
        lines.append(text)
        anna.say(text)
        bert.say(text)
        anna.never("peer", 0.02, state="left")


@test(deadline=120)
def relay_upgraded(t):
    """Texts said meanwhile are neither lost nor doubled nor reordered."""
    net = NatPair(t, "port_restricted", "port_restricted")
    net.switch.nft(BLOCK)
    boot, anna, bert = start(t, net)
    are_relayed(boot, anna, bert)
    ids = {one: connected(one, other)["id"]
           for one, other in ((anna, bert), (bert, anna))}
    lines = []
    chatter(anna, bert, lines, 1)
    net.switch.nft(UNBLOCK)
    end = t.until(60)
    while not all(path_to(c, ids[c]) == "direct" for c in ids):
        check(time.monotonic() < end, "no direct path in 60 s")
        chatter(anna, bert, lines, 0.2)
    chatter(anna, bert, lines, 1)
    arrived(bert, anna, lines, 20)
    arrived(anna, bert, lines, 20)

    # The direct path is blocked again: the relay takes over.
    net.switch.nft(BLOCK)
    chatter(anna, bert, lines, 1)
    for client in ids:
        client.poll(lambda: path_to(client, ids[client]) == "relay", 30,
                    "that the path is a relay again")
    chatter(anna, bert, lines, 1)
    arrived(bert, anna, lines, 20)
    arrived(anna, bert, lines, 20)
    for client in ids:
        check(not client.find("undelivered"), "told as undelivered")
        check(not client.find("peer", state="failed"), "failed in between")


@test(deadline=120)
def relay_bootnode_restarts(t):
    """A relayed pair is joined again as soon as there is a bootnode."""
    net = NatPair(t, "symmetric", "symmetric")
    boot, anna, bert = start(t, net)
    are_relayed(boot, anna, bert)
    lines = []
    chatter(anna, bert, lines, 0.5)
    boot.kill_all()
    boot.wait_gone()
    chatter(anna, bert, lines, 0.5)
    boot.again()
    for client in (anna, bert):
        client.wait("bootnode", 30, state="rejoined")
    chatter(anna, bert, lines, 0.5)
    arrived(bert, anna, lines, 30)
    arrived(anna, bert, lines, 30)
    for client in (anna, bert):
        check(not client.find("peer", state="left"), "somebody left")
        check(not client.find("undelivered"), "told as undelivered")


# The relay has a limit.

@test(deadline=120)
def relay_rate(t):
    """More than the bootnode allows is slow, but all of it arrives."""
    net = NatPair(t, "symmetric", "symmetric")
    boot, anna, bert = start(t, net, boot_flags=("--relay-rate", "16"))
    are_relayed(boot, anna, bert)
    lines = ["%02d %s" % (i, "x" * 15000) for i in range(12)]
    begun = time.monotonic()
    for text in lines:
        anna.say(text)
    # The answer waits behind anna's lines.
    talk(bert, [anna], "in between", timeout=60)
    arrived(bert, anna, lines, 60)
    # These are 176 KiB, of which a burst of 32 KiB goes at once.
    check(time.monotonic() - begun > 5, "faster than allowed")
    anna.quit()			# a session ends: the figures are told
    stats = boot.wait("stats", where=lambda e: e["relayed"] > 150)
    check(stats["relayed_bytes"] > 180000, stats)
