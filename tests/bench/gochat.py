"""A gochat to be measured: starts it, reads its events, ends it.

This is leaner than the Process of tests/e2e: no thread reads along, so that
nothing but the measured processes runs while a figure is taken.
"""

import json
import os
import signal
import socket
import subprocess
import time

from procs import Family


class Bench:
    """What a group of rows needs: options, a folder, the programs it
    started."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.tag = os.path.basename(folder)
        self.undo = []

    def cleanup(self, function):
        """Has FUNCTION() called at the end, the last one first."""
        self.undo.append(function)

    def close(self):
        while self.undo:
            self.undo.pop()()

    def tool(self, name, *arguments, **keywords):
        """Starts a program of tests/bench/*.c, which ends with the group."""
        return self.popen([os.path.join(self.options.tools, name)] +
                          [str(a) for a in arguments], **keywords)

    def popen(self, command, **keywords):
        process = subprocess.Popen(command, bufsize=0, **keywords)
        self.cleanup(lambda: end(process))
        return process

    def home(self, name):
        """The state folder of NAME, the same at every call."""
        path = os.path.join(self.folder, name)
        os.makedirs(path, 0o700, exist_ok=True)
        return path


def end(process, number=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(number)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()


def read_some(pipe):
    """Waits for something to read, and returns it."""
    data = os.read(pipe.fileno(), 1 << 20)
    if not data:
        raise RuntimeError("a process ended while it was measured")
    return data


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def command(bench, name, ui, *arguments):
    """Returns the command line that starts NAME's gochat."""
    return [os.path.join(bench.options.bindir, "gochat"), "--ui", ui,
            "--log-level", "error", "--state-dir",
            bench.home(name)] + list(arguments)


def as_client(nick, boot, room):
    """Returns the arguments of a client of BOOT."""
    return ["--bootnode", boot.address, "--room", room, "--nick", nick,
            "--port", "0"]


def environment(home, **more):
    return {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8",
            **more}


class Gochat:
    """One gochat. ENTER are words that stand before its command."""

    def __init__(self, bench, name, *arguments, enter=(), ui="json"):
        home = bench.home(name)
        self.rest = b""
        self.events = []	# read, but not asked for yet
        self.popen = bench.popen(
            list(enter) + command(bench, name, ui, *arguments),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=home,
            env=environment(home), start_new_session=True)

    def family(self):
        return Family(self.popen.pid)

    def wait(self, event, **fields):
        """Waits for the next event of that name with these fields."""
        wanted = dict(fields, event=event)
        while True:
            while self.events:
                found = self.events.pop(0)
                if all(found.get(k) == v for k, v in wanted.items()):
                    return found
            data = self.rest + read_some(self.popen.stdout)
            *lines, self.rest = data.split(b"\n")
            self.events = [json.loads(line) for line in lines]

    def wait_text(self, text):
        """Waits until TEXT is in the output of the plain interface."""
        while text not in self.rest:
            self.rest += read_some(self.popen.stdout)

    def write(self, line):
        os.write(self.popen.stdin.fileno(), line)

    def end(self):
        end(self.popen)


class Bootnode(Gochat):
    """A bootnode that listens on ADDRESS, at PORT or any free one."""

    def __init__(self, bench, *flags, address="127.0.0.1", port=0, enter=(),
                 name="boot"):
        Gochat.__init__(self, bench, name, "--mode", "bootnode", "--listen",
                        "%s:%d" % (address, port), *flags, enter=enter)
        self.address = self.wait("listening")["address"]
        self.port = int(self.address.rsplit(":", 1)[1])


class Client(Gochat):
    """A client of BOOT, in a room of this run."""

    def __init__(self, bench, nick, boot, room="bench", **more):
        self.started = time.perf_counter()
        Gochat.__init__(self, bench, nick, *as_client(nick, boot, room),
                        **more)


def say(text):
    """Returns the line of input that says TEXT."""
    return json.dumps({"cmd": "say", "text": text}).encode() + b"\n"


def pair(bench, *flags):
    """A bootnode and two clients on loopback that are connected."""
    boot = Bootnode(bench, *flags)
    anna, bert = [Client(bench, nick, boot) for nick in ("anna", "bert")]
    for client in (anna, bert):
        client.wait("peer", state="connected")
    return boot, anna, bert
