"""Somebody's identity: a member pretends to be another, or never says who he
is, or comes with key after key."""

import os
import time

from chat import FAST, connected, meet, talk
from harness import check, test
from hostile.member import Member
from hostile.pair import Pair, chain_of
from hostile.room import HIGHEST, LOWEST, Person
from hostile.trial import room_of
from process import ROOM, Bootnode, Gochat
from topology import Lan

# Host b takes no UDP of host a's.
APART = """
table inet apart {
    chain input {
        type filter hook input priority 0;
        ip saddr 10.0.0.1 meta l4proto udp drop
    }
}
"""
TOGETHER = "delete table inet apart"


class TwoFaced(Member):
    """A member who shows himself to whomever it meets, and also as MASK, the
    id of somebody whose card it has."""

    mask = None
    fake = None

    def meet(self, entry):
        Member.meet(self, entry)
        victim = self.cards.get(entry.id)
        if self.mask and victim and entry.id != self.mask:
            self.fake = self.add(Pair(
                self, self.cards[self.mask], victim, entry.address,
                Person("anna", private=self.person.private)), replace=False)
            self.pairs[b"as another"] = self.fake


@test()
def passed_for_another(t):
    """Mallory answers bert as anna before anna can. In the end bert is
    connected to the real one, and is told that another laid claim to her
    id."""
    net = Lan(t, ("a", "b", "c"))
    net.b.nft(APART)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("bootnode", state="joined")
    mallory = TwoFaced(t, net.c, room_of(boot), boot).join()
    real = mallory.pair_with("anna").other.id
    mallory.mask = real
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    mallory.wait(lambda: mallory.fake, 10, "has bert's card")
    bert.poll(lambda: bert.find("claim") or
              bert.find("peer", state="connected", id=real.hex()), 10,
              "that there is one of anna's id")
    net.b.nft(TOGETHER)
    seen = bert.wait("peer", 15, state="connected", id=real.hex())
    check(seen["fingerprint"] == anna.find("ready")[0]["fingerprint"],
          "anna's id has the key of another")
    claim = bert.wait("claim", id=real.hex())
    check(claim["fingerprint"] != seen["fingerprint"], "a claim of her own")
    connected(anna, bert)
    anna.say("it is me")
    bert.wait("message", text="it is me", id=real.hex())


class Mute(Pair):
    """Answers probes, and takes no part in a handshake."""

    def on_path(self):
        """Begins no handshake."""

    def on_handshake(self, packet, place, keys):
        """Answers no handshake."""


class Halfway(Pair):
    """Does its part of the handshake, and then neither sends nor takes
    DATA."""

    def send_data(self, number, frames):
        """Sends no READY and no acknowledgement."""


HANDSHAKE_ENDS = 20		# seconds until the user is told


def silent_handshake(t, pair_class):
    """The peer fails, whichever side would begin, and the text is
    undelivered."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("bootnode", state="joined")
    mutes = [Member(t, host, room_of(boot), boot, "mute",
                    Person("mute", first=first), pair_class=pair_class).join()
             for host, first in ((net.b, LOWEST), (net.c, HIGHEST))]
    ids = [mute.person.id.hex() for mute in mutes]
    for peer_id in ids:
        anna.wait("peer", state="connecting", id=peer_id)
    for mute in mutes:
        mute.wait(lambda: any(p.path for p in mute.pairs.values()), 10,
                  "has a path")
    anna.say("anybody?")
    since = time.monotonic()
    for peer_id in ids:
        failed = anna.wait("peer", HANDSHAKE_ENDS, state="failed", id=peer_id)
        check(failed.get("reason"), "no reason")
        anna.wait("undelivered", HANDSHAKE_ENDS, id=peer_id)
    t.figures = "told after %.1f s: %s" % (time.monotonic() - since,
                                           failed["reason"])


@test()
def handshake_never_answered(t):
    """The peer answers probes, and no handshake."""
    silent_handshake(t, Mute)


@test()
def handshake_and_no_more(t):
    """The peer finishes the handshake, and then does nothing."""
    silent_handshake(t, Halfway)


# known_peers holds so many keys. It is full of people of yesterday, with room
# for ROOM_LEFT, when STRANGERS come, AT_ONCE at a time.
KNOWN_PEERS = 4096
ROOM_LEFT = 20
STRANGERS = 60
AT_ONCE = 10


def known_file(state):
    return os.path.join(state, "known_peers")


def line_of(lines, nick):
    """Returns the words of the newest line of this nickname."""
    return [line for line in lines if line.split()[-1] == nick][-1].split()


def of_yesterday(words, key, nick):
    """Returns a line like WORDS, of another key, seen yesterday."""
    today = str(int(time.time()) // 86400)
    day = str(int(today) - 1)
    return " ".join(word.replace(today, day) if word == today else word
                    for word in [words[0], key, *words[2:-1], nick])


def fill(state):
    """Fills the file with bert, to whom texts went, and many who were only
    met, all yesterday."""
    with open(known_file(state), encoding="ascii") as file:
        lines = file.read().splitlines()
    bert, met = line_of(lines, "bert"), line_of(lines, "met")
    filled = [of_yesterday(bert, bert[1], "bert")]
    while len(filled) < KNOWN_PEERS - ROOM_LEFT:
        filled.append(of_yesterday(met, os.urandom(32).hex(),
                                   "guest%d" % len(filled)))
    with open(known_file(state), "w", encoding="ascii") as file:
        file.write("\n".join(filled) + "\n")


def strangers(t, net, boot, count):
    """Lets COUNT members with fresh keys meet the client, and leave."""
    for at in range(0, count, AT_ONCE):
        group = [Member(t, net.c, room_of(boot), boot, "new%d" % (at + n))
                 for n in range(AT_ONCE)]
        for one in group:
            one.start()
        for one in group:
            pair = one.pair_with("anna", 20)
            one.wait(lambda pair=pair: pair.arrived, 5, "anna has its READY")
            one.quit()


@test(deadline=90)
def known_peers_flooded(t):
    """Somebody to whom texts went yesterday is still known, however many come
    today."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, "--max-sessions-per-address", "256")
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    talk(anna, [bert], "hello")
    talk(bert, [anna], "hello, too")
    known = connected(anna, bert)["fingerprint"]
    Member(t, net.c, room_of(boot), boot, "met").join().pair_with("anna")
    anna.wait("peer", state="connected", nick="met")
    for client in (bert, anna):
        client.quit()
        client.wait_exit()
    fill(anna.state)

    anna = Gochat(t, net.a, "anna", boot, state=anna.state)
    anna.wait("bootnode", state="joined")
    strangers(t, net, boot, STRANGERS)
    anna.wait("peer", 20, state="connected", count=STRANGERS,
              where=lambda e: e["nick"].startswith("new"))
    mallory = Member(t, net.c, room_of(boot), boot, "bert").join()
    mallory.pair_with("anna")
    mallory.say("do you know me?")
    anna.wait("message", text="do you know me?")
    told = anna.find("key_changed", where=lambda e: known in e["known"])
    check(told, "bert of yesterday is forgotten")


