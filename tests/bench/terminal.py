"""A program on a terminal that is a pair of descriptors: what it draws is read
as bytes, and nothing draws them.
"""

import fcntl
import os
import signal
import struct
import termios
import time

from gochat import as_client, command, environment
from procs import Family

COLUMNS, ROWS = 80, 24
# DEC's private mode 2026: a frame is between these two.
FRAME_BEGIN, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"


def open_pair():
    """(our end, the program's end)."""
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ,
                struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    return ours, its


def read_end(descriptor):
    """Waits for something to read, and returns it."""
    try:
        return os.read(descriptor, 1 << 16)
    except OSError as error:	# EIO: the program has ended
        raise RuntimeError("a program left its terminal") from error


class Terminal:
    """A program, and the terminal that it controls. This process does not fork
    it: that would take longer, the larger this process is.
    """

    def __init__(self, bench, words, env):
        self.descriptor, its = open_pair()
        self.rest = b""		# read, but not waited for yet
        opened = [(os.POSIX_SPAWN_OPEN, 0, os.ttyname(its), os.O_RDWR, 0),
                  (os.POSIX_SPAWN_DUP2, 0, 1)]
        self.started = time.perf_counter()
        self.pid = os.posix_spawn(words[0], words, env, setsid=True,
                                  file_actions=opened)
        os.close(its)
        bench.cleanup(self.end)

    def family(self):
        return Family(self.pid)

    def wait(self, mark):
        """Waits until the bytes MARK were drawn; forgets them and those
        before."""
        while mark not in self.rest:
            self.rest += read_end(self.descriptor)
        self.rest = self.rest.partition(mark)[2]

    def type(self, keys):
        os.write(self.descriptor, keys)

    def end(self):
        """Asks the program to end, and reads what it draws until it has."""
        if self.pid is None:
            return
        os.kill(self.pid, signal.SIGTERM)
        try:
            while True:
                read_end(self.descriptor)
        except RuntimeError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        self.pid = None


class Tui(Terminal):
    """A client of BOOT with the full screen."""

    def __init__(self, bench, nick, boot, room="bench"):
        Terminal.__init__(
            self, bench,
            command(bench, nick, "tui", *as_client(nick, boot, room)),
            environment(bench.home(nick), TERM="xterm-256color"))
