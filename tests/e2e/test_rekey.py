"""New keys within a session: nothing of what is said is lost meanwhile."""

from chat import texts
from harness import check, test
from process import Bootnode, Gochat
from test_status import status
from topology import Lan

RECORDS = 65536		# of a direction with one key, PROTOCOL.md 5.4


def peer(client):
    """What CLIENT tells of the only other one."""
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
