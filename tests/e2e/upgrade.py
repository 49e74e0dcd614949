"""A bootnode that is upgraded: by SIGUSR2, which makes another one of it, or
by a service manager that keeps its state over a restart."""

import array
import os
import re
import shutil
import signal
import socket
import sys
import time

import procinfo
from harness import check
from process import Bootnode

PORT = 9595
SUCCESSOR = re.compile(rb"event=successor pid=(\d+)")
# Becomes the command after the list of descriptors and names, with these from
# 3 on.
STARTER = """
import os, sys
given = [word.partition("=") for word in sys.argv[1].split(",")]
for at, (fd, _, _) in enumerate(given):
    os.dup2(int(fd), 100 + at)
for at in range(len(given)):
    os.dup2(100 + at, 3 + at)
os.closerange(3 + len(given), 200)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(len(given))
os.environ["LISTEN_FDNAMES"] = ":".join(name for _, _, name in given)
os.execv(sys.argv[2], sys.argv[2:])
"""
# Stands where the program is, and becomes it once it may.
GATE = """#!/bin/sh
while [ ! -e %s ]; do sleep 0.05; done
exec %s "$@"
"""


class Upgradable(Bootnode):
    """A bootnode that becomes another process by SIGUSR2.

    Its programs are copies, of which the launcher can be replaced.
    """

    def __init__(self, test, host, *flags, **more):
        self.real = os.path.abspath(os.path.join(test.bindir, "gochat"))
        self.folder = test.path("programs")
        os.mkdir(self.folder)
        for name in os.listdir(test.bindir):
            if name == "gochat" or name.startswith("gochat-"):
                shutil.copy(os.path.join(test.bindir, name), self.folder)
        test.bindir = self.folder
        Bootnode.__init__(self, test, host, *flags, **more)

    def replace(self, content, mode=0o755):
        """Puts another file where the program is."""
        path = os.path.join(self.folder, "gochat")
        with open(path + ".new", "wb") as file:
            file.write(content.encode())
        os.chmod(path + ".new", mode)
        os.rename(path + ".new", path)

    def close_gate(self):
        """The next program waits until open_gate()."""
        self.gate = self.test.path("gate")
        self.replace(GATE % (self.gate, self.real))

    def open_gate(self):
        with open(self.gate, "w"):
            pass

    def successors(self):
        """Returns the pids of the programs that were started so far."""
        return [int(pid) for pid in SUCCESSOR.findall(self.stderr())]

    def ask(self):
        """Sends SIGUSR2, and waits for the next one's pid."""
        before = len(self.successors())
        os.kill(self.pid, signal.SIGUSR2)
        self.test.wait(lambda: len(self.successors()) > before, 10,
                       "another program is started", 0.01)
        return self.successors()[-1]

    def given_way(self, timeout=15):
        """Waits until the last one that was started has taken its place."""
        old, self.pid = self.pid, self.successors()[-1]
        self.test.wait(lambda: not procinfo.alive(old), timeout,
                       "the old one has ended")
        if old == self.popen.pid:
            check(self.popen.wait() == 0, "exit code %s" %
                  self.popen.returncode)
        self.test.wait(lambda: procinfo.role(self.pid) == "launcher", 5,
                       "the new one is there")

    def upgrade(self):
        self.ask()
        self.given_way()

    def serves_on(self, timeout=15):
        """Waits until it says that it was not upgraded."""
        text = b"not upgraded, this bootnode serves on: "
        self.test.wait(lambda: text in self.stderr(), timeout, text)
        return self.stderr().partition(text)[2].partition(b'"')[0].decode()

    # For the Test that owns the process.

    def ask_to_end(self):
        if self.pid == self.popen.pid:
            Bootnode.ask_to_end(self)
        elif procinfo.alive(self.pid):
            os.kill(self.pid, signal.SIGTERM)

    def end_by(self, end):
        while procinfo.alive(self.pid) and time.monotonic() < end:
            time.sleep(0.01)
        if procinfo.alive(self.pid):
            self.broken.append("the new one does not end on SIGTERM")
        Bootnode.end_by(self, end)


class Keeper:
    """A service manager as systemd: opens the port, and keeps what it is
    given."""

    def __init__(self, test, host):
        self.test = test
        self.port = host.udp(PORT, host.address)
        self.path = test.path("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.heard = []
        self.store = {}
        test.cleanup(self.close)

    def close(self):
        for fd in self.store.values():
            os.close(fd)
        self.socket.close()
        self.port.close()

    def listen(self):
        """Takes what was said since; returns all lines so far."""
        size = socket.CMSG_SPACE(4)
        while True:
            try:
                data, more, _, _ = self.socket.recvmsg(4096, size)
            except BlockingIOError:
                return self.heard
            lines = data.decode().splitlines()
            self.heard += lines
            self._store(dict(line.split("=", 1) for line in lines), more)

    def _store(self, pairs, more):
        name = pairs.get("FDNAME")
        if pairs.get("FDSTORE") == "1":
            check(len(more) == 1, "no descriptor with FDSTORE")
            self.store[name] = array.array("i", more[0][2])[0]
        if pairs.get("FDSTOREREMOVE") == "1" and name in self.store:
            os.close(self.store.pop(name))

    def start(self, host, *flags, **more):
        """Starts a bootnode with the port and all that is kept."""
        given = {"gochat-bootnode.socket": self.port.fileno()}
        self.listen()
        given.update(self.store)
        return Service(self.test, host, given, self.path, *flags, **more)

    def wait_ready(self):
        before = len(self.heard)
        self.test.wait(lambda: "READY=1" in self.listen()[before:], 30,
                       "READY")


class Service(Bootnode):
    """A bootnode with descriptors GIVEN, by name."""

    def __init__(self, test, host, given, notify, *flags, **more):
        self.given = given
        listing = ",".join("%d=%s" % (fd, name)
                           for name, fd in given.items())
        Bootnode.__init__(
            self, test, host, *flags, env={"NOTIFY_SOCKET": notify},
            prefix=[sys.executable, "-c", STARTER, listing], **more)

    def _start(self, command, stderr, environment):
        return Bootnode._start(self, command, stderr, environment,
                               tuple(self.given.values()))
