"""Something is short: descriptors, processes, memory; or a process hangs.

Every call of the launcher and of the spawner fails in turn. Whichever fails, a
start and a restart succeed, or the program ends within 5 s, with exit code 1,
and says what is short and how much is needed. SIGTERM always ends it.
"""

import errno
import os
import re
import signal
import socket

import process_table
import procinfo
from harness import check, register, test
from inject import RUNS_OUT, WORDS, Injection
from process import Process, new_state
from topology import Loopback

START = 5			# seconds
END = 7
READY = 30
READERS = 8			# readers of the metrics at a time
OFTEN = 3			# calls of the loop that fail: all are alike
SURELY = (("launcher", "open"), ("launcher", "fork"), ("launcher", "fcntl"),
          ("launcher", "setrlimit"), ("launcher", "syscall"),
          ("spawner", "socketpair"), ("spawner", "syscall"),
          ("spawner", "sendmsg"), ("child", "fcntl"), ("child", "open"),
          ("child", "dup2"), ("child", "execve"))
LOOP = ("fcntl", "ppoll", "prctl", "recvmsg", "waitpid", "write")


class Patient(Process):
    """A bootnode or a client that may fail; the test ends it."""

    def __init__(self, test, host, flags, **more):
        Process.__init__(self, test, host, "gochat", flags + [
            "--ui", "json", "--state-dir", new_state(test)], **more)
        self.abandoned = True

    def has_ended(self):
        return self.popen.poll() is not None

    def await_start(self):
        """Waits for the start or the end; returns True if it is up."""
        self.test.wait(lambda: self.find("ready") or self.find("listening")
                       or self.has_ended(), START,
                       "it is up, or has ended", 0.01)
        return not self.has_ended()

    def await_end(self, timeout):
        """Waits for the exit code, and checks that a failure has a reason."""
        code = self.wait_exit(timeout)
        if code == 2:		# it could not read its options
            check(b".env: " in self.stderr(), "exit code 2")
            code = 1
        check(code in (0, 1, 4), "exit code %s" % code)
        check(code != 1 or self.errors(), "exit code 1 without a word")
        return code

    def errors(self):
        """Returns the lines of standard error that report errors."""
        return [line for line in self.stderr().splitlines()
                if b"level=" not in line or b"level=error" in line]

    def end(self):
        """Returns the exit code after SIGTERM."""
        if not self.has_ended():
            self.kill(signal.SIGTERM)
        code = self.await_end(END)
        self.wait_gone()
        return code


def bootnode_flags(test):
    return ["--mode", "bootnode", "--listen", "127.0.0.1:0",
            "--metrics-socket", test.path("metrics")]


def client_flags(test):
    return ["--bootnode", "localhost:9", "--room", "kitchen-table",
            "--port", "0", "--passphrase-file",
            test.path("passphrase", "mellon\n", 0o600)]


def trials(calls, *processes):
    """Yields each call that is to fail: (process, function, nth).

    CALLS must have every call that one of PROCESSES is sure to make.
    """
    for call in SURELY:
        check(call[0] not in processes or call in calls,
              "%s: no call of %s is seen" % call)
    for (process, function), count in sorted(calls.items()):
        if function in LOOP:
            count = min(count, OFTEN)
        for nth in range(1, count + 1):
            yield process, function, nth


def check_reason(it, function):
    """Checks that the error names what was short."""
    words = WORDS.get(RUNS_OUT.get(function, errno.ENOMEM))
    told = b" ".join(it.errors())
    # A step of the sandbox is forbidden: nothing is short.
    check(not words or b"sandbox: " in told or
          any(word in told for word in words),
          "%r does not say %r" % (told, words))


def start_with_failure(t, injection, host, flags, trial):
    """Starts once, with one failure; returns the exit code."""
    injection.fail(*trial)
    it = Patient(t, host, flags, prefix=injection.prefix)
    it.await_start()
    if it.end() != 0:
        check_reason(it, trial[1])
    t.processes.remove(it)
    return it.code


