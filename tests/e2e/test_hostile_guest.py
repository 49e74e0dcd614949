"""What a stranger tries on a bootnode that has nothing to do with a peer:
forged sources, guesses of a room, sessions without end."""

import os
import time

from capture import Capture, wait_still
from chat import FAST
from harness import check, test
from hostile import packets
from hostile.bootnode import HostileBootnode
from hostile.caller import Caller
from hostile.channel import Channel
from hostile.member import Member
from hostile.room import Person
from hostile.trial import room_of
from hostile.wire import Forger, caught, volume
from process import Bootnode, Gochat
from topology import Lan

LONGEST_CARD = 206
ECHOES = 4			# echoes that are good at a time (section 2.16)
ACK = 48			# bytes of a HEARTBEAT_ACK
JOINS = 128			# JOINs of one address: at once, and in a minute


class InventedRoom:
    """A room whose secret nobody has: it is only a tag."""

    def __init__(self):
        self.tag = os.urandom(32)

    @staticmethod
    def seal_card(_):
        return os.urandom(LONGEST_CARD)


@test()
def forged_sync(t):
    """Somebody was in a room of 60 and is gone, but SYNCs go on coming from
    that address. The bootnode sends it no more than was sent in its name, and
    stops sending the roster once a few answers were not echoed."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    room = InventedRoom()
    crowd = Caller(t, net.b, boot)
    for _ in range(60):
        crowd.join(room)
    gone = Caller(t, net.a, boot)
    channel = gone.join(room)
    gone.heartbeat(channel)
    check(channel.acknowledged_by(gone.hear("HEARTBEAT_ACK")), "forged")
    capture = Capture(t, net.switch)
    wait_still(capture)
    forger = Forger(t, net.c)
    got = [volume(capture, to=gone.place)[1]]
    for number in range(20):
        forger.send(channel.sync(), gone.place, gone.bootnode)
        wait_still(capture, 0.25)
        got.append(volume(capture, to=gone.place)[1])
    whole, late = got[-1] - got[0], got[-1] - got[ECHOES]
    t.figures = "%d bytes sent, %d received, the last %d of them for %d" % (
        forger.sent, whole, late, len(got) - 1 - ECHOES)
    check(whole <= forger.sent, t.figures)
    check(late <= (len(got) - 1 - ECHOES) * ACK, t.figures)


@test()
def guessed_rooms(t):
    """Somebody tries 300 rooms from one address and leaves each at once: most
    of the tries are not answered."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    caller = Caller(t, net.a, boot)
    let_in = 0
    since = time.monotonic()
    for number in range(300):
        channel, answer = caller.ask_to_join(InventedRoom(), timeout=0.05)
        if answer == "WELCOME":
            let_in += 1
            caller.leave(channel)
    took = time.monotonic() - since
    t.figures = "%d of 300 in %.1f s" % (let_in, took)
    check(let_in <= JOINS + JOINS * took / 60 + 1, t.figures)
    # Another client does not have to wait because of that.
    bert = Gochat(t, net.b, "bert", boot)
    bert.wait("bootnode", 5, state="joined")


@test()
def room_names_in_log(t):
    """Neither log nor events hold any four bytes of a room's tag."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    tags = HostileBootnode(t, net.b)	# this one sees the clients' tag
    for place in (boot.address, tags.address):
        anna = Gochat(t, net.a, "anna", place, "--port", "0", *FAST)
        anna.wait("bootnode", state="joined")
    Member(t, net.a, room_of(boot), boot).join()
    boot.wait("joined", count=2)
    shown = boot.stderr().decode() + "\n".join(
        line.decode() for line in boot.lines)
    seen = {g.tag.hex() for g in tags.guests.values()} | {
        room_of(boot).tag.hex()}
    for tag in seen:
        for at in range(0, 57):
            check(tag[at:at + 8] not in shown, "digits %d of the tag" % at)


@test()
def tags_of_two_bootnodes(t):
    """For the same room and passphrase each bootnode sees another tag, so
    nobody can compute tags in advance for all bootnodes."""
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
    """The user is told of a member whose card nobody can open."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    guesser = Person("guesser")
    Caller(t, net.b, boot).join(room_of(boot), guesser, card=os.urandom(61))
    anna.poll(lambda: [e for e in anna.events
                       if e.get("id") == guesser.id.hex()], 5,
              "that somebody with a strange card is here")


