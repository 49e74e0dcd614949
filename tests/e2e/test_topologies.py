"""Networks beyond pairs of NATs: where the clients are, and which path they
must get.

Both are behind one NAT, or two NATs one behind the other, or have IPv6. A path
counts only if it is of the right kind, at the right address, with lines both
ways.
"""

import nat
from chat import connected, path_to, talk
from dualstack import DualStack
from harness import check, register, test
from netns import add_engine, add_member
from process import Bootnode, Gochat
from providers import Carriers, OneCarrier, OneNat
from topology import Lan

VERDICT = 20			# seconds from start to the best path


def start(t, net, boot_a=None, boot_b=None):
    boot = Bootnode(t, net.boot,
                    listen="[::]:9595" if boot_a or boot_b else None)
    anna = Gochat(t, net.a, "anna", boot_a or boot)
    bert = Gochat(t, net.b, "bert", boot_b or boot)
    return anna, bert


def last_path(client, other_id):
    """Returns (path, address) that CLIENT last named for a peer."""
    found = client.find("peer", id=other_id,
                        where=lambda e: e["state"] in ("connected", "path"))
    return (found[-1]["path"], found[-1]["address"]) if found else None


def must_be(anna, bert, path, bert_at, anna_at):
    """Checks that both are connected by PATH, each seen at the address
    given."""
    for one, other, at in ((anna, bert, bert_at), (bert, anna, anna_at)):
        id = connected(one, other, VERDICT)["id"]
        one.poll(lambda: last_path(one, id) == (path, at), VERDICT,
                 "that the path is %s to %s" % (path, at))
    talk(anna, [bert], "from anna to bert")
    talk(bert, [anna], "from bert to anna")
    for one, other in ((anna, bert), (bert, anna)):
        check(path_to(one, connected(one, other)["id"]) == path,
              "no longer " + path)
        check(not one.find("peer", state="failed"), "failed in between")


def at(address, port=nat.CLIENT_PORT):
    return ("[%s]:%d" if ":" in address else "%s:%d") % (address, port)


# Both are behind one NAT.

def one_lan(t, hairpin):
    net = OneNat(t, 1, hairpin)
    anna, bert = start(t, net)
    must_be(anna, bert, "lan", at(net.b.address), at(net.a.address))


register("topology_one_lan", lambda t: one_lan(t, False))
register("topology_one_lan_hairpin", lambda t: one_lan(t, True))


@test()
def topology_two_lans_hairpin(t):
    """The only way from LAN to LAN is the public address of both."""
    net = OneNat(t, 2, True)
    anna, bert = start(t, net)
    must_be(anna, bert, "direct", at(net.nat.address, nat.public_port(1)),
            at(net.nat.address, nat.public_port(0)))


# A NAT behind a NAT.

def carriers(t, kind_a, kind_b, home):
    net = Carriers(t, kind_a, kind_b, home)
    anna, bert = start(t, net)
    for one, other, outer in ((anna, bert, net.cgn_b),
                              (bert, anna, net.cgn_a)):
        id = connected(one, other, VERDICT)["id"]
        one.poll(lambda: last_path(one, id)[0] == "direct", VERDICT,
                 "that the path is direct")
        address = last_path(one, id)[1]
        check(address.startswith(outer.address + ":"),
              "%s talks to %s" % (one.label, address))
    talk(anna, [bert], "from anna to bert")
    talk(bert, [anna], "from bert to anna")


# A port_restricted NAT at home makes the two together port_restricted.
for ONE, TWO, HOME in (
        ("port_restricted", "port_restricted", "port_restricted"),
        ("symmetric", "restricted", "full_cone"),
        ("full_cone", "symmetric", "full_cone")):
    register("topology_carriers_%s_%s" % (ONE, TWO),
             lambda t, one=ONE, two=TWO, home=HOME: carriers(
                 t, one, two, home))


@test()
def topology_one_carrier_hairpin(t):
    """Neighbours see each other by their provider's address."""
    net = OneCarrier(t)
    anna, bert = start(t, net)
    must_be(anna, bert, "direct", at(net.cgn.address, nat.public_port(1)),
            at(net.cgn.address, nat.public_port(0)))


# Only the bootnode's relay is left.

