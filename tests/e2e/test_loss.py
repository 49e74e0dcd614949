"""Bad networks: packets are lost, late, out of order and doubled, each way."""

import time

import nat
from chat import Dialogue, meet, nobody_left, texts
from delay import BadCable
from harness import check, register, test
from process import Bootnode, Gochat
from topology import Lan

LINES = 200
LIMIT = 60			# seconds for all lines


@test(deadline=120)
def loss_of_a_quarter(t):
    """200 lines each way arrive once each, in order, delivered, within 60
    s."""
    net = Lan(t)
    for host in (net.a, net.b, net.boot):
        nat.lose(host, 25)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert, timeout=40)
    started = time.monotonic()
    said = {c: ["%s says %d" % (c.nick, n) for n in range(LINES)]
            for c in (anna, bert)}
    for number in range(LINES):
        for client in (anna, bert):
            client.say(said[client][number])
    for reader, sender in ((anna, bert), (bert, anna)):
        left = started + LIMIT - time.monotonic()
        last = reader.wait("message", left, text=said[sender][-1])
        t.note("%s has all after %.1f s" % (reader.label, last.at - started))
    for sender in (anna, bert):
        sender.wait("delivered", 30, count=LINES)
    for reader, sender in ((anna, bert), (bert, anna)):
        check(texts(reader, sender.nick) == said[sender],
              "%s has not each line once and in order" % reader.label)
        check(not reader.find("undelivered"), "undelivered")
        check(not reader.find("peer", state="left"), "somebody left")


@test(deadline=120)
def loss_and_duplicates_and_reordering(t):
    """500 lines each way go through all of it at once."""
    cable = BadCable(t, 10, jitter=15, loss=30, duplicates=5)
    net = Lan(t, wires={"a": cable})
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert, timeout=40)
    dialogue = Dialogue(anna, bert)
    dialogue.say(500)
    dialogue.settle(90)
    nobody_left(anna, bert)


def long_way(t, ms):
    """Every packet takes MS; nothing else is wrong."""
    net = Lan(t, wires={"a": BadCable(t, ms)})
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert, timeout=30)
    dialogue = Dialogue(anna, bert)
    dialogue.say(50)
    dialogue.settle()
    nobody_left(anna, bert)


# Around the world, and by way of a satellite.
for MS in (150, 300):
    register("long_way_of_%d_ms" % MS, lambda t, ms=MS: long_way(t, ms),
             deadline=90)
