"""Steps that several attacks share: what must go on meanwhile."""

import time

from chat import connected, nobody_left
from harness import check
from hostile.room import Room
from process import ROOM

LATE = 2			# seconds that a text may take


def exchange(sender, receiver, text, late=LATE):
    """A text arrives, and its author is told so, within LATE seconds."""
    since, mark = receiver.mark(), sender.mark()
    sender.say(text)
    receiver.wait("message", late, since=since, text=text)
    sender.wait("delivered", late, since=mark,
                id=connected(sender, receiver)["id"])


def chat_under_attack(t, anna, bert, seconds):
    """Texts both ways, again and again; none is late."""
    end = t.until(seconds)
    slowest = number = 0
    while time.monotonic() < end:
        for sender, receiver in ((anna, bert), (bert, anna)):
            since = time.monotonic()
            exchange(sender, receiver, "%s says %d" % (sender.nick, number))
            slowest = max(slowest, time.monotonic() - since)
        number += 1
        time.sleep(0.1)
    nobody_left(anna, bert)
    for client in (anna, bert):
        failed = client.find("peer", state="failed")
        check(not failed, "%s: %s" % (client.label, failed))
    return "%d texts each way, the slowest in %.2f s" % (number, slowest)


def in_order(*clients):
    """Two connected clients, the one with the lower id, who nominates,
    first."""
    one, other = clients
    return ((one, other) if connected(other, one)["id"] <
            connected(one, other)["id"] else (other, one))


def room_of(boot, name=ROOM, passphrase=b""):
    """The room of a bootnode's clients, who were told this passphrase."""
    return Room(name, boot.public, passphrase)
