"""What an operator gets from a service: figures, readiness, the watchdog."""

import os
import re
import signal
import socket

import process_table
from chat import FAST, meet, talk
from harness import check, test
from process import Bootnode, Gochat, Process, new_state
from topology import Lan

NOTHING = 30			# datagrams that are not of the protocol
WATCHDOG = 2			# seconds in which systemd expects a beat
SAMPLE = re.compile(r'gochat_(\w+)(?:\{([^}]*)\})? (\d+)')
LABEL = re.compile(r'(\w+)="([^"]*)"')


def read(path, timeout=10):
    """Returns what the metrics socket says, to its end."""
    with socket.socket(socket.AF_UNIX) as reader:
        reader.settimeout(timeout)
        reader.connect(path)
        data = b""
        while True:
            more = reader.recv(65536)
            if not more:
                return data.decode("ascii")
            data += more


class Figures:
    """The samples of one answer; their labels may have any order."""

    def __init__(self, path):
        self.samples = {}
        for line in read(path).splitlines():
            if line.startswith("#"):
                continue
            found = SAMPLE.fullmatch(line)
            check(found, "no sample: %r" % line)
            name, labels, value = found.groups()
            key = name, frozenset(LABEL.findall(labels or ""))
            check(key not in self.samples, "twice: %r" % line)
            self.samples[key] = int(value)

    def __getitem__(self, name):
        return self.get(name)

    def get(self, name, **labels):
        return self.samples.get((name, frozenset(labels.items())))

    def sum(self, name):
        return sum(v for (n, _), v in self.samples.items() if n == name)


def bootnode(t, net, *more):
    path = t.path("metrics")
    return Bootnode(t, net.boot, *FAST, "--metrics-socket", path, *more), path


@test(deadline=60)
def service_figures(t):
    """The figures are what really happened."""
    net = Lan(t, ("a", "b", "c"))
    boot, path = bootnode(t, net)
    check(os.stat(path).st_mode & 0o777 == 0o660, "mode of the socket")
    first = Figures(path)
    check(first["sessions"] == first["rooms"] == first["joins_total"] == 0,
          "figures of nothing")
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    stranger = net.c.udp()
    for _ in range(NOTHING):
        stranger.sendto(b"nothing", (net.boot.address, 9595))
    now = t.wait(lambda: (f := Figures(path)).get(
        "dropped_packets_total", cause="malformed") == NOTHING and f, 10,
        "what was dropped is told")
    check(now["sessions"] == 2 and now["rooms"] == 1, "who is here")
    check(now["joins_total"] == 2, "joins")
    check(now.get("received_packets_total", type="unknown") == NOTHING and
          now.get("received_bytes_total", type="unknown") ==
          NOTHING * len(b"nothing"), "what has no type")
    check(now.get("received_packets_total", type="join") >= 2 and
          now.get("sent_packets_total", type="welcome") >= 2, "by type")
    check(now.get("received_bytes_total", type="hello") ==
          1200 * now.get("received_packets_total", type="hello"), "HELLOs")
    check(now.sum("dropped_packets_total") == NOTHING, "what else dropped")
    for child in process_table.children("bootnode"):
        check(now.get("process_up", child=child) == 1, child)
    bert.quit()
    t.wait(lambda: Figures(path)["sessions"] == 1, 10, "one has left")


@test(deadline=60)
def service_figures_relayed(t):
    """Relayed packets are counted, all of them and all their bytes."""
    net = Lan(t)
    boot, path = bootnode(t, net)
    anna = Gochat(t, net.a, "anna", boot, *FAST, "--relay", "only")
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    before = Figures(path)
    talk(anna, [bert], "x" * 5000)
    after = Figures(path)
    check(after["relayed_bytes_total"] - before["relayed_bytes_total"] > 5000,
          "bytes")
    check(after["relayed_packets_total"] - before["relayed_packets_total"]
          >= 5, "packets")