def fails_at_start(t, flags):
    host = Loopback(t).a
    injection = Injection(t)
    sound = Patient(t, host, flags(t), prefix=injection.prefix)
    check(sound.await_start(), "it does not start at all")
    check(sound.end() == 0, "exit code %s" % sound.code)
    codes = []
    for trial in trials(injection.calls(), "launcher", "spawner", "child"):
        t.note("%s, %s, call %d" % trial)
        codes.append(start_with_failure(t, injection, host, flags(t), trial))
    failed = sum(code != 0 for code in codes)
    check(failed > 20, "only %d starts failed" % failed)
    t.figures = "%d starts, %d failed" % (len(codes), failed)


for MODE, FLAGS in ("bootnode", bootnode_flags), ("client", client_flags):
    register("shortage_at_start_" + MODE,
             lambda t, flags=FLAGS: fails_at_start(t, flags), deadline=400)


# The netd of a bootnode was killed, and something fails at its restart.

def restart(t, injection, host, trial=None):
    """Returns a bootnode whose netd died, with one failure then, or with
    none."""
    injection.clear()
    it = Patient(t, host, bootnode_flags(t), prefix=injection.prefix)
    check(it.await_start(), "it does not start")
    t.wait(lambda: b"event=ready" in it.stderr(), START, "all are ready")
    injection.clear()
    if trial:
        injection.fail(*trial)
    it.kill_role("netd")
    t.wait(lambda: it.has_ended() or
           len(it.find("listening")) == 2, START,
           "there is a new netd, or the end", 0.01)
    it.calls = injection.calls()
    return it


@test(deadline=240)
def shortage_at_restart(t):
    """Each call fails in the launcher, the spawner, and the process that is to
    become the new netd."""
    host = Loopback(t).a
    injection = Injection(t)
    sound = restart(t, injection, host)
    check(sound.end() == 0, "exit code %s" % sound.code)
    codes = []
    for trial in trials(sound.calls, "spawner", "child"):
        t.note("%s, %s, call %d" % trial)
        it = restart(t, injection, host, trial)
        if it.end() != 0:
            check_reason(it, trial[1])
        codes.append(it.code)
        t.processes.remove(it)
    failed = sum(code != 0 for code in codes)
    check(failed > 8, "only %d restarts failed" % failed)
    t.figures = "%d restarts, %d failed" % (len(codes), failed)


# A process hangs before it runs its program.

def hangs_at_start(t, process, function):
    injection = Injection(t)
    injection.hang(process, function, 1)
    # A bootnode forks no resolver, which would be a child, too.
    it = Patient(t, Loopback(t).a, bootnode_flags(t), prefix=injection.prefix)
    t.cleanup(injection.clear)
    t.wait(injection.happened, START, "one hangs", 0.01)
    return it, injection


@test()
def shortage_hanging_spawner_at_start(t):
    it, injection = hangs_at_start(t, "spawner", "socketpair")
    check(it.await_end(START) == 1, "exit code %s" % it.code)
    check(b"cannot start gochat-ui: the spawner does not answer" in
          it.stderr(), "it does not say so")
    injection.clear()
    it.wait_gone()


@test(deadline=90)
def shortage_hanging_child(t):
    """A child that never comes to its sandbox is given up.

    If gochat was started as root the child still is root, and cannot be
    killed: then it is left behind.
    """
    it, injection = hangs_at_start(t, "child", "open")
    check(it.await_end(READY + 2 * END) == 1, "exit code %s" % it.code)
    check(b"is not in its sandbox after %d s" % READY in it.stderr(),
          "it does not say so")
    injection.clear()
    it.wait_gone()


def ends_all_the_same(t, process, function):
    """SIGTERM ends gochat while a process hangs."""
    it, injection = hangs_at_start(t, process, function)
    it.kill(signal.SIGTERM)
    it.await_end(END)
    injection.clear()
    it.wait_gone()


for PROCESS, FUNCTION in ("spawner", "socketpair"), ("child", "open"):
    register("shortage_hanging_%s_and_sigterm" % PROCESS,
             lambda t, process=PROCESS, function=FUNCTION:
             ends_all_the_same(t, process, function))