@test()
def sessions_of_four_addresses(t):
    """Four addresses have as many sessions as they may: a client at a fifth
    still gets into the room."""
    net = Lan(t, ("b", "mallory"))
    boot = Bootnode(t, net.boot)
    room = room_of(boot)
    let_in = 0
    for number in range(4):
        address = "10.0.0.%d" % (11 + number)
        net.mallory.ip("address add %s/24 dev eth0" % address)
        caller = Caller(t, net.mallory, boot, address)
        for _ in range(64):
            let_in += caller.ask_to_join(
                room, card=os.urandom(61), timeout=0.1)[1] == "WELCOME"
    bert = Gochat(t, net.b, "bert", boot)
    t.figures = "%d of 256 were let in" % let_in
    bert.wait("bootnode", 5, state="joined")
    check(not bert.find("error"), "bert saw %s" % bert.find("error"))


NETWORKS = 20			# networks of 64 bits
OF_A_64, OF_A_48 = 64, 256	# sessions that a /64 and a /48 may have


@test()
def sessions_of_one_ipv6_network(t):
    """A /48 has a limit of its own, since its owner has 65536 networks of 64
    bits."""
    net = Lan(t)
    for host, address in ((net.boot, "2001:db8:2::100/32"),
                          (net.a, "2001:db8:3::1/32")):
        host.enable_ipv6()
        host.ip("address add %s dev eth0 nodad" % address)
    net.b.enable_ipv6()
    boot = Bootnode(t, net.boot, "--peer-timeout", "120",
                    listen="[::]:9595")
    place = ("2001:db8:2::100", boot.port)
    let_in = 0
    for number in range(NETWORKS):
        address = "2001:db8:1:%x::1" % number
        net.b.ip("address add %s/32 dev eth0 nodad" % address)
        caller = Caller(t, net.b, place, address)
        for _ in range(OF_A_64):
            if caller.ask_to_join(InventedRoom())[1] != "WELCOME":
                break
            let_in += 1
    t.figures = "%d of %d were let in" % (let_in, OF_A_64 * NETWORKS)
    check(let_in <= OF_A_48, t.figures)
    Gochat(t, net.a, "anna", "[%s]:%d" % place).wait(
        "bootnode", 5, state="joined")


@test()
def rejoin_churn(t):
    """Somebody joins again and again, as fast as possible or so slowly that
    each time makes a packet of its own. The bootnode does not tell all the
    others each time."""
    net = Lan(t, ("b", "mallory"))
    boot = Bootnode(t, net.boot)
    room = InventedRoom()
    # The crowd has many addresses: a single one might be told less (section
    # 2.16).
    crowd = ["10.0.0.%d" % number for number in range(151, 201)]
    for address in crowd:
        net.b.ip("address add %s/24 dev eth0" % address)
        caller = Caller(t, net.b, boot, address)
        caller.heartbeat(caller.join(room))
    capture = Capture(t, net.switch)
    figures = []
    for apart in (0, 0.05):
        person, churner = Person("churner"), Caller(t, net.mallory, boot)
        joins = []
        for _ in range(20):
            channel = Channel(room, person)
            joins.append(channel.join(churner.cookie(channel)))
        wait_still(capture, 0.5)
        before = sum(volume(capture, to=one)[1] for one in crowd)
        for join in joins:
            churner.send(join)
            time.sleep(apart)
        wait_still(capture, 0.5)
        sent = volume(capture, source=churner.place)[1]
        told = sum(volume(capture, to=one)[1] for one in crowd) - before
        figures.append("%d bytes sent, %d told to 50 others" % (sent, told))
        t.figures = "; ".join(figures)
        check(told <= 3 * sent, t.figures)


