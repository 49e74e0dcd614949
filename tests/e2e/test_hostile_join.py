"""What others do with how somebody joins: strangers with a JOIN or a COOKIE
that they saw, from their own address or in the other's name; and who passes
for a bootnode with what he is shown."""

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
WELCOME = 105			# bytes of one
OLD = 11			# seconds after which a cookie counts for less


@test()
def join_carried_on(t):
    """He puts what anna's JOIN has sealed into a JOIN of his own, with a
    nonce and a COOKIE of his own, after she has left: nobody is welcomed,
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
    """He sees each COOKIE for anna, and joins with it in her name, a room of
    his own, before she does: she is let in all the same."""
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
    """Answers HELLOs with a key of his own, reads a JOIN, says nothing."""
    stolen = None

    def on_join(self, packet, source):
        noise = Handshake("NK", False, prologue(packet.nonce, packet.cookie),
                          static=self.private)
        self.stolen = packets.unpack(packets.JOIN_PAYLOAD,
                                     noise.read(packet.noise))


@test()
def token_shown_to_another(t):
    """Anna knows no key yet, and the first COOKIE has a thief's: with what
    she sealed for that he cannot take her place at the bootnode."""
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
    """Somebody got cookies at an address that he has no more, and joins and
    leaves a room of 60 with them in its name: it gets less than he sends."""
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
