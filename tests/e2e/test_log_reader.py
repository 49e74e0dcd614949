"""Nobody reads the log: the launcher does its work all the same.

Standard error or LOG_FILE is a pipe, a FIFO, a socket or a terminal that takes
no more. The bootnode answers, restarts what dies and ends; and a reader that
comes back is told how many lines were dropped.
"""

import os
import pty
import re
import signal
import socket
import threading
import tty

from harness import check, register, test
from process import Process, new_state
from test_service import Figures
from topology import Loopback

LOTS = 200			# times all figures: more than is kept
DROPPED = re.compile(
    rb"(\d+) lines of the log were dropped, because nobody read it")
# How a line begins: for programs, for a file, for a person at a terminal.
BEGINNING = re.compile(rb"(time=)?\d{4}-\d\d-\d\dT|\d\d:\d\d:\d\d ")


class WithError(Process):
    """A process whose standard error is the descriptor given, or a file."""

    def __init__(self, test, standard_error, flags):
        self.standard_error = standard_error
        Process.__init__(self, test, Loopback(test).a, "gochat", flags)

    def _start(self, command, stderr, environment):
        return Process._start(self, command, self.standard_error or stderr,
                              environment)


class Unread(WithError):
    """A bootnode that is up, and whose log nobody reads."""

    def __init__(self, test, standard_error, *flags):
        self.metrics = test.path("metrics")
        WithError.__init__(self, test, standard_error, [
            "--mode", "bootnode", "--listen", "127.0.0.1:0", "--ui", "json",
            "--metrics-socket", self.metrics, "--log-level", "debug",
            "--state-dir", new_state(test), *flags])
        self.wait("listening", 10)

    def fill(self):
        """Fills all buffers between the log and its reader."""
        for _ in range(LOTS):
            self.kill(signal.SIGUSR1)
            Figures(self.metrics)

    def works(self):
        self.restart_role("netd", 5)
        Figures(self.metrics)


def owned(test, *fds):
    for fd in fds:
        test.cleanup(lambda fd=fd: os.close(fd))
    return fds


def a_pipe(test):
    reading, writing = owned(test, *os.pipe())
    return reading, Unread(test, writing)


def a_socket(test):
    ours, theirs = socket.socketpair()
    owned(test, ours.fileno(), theirs.fileno())
    return os.dup(ours.detach()), Unread(test, theirs.detach())


def a_terminal(test):
    """A terminal that takes no more, as after Ctrl-S."""
    ours, theirs = owned(test, *pty.openpty())
    tty.setraw(theirs)
    return ours, Unread(test, theirs)


def a_fifo(test):
    """LOG_FILE is a FIFO that has no reader when the bootnode starts."""
    path = test.path("fifo")
    os.mkfifo(path, 0o600)
    it = Unread(test, None, "--log-file", path)
    reading, = owned(test, os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    os.set_blocking(reading, True)
    return reading, it


KINDS = (a_pipe, a_socket, a_terminal, a_fifo)


def goes_on(t, make):
    """The bootnode works and ends without a reader."""
    _, it = make(t)
    it.fill()
    it.works()
    it.kill(signal.SIGTERM)
    check(it.wait_exit(7) == 0, "exit code %s" % it.code)
    it.wait_gone()


class Reader(threading.Thread):
    """Reads all, and never blocks the test."""

    def __init__(self, fd):
        threading.Thread.__init__(self, daemon=True)
        self.fd = fd
        self.data = b""
        self.start()

    def run(self):
        try:
            while True:
                data = os.read(self.fd, 65536)
                if not data:
                    break
                self.data += data
        except OSError:		# a terminal whose other end is closed
            pass


def is_told(t, make):
    """The reader gets the lines that were kept, then how many are missing,
    then the ones that follow."""
    fd, it = make(t)
    it.fill()
    reader = Reader(os.dup(fd))
    found = t.wait(lambda: DROPPED.search(reader.data), 10, "it is told")
    check(int(found[1]) > 100, "only %s lines were dropped" % found[1])
    mark = len(reader.data)
    it.kill(signal.SIGUSR1)
    t.wait(lambda: b"uptime" in reader.data[mark:], 10, "the log goes on")
    for line in reader.data.splitlines()[:-1]:
        check(BEGINNING.match(line), "half a line: %r" % line)
    it.kill(signal.SIGTERM)
    check(it.wait_exit(7) == 0, "exit code %s" % it.code)


for KIND in KINDS:
    register("log_unread_" + KIND.__name__,
             lambda t, kind=KIND: goes_on(t, kind))
    register("log_read_late_" + KIND.__name__,
             lambda t, kind=KIND: is_told(t, kind))


@test()
def log_start_fails_unread(t):
    """A start fails, and nobody can read why: the end comes all the same."""
    reading, writing = owned(t, *os.pipe())
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writing, True)
    it = WithError(t, writing, ["--no-such-option"])
    check(it.wait_exit(7) == 2, "exit code %s" % it.code)


def without_reader(t):
    """Returns a pipe whose other end is closed already."""
    reading, writing = os.pipe()
    os.close(reading)
    return owned(t, writing)[0]


@test()
def log_reader_is_gone(t):
    """The bootnode starts, works and ends as if somebody read the log."""
    it = Unread(t, without_reader(t))
    it.works()
    it.kill(signal.SIGTERM)
    check(it.wait_exit(7) == 0, "exit code %s" % it.code)


@test()
def log_reader_is_gone_at_an_error(t):
    """An error that cannot be written does not change the exit code."""
    it = WithError(t, without_reader(t), ["--no-such-option"])
    check(it.wait_exit(7) == 2, "exit code %s" % it.code)