# The spawner is stopped when everything runs.

def with_stopped_spawner(t, flags):
    """Starts gochat, and stops its spawner, as a debugger would."""
    it = Patient(t, Loopback(t).a, flags(t))
    check(it.await_start(), "it does not start")
    t.wait(lambda: b"event=ready" in it.stderr(), START, "all are ready")
    spawner = it.by_role()["spawner"]
    os.kill(spawner, signal.SIGSTOP)
    t.cleanup(lambda: procinfo.alive(spawner) and
              os.kill(spawner, signal.SIGCONT))
    return it, spawner


@test()
def shortage_stopped_spawner_at_restart(t):
    it, spawner = with_stopped_spawner(t, bootnode_flags)
    it.kill_role("netd")
    check(it.await_end(START) == 1, "exit code %s" % it.code)
    check(b"cannot start gochat-netd: the spawner does not answer" in
          it.stderr(), "it does not say so")
    os.kill(spawner, signal.SIGCONT)
    it.wait_gone()


@test()
def shortage_stopped_spawner_at_end(t):
    it, spawner = with_stopped_spawner(t, client_flags)
    it.kill(signal.SIGTERM)
    check(it.await_end(END) == 0, "exit code %s" % it.code)
    os.kill(spawner, signal.SIGCONT)
    it.wait_gone()


# So many descriptors are enough, as the manuals say.

def with_descriptors(t, count, flags):
    """Starts gochat with COUNT descriptors, of which only 0, 1 and 2 are
    open."""
    limit = ["prlimit", "--nofile=%d:%d" % (count, count)]
    return Patient(t, Loopback(t).a, flags, prefix=limit)


def needed():
    top = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    with open(os.path.join(top, "launcher", "needs.h")) as file:
        return int(re.search(r"NEEDS_DESCRIPTORS (\d+)", file.read())[1])


def enough(t, flags):
    """All works, including restarts and readers of the metrics."""
    it = with_descriptors(t, needed(), flags + ["--log-file", t.path("log")])
    up = it.await_start()
    with open(t.path("log"), "rb") as log:
        check(up, "it does not start: %r" % log.read())
    for role in process_table.children("client"):
        it.restart_role(role)
    return it


@test()
def shortage_enough_descriptors_client(t):
    it = enough(t, client_flags(t))
    # The ui that was killed may have had something to say.
    check(it.end() == 4, "exit code %s" % it.code)


@test()
def shortage_enough_descriptors_bootnode(t):
    it = enough(t, bootnode_flags(t) + ["--listen", "127.0.0.2:0"])
    os.kill(it.by_role()["netd"], signal.SIGSTOP)	# netd will answer late
    readers = []
    for _ in range(READERS):
        readers.append(socket.socket(socket.AF_UNIX))
        t.cleanup(readers[-1].close)
        readers[-1].settimeout(START)
        readers[-1].connect(t.path("metrics"))
    for reader in readers:
        check(reader.recv(100).startswith(b"#"), "no figures")
    os.kill(it.by_role()["netd"], signal.SIGCONT)
    check(it.end() == 0, "exit code %s" % it.code)


@test()
def shortage_one_descriptor_too_few(t):
    it = with_descriptors(t, needed() - 1, bootnode_flags(t))
    check(it.await_end(START) == 1, "exit code %s" % it.code)
    check(it.stderr() == b"gochat: only %d of %d descriptors can be used, and "
          b"gochat needs %d: raise the limit (ulimit -n, LimitNOFILE=)\n" % (
              needed() - 1, needed() - 1, needed()), it.stderr())


@test()
def shortage_soft_limit(t):
    """gochat raises a limit that its user may raise."""
    it = Patient(t, Loopback(t).a, bootnode_flags(t),
                 prefix=["prlimit", "--nofile=10:1024"])
    check(it.await_start(), "it does not start: %r" % it.errors())
    check(it.end() == 0, "exit code %s" % it.code)
