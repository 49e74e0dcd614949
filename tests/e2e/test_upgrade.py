"""A bootnode is replaced by another one, and nobody notices: SIGUSR2, a
restart by a service manager; and whatever goes wrong, one of them serves."""

import fcntl
import os
import signal
import subprocess

import procinfo
from chat import FAST, meet, nobody_left, talk
from harness import check, register, test
from inject import Injection
from process import Bootnode, Gochat
from test_control import control
from test_service import Figures
from topology import Lan, Loopback
from upgrade import Keeper, Upgradable

CROWD = 200
BEATS = 1000000
SEALS = (fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW |
         fcntl.F_SEAL_WRITE)
EMPTY = b"starting empty, clients join again: "


def bootnode(t, net, *flags, kind=Upgradable, fast=FAST, **more):
    boot = kind(t, net.boot, *fast, "--metrics-socket", t.path("metrics"),
                "--control-socket", t.path("control"), *flags, **more)
    boot.control = t.path("control")
    return boot


def two(t, net, boot, fast=FAST):
    anna = Gochat(t, net.a, "anna", boot, *fast)
    bert = Gochat(t, net.b, "bert", boot, *fast)
    meet(anna, bert)
    return anna, bert


def sessions(t):
    return Figures(t.path("metrics"))["sessions"]


def beats(t):
    """Returns how many heartbeats were answered, 0 while there is no netd."""
    return Figures(t.path("metrics"))["heartbeats_total"] or 0


def noticed_nothing(t, boot, *clients):
    """The clients' sessions are there, and their heartbeats are answered."""
    check(sessions(t) == len(clients), "%s sessions" % sessions(t))
    before = beats(t)
    t.wait(lambda: beats(t) >= before + 3 * len(clients), 20,
           "heartbeats are answered")
    check(Figures(t.path("metrics"))["joins_total"] == 0 or
          boot.pid == boot.popen.pid, "somebody has joined again")
    for client in clients:
        states = [e["state"] for e in client.find("bootnode")]
        check(states == ["joined"], "%s saw %s" % (client.label, states))
    nobody_left(*clients)
    check(not boot.find("left"), "the bootnode says that somebody left")


def joined_again(*clients):
    for client in clients:
        client.wait("bootnode", 40, state="rejoined")
    nobody_left(*clients)


@test(deadline=90)
def upgrade_keeps_sessions(t):
    """SIGUSR2, twice: other processes, the same sessions; who comes later
    meets those who were there, and the sockets with paths work on."""
    net = Lan(t, ("a", "b", "c"))
    boot = bootnode(t, net)
    anna, bert = two(t, net, boot)
    for _ in range(2):
        old = boot.by_role()
        boot.upgrade()
        check(not set(old.values()) & boot.family(), "an old process")
        noticed_nothing(t, boot, anna, bert)
    check(boot.stderr().count(b"event=restored sessions=2 rooms=1") == 2,
          "what was taken over is not in the log")
    code, out, _ = control(t, boot, "status")
    check(code == 0 and "2 sessions" in out, "status says %s" % out)
    carl = Gochat(t, net.c, "carl", boot, *FAST)
    meet(anna, bert, carl)
    talk(carl, [anna, bert], "all are here")
    bert.quit()
    anna.wait("peer", 10, state="left", nick="bert")
    t.wait(lambda: sessions(t) == 2, 10, "two are left")
    os.kill(boot.pid, signal.SIGTERM)
    t.wait(lambda: not boot.family(), 10, "it ends")
    t.wait(lambda: not os.path.exists(t.path("metrics")) and
           not os.path.exists(boot.control), 5, "its sockets are removed")


