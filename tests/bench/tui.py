"""The terminal interface, through a terminal: how soon there is a screen,
how soon a line is on a peer's, and whether one can type while lines pour in.
"""

import select
import statistics
import string
import subprocess
import time
import tty

import procs
import table
from gochat import Bootnode, Client, read_some, say
from terminal import (FRAME_BEGIN, FRAME_END, Terminal, Tui, open_pair,
                      read_end)

SCREENS = 25

ROUNDS = 40			# by turns: a busy moment hits both
LINES = 10			# in each round
THINKING = 0.02			# seconds before Enter: the screen is at rest
RATE = 1000			# lines a second
BURST = 10			# lines at once
SECONDS = 5
KEYS_RATE = 20
FRAME = 1e3 / 60		# ms


def percentile(times, percent):
    return statistics.quantiles(times, n=100)[percent - 1]


# The first screen.

def first_screen(start, mark):
    """Milliseconds until what START() starts has drawn MARK."""
    terminal = start()
    terminal.wait(mark)
    took = time.perf_counter() - terminal.started
    terminal.end()
    return took * 1e3


def measure_screen(bench):
    boot = Bootnode(bench)
    words = [bench.options.tools + "/curses"]
    env = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    ours, bare = [], []
    Tui(bench, "anna", boot).wait(FRAME_END)	# makes her identity
    for _ in range(SCREENS):
        ours.append(first_screen(lambda: Tui(bench, "bert", boot),
                                 FRAME_END))
        bare.append(first_screen(lambda: Terminal(bench, words, env),
                                 b"row 24 of the first screen"))
    for name, percent in ("p50", 50), ("p90", 90):
        table.row("start to first screen, %s, ms" % name,
                  percentile(ours, percent), percentile(bare, percent),
                  "one process with ncurses")
