"""How a fleet shares a million rooms: homes.c, with few and with many nodes."""

import subprocess

import table

ROOMS = 1000000
FULLEST = 1.2			# rooms of a node, of its share
MOVED = 1.1			# rooms that move, of the share of who goes
HOME_US = 127			# CPU time of a handshake: cryptod/README.md
HOME = 0.01			# of that, for 100 nodes
FLEETS = (			# nodes; how many are three times as large
    (3, 0),
    (100, 0),
    (100, 10),
)


def measure(bench):
    for nodes, heavy in FLEETS:
        tool = bench.tool("homes", nodes, ROOMS, heavy,
                          stdout=subprocess.PIPE)
        fullest, moved, wrong, home = tool.communicate()[0].split()
        name = "%d nodes" % nodes + (", %d large" % heavy if heavy else "")
        table.row(name + ", fullest", float(fullest), 1, "its share",
                  at_most=FULLEST)
        table.row(name + ", moved", float(moved), 1,
                  "rooms of the node that goes", at_most=MOVED)
        table.row(name + ", others' moved", int(wrong), 0, "none", at_most=0)
        table.row(name + ", a home, us", float(home) / 1000, HOME_US,
                  "a JOIN's handshake", at_most=HOME)