@test(deadline=120)
def upgrade_of_a_crowd(t):
    """Two hundred clients send heartbeats as fast as they can, and each one is
    answered, whoever serves."""
    net = Loopback(t)
    boot = bootnode(t, net, "--max-peers", str(CROWD),
                    "--max-sessions-per-address", str(CROWD),
                    fast=("--heartbeat-interval", "1", "--peer-timeout", "5"))
    crowd = subprocess.Popen(
        net.a.enter() + [t.swarm, "127.0.0.1", "9595", str(CROWD),
                         str(BEATS)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    t.cleanup(crowd.kill)
    t.wait(lambda: sessions(t) == CROWD, 30, "all have joined")
    check(b"joined" in crowd.stdout.readline(), "they did not join")
    upgrades = 0
    while crowd.poll() is None and upgrades < 5:
        boot.upgrade()
        upgrades += 1
        now = Figures(t.path("metrics"))
        check(now["sessions"] == CROWD and now["joins_total"] == 0,
              "%s sessions, %s joins" % (now["sessions"],
                                         now["joins_total"]))
    out, err = crowd.communicate(timeout=60)
    check(crowd.returncode == 0, "the crowd says %r %r" % (out, err))
    check(upgrades >= 2, "%d upgrades" % upgrades)
    t.figures = "%d upgrades" % upgrades


# A service manager.

@test(deadline=90)
def upgrade_by_restart(t):
    """A service manager restarts it, twice: what waited in its socket is
    answered, and nobody joins again."""
    net = Lan(t)
    keeper = Keeper(t, net.boot)
    boot = bootnode(t, net, kind=lambda _, *a, **k: keeper.start(*a, **k))
    anna, bert = two(t, net, boot)
    for _ in range(2):
        boot.kill(signal.SIGTERM)
        check(boot.wait_exit() == 0, "exit code %s" % boot.code)
        keeper.listen()
        check("FDSTORE=1" in keeper.heard and keeper.store, "nothing is kept")
        check(boot.stderr().count(b"event=kept sessions=2 rooms=1") == 1,
              "what is kept is not in the log")
        boot = bootnode(t, net, kind=lambda _, *a, **k: keeper.start(*a, **k),
                        state=boot.state)
        keeper.wait_ready()
        check(not keeper.store, "it is still kept")
        check(b"event=restored sessions=2 rooms=1" in boot.stderr(),
              "what was restored is not in the log")
        check(sessions(t) == 2, "%s sessions" % sessions(t))
    t.wait(lambda: beats(t) >= 4, 10,
           "heartbeats are answered")
    check(Figures(t.path("metrics"))["joins_total"] == 0, "a join")
    for client in anna, bert:
        states = [e["state"] for e in client.find("bootnode")]
        check(states == ["joined"], "%s saw %s" % (client.label, states))
    nobody_left(anna, bert)


def flip(fd):
    """One bit in the middle."""
    at = os.fstat(fd).st_size // 2
    os.pwrite(fd, bytes([os.pread(fd, 1, at)[0] ^ 1]), at)


def other_version(fd):
    os.pwrite(fd, bytes([99]), 11)


def cut(fd):
    os.ftruncate(fd, os.fstat(fd).st_size - 1)


def nothing(fd):
    os.ftruncate(fd, 0)


def used(fd):
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)


WRONG = {
    "changed": (flip, (b"is damaged", b"with another key")),
    "of_another_version": (other_version, (b"is of another version",)),
    "cut": (cut, (b"is damaged",)),
    "empty": (nothing, (b"is damaged", b"is of another version")),
    "used_before": (used, (b"was taken before",)),
}


def wrong_state(t, spoil, reasons):
    """It starts empty, and says why; its clients join again."""
    net = Lan(t)
    keeper = Keeper(t, net.boot)
    start = lambda _, *a, **k: keeper.start(*a, **k)
    boot = bootnode(t, net, kind=start)
    anna, bert = two(t, net, boot)
    boot.kill(signal.SIGTERM)
    check(boot.wait_exit() == 0, "exit code %s" % boot.code)
    keeper.listen()
    spoil(keeper.store["gochat-state"])
    boot = bootnode(t, net, kind=start, state=boot.state)
    t.wait(lambda: EMPTY in boot.stderr(), 10, "it says that it is empty")
    why = boot.stderr().partition(EMPTY)[2].partition(b"\n")[0]
    check(any(reason in why for reason in reasons), why)
    keeper.wait_ready()
    joined_again(anna, bert)
    t.wait(lambda: sessions(t) == 2, 10, "both are there")
    talk(anna, [bert], "again")


for NAME, (SPOIL, REASONS) in WRONG.items():
    register("upgrade_with_a_state_" + NAME,
             lambda t, spoil=SPOIL, reasons=REASONS:
             wrong_state(t, spoil, reasons), deadline=90)


@test(deadline=60)
def upgrade_with_the_state_of_another_key(t):
    """A bootnode with another key can do nothing with it, and serves."""
    net = Lan(t)
    keeper = Keeper(t, net.boot)
    start = lambda _, *a, **k: keeper.start(*a, **k)
    boot = bootnode(t, net, kind=start)
    two(t, net, boot)
    boot.kill(signal.SIGTERM)
    check(boot.wait_exit() == 0, "exit code %s" % boot.code)
    boot = bootnode(t, net, kind=start)
    keeper.wait_ready()
    check(EMPTY + b"the state of the last bootnode is of a bootnode with "
          b"another key" in boot.stderr(), "it does not say so")
    check(sessions(t) == 0, "it has sessions")


# What goes wrong.

BROKEN = {
    "missing_interpreter": ("#!/nowhere\n", 0o755, "cannot be started"),
    "not_executable": ("", 0o644, "cannot be started"),
    "ends_at_once": ("#!/bin/sh\nexit 1\n", 0o755, "has ended"),
}


def broken_program(t, content, mode, reason):
    net = Lan(t)
    boot = bootnode(t, net)
    anna, bert = two(t, net, boot)
    boot.replace(content, mode)
    boot.ask()
    check(reason in boot.serves_on(), boot.serves_on())
    noticed_nothing(t, boot, anna, bert)
    # And the next attempt, with one that works, is no different for it.
    boot.close_gate()
    boot.open_gate()
    boot.upgrade()
    noticed_nothing(t, boot, anna, bert)


for NAME, ARGUMENTS in BROKEN.items():
    register("upgrade_to_a_program_" + NAME,
             lambda t, arguments=ARGUMENTS: broken_program(t, *arguments),
             deadline=90)


@test(deadline=120)
def upgrade_to_a_program_hangs(t):
    """After 10 s the old one serves on, before clients give it up."""
    net = Lan(t)
    boot = bootnode(t, net, fast=())
    anna, bert = two(t, net, boot, fast=())
    boot.replace("#!/bin/sh\nexec sleep 1000\n")
    pid = boot.ask()
    check("too long" in boot.serves_on(20), boot.serves_on())
    t.wait(lambda: not os.path.exists("/proc/%d" % pid), 5, "it was killed")
    t.wait(lambda: beats(t) > 1, 30,
           "heartbeats are answered")
    for client in anna, bert:
        states = [e["state"] for e in client.find("bootnode")]
        check(states == ["joined"], "%s saw %s" % (client.label, states))
    check(sessions(t) == 2, "%s sessions" % sessions(t))


def killed_meanwhile(t, role):
    """A process of the old one dies once the state is kept: the new one has
    it."""
    net = Lan(t)
    boot = bootnode(t, net, fast=())
    anna, bert = two(t, net, boot, fast=())
    boot.close_gate()
    boot.ask()
    if role == "launcher":
        boot.kill()
        boot.abandoned = False
    else:
        boot.kill_role(role)
        text = b"gochat-%s was killed by signal 9" % role.encode()
        t.wait(lambda: text in boot.stderr(), 5, "its death is in the log")
    boot.open_gate()
    if role == "launcher":
        boot.pid = boot.successors()[-1]
    else:
        boot.given_way()
    t.wait(lambda: b"event=restored sessions=2" in boot.stderr(), 10,
           "the new one has the sessions")
    t.wait(lambda: beats(t) > 1, 30,
           "heartbeats are answered")
    for client in anna, bert:
        states = [e["state"] for e in client.find("bootnode")]
        check(states == ["joined"], "%s saw %s" % (client.label, states))
    check(sessions(t) == 2, "%s sessions" % sessions(t))


for ROLE in "netd", "cryptod", "ui", "launcher":
    register("upgrade_and_the_old_%s_dies" % ROLE,
             lambda t, role=ROLE: killed_meanwhile(t, role), deadline=90)


@test(deadline=90)
def upgrade_and_the_new_one_dies(t):
    """Before it is prepared, nobody notices; the old one serves on."""
    net = Lan(t)
    boot = bootnode(t, net)
    anna, bert = two(t, net, boot)
    boot.close_gate()
    os.kill(boot.ask(), signal.SIGKILL)
    check("has ended" in boot.serves_on(), boot.serves_on())
    noticed_nothing(t, boot, anna, bert)


@test(deadline=90)
def upgrade_and_the_new_one_dies_late(t):
    """Once it was told to serve, the old one does not use the state again:
    its clients join again."""
    net = Lan(t)
    boot = bootnode(t, net)
    anna, bert = two(t, net, boot)
    boot.close_gate()
    new = boot.ask()
    os.kill(boot.pid, signal.SIGSTOP)
    boot.open_gate()
    t.wait(lambda: b"event=restored" in boot.stderr(), 10, "it is restored")
    os.kill(new, signal.SIGKILL)
    os.kill(boot.pid, signal.SIGCONT)
    check("has ended" in boot.serves_on(), boot.serves_on())
    joined_again(anna, bert)
    talk(anna, [bert], "again")


@test(deadline=90)
def upgrade_without_means(t):
    """The spawner cannot start the new one: the old one serves on."""
    net = Lan(t)
    injection = Injection(t)
    boot = bootnode(t, net, prefix=injection.prefix)
    anna, bert = two(t, net, boot)
    for function in "socketpair", "syscall":
        injection.fail("spawner", function, 1)
        os.kill(boot.pid, signal.SIGUSR2)
        t.wait(injection.happened, 5, function + " has failed")
        t.wait(lambda: boot.stderr().count(b"not upgraded") ==
               ("socketpair", "syscall").index(function) + 1, 5,
               "it says so")
        injection.clear()
        noticed_nothing(t, boot, anna, bert)


def one_serves(t, boot, count):
    """Waits until there is another bootnode, or for the COUNTth line that says
    that it is still this one."""
    old = boot.pid
    t.wait(lambda: not procinfo.alive(old) or
           boot.stderr().count(b"not upgraded") >= count, 20,
           "one of the two serves")
    if not procinfo.alive(old):
        boot.given_way()
    t.wait(lambda: sessions(t) == 2, 20, "both clients are there")


@test(deadline=300)
def upgrade_with_calls_that_fail(t):
    """Each call of the spawner fails in turn, those of the next bootnode's
    start as well: it is upgraded, or it is not, and the sessions stay."""
    net = Lan(t)
    injection = Injection(t)
    boot = bootnode(t, net, prefix=injection.prefix)
    anna, bert = two(t, net, boot)
    injection.clear()
    boot.upgrade()
    calls = injection.calls()
    tried = failed = 0
    for (process, function), times in sorted(calls.items()):
        # The launcher that runs makes none of these.
        if process == "launcher" and function not in (
                "fork", "socketpair", "socket", "open", "openat", "dup2",
                "listen", "bind", "setrlimit", "syscall"):
            continue
        if function in ("ppoll", "waitpid", "write"):
            continue
        for nth in range(1, times + 1):
            before = boot.stderr().count(b"not upgraded")
            injection.fail(process, function, nth)
            os.kill(boot.pid, signal.SIGUSR2)
            one_serves(t, boot, before + 1)
            tried += 1
            failed += boot.stderr().count(b"not upgraded") - before
    for client in anna, bert:
        states = [e["state"] for e in client.find("bootnode")]
        check(states == ["joined"], "%s saw %s" % (client.label, states))
    nobody_left(anna, bert)
    t.figures = "%d upgrades, %d failed" % (tried, failed)


@test(deadline=60)
def upgrade_refused(t):
    """A service says what to use instead, and a client ignores the signal."""
    net = Lan(t)
    keeper = Keeper(t, net.boot)
    boot = bootnode(t, net, kind=lambda _, *a, **k: keeper.start(*a, **k))
    anna, bert = two(t, net, boot)
    boot.kill(signal.SIGUSR2)
    anna.kill(signal.SIGUSR2)
    t.wait(lambda: b"not upgraded on SIGUSR2: use systemctl restart" in
           boot.stderr(), 5, "it is refused")
    talk(anna, [bert], "still here")
    check(sessions(t) == 2, "%s sessions" % sessions(t))
