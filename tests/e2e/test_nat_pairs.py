"""Every ordered pair of NATs ends up connected, as it must.

13 of the 16 pairs can be punched and get a direct path; the three that would
need a guessed port are relayed. All chat both ways. A NAT that changes the
port is tried, too, with the kinds for which that matters.
"""

import nat
from chat import connected, path_to, talk
from harness import check, register
from process import Bootnode, Gochat
from topology import NatPair

START = 15			# seconds from start to a verdict


def punched(t, kind_a, kind_b):
    net = NatPair(t, kind_a, kind_b)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    ids = {}
    for one, other in ((anna, bert), (bert, anna)):
        event = connected(one, other, START)
        ids[one] = event["id"]
        check(event["path"] != "lan", "a path over the LAN cannot be")
        one.poll(lambda: path_to(one, ids[one]) == "direct", START,
                 "that the path is direct")
        address = one.find("peer", id=ids[one], path="direct")[-1]["address"]
        router = net.nat_b if one is anna else net.nat_a
        check(address.startswith(router.address + ":"),
              "%s talks to %s" % (one.label, address))
    talk(anna, [bert], "from anna to bert")
    talk(bert, [anna], "from bert to anna")
    for client in (anna, bert):
        check(path_to(client, ids[client]) == "direct", "no longer direct")
        check(not client.find("peer", state="failed"), "failed in between")


def relayed(t, kind_a, kind_b):
    net = NatPair(t, kind_a, kind_b)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    for one, other in ((anna, bert), (bert, anna)):
        event = connected(one, other, START)
        check(event["path"] == "relay", "connected by " + event["path"])
        check(event["address"] == boot.address, event["address"])
    talk(anna, [bert], "from anna to bert")
    talk(bert, [anna], "from bert to anna")
    for client in (anna, bert):
        check(not client.find("peer", state="failed"), "failed in between")
        check(not client.find("peer", state="path"), "another path")


PAIRS = [(a, b) for a in nat.KINDS for b in nat.KINDS]
PAIRS += [("port_changing", "port_changing"),
          ("port_changing", "port_restricted"),
          ("full_cone", "port_changing"),
          ("port_changing", "symmetric")]

for ONE, TWO in PAIRS:
    verdict = punched if nat.can_be_punched(ONE, TWO) else relayed
    register("nat_pair_%s_%s" % (ONE, TWO),
             lambda t, f=verdict, one=ONE, two=TWO: f(t, one, two))
