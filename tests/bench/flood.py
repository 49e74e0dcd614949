"""Typing while lines pour in: how soon a key is seen, and what the screen
costs meanwhile. A client with the json interface says the lines; the keys come
from here, through a terminal.
"""

import select
import string
import time

import table
from gochat import Bootnode, Client, read_some, say
from procs import cpu, growth
from terminal import FRAME_BEGIN, Tui, read_end
from tui import percentile

SECONDS = 5
RATE = 1000			# lines a second
BURST = 0.01			# seconds between those that come together
KEYS = 20			# a second
FRAMES = 60			# a second, at most
CORE_SHARE = 0.25		# of ui, at most


class Typing:
    """Somebody who types on a terminal, key by key, and looks for each."""

    # Upper case letters that end no sequence and are in no other text.
    LETTERS = b"QVWXYZ"
    # So many keys go into a line, and then it is cleared. The next line begins
    # with another letter: the same one would be there already and not be
    # drawn.
    PER_LINE = 31

    def __init__(self, terminal):
        self.terminal = terminal
        self.count = 0
        self.pressed = None	# when the key was pressed, until it is drawn
        self.begin()

    def begin(self):
        """Starts the figures at zero."""
        self.times = []		# milliseconds from key to echo
        self.frames = 0
        self.bytes = 0
        self.tail = b""

    def press(self):
        """Types the next key, unless the last one is not seen yet."""
        if self.pressed is not None:
            return
        if self.count % self.PER_LINE == 0:
            self.terminal.type(b"\x15")
        self.letter = self.LETTERS[self.count % len(self.LETTERS)]
        self.count += 1
        self.pressed = time.perf_counter()
        self.terminal.type(bytes([self.letter]))

    def look(self):
        """Reads what was drawn."""
        data = read_end(self.terminal.descriptor)
        self.bytes += len(data)
        if self.pressed is not None and self.letter in data:
            self.times.append((time.perf_counter() - self.pressed) * 1e3)
            self.pressed = None
        data = self.tail + data
        self.frames += data.count(FRAME_BEGIN)
        self.tail = data[-(len(FRAME_BEGIN) - 1):]


class Talking:
    """A client that says a lot, at a steady rate."""

    def __init__(self, client):
        self.client = client
        self.said = 0
        self.delivered = 0
        self.text = 0		# bytes

    def talk(self, elapsed):
        """Says the lines that are due ELAPSED seconds after the start. Each
        line begins and ends with other letters than the one before, so that a
        row is drawn as a whole when it scrolls."""
        due = int(elapsed / BURST) * int(RATE * BURST)
        lines = b""
        for number in range(self.said, due):
            letter = string.ascii_lowercase[number % 26]
            text = "%s%06d, of the usual length of a line %s" % (
                letter, number, letter)
            self.text += len(text)
            lines += say(text)
        self.said = max(self.said, due)
        if lines:
            self.client.write(lines)

    def listen(self):
        self.delivered += read_some(self.client.popen.stdout).count(
            b'"delivered"')


def converse(typing, talking=None):
    """Types for SECONDS while TALKING says lines. Returns the seconds it
    took."""
    typing.begin()
    watched = {typing.terminal.descriptor: typing.look}
    if talking:
        watched[talking.client.popen.stdout.fileno()] = talking.listen
    started = due = time.perf_counter()
    while time.perf_counter() < started + SECONDS:
        if time.perf_counter() >= due:
            typing.press()
            # The keys are never in step with the frames.
            due += (0.75 + 0.5 * (typing.count * 0.618 % 1)) / KEYS
        if talking:
            talking.talk(time.perf_counter() - started)
        pause = min(BURST, max(due - time.perf_counter(), 0))
        for descriptor in select.select(watched, [], [], pause)[0]:
            watched[descriptor]()
    took = time.perf_counter() - started
    while typing.pressed is not None:
        typing.look()
    return took


def measure(bench):
    boot = Bootnode(bench)
    anna = Tui(bench, "anna", boot)
    carl = Client(bench, "carl", boot)
    carl.wait("peer", state="connected")
    anna.wait(b"carl is here")
    typing, talking = Typing(anna), Talking(carl)
    converse(typing)
    alone = typing.times
    family = anna.family()
    before = family.each(cpu)
    took = converse(typing, talking)
    spent = growth(before, family.each(cpu))
    for percent in 50, 99:
        table.row("key to echo in a flood, p%d, ms" % percent,
                  percentile(typing.times, percent), 1e3 / FRAMES,
                  "a frame, at %d a second" % FRAMES, at_most=2)
    table.row("  ui's share of a core, %", spent["ui"] / took * 100,
              CORE_SHARE * 100, "a quarter", at_most=1)
    table.row("  frames a second", (typing.frames - 1) / took, FRAMES,
              "the limit", at_most=1)
    table.row("  KB a second to the terminal", typing.bytes / took / 1e3,
              talking.text / took / 1e3, "the texts alone")
    table.note("%d lines a second came; without them a key takes %.2f ms, "
               "p99 %.2f" % (talking.delivered / took,
                             percentile(alone, 50),
                             percentile(alone, 99)))
