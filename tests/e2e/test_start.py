"""Starts that fail, many starts at once, and starts that find odd files or no
/proc.
"""

import os
import shutil
import tempfile

from harness import check, register, test
from process import Process, new_state
from topology import Loopback

AGAIN = 20			# starts of each kind: the order varies
AT_ONCE = 8
TAKEN = 7777			# UDP port


class Start(Process):
    """A client or a bootnode whose input has ended."""

    def __init__(self, test, host, flags, state, **more):
        Process.__init__(self, test, host, "gochat", flags + [
            "--ui", "json", "--state-dir", state], **more)
        self.abandoned = True
        self.close_stdin()


CLIENT = ["--bootnode", "127.0.0.1:9", "--room", "kitchen-table",
          "--port", "0"]
BOOTNODE = ["--mode", "bootnode", "--listen", "127.0.0.1:0"]


def state_with(t, name, text, mode=0o600):
    state = new_state(t)
    path = os.path.join(state, name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    return state


def damaged(t):
    return CLIENT, state_with(t, "identity", "nonsense\n"), b"is damaged"


def readable(t):
    return (CLIENT, state_with(t, "identity", "nonsense\n", 0o644),
            b"can be read or written by others")


def damaged_peers(t):
    return (CLIENT, state_with(t, "known_peers", "nonsense\n"),
            b"line 1 of known_peers")


def port_taken(t):
    return (CLIENT[:-1] + [str(TAKEN)], new_state(t),
            b"cannot open UDP port")


def empty_passphrase(t):
    return (CLIENT + ["--passphrase-file",
                      t.path("passphrase", "\n", 0o600)],
            new_state(t), b"/passphrase: it is empty")


def bootnode_damaged(t):
    return (BOOTNODE, state_with(t, "bootnode_key", "nonsense\n"),
            b"is damaged")


def fails(t, make):
    """The start fails with exit code 1 and the reason, in whatever order the
    processes end."""
    host = Loopback(t).a
    sock = host.udp(TAKEN)
    t.cleanup(sock.close)
    flags, state, reason = make(t)
    for _ in range(AGAIN):
        it = Start(t, host, flags, state)
        code = it.wait_exit(5)
        check(code == 1, "exit code %s" % code)
        check(reason in it.stderr(), "it says %r" % it.stderr())
        t.processes.remove(it)


for MAKE in (damaged, readable, damaged_peers, port_taken, empty_passphrase,
             bootnode_damaged):
    register("start_fails_" + MAKE.__name__,
             lambda t, make=MAKE: fails(t, make))


@test()
def start_succeeds_without_input(t):
    """A client whose input is empty ends without an error."""
    host = Loopback(t).a
    for _ in range(5):
        it = Start(t, host, CLIENT, new_state(t))
        check(it.wait_exit(5) == 0, "exit code %s" % it.code)
        t.processes.remove(it)


# Many first starts at once, with one state folder.

def many(t, host, flags, event, field):
    """All run with one key, and nothing else is left in the folder."""
    # The folder is on a disk: a tmpfs takes no time to write a key.
    disk = tempfile.mkdtemp(prefix="gochat-e2e-", dir="/var/tmp")
    t.cleanup(lambda: shutil.rmtree(disk))
    state = os.path.join(disk, "one")	# the first makes the folder
    those = [Process(t, host, "gochat-%d" % n, flags + [
        "--ui", "json", "--state-dir", state]) for n in range(AT_ONCE)]
    keys = {it.wait(event, 20)[field] for it in those}
    check(len(keys) == 1, "%d keys" % len(keys))
    made = sum(b"made a new key" in it.stderr() for it in those)
    check(made == 1, "%d have made a key" % made)
    known = {"identity", "bootnode_key", "known_peers", "known_bootnodes"}
    check(set(os.listdir(state)) <= known, os.listdir(state))
    for it in those:
        it.kill_all()
        it.wait_exit(10)
        t.processes.remove(it)


def start_many_at_once(t, rounds, *what):
    host = Loopback(t).a
    for _ in range(rounds):
        many(t, host, *what)


# A client works for some 0.3 s before it writes anything.
register("start_many_at_once_client", lambda t: start_many_at_once(
    t, 1, CLIENT, "ready", "fingerprint"), deadline=90)
register("start_many_at_once_bootnode", lambda t: start_many_at_once(
    t, 5, BOOTNODE, "listening", "key"), deadline=90)


# Odd files.

@test()
def start_with_remarks(t):
    """Blank lines and comments in known_peers and known_bootnodes are no
    errors."""
    state = state_with(t, "known_bootnodes", "\n# ours\n\n")
    with open(os.open(os.path.join(state, "known_peers"),
                      os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("\n# nobody yet\n")
    it = Process(t, Loopback(t).a, "gochat", CLIENT + [
        "--ui", "json", "--state-dir", state])
    it.wait("ready", 10)


def linked(t, flags, name):
    """The error says that the file is a symbolic link, and what to do."""
    state = new_state(t)
    path = t.path("elsewhere", "", 0o600)
    os.symlink(path, os.path.join(state, name))
    it = Start(t, Loopback(t).a, flags, state)
    check(it.wait_exit(5) == 1, "exit code %s" % it.code)
    check((name + " in the state folder is a symbolic link, which is not "
           "followed: put the file in its place").encode() in it.stderr(),
          "it says %r" % it.stderr())


for FLAGS, NAME in ((CLIENT, "identity"), (CLIENT, "known_peers"),
                    (CLIENT, "known_bootnodes"), (BOOTNODE, "bootnode_key")):
    register("start_fails_linked_" + NAME,
             lambda t, flags=FLAGS, name=NAME: linked(t, flags, name))


# Without /proc.

def without_proc(t, flags, event):
    """gochat starts without /proc, and restarts a process that dies."""
    hide = ["unshare", "--mount", "sh", "-c",
            "mount -t tmpfs none /proc && exec \"$@\"", "sh"]
    it = Process(t, Loopback(t).a, "gochat", flags + [
        "--ui", "json", "--state-dir", new_state(t)], prefix=hide)
    it.wait(event, 10)
    t.wait(lambda: b"event=ready" in it.stderr(), 10, "all are ready")
    it.restart_role("netd")
    if event == "listening":	# a client says ready only once
        it.wait(event, 10, count=2)


for MODE, FLAGS, EVENT in (("client", CLIENT, "ready"),
                           ("bootnode", BOOTNODE, "listening")):
    register("start_without_proc_" + MODE,
             lambda t, flags=FLAGS, event=EVENT:
             without_proc(t, flags, event))
