"""A member written from PROTOCOL.md alone, in another language: while it is
honest, gochat must not be able to tell. The hostile members are made of it."""

from chat import FAST, connected, meet, path_to, talk
from harness import check, test
from hostile.bootnode import HostileBootnode
from hostile.member import Member
from hostile.room import HIGHEST, LOWEST, Person, fingerprint
from hostile.trial import room_of
from process import Bootnode, Gochat
from topology import Lan


def conversation(t, first):
    """A client talks with a member whose id begins with the byte FIRST."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    anna = Member(t, net.a, room_of(boot), boot, "anna",
                  Person("anna", first=first)).join()
    pair = anna.pair_with("bert")
    seen = connected(bert, anna.person)
    check(seen["id"] == anna.person.id.hex(), "another id")
    check(seen["fingerprint"] == fingerprint(anna.person.public),
          "another fingerprint")
    check(seen["path"] == "lan", "path %s" % seen["path"])
    for number in range(3):
        with anna.lock:
            sequence = pair.say("question %d" % number)
        message = bert.wait("message", text="question %d" % number)
        check(message["nick"] == "anna", "from %s" % message)
        anna.wait(lambda: pair.receipts == sequence, 5, "a receipt")
        bert.say("answer %d" % number)
        bert.wait("delivered", seq=number + 1, id=seen["id"])
    check(pair.texts == ["answer %d" % n for n in range(3)],
          "anna got %s" % pair.texts)


@test()
def member_talks_as_initiator(t):
    conversation(t, LOWEST)


@test()
def member_talks_as_responder(t):
    conversation(t, HIGHEST)


@test()
def hostile_bootnode_serves(t):
    """Two clients meet at the tests' own bootnode, also by its relay alone."""
    net = Lan(t)
    boot = HostileBootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot.address)
    bert = Gochat(t, net.b, "bert", boot.address, "--relay", "only")
    meet(anna, bert)
    check(anna.wait("bootnode", state="joined")["key"] == boot.key,
          "another key")
    check(path_to(anna, connected(anna, bert)["id"]) == "relay", "no relay")
    talk(anna, [bert], "hello")
    talk(bert, [anna], "hello, too")
