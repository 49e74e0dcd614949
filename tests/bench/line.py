"""How long a line takes from ui to ui, compared with a chain of processes that
only pass it on. The same function below feeds and reads both, through pipes.
"""

import os
import statistics
import subprocess
import time

import procinfo
import table
from gochat import pair, read_some, say
from procs import cpu, cpu_by_process, growth

ROUNDS = 80			# both take turns, so a busy moment hits both
LINES = 50			# in each round


def carry(into, out, number):
    """Returns the milliseconds until line NUMBER, written to INTO, comes out
    of OUT."""
    mark = b"line %06d, of the usual length of a line" % number
    line = say(mark.decode())
    started = time.perf_counter()
    os.write(into.fileno(), line)
    data = b""
    while mark not in data or not data.endswith(b"\n"):
        data += read_some(out)
    return (time.perf_counter() - started) * 1e3


def measure(bench):
    _, anna, bert = pair(bench)
    chain = bench.tool("chain", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    families = {"sender": anna.family(), "receiver": bert.family()}
    chained = procinfo.family(chain.pid)
    before = cpu_by_process(families), sum(map(cpu, chained))
    ours, bare = [], []
    for number in range(ROUNDS * LINES):
        if number // LINES % 2:
            bare.append(carry(chain.stdin, chain.stdout, number))
        else:
            ours.append(carry(anna.popen.stdin, bert.popen.stdout, number))
            anna.wait("delivered")
    row("p50", ours, bare, 50, at_most=2)
    row("p99", ours, bare, 99)
    spent = growth(before[0], cpu_by_process(families))
    bare_spent = sum(map(cpu, chained)) - before[1]
    scale = 1e6 / len(ours)
    table.row("  CPU of it and its receipt, us", sum(spent.values()) * scale,
              bare_spent * scale, "the same")
    table.note(", ".join("%s %.0f" % (process, seconds * scale)
                         for process, seconds in spent.items()))


def row(name, ours, bare, percent, **aim):
    values = [statistics.quantiles(times, n=100)[percent - 1]
              for times in (ours, bare)]
    table.row("line from ui to ui, %s, ms" % name, *values,
              "6 processes that pass it on", **aim)
