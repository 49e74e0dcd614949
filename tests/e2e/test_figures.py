"""A bootnode's figures: what it drops and why, who sends, and since when."""

import os
import signal
import struct
import time

from chat import meet
from harness import check, test
from process import Bootnode, Gochat, Process, new_state
from topology import Lan

NOTHING = 30			# datagrams that are not of the protocol
STRANGE = 20			# of a session that does not exist


def figures(boot):
    since = boot.mark()
    boot.cmd({"cmd": "status"})
    return boot.wait("stats", 10, since=since,
                     where=lambda e: "sources" in e)


def bother(host, boot, port=9595):
    """HOST sends BOOT datagrams that it drops, until one is answered."""
    target = (boot.address, port)
    stranger = host.udp()
    stranger.settimeout(10)
    for _ in range(NOTHING):
        stranger.sendto(b"nothing", target)
    for _ in range(STRANGE):	# a REFLECT, which gets no answer
        stranger.sendto(struct.pack(">BBH", 15, 1, 0) + os.urandom(50), target)
    stranger.sendto(struct.pack(">BBH", 1, 1, 0) + bytes(1196), target)
    check(stranger.recv(2048)[0] == 2, "not a COOKIE")


@test(deadline=60)
def figures_causes_and_sources(t):
    """Each drop has its cause, and its sender is named."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    bother(net.c, net.boot)
    now = figures(boot)
    check(now["drops"]["malformed"] == NOTHING, str(now))
    check(now["drops"]["session"] == STRANGE, str(now))
    check(0 < now["uptime_s"] < 60, str(now))
    sources = {s["address"]: s for s in now["sources"]}
    check(set(sources) == {net.a.address, net.b.address, net.c.address},
          str(now))
    # The figures were halved once or twice if all of this took long, but all
    # alike.
    check(now["sources"][0]["address"] == net.c.address, str(now))
    check(NOTHING // 2 < sources[net.c.address]["received"]
          <= NOTHING + STRANGE + 1, str(now))
    check(sources[net.c.address]["dropped"] > NOTHING // 2, str(now))
    for client in (net.a, net.b):
        check(sources[client.address]["received"] >= 1, str(now))
    check(0 < now["sources_s"] <= 60, str(now))


@test(deadline=60)
def figures_outlive_ui(t):
    """The figures are netd's: a new ui goes on with them, a new netd starts at
    zero."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    bother(net.a, net.boot)
    first = figures(boot)
    boot.restart_role("ui")
    second = figures(boot)
    check(second["dropped"] == first["dropped"] == NOTHING + STRANGE,
          str(second))
    check(second["uptime_s"] > first["uptime_s"], str(second))
    killed = time.monotonic()
    boot.restart_role("netd")
    boot.wait("listening", 15, count=3)
    third = figures(boot)
    check(third["dropped"] == 0 and third["sources"] == [], str(third))
    check(third["uptime_s"] <= time.monotonic() - killed, str(third))


@test()
def figures_of_dead_netd(t):
    """A question that one netd has not answered is answered by the next
    one."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    bother(net.a, net.boot)
    os.kill(boot.by_role()["netd"], signal.SIGSTOP)
    since = boot.mark()
    boot.cmd({"cmd": "status"})
    boot.never("stats", 1, since=since)
    boot.restart_role("netd")
    answer = boot.wait("stats", 10, since=since)
    check(answer["sources"] == [], str(answer))
    check(figures(boot)["uptime_s"] >= answer["uptime_s"], "went back")


@test()
def figures_plain(t):
    """An operator who asks for the figures reads them in lines of 80
    columns."""
    net = Lan(t)
    boot = Process(t, net.boot, "bootnode",
                   ["--mode", "bootnode", "--ui", "plain", "--listen",
                    net.boot.address + ":9595", "--state-dir", new_state(t)],
                   json_ui=False)
    boot.wait_line(b"listening on", timeout=15)
    bother(net.a, net.boot)
    since = len(boot.lines)
    boot.raw(b"/status\n")
    boot.wait_line(b"recent top sources")
    # Not the line of the bootnode's own address, which begins alike.
    boot.wait_line(b"*   %s " % net.a.address.encode())
    shown = b"\n".join(boot.lines[since:]).decode()
    for line in shown.split("\n"):
        check(len(line) <= 80, "%d columns: %r" % (len(line), line))
    for part in ("0 sessions in 0 rooms", "malformed", "not a packet of "
                 "the protocol", "session ", "received/s"):
        check(part in shown, "no %r in %s" % (part, shown))
