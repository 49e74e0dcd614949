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


@test(deadline=90)
def burst_of_500(t):
    """Each client learns of all others, and the last one hears of their
    ends."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot, "--max-peers", str(CLIENTS),
                    "--max-sessions-per-address", str(CLIENTS),
                    "--heartbeat-interval", "1", "--peer-timeout", "5")
    address, port = boot.address.rsplit(":", 1)
    done = subprocess.run(
        net.a.enter() + [t.swarm, address, port, str(CLIENTS)],
        capture_output=True, text=True, timeout=80)
    t.note(done.stdout)
    check(done.returncode == 0, done.stderr or done.stdout)
    joined, expired = [m.groups() for m in FIGURES.finditer(done.stdout)]
    check(joined[0] == "joined" and expired[0] == "expired", done.stdout)
    check(int(joined[4]) <= DATAGRAMS,
          "%s datagrams to tell everybody" % joined[4])
    # Each of the 500 hears of 499 ends, in a few packets.
    check(int(expired[4]) <= 10 * CLIENTS,
          "%s datagrams to tell of the end" % expired[4])
    # Under such load lines for the operator may be left out, but not figures.
    stats = boot.wait("stats", 10, joins=CLIENTS, sessions=1)
    check(stats["rejected"] == 0, "%s rejected" % stats["rejected"])
