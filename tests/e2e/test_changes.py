"""The network changes under a conversation, and it goes on by itself.

Lines are said before, meanwhile, and after. Each must arrive once and in order
and be reported as delivered; after a short fault nobody may even be told that
somebody left.
"""

import nat
from chat import FAST, Dialogue, connected, meet
from dualstack import DualStack
from harness import check, register, test
from process import Bootnode, Gochat
from topology import Lan, NatPair

PATIENCE = 60			# seconds for everything to arrive
LINES = 5			# from each, at each stage
SHORT = 5			# seconds; all timeouts are longer


def begin(t, net, boot, *flags):
    """Starts two clients who have said something already."""
    anna = Gochat(t, net.a, "anna", boot, *flags)
    bert = Gochat(t, net.b, "bert", boot, *flags)
    meet(anna, bert)
    dialogue = Dialogue(anna, bert)
    dialogue.say(LINES)
    dialogue.settle()
    return dialogue


def chatting(t, net, *flags):
    boot = Bootnode(t, net.boot, *flags)
    dialogue = begin(t, net, boot, *flags)
    return boot, *dialogue.clients, dialogue


def goes_on(dialogue):
    """The conversation goes on, with what was said meanwhile, and nobody was
    said to leave."""
    dialogue.settle(PATIENCE)
    dialogue.say(LINES)
    dialogue.settle(PATIENCE)
    for client in dialogue.clients:
        left = client.find("peer", state="left")
        check(not left, "%s saw %s" % (client.label, left))


def is_here(one, other):
    """Returns whether ONE has OTHER among those who are connected."""
    id = connected(one, other)["id"]
    states = [e["state"] for e in one.find("peer", id=id)
              if e["state"] in ("connected", "left")]
    return states[-1] == "connected"


def goes_on_after_absence(dialogue):
    """Clients that were told of the other's leaving have it back now."""
    dialogue.settle(PATIENCE)
    for one in dialogue.clients:
        for other in dialogue.clients:
            if other is not one:
                one.poll(lambda: is_here(one, other), PATIENCE,
                         "that %s is back" % other.nick)
    dialogue.say(LINES)
    dialogue.settle(PATIENCE)


# Another address.

@test(deadline=120)
def change_address_on_lan(t):
    """A client's address changes, as a DHCP server may decide."""
    net = Lan(t)
    boot, anna, bert, dialogue = chatting(t, net, *FAST)
    net.a.ip("address del %s/24 dev eth0" % net.a.address,
             "address add 10.0.0.77/24 dev eth0")
    dialogue.say(LINES)
    goes_on(dialogue)


@test(deadline=120)
def change_address_behind_nat(t):
    """The same behind a NAT, which takes the client for another host and gives
    it another port."""
    net = NatPair(t, "port_restricted", "restricted")
    boot, anna, bert, dialogue = chatting(t, net)
    net.a.ip("address del %s/24 dev eth0" % net.a.address,
             "address add 192.168.1.77/24 dev eth0",
             "route add default via 192.168.1.1")
    dialogue.say(LINES)
    goes_on(dialogue)


@test(deadline=120)
def change_of_network(t):
    """A client moves from one home to another: other device, LAN and NAT."""
    net = NatPair(t, "port_restricted", "port_restricted")
    boot, anna, bert, dialogue = chatting(t, net)
    net.move_a(t, "port_restricted")
    dialogue.say(LINES)
    goes_on(dialogue)


@test(deadline=120)
def change_ipv6_address(t):
    """A client gets another IPv6 address of the same network, as privacy
    extensions give it."""
    net = DualStack(t, "6", "6")
    Bootnode(t, net.boot, listen="[::]:9595")
    dialogue = begin(t, net, "[%s]:9595" % net.boot6)
    net.a.ip("address del %s/64 dev eth0" % net.a.address6,
             "address add 2001:db8:1::77/64 dev eth0 nodad")
    dialogue.say(LINES)
    goes_on(dialogue)


