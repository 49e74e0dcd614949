"""A text is shown under the name that it was said under, wherever and however
late it comes; and a client checks that name as it does any other.
"""

from chat import FAST, connected, meet
from harness import check, test
from hostile.member import Member
from hostile.trial import room_of
from process import Bootnode, Gochat
from topology import Lan

# Packets from those two are dropped.
CUT = """
table inet cut {
    chain in { type filter hook input priority -10; ip saddr { %s, %s } drop; }
}
"""
TEXTS = 200
NAMES = 5			# names that a client takes in a short time


def named(client, peer_id):
    """Returns (name, text) of each message of a peer, in order."""
    return [(e["nick"], e["text"])
            for e in client.find("message", id=peer_id)]


def say_and_rename(anna):
    """Says 200 texts, with another name after each 40; returns (name, text) of
    each."""
    wanted, lines, name = [], "", "anna"
    for number in range(TEXTS):
        text = "text %d" % number
        wanted.append((name, text))
        lines += '{"cmd":"say","text":"%s"}\n' % text
        if number % (TEXTS // NAMES) == TEXTS // NAMES - 1:
            name = "anna%d" % (number // (TEXTS // NAMES))
            lines += '{"cmd":"nick","nick":"%s"}\n' % name
    anna.raw(lines.encode())
    return wanted, name


@test(deadline=120)
def names_of_texts(t):
    """Each text has its name for a peer that is connected, and for one that is
    connected only later."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST, "--relay", "never")
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    net.c.nft(CUT % (net.a.address, net.b.address))
    cleo = Gochat(t, net.c, "cleo", boot, *FAST)
    coming = anna.wait("peer", 15, state="connecting",
                       where=lambda e: e["id"] != connected(anna, bert)["id"])
    wanted, last = say_and_rename(anna)
    anna_id = connected(bert, anna)["id"]
    bert.wait("message", 30, text=wanted[-1][1])
    check(named(bert, anna_id) == wanted, named(bert, anna_id))
    check(not cleo.find("message"), "cleo was not late")
    check(not anna.find("peer", state="failed", id=coming["id"]),
          "she was waited for too long")

    net.c.nft("delete table inet cut")
    cleo.wait("message", 30, text=wanted[-1][1])
    check(named(cleo, anna_id) == wanted, named(cleo, anna_id))
    for client in (bert, cleo):
        client.wait("nick", 10, id=anna_id, nick=last)
        anna.say("now as " + last)
        heard = client.wait("message", text="now as " + last)
        check(heard["nick"] == last, heard)


@test()
def names_of_each_text(t):
    """Each text comes under another name, faster than names may change
    alone."""
    net = Lan(t, ("a", "c"))
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    mallory = Member(t, net.c, room_of(boot), boot).join()
    pair = mallory.pair_with("anna")
    wanted = [("name %d" % n, "text %d" % n) for n in range(TEXTS)]
    with mallory.lock:
        for name, text in wanted:
            pair.say(text, nick=name)
    anna.wait("message", 20, text=wanted[-1][1])
    check(named(anna, mallory.person.id.hex()) == wanted,
          named(anna, mallory.person.id.hex()))


@test()
def names_of_others(t):
    """Saying something under somebody else's name does not give a peer that
    name."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    mallory = Member(t, net.c, room_of(boot), boot).join()
    pair = mallory.pair_with("anna")
    bert.quit()			# his name is known, and he is not here
    anna.wait("peer", state="left", nick="bert")
    with mallory.lock:
        pair.say("it is me", nick="bert")
        pair.say("and me", nick="anna")
        pair.say("nobody", nick="\u202ebert")
    anna.wait("message", text="nobody")
    shown = [name for name, _ in named(anna, mallory.person.id.hex())]
    check(shown[0].startswith("bert~") and shown[1].startswith("anna~") and
          shown[2].startswith("peer-"), shown)
    alarm = anna.wait("key_changed", id=mallory.person.id.hex())
    check(alarm.index < anna.find("message", text="it is me")[0].index,
          "the warning comes after the text")
