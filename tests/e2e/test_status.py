"""/status says the truth about peers, the bootnode and the NAT; a bootnode
with two ports shows what a NAT does.
"""

import os
import struct

import nat
from chat import FAST, connected, meet, talk
from harness import check, register, test
from process import Bootnode, Gochat
from topology import Lan, NatPair

SECOND = 9596			# the bootnode's other port

VERDICTS = {"symmetric": "endpoint-dependent"}
INDEPENDENT = "endpoint-independent"


def two_ports(t, host, *flags):
    return Bootnode(t, host, "--listen", "%s:%d" % (host.address, SECOND),
                    *flags)


def status(client, timeout=5):
    since = client.mark()
    client.cmd({"cmd": "status"})
    return client.wait("status", timeout, since=since)


def verdict(client):
    """Asks until the mapping is known; returns it."""
    known = []

    def asked():
        known.append(status(client)["nat"])
        return known[-1]["mapping"] != "unknown"
    client.wait("bootnode", 15, state="joined")
    client.test.wait(asked, 10, "%s knows its NAT" % client.label)
    return known[-1]


def nat_is_seen(t, kind_a, kind_b):
    net = NatPair(t, kind_a, kind_b)
    boot = two_ports(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    for client, router, kind in ((anna, net.nat_a, kind_a),
                                 (bert, net.nat_b, kind_b)):
        seen = verdict(client)
        check(seen["mapping"] == VERDICTS.get(kind, INDEPENDENT), str(seen))
        check(seen["address"].startswith(router.address + ":"), str(seen))
        if kind == "port_changing":
            check(seen["address"].endswith(":%d" % nat.CHANGED_PORT),
                  str(seen))


for ONE, TWO in (("full_cone", "symmetric"), ("restricted", "port_changing"),
                 ("port_restricted", "port_restricted")):
    register("status_nat_%s_%s" % (ONE, TWO),
             lambda t, one=ONE, two=TWO: nat_is_seen(t, one, two))


@test(deadline=60)
def status_nat_by_peers(t):
    """With one port of the bootnode the mapping is unknown, until a peer shows
    it."""
    net = NatPair(t, "port_restricted", "full_cone")
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", 15, state="joined")
    seen = status(anna)["nat"]
    check(seen["mapping"] == "unknown", str(seen))
    check(seen["address"] == "%s:%d" % (net.nat_a.address, nat.CLIENT_PORT),
          str(seen))
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    check(verdict(anna)["mapping"] == INDEPENDENT, "not by bert's look")


@test()
def status_without_nat(t):
    """The bootnode sees the client's own address, which others can send to:
    there is no NAT."""
    net = Lan(t)
    for host in (net.a, net.boot):
        host.address = host.address.replace("10.0.0", "203.0.113")
        host.ip("address add %s/24 dev eth0" % host.address)
    boot = two_ports(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    seen = verdict(anna)
    check(seen["mapping"] == "none", str(seen))
    check(seen["address"] == "%s:%d" % (net.a.address,
                                        anna.wait("ready")["port"]), str(seen))


@test()
def status_bootnode_near(t):
    """A bootnode on the client's own LAN cannot tell what is beyond it."""
    net = Lan(t)
    boot = two_ports(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", 15, state="joined")
    seen = status(anna)["nat"]
    check(seen["mapping"] == "unknown", str(seen))
    check(seen["address"].startswith(net.a.address + ":"), str(seen))
    check("the bootnode is on your own network" in seen["meaning"], str(seen))


@test(deadline=60)
def status_fields(t):
    """The status of peers and bootnode agrees with the events."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    clients = [Gochat(t, host, nick, boot) for host, nick in
               ((net.a, "anna"), (net.b, "bert"), (net.c, "carl"))]
    anna, bert, carl = clients
    meet(*clients)
    talk(anna, [bert, carl], "hello")
    now = status(anna)
    about = now["bootnode"]
    check(about["state"] == "joined", str(about))
    check(about["address"] == boot.address, str(about))
    check(about["key"] == boot.key, str(about))
    check(0 <= about["heartbeat_age_s"] <= 15, str(about))
    check(len(now["peers"]) == 2, str(now["peers"]))
    for other in (bert, carl):
        event = anna.find("peer", id=connected(anna, other)["id"])[-1]
        peer = [p for p in now["peers"] if p["id"] == event["id"]][0]
        for field in ("nick", "path", "address"):
            check(peer[field] == event[field], "%s, not %s" % (peer, event))
        check(peer["state"] == "connected", str(peer))
        check(0 < peer["rtt_ms"] < 5000, str(peer))
        check(peer["session_age_s"] <= now.at - anna.started, str(peer))
    bert.quit()
    anna.wait("peer", state="left", id=connected(anna, bert)["id"])
    check([p["nick"] for p in status(anna)["peers"]] == ["carl"],
          "bert is still there")


@test(deadline=60)
def status_bootnode_gone(t):
    """Without a bootnode the status still has the peers, and calls it lost."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    boot.kill_all()
    anna.wait("bootnode", 15, state="lost")
    now = status(anna)
    check(now["bootnode"]["state"] == "lost", str(now))
    check(now["bootnode"]["key"] == boot.key, str(now))
    check(now["bootnode"]["heartbeat_age_s"] >= 2, str(now))
    check([p["state"] for p in now["peers"]] == ["connected"], str(now))


@test()
def status_no_bootnode(t):
    """If no bootnode ever answers, the status says so, at once."""
    net = Lan(t)
    anna = Gochat(t, net.a, "anna", "%s:9595" % net.boot.address)
    anna.wait("ready", 15)
    for mark in (False, True):
        now = status(anna)
        check(now["bootnode"]["state"] == "unreachable", str(now))
        check("key" not in now["bootnode"], str(now))
        check("heartbeat_age_s" not in now["bootnode"], str(now))
        check(now["nat"]["mapping"] == "unknown", str(now))
        check("address" not in now["nat"], str(now))
        check(now["peers"] == [], str(now))
        if not mark:
            anna.wait("error", 10)	# says that it still tries


@test()
def status_many_questions(t):
    """Fifty questions at once get an answer after the last, and no more than
    fifty."""
    net = Lan(t)
    boot = two_ports(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    anna.raw(b'{"cmd":"status"}\n' * 50)
    status(anna)
    talk(anna, [bert], "still there")
    check(len(anna.find("status")) <= 51, "more answers than questions")
    check(not anna.find("error"), str(anna.find("error")))


@test()
def status_plain(t):
    """The status has lines of 80 columns, whatever somebody's name is."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, ui="plain")
    Gochat(t, net.b, "b" * 32, boot)
    anna.wait_line(b"b" * 32, b"is here", timeout=15)
    since = len(anna.lines)
    anna.raw(b"/status\n")
    anna.wait_line(b"  at %s:" % net.b.address.encode())
    for line in anna.lines[since:]:
        check(len(line.decode()) <= 80, "%d columns: %r"
              % (len(line.decode()), line))
    shown = b"\n".join(anna.lines[since:])
    for part in (boot.address.encode(), boot.key.encode(), b"NAT: unknown",
                 b"b" * 19):
        check(part in shown, "no %r in %r" % (part, shown))


@test()
def status_of_bootnode(t):
    """An operator who asks gets the figures."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    since = boot.mark()
    boot.cmd({"cmd": "status"})
    check(boot.wait("stats", 5, since=since)["sessions"] == 1, "not one")


@test()
def bootnode_two_ports(t):
    """A client that comes to one port meets one that comes to the other."""
    net = Lan(t)
    boot = two_ports(t, net.boot)
    other = "%s:%d" % (net.boot.address, SECOND)
    boot.wait("listening", address=boot.address, key=boot.key)
    boot.wait("listening", address=other, key=boot.key)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", other)
    meet(anna, bert)
    talk(anna, [bert], "from one port to the other")
    check(status(bert)["bootnode"]["address"] == other, "not the other port")


def hello():
    return struct.pack(">BBH", 1, 1, 0) + os.urandom(8) + bytes(1188)


def reflect():
    return struct.pack(">BBH", 15, 1, 0) + os.urandom(50)


@test()
def reflect_from_stranger(t):
    """A stranger without a session gets no answer to a REFLECT, from either
    port."""
    net = Lan(t)
    boot = two_ports(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    stranger = net.b.udp()
    stranger.settimeout(5)
    targets = [(net.boot.address, boot.port), (net.boot.address, SECOND)]
    for target in targets:
        for _ in range(20):
            stranger.sendto(reflect(), target)
            # The client believes no answer of a stranger's.
            stranger.sendto(b"\x13" + reflect()[1:],
                            (net.a.address, anna.wait("ready")["port"]))
        # Answers come in order, and the first that comes answers the HELLO.
        stranger.sendto(hello(), target)
        packet, sender = stranger.recvfrom(2048)
        check(sender == target, str(sender))
        check(len(packet) == 64 and packet[0] == 2, repr(packet[:16]))
    check("your own network" in status(anna)["nat"]["meaning"],
          "a stranger was believed")