def relayed(t, make):
    anna, bert = start(t, make(t))
    for one, other in ((anna, bert), (bert, anna)):
        id = connected(one, other, VERDICT)["id"]
        check(last_path(one, id)[0] == "relay", "no relay")
    talk(anna, [bert], "from anna to bert")
    talk(bert, [anna], "from bert to anna")


for NAME, MAKE in (
        ("two_lans", lambda t: OneNat(t, 2, False)),
        ("one_carrier", lambda t: OneCarrier(t, hairpin=False)),
        ("carriers_symmetric", lambda t: Carriers(
            t, "symmetric", "symmetric", "full_cone"))):
    register("topology_relayed_" + NAME,
             lambda t, make=MAKE: relayed(t, make))


# IPv6.

def both_ipv6(t, families, kind):
    """They are connected over IPv6, whatever stands in the way of IPv4."""
    net = DualStack(t, families, families, kind)
    boot6 = at(net.boot6, 9595)
    anna, bert = start(t, net, boot6, boot6)
    must_be(anna, bert, "direct", at(net.b.address6), at(net.a.address6))


register("topology_ipv6_only", lambda t: both_ipv6(t, "6", "full_cone"))
register("topology_ipv6_symmetric",
         lambda t: both_ipv6(t, "46", "symmetric"))


@test()
def topology_ipv6_preferred(t):
    """IPv4 would do, and the bootnode is asked over it, but the path is
    IPv6."""
    net = DualStack(t, "46", "46")
    boot4 = at(net.boot.address, 9595)
    anna, bert = start(t, net, boot4, boot4)
    must_be(anna, bert, "direct", at(net.b.address6), at(net.a.address6))


@test()
def topology_ipv4_only_and_dual(t):
    """The two have only IPv4 in common."""
    net = DualStack(t, "4", "46")
    boot4 = at(net.boot.address, 9595)
    anna, bert = start(t, net, boot4, boot4)
    must_be(anna, bert, "direct", at(net.nat_b.address),
            at(net.nat_a.address))


@test()
def topology_ipv4_only_and_joined_by_ipv6(t):
    """The bootnode knows one only by IPv4 and the other only by IPv6.

    So nobody can tell the first where the other's NAT is.
    """
    net = DualStack(t, "4", "46")
    anna, bert = start(t, net, at(net.boot.address, 9595),
                       at(net.boot6, 9595))
    for one, other in ((anna, bert), (bert, anna)):
        connected(one, other, VERDICT)
    talk(anna, [bert], "from anna to bert")
    talk(bert, [anna], "from bert to anna")


# Hosts of containers.

@test()
def topology_engines_on_one_lan(t):
    """Each host has eight bridges, which the kernel names first: both cards
    still have the LAN's address, and there is no other way."""
    net = OneNat(t, 1, False, lambda host: add_engine(host, 8, 3))
    anna, bert = start(t, net)
    must_be(anna, bert, "lan", at(net.b.address), at(net.a.address))


@test()
def topology_engines_and_ipv6(t):
    """The kernel names IPv6 last, and it is the only direct way."""
    net = DualStack(t, "46", "46", "symmetric")
    for host in (net.a, net.b):
        add_engine(host, 12, 4)
    boot4 = at(net.boot.address, 9595)
    anna, bert = start(t, net, boot4, boot4)
    must_be(anna, bert, "direct", at(net.b.address6), at(net.a.address6))


@test()
def topology_engine_starts_containers(t):
    """Bridges get members and lose them: nobody joins again for that. A better
    address is a reason to join again."""
    net = Lan(t)
    for host in (net.a, net.b):
        add_engine(host, 12, 6)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    must_be(anna, bert, "lan", at(net.b.address), at(net.a.address))

    def joins():
        return boot.stderr().count(b"event=rejoined")
    before, mark = joins(), anna.mark()
    for number in range(6, 12):
        add_member(net.a, number)
    net.a.ip("link set m-0 down", "link set m-1 down")
    anna.never("bootnode", 3, since=mark)
    check(joins() == before, "anna has joined again for a container")
    net.a.ip("address add 10.1.1.1/24 dev eth0")
    t.wait(lambda: joins() > before, 10, "anna joins again")
