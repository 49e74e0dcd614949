"""A bootnode's courier to the engine of its fleet: how it gets connections,
and that its death costs nobody a session."""

import os
import signal
import socket
import subprocess

import procinfo
from chat import FAST, meet, nobody_left, talk
from harness import check, test
from process import Bootnode, Gochat
from topology import Lan
from upgrade import Upgradable

PORT = 6379
PASSWORD = "not-to-be-seen-anywhere"
RESTARTS = 5			# of fleetd in a minute, before it rests
REACHED = b"connected to the engine "
AWAY = b"cannot reach the engine "


class Engine:
    """A redis-server on a host, which may come later."""

    def __init__(self, t, host, *arguments):
        self.t, self.host, self.arguments = t, host, arguments
        self.popen = None
        t.cleanup(self.stop)

    def start(self):
        self.popen = subprocess.Popen(
            self.host.enter() + [
                "redis-server", "--port", str(PORT), "--bind",
                self.host.address, "--protected-mode", "no", "--save", "",
                "--dir", self.t.folder, *self.arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.t.wait(self.listens, 10, "the engine listens")
        return self

    def listens(self):
        def connect():
            return socket.create_connection((self.host.address, PORT), 5)

        try:
            self.host.call(connect).close()
        except OSError:
            return False
        return True

    def stop(self):
        if self.popen is not None:
            self.popen.kill()
            self.popen.wait()
            self.popen = None


def said(boot, text):
    return boot.stderr().count(text)


def fleet(net, *flags):
    return ("--fleet", "redis://%s" % net.boot.address, *flags)


def scene(t, kind=Bootnode, flags=()):
    """A bootnode with an engine, and two people in a room."""
    net = Lan(t, ("a", "b"))
    engine = Engine(t, net.boot).start()
    boot = kind(t, net.boot, *FAST, *fleet(net, *flags))
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    t.wait(lambda: said(boot, REACHED), 10, "the engine is reached")
    return engine, boot, anna, bert


def noticed_nothing(*clients):
    for client in clients:
        states = [e["state"] for e in client.find("bootnode")]
        check(states == ["joined"], "%s saw %s" % (client.label, states))
    nobody_left(*clients)


@test(deadline=90)
def fleetd_dies(t):
    """Again and again, and nobody notices; the others go on as they are."""
    _, boot, anna, bert = scene(t)
    before = boot.by_role()
    for _ in range(RESTARTS):
        boot.restart_role("fleetd")
    boot.kill_role("fleetd")
    t.wait(lambda: said(boot, b"the bootnode serves on without its fleet: "
                        b"gochat-fleetd is started again in 60 s"), 10,
           "it rests")
    talk(anna, [bert], "without a fleet")
    noticed_nothing(anna, bert)
    after = boot.by_role()
    check("fleetd" not in after, "fleetd does not rest")
    for role in ("launcher", "netd", "cryptod", "ui", "spawner"):
        check(before[role] == after[role], role + " is another")
    # A newcomer is let in.
    carl = Gochat(t, anna.host, "carl", boot, *FAST, "--port", "0")
    meet(anna, bert, carl)


@test(deadline=90)
def fleetd_hangs(t):
    """It is ended, and another takes its place."""
    _, boot, anna, bert = scene(t)
    old = boot.by_role()["fleetd"]
    os.kill(old, signal.SIGSTOP)
    boot.wait_restarted("fleetd", old, 40)
    check(said(boot, b"gochat-fleetd does not answer: ending it") == 1,
          boot.stderr())
    noticed_nothing(anna, bert)


@test(deadline=90)
def fleetd_outlives_others(t):
    """Whoever else dies: fleetd stays, and clients join again."""
    _, boot, anna, bert = scene(t)
    old = boot.by_role()["fleetd"]
    for role in ("netd", "cryptod"):
        since = anna.mark(), bert.mark()
        boot.restart_role(role)
        for client, mark in zip((anna, bert), since):
            client.wait("bootnode", 30, since=mark, state="rejoined")
    talk(anna, [bert], "and on")
    check(boot.by_role()["fleetd"] == old, "fleetd is another")
    boot.restart_role("fleetd")


@test(deadline=60)
def fleetd_waits_for_engine(t):
    """The engine comes later, goes and comes again; each is said once."""
    net = Lan(t, ("a", "b"))
    engine = Engine(t, net.boot)
    boot = Bootnode(t, net.boot, *FAST, *fleet(net))
    t.wait(lambda: said(boot, AWAY), 10, "there is no engine")
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    t.wait(lambda: said(boot, b"Connection refused; still trying"), 10, "why")
    engine.start()
    t.wait(lambda: said(boot, REACHED), 20, "the engine is reached")
    check(said(boot, AWAY) == 1, "it is said again and again")
    engine.stop()
    t.wait(lambda: said(boot, AWAY) == 2, 20, "it is away again")
    engine.start()
    t.wait(lambda: said(boot, REACHED) == 2, 20, "it is reached again")
    noticed_nothing(anna, bert)


@test(deadline=60)
def fleetd_keeps_the_password(t):
    """It is in no log, command line or environment, and a wrong one is no
    reason to end."""
    net = Lan(t, ("a",))
    Engine(t, net.boot, "--requirepass", "another").start()
    boot = Bootnode(t, net.boot, *FAST, *fleet(
        net, "--fleet-auth-file", t.path("auth", PASSWORD + "\n", 0o600)))
    t.wait(lambda: said(boot, REACHED), 10, "the engine is reached")
    Gochat(t, net.a, "anna", boot, *FAST).wait("bootnode", state="joined")
    for pid in boot.family():
        check(PASSWORD.encode() not in procinfo.cmdline(pid), "ps shows it")
        with open("/proc/%d/environ" % pid, "rb") as file:
            check(PASSWORD.encode() not in file.read(), "it is passed on")
    check(PASSWORD.encode() not in boot.stderr(), "it is in the log")


@test(deadline=60)
def fleetd_after_upgrade(t):
    """The next bootnode has a fleetd of its own, and nobody notices."""
    _, boot, anna, bert = scene(t, kind=Upgradable)
    old = boot.by_role()["fleetd"]
    boot.upgrade()
    check(not procinfo.alive(old), "the old fleetd is still there")
    check(boot.by_role()["fleetd"] != old, "there is no other")
    t.wait(lambda: said(boot, REACHED) == 2, 10, "the engine is reached")
    talk(anna, [bert], "with another")
    nobody_left(anna, bert)


@test()
def fleetd_only_in_a_fleet(t):
    """Without --fleet there is none; and a client has none at all."""
    net = Lan(t, ("a",))
    boot = Bootnode(t, net.boot)
    check("fleetd" not in boot.by_role(), "there is one")
    out = subprocess.run(
        net.a.enter() + [os.path.join(t.bindir, "gochat"), "--bootnode", "a",
                         "--room", "r", "--fleet", "redis://a"],
        stdin=subprocess.DEVNULL, capture_output=True, cwd=t.folder,
        check=False)
    check(out.returncode == 2 and b"--fleet: expected in mode bootnode only"
          in out.stderr, "%r" % out)
