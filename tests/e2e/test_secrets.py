"""The secrets that a process can never see, looked for in its memory and on
the wire.

Every search has a control: the same bytes must be found where they belong.
"""

import os

from capture import Capture, holders, wait_still
from chat import FAST, connected, meet, talk
from harness import check, test
from process import Bootnode, Gochat
from test_processes import by_role
from topology import Lan
from x25519 import public_key

ROOM = "saxifrage-cellar-room"
TEXT = "the gooseberries are ripe, tell nobody"
ANSWER = "nobody will hear of gooseberries"
PASSPHRASE = "quiet otters weigh nine anvils"
PIECE = 1 << 20
# Larger maps are the sanitizers': they hold no data, and would take for ever.
TOO_LARGE = 1 << 30


def private_key(process, name):
    """Returns the 32 bytes of a key file of its state folder."""
    with open(os.path.join(process.state, name)) as file:
        return bytes.fromhex(file.read().split()[1])


def writable(pid):
    """Yields (start, end) of the memory that the process can have written
    to."""
    with open("/proc/%d/maps" % pid) as file:
        for line in file:
            span, rights = line.split()[:2]
            start, end = (int(n, 16) for n in span.split("-"))
            if rights[1] == "w" and end - start <= TOO_LARGE:
                yield start, end


def memory_holds(pid, needles):
    """Returns those of NEEDLES, name: bytes, that are in the process's
    memory."""
    found = set()
    overlap = max(map(len, needles.values())) - 1
    with open("/proc/%d/mem" % pid, "rb", buffering=0) as memory:
        for start, end in writable(pid):
            rest = b""
            for at in range(start, end, PIECE):
                try:
                    piece = os.pread(memory.fileno(),
                                     min(PIECE, end - at), at)
                except OSError:		# a page without access
                    break
                data = rest + piece
                found |= {name for name, needle in needles.items()
                          if needle in data}
                rest = data[-overlap:]
    return found


@test(deadline=90)
def secrets_in_memory(t):
    """Launcher and netd hold no key and no text, and ui no key; no process of
    a bootnode knows what is said, by whom, or in which room."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    secret = t.path("passphrase", PASSPHRASE + "\n", 0o600)
    flags = FAST + ("--passphrase-file", secret)
    anna = Gochat(t, net.a, "annabelle-quince", boot, *flags, room=ROOM)
    bert = Gochat(t, net.b, "bertram-medlar", boot, *flags, room=ROOM)
    meet(anna, bert)
    talk(anna, [bert], TEXT)
    talk(bert, [anna], ANSWER)
    needles = {"text": TEXT.encode(), "answer": ANSWER.encode(),
               "nickname": b"bertram-medlar", "room": ROOM.encode(),
               "passphrase": PASSPHRASE.encode(),
               "identity": private_key(anna, "identity"),
               "bootnode's key": private_key(boot, "bootnode_key")}
    try:
        client = {role: memory_holds(pid, needles)
                  for role, pid in by_role(anna).items()}
        bootnode = {role: memory_holds(pid, needles)
                    for role, pid in by_role(boot).items()}
    except PermissionError:
        # Root in a user namespace alone may not look.
        t.figures = "not looked at: only root may"
        return
    check("identity" in client["cryptod"], "cryptod has no identity")
    check("passphrase" not in client["cryptod"], "cryptod has kept it")
    check({"answer", "nickname", "room"} <= client["ui"],
          "ui holds only %s" % client["ui"])
    check("bootnode's key" in bootnode["cryptod"], "no key in the bootnode")
    for role, allowed in (("launcher", {"room"}), ("spawner", {"room"}),
                          ("netd", set()),
                          ("ui", {"text", "answer", "nickname", "room"})):
        check(client[role] <= allowed, "%s holds %s" % (
            role, ", ".join(sorted(client[role] - allowed))))
    for role, found in bootnode.items():
        allowed = {"bootnode's key"} if role == "cryptod" else set()
        check(found <= allowed, "%s of the bootnode holds %s" % (
            role, ", ".join(sorted(found - allowed))))


@test()
def secrets_on_the_wire(t):
    """No identity key is on the wire, private or public; the bootnode's public
    one is."""
    net = Lan(t)
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    talk(anna, [bert], TEXT)
    check(connected(bert, anna)["path"] == "lan", "not on this wire")
    wait_still(capture)
    capture.stop()
    check(capture.lost == 0, "%d frames are not recorded" % capture.lost)
    known = public_key(private_key(boot, "bootnode_key"))
    check(known.hex() == boot.key, "the arithmetic is wrong")
    check(holders(capture.frames, known), "the control is not found")
    for client in (anna, bert):
        private = private_key(client, "identity")
        check(not holders(capture.frames, private), "a private key")
        check(not holders(capture.frames, public_key(private)),
              "the identity key of %s is in the open" % client.label)