def chain_seen(client, peer_id):
    """Returns the chain that /status shows for the texts of a peer."""
    since = client.mark()
    client.cmd({"cmd": "status"})
    status = client.wait("status", since=since)
    peer = [p for p in status["peers"] if p["id"] == peer_id.hex()][0]
    check("texts" in peer, "no chain in %s" % peer)
    return peer["texts"]["chain"]


class TwoTongues:
    """Mallory, with a session with each of two; her texts to each of them go
    on from one to the next."""

    def __init__(self, t):
        net = Lan(t, ("a", "b", "c"))
        boot = Bootnode(t, net.boot)
        self.clients = [Gochat(t, net.a, "anna", boot),
                        Gochat(t, net.b, "bert", boot)]
        meet(*self.clients)
        self.mallory = Member(t, net.c, room_of(boot), boot).join()
        self.pairs = [self.mallory.pair_with(c.nick) for c in self.clients]

    def say(self, *texts):
        """Says one text to each; returns the chains that they show then."""
        with self.mallory.lock:
            for pair, text in zip(self.pairs, texts):
                pair.say(text)
        for client, text in zip(self.clients, texts):
            client.wait("message", text=text)
        return [chain_seen(client, self.mallory.person.id)
                for client in self.clients]


@test()
def different_texts_under_one_number(t):
    """Two people see one chain while they are told the same, and two different
    ones when they are not."""
    both = TwoTongues(t)
    same = both.say("at eight", "at eight")
    check(same[0] == same[1], "two chains of one text")
    forked = both.say("at eight, anna", "at nine, bert")
    check(forked[0] != forked[1], "one chain of two texts")
    later = both.say("see you", "see you")
    check(later[0] != later[1], "the fork does not show any more")


@test()
def texts_that_go_back(t):
    """Mallory says something to anna alone, and goes on as if she had not:
    anna is told so. A text that claims to follow itself is not shown: the
    session fails."""
    both = TwoTongues(t)
    both.say("hello", "hello")
    anna, pair = both.clients[0], both.pairs[0]
    with both.mallory.lock:
        others = pair.chain
        said = pair.say("for you alone")
        pair.chain, pair.sequence = others, said - 1
    anna.wait("message", text="for you alone")
    with both.mallory.lock:
        pair.unsaid.append(dict(sequence=said + 1, flags=0, before=said - 1,
                                chain=others, nick=b"mallory",
                                text=b"to all"))
        pair.flush()
    anna.wait("message", text="to all")
    check(anna.find("fork", seq=said + 1), "it passed as a gap")
    with both.mallory.lock:
        pair.unsaid.append(dict(sequence=said + 2, flags=0, before=said + 2,
                                chain=others, nick=b"mallory",
                                text=b"never"))
        pair.flush()
    failed = anna.wait("peer", id=both.mallory.person.id.hex(),
                       state="failed")
    check(not anna.find("message", text="never"), failed)


ALIKE = 4			# bytes of a chain that are easily made the same


def alike(chain, sequence, nick, one, other):
    """Returns two texts that begin with ONE and OTHER, and whose chains after
    CHAIN begin alike."""
    found = [{}, {}]
    for number in range(1 << 20):
        for side, text in enumerate((one, other)):
            text += " %d" % number
            start = chain_of(chain, sequence, 0, nick, text)[:ALIKE]
            found[side][start] = text
            if start in found[1 - side]:
                return found[0][start], found[1][start]
    raise AssertionError("no two alike")


@test()
def different_texts_with_like_chains(t):
    """Texts made so that their chains begin alike still show as different."""
    both = TwoTongues(t)
    both.say("hello", "hello")
    texts = alike(both.pairs[0].chain, 2, both.mallory.person.nick,
                  "at eight", "at nine")
    shown = both.say(*texts)
    t.figures = "%r and %r are shown as %s and %s" % (*texts, *shown)
    check(shown[0] != shown[1], t.figures)


@test()
def left_has_a_reason(t):
    """The others are told whether somebody said goodbye or fell silent."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    bert.quit()
    left = anna.wait("peer", state="left", nick="bert")
    check(left.get("reason"), "no reason: %s" % left)
    cleo = Gochat(t, net.c, "cleo", boot, *FAST)
    meet(anna, cleo)
    cleo.kill_all()
    lost = anna.wait("peer", 30, state="left", nick="cleo")
    check(lost.get("reason") not in (None, left["reason"]),
          "%s and %s" % (left, lost))
