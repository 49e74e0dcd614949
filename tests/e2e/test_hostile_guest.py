"""What a stranger tries on a bootnode and its rooms: forged sources,
guesses, sessions without end."""

import os

from harness import check, test
from hostile.bootnode import HostileBootnode
from hostile.caller import Caller
from hostile.room import Person
from hostile.trial import room_of
from process import Bootnode, Gochat
from topology import Lan


@test()
def tags_of_two_bootnodes(t):
    """One room and passphrase: each bootnode sees another tag, so that none
    can be computed ahead for all."""
    net = Lan(t)
    passphrase = t.path("passphrase", "correct horse\n", 0o600)
    boots = [HostileBootnode(t, host) for host in (net.a, net.boot)]
    for boot in boots:
        anna = Gochat(t, net.b, "anna", boot.address, "--port", "0",
                      "--passphrase-file", passphrase)
        anna.wait("bootnode", state="joined")
    tags = [{g.tag for g in boot.guests.values()} for boot in boots]
    check(len(tags[0]) == len(tags[1]) == 1, "tags: %s" % tags)
    check(tags[0] != tags[1], "one tag at both")


@test()
def card_that_does_not_open(t):
    """Who is in the room with a card that nobody can open is shown."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    guesser = Person("guesser")
    Caller(t, net.b, boot).join(room_of(boot), guesser, card=os.urandom(61))
    anna.poll(lambda: [e for e in anna.events
                       if e.get("id") == guesser.id.hex()], 5,
              "that somebody with a strange card is here")