@test(deadline=90)
def service_figures_of_the_others(t):
    """A netd that died or hangs takes only its own figures with it."""
    net = Lan(t)
    boot, path = bootnode(t, net)
    boot.restart_role("netd")
    now = t.wait(lambda: (f := Figures(path)).get(
        "process_up", child="netd") and f, 10, "netd is back")
    check(now.get("process_restarts_total", child="netd") == 1,
          "a restart")
    check(now.get("process_restarts_total", child="ui") == 0,
          "another's")
    netd = boot.by_role()["netd"]
    os.kill(netd, signal.SIGSTOP)
    try:
        hung = Figures(path)
    finally:
        os.kill(netd, signal.SIGCONT)
    check(hung["sessions"] is None, "figures of a netd that hangs")
    check(hung["uptime_seconds"] is not None, "those of the launcher")
    t.wait(lambda: Figures(path)["sessions"] == 0, 10, "netd tells again")


@test(deadline=60)
def service_socket_comes_and_goes(t):
    """The metrics socket is gone after the end, is replaced after a crash, and
    is never taken away from another process."""
    net = Lan(t)
    boot, path = bootnode(t, net)
    second = Process(t, net.a, "second", [
        "--mode", "bootnode", "--state-dir", new_state(t),
        "--metrics-socket", path])
    check(second.wait_exit() == 1, "exit code")
    check(b"another process has it" in second.stderr(), "the reason")
    Figures(path)
    boot.quit()
    t.wait(lambda: not os.path.exists(path), 10, "the socket is removed")


@test(deadline=60)
def service_sigusr1(t):
    """SIGUSR1 writes the figures to the log, also in a client, and does
    nothing else."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    boot.kill(signal.SIGUSR1)
    anna.kill(signal.SIGUSR1)
    t.wait(lambda: b"event=figure name=gochat_sessions value=2\n" in boot.stderr(),
           10, "the bootnode's figures")
    check(re.search(rb"event=figure name=gochat_received_packets_total type=join "
                    rb"value=[1-9]", boot.stderr()), "packets by type")
    t.wait(lambda: b"event=figure name=gochat_dropped_packets_total" in
           anna.stderr(), 10, "the client's figures")
    check(b"name=gochat_sessions" not in anna.stderr(), "sessions of a client")
    talk(anna, [bert], "still here")


# systemd's socket.

class Manager:
    """Listens in systemd's place."""

    def __init__(self, t):
        self.path = t.path("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        t.cleanup(self.socket.close)
        self.heard = []

    def listen(self):
        while True:
            try:
                self.heard.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return self.heard

    def beats(self):
        return self.listen().count("WATCHDOG=1")

    def environment(self):
        return {"NOTIFY_SOCKET": self.path,
                "WATCHDOG_USEC": str(WATCHDOG * 1000000)}


@test(deadline=60)
def service_ready_and_stopping(t):
    """READY comes when clients can join, not before; STOPPING comes at the
    end."""
    net = Lan(t)
    manager = Manager(t)
    boot = Bootnode(t, net.boot, env=manager.environment())
    t.wait(lambda: any("READY=1" in h.splitlines()
                       for h in manager.listen()), 10, "READY")
    check(sum("READY=1" in h for h in manager.heard) == 1, "once")
    boot.quit()
    check(boot.wait_exit() == 0, "exit code")
    check(any("STOPPING=1" in h.splitlines() for h in manager.listen()),
          "STOPPING")


@test(deadline=90)
def service_watchdog(t):
    """The watchdog beats while all three answer, and stops when one does
    not."""
    net = Lan(t)
    manager = Manager(t)
    boot = Bootnode(t, net.boot, env=manager.environment())
    t.wait(lambda: manager.beats() >= 3, 10, "it beats")
    for role in process_table.children("bootnode"):
        pid = boot.by_role()[role]
        os.kill(pid, signal.SIGSTOP)
        text = ("gochat-%s does not answer" % role).encode()
        t.wait(lambda: text in boot.stderr(), 10, role + " is missed")
        beats = manager.beats()
        os.kill(pid, signal.SIGCONT)
        t.wait(lambda: manager.beats() > beats, 10, "it beats again")
        check(boot.stderr().count(text) == 1, "told more than once")
    boot.restart_role("netd")
    beats = manager.beats()
    t.wait(lambda: manager.beats() > beats + 1, 10,
           "it beats with a new netd")
