"""The chain over each person's texts is the same for all members who compare
it.

It depends on every text to all and on no private one. A sender whose process
died is not taken for somebody who tells different people different things.
"""

from chat import FAST, connected, meet, talk
from harness import check, register, test
from process import Bootnode, Gochat
from test_status import status
from topology import Loopback


def people(t, *names):
    net = Loopback(t)
    boot = Bootnode(t, net.boot, *FAST)
    clients = [Gochat(t, net.a, name, boot, "--port", "0", *FAST)
               for name in names]
    meet(*clients)
    return net, boot, clients


def texts_of(client, author):
    """Returns what CLIENT's status says of AUTHOR's texts."""
    if client is author:
        return status(client).get("texts")
    peers = {p["id"]: p for p in status(client)["peers"]}
    return peers[connected(client, author)["id"]].get("texts")


def check_agree(author, *clients):
    own = texts_of(author, author)
    for client in clients:
        seen = texts_of(client, author)
        check((seen["seq"], seen["chain"]) == (own["seq"], own["chain"]),
              "%s has %s of %s, who has %s" % (client.label, seen,
                                               author.label, own))
        check(seen["forks"] == 0, "a fork of an honest one: %s" % seen)


def check_no_fork(*clients):
    for client in clients:
        check(not client.find("fork"), "%s saw a fork" % client.label)


@test()
def texts_compared(t):
    """All members have the same chain of each, also those who came later."""
    net, boot, (anna, bert) = people(t, "anna", "bert")
    check(texts_of(anna, anna) is None and texts_of(anna, bert) is None,
          "texts before there are any")
    talk(anna, [bert], "one")
    anna.cmd({"cmd": "say", "text": "for bert",
              "to": connected(anna, bert)["id"]})
    bert.wait("message", text="for bert")
    carl = Gochat(t, net.a, "carl", boot, "--port", "0", *FAST)
    meet(anna, bert, carl)
    talk(anna, [bert, carl], "two")
    anna.cmd({"cmd": "say", "text": "waves", "action": True})
    for one in (bert, carl):
        one.wait("message", text="waves")
    talk(bert, [anna, carl], "three")
    check_agree(anna, bert, carl)
    check_agree(bert, anna, carl)
    check(texts_of(anna, anna)["chain"] != texts_of(bert, bert)["chain"],
          "two have one chain")
    for one in (bert, carl):
        check(texts_of(one, anna)["gaps"] == 0, "a gap of nothing")
    check_no_fork(anna, bert, carl)


def after_death(t, role):
    """ROLE of the author dies, with texts on their way: all agree
    afterwards."""
    net, boot, (anna, bert, carl) = people(t, "anna", "bert", "carl")
    talk(anna, [bert, carl], "before")
    since = bert.mark()
    old = anna.kill_role(role)
    for number in range(5):
        anna.say("meanwhile %d" % number)
    anna.wait_restarted(role, old)
    anna.say("after")
    for one in (bert, carl):
        one.wait("message", 30, text="after")
    meet(anna, bert, carl)
    talk(anna, [bert, carl], "at last")
    check_agree(anna, bert, carl)
    check_no_fork(anna, bert, carl)


for ROLE in ("netd", "cryptod", "ui"):
    register("texts_after_" + ROLE,
             lambda t, role=ROLE: after_death(t, role), deadline=120)
