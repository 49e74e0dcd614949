"""Starts that fail, that are many at once, or that find odd files or no /proc.
"""

import os

from harness import check, register, test
from process import Process, new_state
from topology import Loopback

AGAIN = 20			# starts of each kind: the order varies
AT_ONCE = 12
TAKEN = 7777			# UDP port


class Start(Process):
    """A client or a bootnode with its input at an end."""

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
            new_state(t), b"the passphrase is empty")


def bootnode_damaged(t):
    return (BOOTNODE, state_with(t, "bootnode_key", "nonsense\n"),
            b"is damaged")


def fails(t, make):
    """Exit code 1 and the reason, in whatever order the processes end."""
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
    """And one that has nothing to say is no failure."""
    host = Loopback(t).a
    for _ in range(5):
        it = Start(t, host, CLIENT, new_state(t))
        check(it.wait_exit(5) == 0, "exit code %s" % it.code)
        t.processes.remove(it)


# Many first starts at once, with one state folder.

def many(t, flags, event, field):
    """All run, and all with one key; nothing else is left in the folder."""
    host = Loopback(t).a
    state = os.path.join(new_state(t), "one")	# they make it, too
    those = [Process(t, host, "gochat-%d" % n, flags + [
        "--ui", "json", "--state-dir", state]) for n in range(AT_ONCE)]
    keys = {it.wait(event, 20)[field] for it in those}
    check(len(keys) == 1, "%d keys" % len(keys))
    made = sum(b"made a new key" in it.stderr() for it in those)
    check(made == 1, "%d have made a key" % made)
    known = {"identity", "bootnode_key", "known_peers", "known_bootnodes"}
    check(set(os.listdir(state)) <= known, os.listdir(state))


for MODE, FLAGS, WHAT in (("client", CLIENT, ("ready", "fingerprint")),
                          ("bootnode", BOOTNODE, ("listening", "key"))):
    register("start_many_at_once_" + MODE,
             lambda t, flags=FLAGS, what=WHAT: many(t, flags, *what))
