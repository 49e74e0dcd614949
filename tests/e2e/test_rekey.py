"""New keys within a session: no text is lost meanwhile."""

from chat import Dialogue, meet, nobody_left, texts
from harness import check, test
from process import Bootnode, Gochat
from test_status import status
from topology import Lan

RECORDS = 65536		# records in one direction with one key, PROTOCOL.md 5.4
AGE = 120		# seconds that a key lives, likewise


def peer(client):
    """Returns what CLIENT's status says of its only peer."""
    found, = status(client)["peers"]
    return found


@test(deadline=120)
def rekey(t):
    """More texts than one key may seal arrive in order; the session stays."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, ui="plain")
    bert = Gochat(t, net.b, "bert", boot)
    bert.wait("peer", 15, state="connected", nick="anna")
    before = peer(bert)
    check(before["rekey_age_s"] == before["session_age_s"],
          "keys of another age than their session: %s" % before)
    lines = ["%d" % n for n in range(RECORDS + 10)]
    anna.raw("".join(line + "\n" for line in lines).encode())
    bert.poll(lambda: bert.events[-1].get("text") == lines[-1], 90,
              "the last line")
    check(texts(bert, "anna") == lines, "not each once and in order")
    after = peer(bert)
    check(after["session_age_s"] > after["rekey_age_s"],
          "%d records, and no other keys: %s" % (len(lines), after))
    t.note("the keys lasted %.1f s" %
           (after["session_age_s"] - after["rekey_age_s"]))
    bert.say("still here")
    anna.wait_line(b"<bert> still here")


# Nothing shortens the time of a key. The test is among the first to be
# started, and others run meanwhile.
@test(deadline=240)
def rekey_by_age(t):
    """Two who talk for longer than that have new keys, and go on."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    dialogue = Dialogue(anna, bert)

    def lasted(client):
        found = peer(client)
        return found["session_age_s"] - found["rekey_age_s"]

    def renewed():
        dialogue.say()
        return lasted(anna) > 0 and lasted(bert) > 0
    t.wait(renewed, AGE + 60, "both have other keys", 1)
    for client in (anna, bert):
        check(AGE - 1 <= lasted(client) < AGE + 30,
              "%s had its first keys for %s s" % (client.label,
                                                  lasted(client)))
    dialogue.settle()
    dialogue.say(10)
    dialogue.settle()
    nobody_left(anna, bert)
    t.note("%d lines, other keys after %.1f s" % (
        sum(len(said) for said in dialogue.said.values()), lasted(anna)))
