"""The topologies themselves: is each kind of NAT what it claims to be?

Plain UDP sockets are used, no gochat. The bootnode's host and a second public
address on it play the public side, so that mapping and filtering can be seen
apart by address and by port.
"""

import socket
import time

import nat
from capture import Capture, holders
from delay import BadCable
from dualstack import DualStack
from harness import check, register, test
from providers import OneNat
from topology import Lan, NatPair

QUIET = 0.4			# seconds, long enough for a packet to come
OTHER = "203.0.113.101"		# the second public address


def receive(sock, timeout):
    """Returns the next (payload, source) or None."""
    sock.settimeout(timeout)
    try:
        return sock.recvfrom(2048)
    except socket.timeout:
        return None


def mapped(sender, receiver, address):
    """Returns where RECEIVER at ADDRESS sees SENDER's packets come from."""
    sender.sendto(b"map", address)
    got = receive(receiver, 5)
    check(got, "nothing went out through the NAT to %s:%d" % address)
    return got[1]


def reaches(sender, target, inside):
    """Returns whether a packet from SENDER to TARGET gets to the socket
    INSIDE."""
    while receive(inside, 0.01):
        pass
    sender.sendto(b"probe", target)
    got = receive(inside, QUIET)
    return bool(got) and got[0] == b"probe"


def judge(t, kind):
    net = NatPair(t, kind, "full_cone")
    net.boot.ip("address add %s/24 dev eth0" % OTHER)
    boot = net.boot.address
    inside = net.a.udp(nat.CLIENT_PORT)
    first = net.boot.udp(9595, boot)
    same_host = net.boot.udp(9596, boot)
    other_host = net.boot.udp(9595, OTHER)
    stranger = net.boot.udp(9597, OTHER)

    seen = mapped(inside, first, (boot, 9595))
    check(seen[0] == net.nat_a.address, "not translated: %s" % seen[0])
    check(reaches(first, seen, inside), "an answer does not come back")

    # Filtering, before anything was sent elsewhere.
    check(reaches(same_host, seen, inside) == (kind in (
        "full_cone", "restricted")), "another port of a known address")
    check(reaches(other_host, seen, inside) == (kind == "full_cone"),
          "an unknown address")
    check(not reaches(stranger, (seen[0], seen[1] + 1), inside)
          or kind == "full_cone", "a port that is not mapped")

    # Mapping, towards another port and another address.
    ports = [seen[1], mapped(inside, same_host, (boot, 9596))[1],
             mapped(inside, other_host, (OTHER, 9595))[1]]
    t.note("%s shows ports %s" % (kind, ports))
    if kind == "symmetric":
        check(len(set(ports)) == 3, "ports are not all different: %s" % ports)
    elif kind == "port_changing":
        check(set(ports) == {nat.CHANGED_PORT}, "ports %s" % ports)
    else:
        check(set(ports) == {nat.CLIENT_PORT}, "ports %s" % ports)

    # Addresses that were sent to may answer now; port 9597 there is new.
    target = (seen[0], ports[2])
    check(reaches(other_host, target, inside), "no answer once sent to")
    check(reaches(stranger, target, inside) == (kind in (
        "full_cone", "restricted")), "another port once sent to")


for KIND in nat.KINDS + ["port_changing"]:
    register("nat_selftest_" + KIND, lambda t, kind=KIND: judge(t, kind),
             needs_gochat=False)


@test(needs_gochat=False)
def nat_selftest_lans_are_apart(t):
    """Neither host reaches the other's LAN address, nor does the NAT
    itself."""
    net = NatPair(t, "full_cone", "full_cone")
    a, b = net.a.udp(4545), net.b.udp(4545)
    for sender, receiver, host in ((a, b, net.b), (b, a, net.a)):
        check(not reaches(sender, (host.address, 4545), receiver),
              "%s can be reached from the other LAN" % host.address)


def punch(t, kind_a, kind_b):
    """Both learn the other's outside address and send to it in turn."""
    net = NatPair(t, kind_a, kind_b)
    a, b = net.a.udp(nat.CLIENT_PORT), net.b.udp(nat.CLIENT_PORT)
    boot = net.boot.udp(9595)
    address = (net.boot.address, 9595)
    to_b = mapped(b, boot, address)
    to_a = mapped(a, boot, address)
    done = {a: False, b: False}
    for _ in range(6):
        for sock, target in ((a, to_b), (b, to_a)):
            sock.sendto(b"punch", target)
        for sock in (a, b):
            got = receive(sock, QUIET / 2)
            done[sock] = done[sock] or bool(got)
            if got and sock is a:
                to_b = got[1]	# learned from a probe
            elif got:
                to_a = got[1]
        if all(done.values()):
            break
    works = all(done.values())
    check(works == nat.can_be_punched(kind_a, kind_b),
          "%s and %s %s be punched" % (kind_a, kind_b,
                                       "can" if works else "cannot"))


