"""Steps that several attacks share, to see that the conversation goes on."""

import time

from chat import connected, nobody_left
from harness import check
from hostile.room import Room
from process import ROOM

LATE = 2			# seconds that a text may take


def exchange(sender, receiver, text, late=LATE):
    """Checks that a text arrives, and its author hears so, in LATE seconds."""
    since, mark = receiver.mark(), sender.mark()
    sender.say(text)
    receiver.wait("message", late, since=since, text=text)
    sender.wait("delivered", late, since=mark,
                id=connected(sender, receiver)["id"])


def chat_under_attack(t, anna, bert, seconds):
    """Sends texts both ways, again and again; none may be late."""
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
    """Returns two connected clients; the first has the lower id and
    nominates."""
    one, other = clients
    return ((one, other) if connected(other, one)["id"] <
            connected(one, other)["id"] else (other, one))


def room_of(boot, name=ROOM, passphrase=b""):
    """Returns the room of a bootnode's clients, who have this passphrase."""
    return Room(name, boot.public, passphrase)
