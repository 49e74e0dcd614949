"""What heartbeats and joins cost a bootnode, compared with a bare echo in
C."""

import statistics
import subprocess

import table
from gochat import Bootnode, free_port
from procs import cpu

JOINS = 500
HEARTBEATS = 60000		# in each round
ROUNDS = 5


def measure(bench):
    swarm = bench.options.swarm
    boot = Bootnode(bench, "--max-peers", str(JOINS),
                    "--max-sessions-per-address", str(2 * JOINS))
    family = boot.family()

    def spent(*arguments):
        """Runs the swarm with ARGUMENTS; returns the bootnode's CPU
        seconds."""
        before = family.total(cpu)
        subprocess.run([swarm, "127.0.0.1", str(boot.port)] +
                       [str(a) for a in arguments], check=True,
                       stdout=subprocess.DEVNULL)
        return family.total(cpu) - before

    join = spent(JOINS, 1) / JOINS * 1e6
    port = free_port()
    echo = bench.tool("echo", "serve", port)
    beats, echoes = [], []
    for _ in range(ROUNDS):
        beats.append(spent(16, HEARTBEATS) / HEARTBEATS * 1e6)
        before = cpu(echo.pid)
        bench.tool("echo", "ask", port, HEARTBEATS).wait()
        echoes.append((cpu(echo.pid) - before) / HEARTBEATS * 1e6)
    beat, echoed = statistics.median(beats), statistics.median(echoes)
    table.row("heartbeat and its answer, us CPU", beat, echoed,
              "a datagram echoed in C", at_most=1.3)
    # A bootnode that told each client of each other one in a datagram of its
    # own would need about two echoes for each; the aim is a tenth of that.
    table.row("join, all 500 told of all, us CPU", join, JOINS * echoed,
              "500 datagrams echoed", at_most=0.2)