ALL = nat.KINDS + ["port_changing"]
for ONE in ALL:
    for TWO in ALL[:ALL.index(ONE) + 1]:
        register("nat_selftest_punch_%s_%s" % (ONE, TWO),
                 lambda t, one=ONE, two=TWO: punch(t, one, two),
                 needs_gochat=False)


@test(needs_gochat=False)
def nat_selftest_loss(t):
    """A quarter of the packets is lost each way: not all, and not none."""
    net = Lan(t)
    for host in (net.a, net.b):
        nat.lose(host, 25)
    a, b = net.a.udp(4545), net.b.udp(4545)
    for sender, receiver, target in ((a, b, net.b), (b, a, net.a)):
        arrived = 0
        for _ in range(20):	# in rounds that fit the socket's buffer
            for _ in range(50):
                sender.sendto(b"x", (target.address, 4545))
            while receive(receiver, 0.02):
                arrived += 1
        t.note("%d of 1000 arrived" % arrived)
        check(660 <= arrived <= 840, "%d of 1000 arrived" % arrived)


def hairpin(t, lans, wanted):
    """A NAT that hairpins passes packets to the public address on, with the
    sender's public address as source; one that does not drops them."""
    net = OneNat(t, lans, wanted)
    a, b = net.a.udp(nat.CLIENT_PORT), net.b.udp(nat.CLIENT_PORT)
    public = [(net.nat.address, nat.public_port(n)) for n in (0, 1)]
    boot = net.boot.udp(9595)
    check(mapped(b, boot, (net.boot.address, 9595)) == public[1],
          "another mapping")
    check(reaches(a, public[1], b) == wanted, "hairpinning")
    if wanted:
        check(mapped(a, b, public[1]) == public[0], "not its public address")
        check(reaches(b, public[0], a), "no answer comes back")
    check(reaches(a, (net.b.address, nat.CLIENT_PORT), b) == (lans == 1),
          "by the address on its LAN")


for LANS in (1, 2):
    for WANTED in (False, True):
        register("nat_selftest_%s%d_lan" % (
            "hairpin_" if WANTED else "no_hairpin_", LANS),
            lambda t, lans=LANS, wanted=WANTED: hairpin(t, lans, wanted),
            needs_gochat=False)


@test(needs_gochat=False)
def nat_selftest_ipv6_firewall(t):
    """Nothing comes in over IPv6 before something went out."""
    net = DualStack(t, "6", "6")
    a = net.a.udp(4545, "::")
    b = net.b.udp(4545, "::")
    to_a, to_b = (net.a.address6, 4545), (net.b.address6, 4545)
    check(not reaches(a, to_b, b), "the firewall is open")
    check(reaches(b, to_a, a), "it does not know what went out")
    check(reaches(a, to_b, b), "no answer comes back")


@test(needs_gochat=False)
def nat_selftest_bad_cable(t):
    """A cable is as slow, lossy, out of order and doubling as was asked
    for."""
    net = Lan(t, wires={"a": BadCable(t, 20, 10, loss=30, duplicates=5)})
    a, b = net.a.udp(4545), net.b.udp(4545)
    for sender, receiver, target in ((a, b, net.b), (b, a, net.a)):
        got = []
        for first in range(0, 1000, 50):	# as many as a socket holds
            started = time.monotonic()
            for number in range(first, first + 50):
                sender.sendto(b"%d" % number, (target.address, 4545))
            found = receive(receiver, 1)
            check(found and time.monotonic() - started >= 0.02, "no delay")
            while found:
                got.append(int(found[0]))
                found = receive(receiver, 0.1)
        t.note("%d of 1000 arrived, %d different" % (len(got), len(set(got))))
        check(620 <= len(set(got)) <= 780, "%d arrived" % len(set(got)))
        check(10 <= len(got) - len(set(got)) <= 70, "doubled")
        check(got != sorted(got), "all in order")


@test(needs_gochat=False)
def nat_selftest_capture(t):
    """The recording holds what was sent, and each packet once."""
    net = Lan(t)
    capture = Capture(t, net.switch)
    a, b = net.a.udp(4545), net.b.udp(4546)
    for number in range(30):
        a.sendto(b"needle %d." % number, (net.b.address, 4546))
        check(receive(b, 5), "packet %d did not arrive" % number)
    t.wait(lambda: len(capture.datagrams()) >= 30, 5, "30 datagrams")
    capture.stop()
    check(capture.lost == 0, "%d frames lost" % capture.lost)
    check(holders(capture.frames, b"needle 7.") == 1, "not exactly once")
    source, target, payload = capture.datagrams()[0]
    check((source, target, payload) == (
        (net.a.address, 4545), (net.b.address, 4546), b"needle 0."),
        "wrong: %s %s %r" % (source, target, payload))
