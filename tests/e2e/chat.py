"""Steps that many tests share: clients meet and talk, and their events are
checked."""

from harness import check

FAST = ("--heartbeat-interval", "1", "--peer-timeout", "3")


def connected(client, other, timeout=15):
    """Waits for CLIENT's event of being connected to OTHER."""
    return client.wait("peer", timeout, state="connected", nick=other.nick)


def meet(*clients, timeout=15):
    """Waits until every client is connected to every other."""
    for client in clients:
        for other in clients:
            if other is not client:
                connected(client, other, timeout)


def talk(sender, receivers, text, timeout=10):
    """Says TEXT; it is sent to all, arrives at each, and is delivered to
    each."""
    marks = [(r, r.mark()) for r in receivers]
    since = sender.mark()
    # An earlier text may be told of once more: that the room has settled.
    earlier = {e["seq"] for e in sender.find("sent")}
    sender.say(text)
    sent = sender.wait("sent", timeout, since=since,
                       where=lambda e: e["seq"] not in earlier)
    check(sent["peers"] == len(receivers),
          "sent to %s peers, not %d" % (sent["peers"], len(receivers)))
    for receiver, mark in marks:
        message = receiver.wait("message", timeout, since=mark, text=text)
        check(message["nick"] == sender.nick, "from %s" % message["nick"])
        check(message["room"] == receiver.room, "in %s" % message["room"])
        check(message["id"] == connected(receiver, sender)["id"],
              "the message has another id than its sender")
        sender.wait("delivered", timeout, since=since, seq=sent["seq"],
                    id=connected(sender, receiver)["id"])
    return sent


def path_to(client, peer):
    """Returns the path that CLIENT last named for the peer id PEER."""
    found = client.find("peer", id=peer,
                        where=lambda e: e["state"] in ("connected", "path"))
    return found[-1]["path"] if found else None


def nobody_left(*clients):
    """Checks that no client saw a peer leave, or connect a second time."""
    for client in clients:
        left = client.find("peer", state="left")
        check(not left, "%s saw %s" % (client.label, left))
        ids = [e["id"] for e in client.find("peer", state="connected")]
        check(len(ids) == len(set(ids)),
              "%s connected twice to one peer" % client.label)


def texts(client, nick):
    """Returns the texts that CLIENT has shown from NICK, in order."""
    return [e["text"] for e in client.find("message", nick=nick)]


class Dialogue:
    """Numbered lines from everybody to everybody, counted at the end.

    Whatever happens in between, settle() checks that each line has come once
    to each of the others, in order, and that its author was told of each
    delivery.
    """

    def __init__(self, *clients, padding=""):
        self.clients = clients
        self.padding = padding
        self.said = {client: [] for client in clients}

    def say(self, count=1, of=None):
        """Says COUNT lines from each of OF, or of all, in turn."""
        for _ in range(count):
            for client in of or self.clients:
                text = "%s says %d%s" % (client.nick, len(self.said[client]),
                                         self.padding)
                self.said[client].append(text)
                client.say(text)

    def arrived(self, timeout=60, at=None):
        """Checks that each line has come to each of AT, or to all, once and in
        order."""
        for reader, sender in self._pairs():
            if reader not in (at or self.clients):
                continue
            wanted = self.said[sender]
            reader.poll(lambda: len(texts(reader, sender.nick)) >=
                        len(wanted), timeout, "all %d lines of %s" % (
                            len(wanted), sender.nick))
            check(texts(reader, sender.nick) == wanted,
                  "%s has of %s %s" % (reader.label, sender.nick,
                                       texts(reader, sender.nick)))

    def settle(self, timeout=60):
        """Waits until all lines have come, and every sender was told of
        each."""
        self.arrived(timeout)
        others = len(self.clients) - 1
        for sender in self.clients:
            wanted = len(self.said[sender]) * others
            sender.poll(lambda: len(told(sender)) >= wanted, timeout,
                        "that %d times a line was delivered" % wanted)
            check(len(set(told(sender))) == len(told(sender)) == wanted,
                  "%s was told twice" % sender.label)
        self.arrived()	# nothing has come since

    def _pairs(self):
        return [(reader, sender) for sender in self.clients
                for reader in self.clients if reader is not sender]


def told(sender):
    """Returns what SENDER was told of: (ui, number of the line, peer id).

    A ui that was restarted says so, and counts from 1 again.
    """
    found, ui = [], 0
    for event in list(sender.events):
        if event["event"] == "ready":
            ui += 1
        elif event["event"] == "delivered":
            found.append((ui, event["seq"], event["id"]))
    return found
