"""A room of fifty: everybody is connected to everybody, on one host."""

import procinfo
from chat import FAST, Dialogue, meet, talk, told
from harness import check, test
from process import Bootnode, Gochat
from topology import Loopback

PEOPLE = 50
AT_ONCE = 5			# each takes 64 MiB for a moment at its start


@test(deadline=180, alone=True)
def room_of_50(t):
    """All 1225 pairs meet; one line from each reaches all others, once."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot)
    people = []
    while len(people) < PEOPLE:
        group = [Gochat(t, net.a, "guest%d" % (len(people) + n), boot,
                        "--port", "0", log="info") for n in range(AT_ONCE)]
        for one in group:
            one.wait("bootnode", 30, state="joined")
        people += group
    for one in people:
        one.wait("peer", 60, state="connected", count=PEOPLE - 1)
    family = [pid for one in people for pid in one.family()]
    joined = procinfo.cpu_seconds(family)

    dialogue = Dialogue(*people)
    dialogue.say()
    dialogue.settle()
    spoken = procinfo.cpu_seconds(family)
    memory = procinfo.proportional(family)
    t.figures = "%.1f s of CPU to connect, %.2f s for %d lines, %s" % (
        joined, spoken - joined, PEOPLE,
        "memory is not ours to see" if memory is None else
        "%.1f MiB PSS a client" % (memory / 1024 / PEOPLE))
    for one in people:
        ids = [e["id"] for e in one.find("peer", state="connected")]
        check(len(set(ids)) == PEOPLE - 1 and len(ids) == PEOPLE - 1,
              "%s connected twice" % one.label)
        for state in ("failed", "left"):
            check(not one.find("peer", state=state),
                  "%s saw somebody %s" % (one.label, state))
        check(len(told(one)) == PEOPLE - 1, "not told by all")


# The same name and passphrase, as two systems and their editors write them.
COMPOSED = "caf\u00e9 1", "sept canards mouill\u00e9s\n"
DECOMPOSED = ("cafe\u0301\u30001",
              "\ufeffsept\u00a0canards mouille\u0301s\r\n")


@test()
def room_of_one_name(t):
    """People with the same name and passphrase are in one room, whichever
    characters these are made of."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot, *FAST)
    people = []
    for nick, (room, text) in ("anna", COMPOSED), ("bert", DECOMPOSED):
        secret = t.path("passphrase-of-" + nick, text, 0o600)
        one = Gochat(t, net.a, nick, boot, *FAST, "--port", "0",
                     "--passphrase-file", secret, room=room)
        one.room = one.wait("ready")["room"]
        check(one.room == COMPOSED[0], "%s is in %r" % (nick, one.room))
        people.append(one)
    meet(*people)
    talk(people[0], people[1:], "the same room")


@test()
def room_of_a_bootnode(t):
    """The key of the bootnode is part of the room: a client that has met it
    and one that has not come to the same room, and neither keeps the 64
    MiB."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot, *FAST)
    secret = t.path("passphrase", "seven wet ducks\n", 0o600)
    flags = FAST + ("--port", "0", "--passphrase-file", secret)
    anna = Gochat(t, net.a, "anna", boot, *flags)
    anna.wait("bootnode", 15, state="joined")
    anna.quit()
    anna.wait_exit()
    again = Gochat(t, net.a, "anna", boot, *flags, state=anna.state)
    bert = Gochat(t, net.a, "bert", boot, *flags)
    meet(again, bert)
    talk(again, [bert], "the same room")
    for one in (again, bert):
        kib = procinfo.resident([one.by_role()["cryptod"]])
        check(kib < 48 * 1024, "cryptod of %s has %d KiB" % (one.label, kib))
