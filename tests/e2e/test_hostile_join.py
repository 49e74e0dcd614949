"""What a stranger does with how somebody else joins: with a JOIN or a COOKIE
that he saw, from his own address or in the other's name."""

import time

from capture import Capture
from chat import connected, meet
from harness import check, test
from hostile import packets
from hostile.caller import Caller
from hostile.channel import Channel
from hostile.room import Person
from hostile.wire import Forger, caught
from process import Bootnode, Gochat
from test_hostile_guest import InventedRoom
from topology import Lan

PORT = 4545


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
