"""The terminal interface, through a terminal: how soon the first screen is
there, and how soon a line is on a peer's screen.
"""

import os
import shutil
import statistics
import string
import time
import tty

import table
from gochat import Bootnode, environment
from terminal import FRAME_END, Terminal, Tui, open_pair, read_end

SCREENS = 25
SCREEN_AIM = 20			# ms
ROUNDS = 40			# all take turns, so a busy moment hits all
LINES = 10			# in each round
LINE_AIM = 2			# ms
THINKING = 0.02			# seconds at rest before Enter


def percentile(times, percent):
    return statistics.quantiles(times, n=100)[percent - 1]


# The first screen.

def irssi(bench):
    """Returns irssi's command, if it is installed."""
    path = shutil.which("irssi")
    return path and [path, "--home=" + bench.home("irssi")]


def programs(bench, boot):
    """Returns {name: (what starts it, what its first screen draws last)}."""
    env = environment(bench.home("curses"), TERM="xterm-256color")
    found = {
        "gochat": (lambda: Tui(bench, "anna", boot), FRAME_END),
        "curses": (lambda: Terminal(
            bench, [os.path.join(bench.options.tools, "curses")], env),
            b"row 24 of the first screen"),
    }
    words = irssi(bench)
    if words:
        found["irssi"] = lambda: Terminal(bench, words, env), b"[(status)]"
    return found


def first_screen(start, mark):
    """Returns the milliseconds until what START() starts has drawn MARK."""
    terminal = start()
    terminal.wait(mark)
    took = time.perf_counter() - terminal.started
    terminal.end()
    return took * 1e3


def measure_screen(bench):
    known = programs(bench, Bootnode(bench))
    times = {name: [] for name in known}
    for program in known.values():
        first_screen(*program)	# makes the files that later starts find
    for _ in range(SCREENS):
        for name, program in known.items():
            times[name].append(first_screen(*program))
    ours, *references = [statistics.median(one) for one in times.values()]
    table.row("start to first screen, ms", ours, SCREEN_AIM,
              "%d ms" % SCREEN_AIM, at_most=1)
    for name, reference in zip(("a program with ncurses", "irssi"),
                               references):
        table.row("  the same", ours, reference, name)


# From Enter to the peer's screen.

class Chain:
    """The bare chain, from one terminal to another."""

    def __init__(self, bench):
        self.input, from_input = open_pair()
        self.output, to_output = open_pair()
        for end in from_input, to_output:
            tty.setraw(end)
        bench.tool("chain", stdin=from_input, stdout=to_output)

    def carry(self, mark):
        time.sleep(THINKING)
        started = time.perf_counter()
        os.write(self.input, mark)
        data = b""
        while mark not in data:
            data += read_end(self.output)
        return (time.perf_counter() - started) * 1e3


def carry(anna, bert, mark):
    """Returns the milliseconds from Anna's Enter until the line MARK, which
    she has typed, is drawn for Bert."""
    anna.type(mark)
    anna.wait(mark)
    time.sleep(THINKING)
    started = time.perf_counter()
    anna.type(b"\r")
    bert.wait(mark)
    return (time.perf_counter() - started) * 1e3


def mark_of(number):
    """Returns a line that is drawn as a whole, and not as its difference from
    the line that was at the same place: the first and last letters differ."""
    letter = string.ascii_uppercase[number % 26]
    return ("%s%06d%s" % (letter, number, letter)).encode()


def measure_keys(bench):
    boot = Bootnode(bench)
    anna = Tui(bench, "anna", boot)
    bert = Tui(bench, "bert", boot)
    anna.wait(b"bert is here")
    bert.wait(b"anna is here")
    chain = Chain(bench)
    ours, bare = [], []
    for number in range(ROUNDS * LINES):
        if number // LINES % 2:
            bare.append(chain.carry(mark_of(number)))
        else:
            ours.append(carry(anna, bert, mark_of(number)))
    half = percentile(ours, 50)
    table.row("Enter to peer's screen, p50, ms", half, LINE_AIM,
              "%d ms" % LINE_AIM, at_most=1)
    table.row("  the same", half, percentile(bare, 50),
              "6 processes that pass it on", at_most=4)
    table.row("  p99, ms", percentile(ours, 99), percentile(bare, 99),
              "the same six")
