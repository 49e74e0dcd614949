"""What others do with somebody's JOIN. Strangers have a JOIN or a COOKIE that
they saw, and use it from their own address or in the other's name; somebody
plays a bootnode and uses what clients show it."""

import time

from capture import Capture, wait_still
from chat import connected, meet
from harness import check, test
from hostile import packets
from hostile.bootnode import HostileBootnode
from hostile.caller import Caller
from hostile.channel import Channel, prologue
from hostile.noise import Handshake
from hostile.primitives import sha256
from hostile.room import Person, peer_id
from hostile.trial import room_of
from hostile.wire import Forger, caught, volume
from process import Bootnode, Gochat
from test_hostile_guest import InventedRoom
from topology import Lan

PORT = 4545
WELCOME = 105			# bytes of a WELCOME
OLD = 11			# seconds after which a cookie counts for less


@test()
def join_carried_on(t):
    """Mallory puts the sealed part of anna's JOIN into a JOIN of his own, with
    a nonce and a COOKIE of his own, after she has left: nobody is welcomed,
    and the room hears of nobody."""
    net = Lan(t, ("a", "b", "mallory"))
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot)
    bert = Gochat(t, net.b, "bert", boot)
    anna = Gochat(t, net.a, "anna", boot)
    meet(anna, bert)
    her = connected(bert, anna)["id"]
    seen = packets.decode(caught(capture, "JOIN", net.a.address)[-1])
    anna.quit()
    bert.wait("peer", 10, state="left", id=her)
    mallory = Caller(t, net.mallory, boot)
    for _ in range(3):
        cookie = mallory.cookie(Channel(InventedRoom(), Person("mallory")))
        mallory.send(packets.encode("JOIN", nonce=cookie.nonce,
                                    cookie=cookie.cookie, noise=seen.noise))
        check(not mallory.hear("WELCOME", "REJECT", timeout=0.5),
              "what anna sealed is answered")
    joined = [e for e in boot.find("joined") if e.get("peer") == her]
    check(len(joined) == 1, "anna has joined %d times" % len(joined))


@test()
def cookie_used_by_another(t):
    """Mallory sees each COOKIE for anna, and uses it before she does to join a
    room of his own in her name: she is let in all the same."""
    net = Lan(t, ("a", "mallory"))
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot)
    forger = Forger(t, net.mallory)
    anna = Gochat(t, net.a, "anna", boot)
    used, end = 0, t.until(15)
    while time.monotonic() < end and not anna.find("bootnode",
                                                   state="joined"):
        seen = caught(capture, "COOKIE")
        for data in seen[used:]:
            channel = Channel(InventedRoom(), Person("mallory"))
            forger.send(channel.join(packets.decode(data)),
                        (net.a.address, PORT), (net.boot.address, boot.port))
        used = len(seen)
        time.sleep(0.002)
    check(anna.find("bootnode", state="joined"), "anna is kept out")
    check(used and len(boot.find("joined")) > 1, "nobody else has joined")
    t.figures = "%d COOKIEs used by another" % used


class Thief(HostileBootnode):
    """A bootnode that answers HELLOs with a key of its own, reads a JOIN, and
    says nothing."""
    stolen = None

    def on_join(self, packet, source):
        noise = Handshake("NK", False, prologue(packet.nonce, packet.cookie),
                          static=self.private)
        self.stolen = packets.unpack(packets.JOIN_PAYLOAD,
                                     noise.read(packet.noise))


@test()
def token_shown_to_another(t):
    """Anna knows no key yet, and the first COOKIE has a thief's: he cannot
    take her place at the bootnode with what she sealed for that key."""
    net = Lan(t, ("a", "b", "mallory"))
    thief = Thief(t, net.boot)
    anna = Gochat(t, net.a, "anna", thief.address)
    t.wait(lambda: thief.stolen, 10, "a JOIN")
    thief.ask_to_end()
    thief.thread.join(2)
    thief.socket.close()
    boot = Bootnode(t, net.boot)
    anna.wait("bootnode", 40, state="joined")
    her = boot.wait("joined")["peer"]
    mallory = Person("mallory")
    mallory.token = thief.stolen.token
    mallory.commitment = thief.stolen.commitment
    mallory.attempt = 0xfffffff0
    mallory.card.id = peer_id(sha256(mallory.token), mallory.commitment)
    check(mallory.id.hex() != her, "the id is that of both bootnodes")
    mark = anna.mark()
    Caller(t, net.mallory, boot).join(room_of(boot), mallory)
    anna.never("bootnode", 4, since=mark)
    bert = Gochat(t, net.b, "bert", boot)
    check(connected(bert, anna)["id"] == her, "anna has another id")
    check(len(boot.find("joined", peer=her)) == 1, "she had to join again")


@test()
def cookies_kept(t):
    """Somebody got cookies at an address that he no longer has, and uses them
    to join and leave a room of 60 in its name. The bootnode sends less to that
    address than he sends."""
    net = Lan(t, ("a", "b", "mallory"))
    boot = Bootnode(t, net.boot)
    room = InventedRoom()
    crowd = Caller(t, net.b, boot)
    sessions = [crowd.join(room) for _ in range(60)]
    gone = Caller(t, net.a, boot)
    joins = []
    for _ in range(40):
        channel = Channel(room, Person("gone"))
        joins.append(channel.join(gone.cookie(channel)))
    since = time.monotonic()
    capture = Capture(t, net.switch)
    forger = Forger(t, net.mallory)
    while time.monotonic() < since + OLD:
        for channel in sessions:
            crowd.heartbeat(channel)
        time.sleep(3)
    before = volume(capture, to=gone.place)[1]
    for join in joins:
        forger.send(join, gone.place, gone.bootnode)
    wait_still(capture)
    got = volume(capture, to=gone.place)[1] - before
    t.figures = "%d bytes sent, %d received" % (forger.sent, got)
    check(10 * WELCOME <= got <= forger.sent, t.figures)