@test()
def join_repeated_after_leave(t):
    """A copy of the JOIN of somebody who has left brings nobody back."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    caller = Caller(t, net.a, boot)
    person = Person("gone")
    channel = caller.join(room_of(boot), person)
    caller.heartbeat(channel)
    caller.leave(channel)
    caller.send(channel.sent)
    answer = caller.hear("WELCOME", timeout=1)
    check(not answer, "a copy is welcome")
    check(len(boot.find("joined", peer=person.id.hex())) == 1, "a ghost")


@test()
def forged_rejects(t):
    """A hundred forged REJECTs a second for 5 s, with the session's id: the
    client joins a time or two, and its user is not flooded."""
    net = Lan(t)
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("bootnode", state="joined")
    t.wait(lambda: caught(capture, "HEARTBEAT"), 5, "a heartbeat")
    forge_rejects(t, net, capture, 500)
    joins = len(set(caught(capture, "JOIN", net.a.address))) - 1
    events = len(anna.find("bootnode"))
    t.figures = "%d joins, %d events" % (joins, events)
    check(joins <= 3 and events <= 8, t.figures)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    bert.wait("peer", 10, state="connected", nick="anna")


def forge_rejects(t, net, capture, count):
    """Forges COUNT REJECTs, 10 ms apart, for the session that the client used
    last."""
    forger = Forger(t, net.b)
    place = (net.boot.address, 9595)
    sessions = {packets.decode(caught(capture, "HEARTBEAT")[-1]).session}
    for _ in range(count):
        heard = [data for name in ("SEALED", "HEARTBEAT", "SYNC")
                 for data in caught(capture, name, last=50)[-1:]]
        sessions = {packets.decode(d).session for d in heard} or sessions
        for session in sessions:
            forger.send(packets.encode(
                "REJECT", flags=packets.UNKNOWN_SESSION, subject=session),
                place, (net.a.address, 4545))
        time.sleep(0.01)


@test()
def welcome_without_patience(t):
    """A bootnode gives its clients a timeout of 1 ms: they do not join more
    often for it."""
    net = Lan(t)
    boot = HostileBootnode(t, net.boot, timeout=1, interval=1)
    anna = Gochat(t, net.a, "anna", boot.address)
    anna.wait("bootnode", state="joined")
    anna.never("bye", 6)
    joins = boot.count("JOIN")
    t.figures = "%d joins in 6 s" % joins
    check(joins <= 5, t.figures)


@test()
def forged_challenges(t):
    """The client answers a CHALLENGE when its session moves, and not every
    time that somebody sends one."""
    net = Lan(t)
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("bootnode", state="joined")
    t.wait(lambda: caught(capture, "HEARTBEAT"), 5, "a heartbeat")
    session = packets.decode(caught(capture, "HEARTBEAT")[-1]).session
    forger = Forger(t, net.b)
    for _ in range(100):
        forger.send(packets.encode("CHALLENGE", session=session,
                                   cookie=os.urandom(20)),
                    (net.boot.address, boot.port), (net.a.address, 4545))
        time.sleep(0.01)
    wait_still(capture)
    replies = len(caught(capture, "CHALLENGE_REPLY", net.a.address))
    t.figures = "%d replies to 100" % replies
    check(replies <= 5, t.figures)


class Forgetful(HostileBootnode):
    """A bootnode that welcomes everybody, and knows nobody a moment later."""

    def tick(self, now):
        for guest in self.guests.values():
            self.deny(guest.session, guest.place)

    def on_heartbeat(self, packet, source):
        self.deny(packet.session, source)

    on_sync = on_heartbeat

    def deny(self, session, source):
        self.send(packets.encode("REJECT", flags=packets.UNKNOWN_SESSION,
                                 subject=session), source)


@test()
def bootnode_that_knows_nobody(t):
    """The bootnode's REJECTs are authentic, and still its clients join no more
    often than if it did not answer."""
    net = Lan(t)
    boot = Forgetful(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot.address)
    anna.wait("bootnode", state="joined")
    anna.never("bye", 8)
    joins, events = boot.count("JOIN"), len(anna.find("bootnode"))
    t.figures = "%d joins, %d events in 8 s" % (joins, events)
    check(joins <= 6 and events <= 12, t.figures)
