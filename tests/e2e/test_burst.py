"""Five hundred clients that join one room at once, and fall silent at once."""

import re
import subprocess

from harness import check, test
from process import Bootnode
from topology import Loopback

CLIENTS = 500
# A datagram for each member and event would make 249,500; a tenth is the aim.
DATAGRAMS = CLIENTS * (CLIENTS - 1) // 10
FIGURES = re.compile(r"(\w+): (\d+) clients, ([0-9.]+) s, (\d+) datagrams "
                     r"sent, (\d+) received, (\d+) bytes sent, (\d+) received")


def swarm(t, net, boot, *access):
    """Runs the clients; returns the figures of each step."""
    address, port = boot.address.rsplit(":", 1)
    done = subprocess.run(
        net.a.enter() + [t.swarm, *access, address, port, str(CLIENTS)],
        capture_output=True, text=True, timeout=80)
    t.note(done.stdout)
    check(done.returncode == 0, done.stderr or done.stdout)
    joined, expired = [m.groups() for m in FIGURES.finditer(done.stdout)]
    check(joined[0] == "joined" and expired[0] == "expired", done.stdout)
    return joined, expired


def start(t, net, *flags):
    return Bootnode(t, net.boot, "--max-peers", str(CLIENTS),
                    "--max-sessions-per-address", str(CLIENTS),
                    "--heartbeat-interval", "1", "--peer-timeout", "5", *flags)


@test(deadline=90)
def burst_of_500(t):
    """Each client learns of all others, and the last one hears of their
    ends."""
    net = Loopback(t)
    boot = start(t, net)
    joined, expired = swarm(t, net, boot)
    check(int(joined[4]) <= DATAGRAMS,
          "%s datagrams to tell everybody" % joined[4])
    # Each of the 500 hears of 499 ends, in a few packets.
    check(int(expired[4]) <= 10 * CLIENTS,
          "%s datagrams to tell of the end" % expired[4])
    # Under such load lines for the operator may be left out, but not figures.
    stats = boot.wait("stats", 10, joins=CLIENTS, sessions=1)
    check(stats["rejected"] == 0, "%s rejected" % stats["rejected"])


@test(deadline=90)
def burst_at_a_private_bootnode(t):
    """The same, each with its access key, and nobody is dropped for it."""
    net = Loopback(t)
    key = "crowd " + "5a" * 32 + "\n"
    boot = start(t, net, "--access-key-file",
                 t.path("keys", "anna " + "a5" * 32 + "\n" + key, 0o600))
    swarm(t, net, boot, "--access-key-file", t.path("key", key, 0o600))
    stats = boot.wait("stats", 10, joins=CLIENTS, sessions=1)
    check(stats["rejected"] == 0 and stats["drops"]["access"] == 0,
          "%s rejected, %s dropped" % (stats["rejected"],
                                       stats["drops"]["access"]))