@test(deadline=120)
def change_ipv6_goes_away(t):
    """A router forgets IPv6; IPv4 is still there."""
    net = DualStack(t, "46", "46")
    boot = Bootnode(t, net.boot, listen="[::]:9595")
    dialogue = begin(t, net, boot.address)
    for client, address in zip(dialogue.clients, (net.b.address6,
                                                  net.a.address6)):
        client.wait("peer", 20, address="[%s]:%d" % (address,
                                                     nat.CLIENT_PORT))
    net.nat_a.sysctl("net.ipv6.conf.all.forwarding", "0")
    dialogue.say(LINES)
    goes_on(dialogue)


# A NAT that is switched off and on.

def nat_reboots(t, kind_after):
    net = NatPair(t, "port_restricted", "port_restricted")
    boot, anna, bert, dialogue = chatting(t, net)
    nat.switch_off(net.nat_a)
    dialogue.say(LINES)
    # Long enough for some lines to be sent in vain.
    bert.never("peer", 2, state="left")
    nat.switch_on(net.nat_a, kind_after, net.a.address, net.nat_a.address)
    dialogue.say(LINES)
    goes_on(dialogue)


register("change_nat_reboots", lambda t: nat_reboots(t, "port_restricted"),
         deadline=120)
register("change_nat_reboots_to_another_port",
         lambda t: nat_reboots(t, "port_changing"), deadline=120)


# A cable that is pulled and put back.

def pull(net):
    """Cuts the cable at the host, which sees that its carrier is gone."""
    net.switch.ip("link set p-a down")


def put_back(net):
    net.switch.ip("link set p-a up")


def unplug_further_away(net):
    """Cuts the cable further away: the host sees nothing but silence."""
    net.switch.ip("link set p-a nomaster")


def plug_further_away(net):
    net.switch.ip("link set p-a master br0")


FAULTS = {"carrier": (pull, put_back),
          "silence": (unplug_further_away, plug_further_away)}


def cable_short(t, cut, mend):
    """A cut shorter than every timeout: nobody is told anything."""
    net = Lan(t)
    boot, anna, bert, dialogue = chatting(t, net)
    cut(net)
    dialogue.say(LINES)
    bert.never("peer", SHORT, state="left")
    mend(net)
    dialogue.say(LINES)
    goes_on(dialogue)
    for client in (anna, bert):
        check(not client.find("undelivered"), "told as undelivered")


def cable_long(t, cut, mend):
    """A cut longer than the timeouts: they lose each other, and meet again."""
    net = Lan(t)
    boot, anna, bert, dialogue = chatting(t, net, *FAST)
    cut(net)
    dialogue.say(LINES)
    bert.wait("peer", 40, state="left")
    anna.wait("bootnode", 40, state="lost")
    mend(net)
    goes_on_after_absence(dialogue)


for FAULT, STEPS in FAULTS.items():
    register("change_cable_short_" + FAULT,
             lambda t, steps=STEPS: cable_short(t, *steps), deadline=90)
    register("change_cable_long_" + FAULT,
             lambda t, steps=STEPS: cable_long(t, *steps), deadline=180)


# A machine that is suspended: for its programs, the clock jumps.

@test(deadline=90)
def change_suspended_short(t):
    net = Lan(t)
    boot, anna, bert, dialogue = chatting(t, net)
    anna.suspend()
    dialogue.say(LINES)		# anna's lines wait in her keyboard
    bert.never("peer", SHORT, state="left")
    anna.resume()
    dialogue.say(LINES)
    goes_on(dialogue)


@test(deadline=180)
def change_suspended_long(t):
    """A suspension longer than all timeouts, her own among them."""
    net = Lan(t)
    boot, anna, bert, dialogue = chatting(t, net, *FAST)
    anna.suspend()
    dialogue.say(LINES)
    bert.wait("peer", 40, state="left")
    # Until the path counts as dead, too.
    bert.never("message", 20, since=bert.mark())
    anna.resume()
    goes_on_after_absence(dialogue)
