"""The speed of many texts of 16 KiB, compared with openssl over TCP.

Both programs read from a file, and what they write at the other end goes to
/dev/null, both by splice(2) and a pipe: this process copies nothing.
"""

import os
import statistics
import subprocess
import threading
import time

import table
from gochat import Bootnode, Client, free_port, read_some, say
from procs import cpu, cpu_by_process, growth

ROUNDS = 3
TEXT = 16384
TEXTS = 2048			# in each round
MIB = TEXT * TEXTS / (1 << 20)
CHUNK = 1 << 20


def prepare(folder):
    """The paths of the inputs of one round, plain and wrapped in json."""
    paths = [os.path.join(folder, name) for name in ("plain", "wrapped")]
    text = ("All work and no play makes a dull text. " * 512)[:TEXT - 8]
    with open(paths[0], "wb") as plain, open(paths[1], "wb") as wrapped:
        for number in range(TEXTS):
            numbered = "%7d " % number + text
            plain.write(numbered.encode() + b"\n")
            wrapped.write(say(numbered))
    return paths


def feed(path, pipe):
    """Pours a file into a pipe."""
    with open(path, "rb") as file:
        while os.splice(file.fileno(), pipe.fileno(), CHUNK):
            pass


class Drain(threading.Thread):
    """Pours a pipe into /dev/null, and counts the bytes."""

    def __init__(self, pipe):
        threading.Thread.__init__(self, daemon=True)
        self.fd = os.dup(pipe.fileno())	# the owner of PIPE may close it
        self.count = 0
        self.more = threading.Condition()
        self.start()

    def run(self):
        taken = 1
        with open("/dev/null", "wb") as null:
            while taken:
                taken = os.splice(self.fd, null.fileno(), CHUNK)
                with self.more:
                    self.count += taken
                    self.more.notify()
        os.close(self.fd)

    def wait(self, count):
        with self.more:
            self.more.wait_for(lambda: self.count >= count)


class Tls:
    """openssl s_client and s_server with a certificate of their own."""

    def __init__(self, bench):
        key, self.cert = [os.path.join(bench.folder, name)
                          for name in ("key.pem", "cert.pem")]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=bench",
             "-days", "1", "-keyout", key, "-out", self.cert], check=True,
            stderr=subprocess.DEVNULL)
        port = str(free_port())
        self.server = bench.popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:" + port, "-quiet",
             "-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384",
             "-cert", self.cert, "-key", key, "-naccept", "1"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        wait_for_listener(int(port))
        self.client = bench.popen(
            ["openssl", "s_client", "-connect", "127.0.0.1:" + port, "-quiet",
             "-CAfile", self.cert],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        # The first line is through when the handshake is over.
        self.client.stdin.write(b"here I am\n")
        self.heard = len(self.server.stdout.read(65536))
        self.drain = Drain(self.server.stdout)

    def carry(self, path):
        """Returns the seconds until all of the file has come out of the
        server."""
        wanted = self.drain.count + os.path.getsize(path)
        started = time.perf_counter()
        feed(path, self.client.stdin)
        self.drain.wait(wanted)
        return time.perf_counter() - started

    def cpu(self):
        """Returns the CPU seconds so far, by process."""
        return {process.args[1]: cpu(process.pid)
                for process in (self.client, self.server)}


def wait_for_listener(port):
    """Waits until a TCP socket listens at PORT, without connecting to it."""
    wanted = ":%04X 00000000:0000 0A" % port
    while True:
        with open("/proc/net/tcp") as file:
            if wanted in file.read():
                return
        time.sleep(0.01)


class Talk:
    """Two clients with the interface UI; anna sends the texts, bert gets
    them."""

    def __init__(self, bench, boot, ui):
        self.anna, self.bert = [
            Client(bench, nick, boot, room=ui, ui=ui)
            for nick in ("anna-" + ui, "bert-" + ui)]
        self.families = None

    def ready(self):
        """Notes the processes of both clients, which are connected by now."""
        self.families = {"sender": self.anna.family(),
                         "receiver": self.bert.family()}
        self.drain = Drain(self.bert.popen.stdout)

    def cpu(self):
        """Returns the CPU seconds so far, by process."""
        return cpu_by_process(self.families)


class JsonTalk(Talk):
    """A talk in json, which is over when anna has the receipt of every
    text."""

    def __init__(self, bench, boot):
        Talk.__init__(self, bench, boot, "json")
        for client in (self.anna, self.bert):
            client.wait("peer", state="connected")
        self.ready()

    def carry(self, path):
        """Returns the seconds until all texts of the file are delivered."""
        started = time.perf_counter()
        feeder = threading.Thread(target=feed,
                                  args=(path, self.anna.popen.stdin))
        feeder.start()
        delivered, rest = 0, b""
        while delivered < TEXTS:
            data = rest + read_some(self.anna.popen.stdout)
            *lines, rest = data.split(b"\n")
            delivered += sum(b'"delivered"' in line for line in lines)
        took = time.perf_counter() - started
        feeder.join()
        return took


class PlainTalk(Talk):
    """A talk in plain, which is over when bert's output is long enough."""

    def __init__(self, bench, boot):
        Talk.__init__(self, bench, boot, "plain")
        for client in (self.anna, self.bert):
            client.wait_text(b" is here")
        self.ready()

    def carry(self, path):
        """Returns the seconds until all texts of the file have been shown."""
        shown = os.path.getsize(path) + TEXTS * len("12:34:56 <anna-plain> ")
        wanted = self.drain.count + shown
        started = time.perf_counter()
        feed(path, self.anna.popen.stdin)
        self.drain.wait(wanted)
        return time.perf_counter() - started


def measure(bench):
    boot = Bootnode(bench)
    plain, wrapped = prepare(bench.folder)
    kinds = {"plain": (PlainTalk(bench, boot), plain),
             "json": (JsonTalk(bench, boot), wrapped),
             "tls": (Tls(bench), plain)}
    speeds = {name: [] for name in kinds}
    for talk, path in kinds.values():
        talk.carry(path)	# lets windows and heaps grow to their full size
    before = {name: talk.cpu() for name, (talk, _) in kinds.items()}
    for _ in range(ROUNDS):
        for name, (talk, path) in kinds.items():
            speeds[name].append(MIB / talk.carry(path))
    spent = {name: growth(before[name], talk.cpu())
             for name, (talk, _) in kinds.items()}
    for name in ("plain", "json"):
        rows(name, *[(statistics.median(speeds[of]), spent[of])
                     for of in (name, "tls")])


def rows(name, ours, reference):
    """Prints a row. OURS and REFERENCE are speed and CPU seconds by
    process."""
    table.row("texts of 16 KiB, %s, MiB/s" % name, ours[0], reference[0],
              "openssl s_client, TCP, AES-GCM", at_least=0.5)
    scale = 1e3 / MIB / ROUNDS
    table.row("  and CPU of it, ms a MiB",
              *[sum(side[1].values()) * scale for side in (ours, reference)],
              "the same")
    table.note(", ".join("%s %.1f" % (process, seconds * scale)
                         for process, seconds in ours[1].items()))
