"""Names and keys: private texts, actions, new names, known people.

Nobody else hears a text to one person; everybody sees a name that changes; and
a name that comes with another key is reported before its first text.
"""

import os
import re
import shutil

from chat import FAST, connected, meet, talk
from harness import check, register, test
from process import Bootnode, Gochat, new_state
from screen import Tui
from topology import Lan, Loopback

NAMES = ("anna", "bert", "carl")


def people(t, count, *flags):
    net = Loopback(t)
    boot = Bootnode(t, net.boot, *FAST)
    clients = [Gochat(t, net.a, name, boot, "--port", "0", *FAST, *flags)
               for name in NAMES[:count]]
    meet(*clients)
    return [net, boot] + clients


def id_of(client, other):
    return connected(client, other)["id"]


def wait_renamed(client, before, after, since=0):
    return client.wait("nick", 15, since=since, before=before, nick=after)


@test()
def private_text(t):
    """One of two gets a private text, marked; the other gets nothing."""
    net, boot, anna, bert, carl = people(t, 3)
    since = anna.mark()
    anna.cmd({"cmd": "say", "text": "for bert", "to": id_of(anna, bert)})
    message = bert.wait("message", text="for bert")
    check(message.get("private") is True, "it is not marked as private")
    sent = anna.wait("sent", since=since)
    check(sent["peers"] == 1, "sent to %d" % sent["peers"])
    delivered = anna.wait("delivered", since=since, seq=sent["seq"])
    check(delivered["id"] == id_of(anna, bert), "delivered to another")
    # Later lines have come in order: so the private one never will.
    talk(anna, [bert, carl], "for all")
    check([e["text"] for e in carl.find("message")] == ["for all"],
          "carl has %s" % carl.find("message"))
    check("private" not in bert.find("message")[-1], "the next is private")


@test()
def private_to_nobody(t):
    """A text to no peer that is here goes to nobody, and certainly not to
    all."""
    net, boot, anna, bert = people(t, 2)
    anna.cmd({"cmd": "say", "text": "secret", "to": "0" * 32})
    check("\"to\"" in anna.wait("error")["text"], "no error of \"to\"")
    anna.cmd({"cmd": "say", "text": "secret", "to": 7})
    anna.wait("error", count=2)
    talk(anna, [bert], "for all")
    check(len(bert.find("message")) == 1, "bert got it")


@test(deadline=120)
def private_said_again(t):
    """cryptod dies with private texts: they go to that one peer again, and to
    no other."""
    net, boot, anna, bert, carl = people(t, 3)
    old = anna.kill_role("cryptod")
    to_bert = id_of(anna, bert)
    for number in range(5):
        anna.cmd({"cmd": "say", "text": "secret %d" % number, "to": to_bert})
    anna.say("for all")
    anna.wait_restarted("cryptod", old)
    bert.wait("message", 30, text="for all")
    carl.wait("message", 30, text="for all")
    check([e["text"] for e in carl.find("message")] == ["for all"],
          "carl has %s" % carl.find("message"))
    check(all(e.get("private") for e in bert.find("message")
              if e["text"] != "for all"), "bert has one for all")


@test()
def action(t):
    """An action is marked, also if it is private."""
    net, boot, anna, bert = people(t, 2)
    anna.cmd({"cmd": "say", "text": "waves", "action": True})
    message = bert.wait("message", text="waves")
    check(message.get("action") is True and "private" not in message,
          "it is %s" % message)
    anna.cmd({"cmd": "say", "text": "winks", "action": True,
              "to": id_of(anna, bert)})
    message = bert.wait("message", text="winks")
    check(message.get("action") is True and message.get("private") is True,
          "it is %s" % message)


@test()
def rename(t):
    """All see the new name, and a client that comes later knows no other."""
    net, boot, anna, bert = people(t, 2)
    anna.cmd({"cmd": "nick", "nick": "  anne "})
    check("id" not in anna.wait("nick", nick="anne", before="anna"),
          "our own has an id")
    renamed = wait_renamed(bert, "anna", "anne")
    check(renamed["id"] == id_of(bert, anna), "another one is renamed")
    carl = Gochat(t, net.a, "carl", boot, "--port", "0", *FAST)
    carl.wait("peer", 15, state="connected", nick="anne")
    anna.say("it is me")
    check(bert.wait("message", text="it is me")["nick"] == "anne",
          "bert shows another name")
    check(len(bert.find("peer", state="connected", id=renamed["id"])) == 1,
          "bert saw her connect again")


@test()
def rename_refused(t):
    """A text that is no nickname changes nothing."""
    net, boot, anna, bert = people(t, 2)
    for number, nick in enumerate(("", "a<b", "x" * 200, "\u202eanna", 5)):
        anna.cmd({"cmd": "nick", "nick": nick})
        anna.wait("error", count=number + 1)
    talk(anna, [bert], "still anna")
    check(not bert.find("nick"), "bert saw %s" % bert.find("nick"))


@test()
def rename_to_ours(t):
    """A peer whose name looks like our new one is shown with its key."""
    net, boot, anna, bert = people(t, 2)
    anna.cmd({"cmd": "nick", "nick": "bert"})
    shown = anna.wait("nick", before="bert", id=id_of(anna, bert))["nick"]
    check(re.fullmatch("bert~[0-9a-f]{4}", shown), "shown as %s" % shown)
    wait_renamed(bert, "anna", bert.wait("nick")["nick"])


def rename_survives(t, role):
    """The process of ROLE dies: the name stays, also for those who come
    later."""
    net, boot, anna, bert = people(t, 2)
    anna.cmd({"cmd": "nick", "nick": "anne"})
    wait_renamed(bert, "anna", "anne")
    since = bert.mark()
    anna.restart_role(role)
    if role == "ui":
        anna.wait("ready", 15, count=2)
        check(anna.find("ready")[-1]["nick"] == "anne",
              "the new ui says %s" % anna.find("ready")[-1])
    anna.say("hello")
    check(bert.wait("message", 30, text="hello")["nick"] == "anne",
          "bert shows another name")
    check(not bert.find("nick", since=since), "bert saw another name")
    carl = Gochat(t, net.a, "carl", boot, "--port", "0", *FAST)
    carl.wait("peer", 30, state="connected", nick="anne")


for ROLE in ("ui", "cryptod", "netd"):
    register("rename_survives_" + ROLE,
             lambda t, role=ROLE: rename_survives(t, role), deadline=120)


def safety(client, other):
    since = client.mark()
    client.cmd({"cmd": "verify", "id": id_of(client, other)})
    return client.wait("safety", since=since)


def verify(client, other, verified=True):
    since = client.mark()
    client.cmd({"cmd": "verify", "id": id_of(client, other),
                "verified": verified})
    event = client.wait("verified", since=since)
    check(event["verified"] is verified, "it is %s" % event)


@test()
def safety_number(t):
    """Both sides of a pair have the same number; other pairs have others."""
    net, boot, anna, bert, carl = people(t, 3)
    one, other = safety(anna, bert), safety(bert, anna)
    check(re.fullmatch("[0-9]{60}", one["number"]), "it is %s" % one)
    check(one["number"] == other["number"], "they differ")
    check(one["own"] == other["fingerprint"] and
          one["fingerprint"] == other["own"], "fingerprints differ")
    check(one["own"] == anna.find("ready")[0]["fingerprint"], "not ours")
    check(len({one["number"], safety(anna, carl)["number"],
               safety(bert, carl)["number"]}) == 3, "two pairs have one")
    anna.cmd({"cmd": "verify", "id": "0" * 32})
    anna.wait("error")


@test(deadline=120)
def verified_is_remembered(t):
    """cryptod and the state folder remember that a peer was verified, until
    the user takes it back."""
    net, boot, anna, bert = people(t, 2)
    check(connected(anna, bert)["verified"] is False, "verified at once")
    verify(anna, bert)
    check(safety(anna, bert)["verified"] is True, "not kept")
    for role in ("ui", "cryptod"):
        since = anna.mark()
        anna.restart_role(role)
        anna.wait("peer", 30, since=since, state="connected", verified=True)
    anna.quit()
    anna.wait_exit()
    again = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST,
                   state=anna.state)
    check(connected(again, bert)["verified"] is True, "it is forgotten")
    verify(again, bert, False)
    again.quit()
    again.wait_exit()
    third = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST,
                   state=anna.state)
    check(connected(third, bert)["verified"] is False, "it came back")
    check(not third.find("key_changed") and not again.find("key_changed"),
          "a key changed")


def leave(client, *others):
    marks = [(other, other.mark()) for other in others]
    client.quit()
    client.wait_exit()
    for other, mark in marks:
        other.wait("peer", 15, since=mark, state="left")


@test()
def changed_key(t):
    """The same name with a new key is reported before its first text."""
    net, boot, anna, bert = people(t, 2)
    known = connected(anna, bert)["fingerprint"]
    leave(bert, anna)
    check(not anna.find("key_changed"), "told too early")
    since = anna.mark()
    mallory = Gochat(t, net.a, "Bert", boot, "--port", "0", *FAST)
    mallory.wait("peer", 15, state="connected", nick="anna")
    mallory.say("it is me")
    text = anna.wait("message", 15, since=since)
    told = anna.wait("key_changed", since=since)
    check(told.index < text.index, "told after the text")
    check(told["known"] == [known] and told["fingerprint"] != known,
          "it names %s" % told)
    check(told["id"] == text["id"], "of another")
    check(len(anna.find("key_changed")) == 1, "told twice")


@test()
def changed_key_of_verified(t):
    """A new key under a verified name is reported each time; its own key never
    is."""
    net, boot, anna, bert = people(t, 2)
    verify(anna, bert)
    leave(bert, anna)
    mallory = None
    for number in range(2):
        state = mallory.state if mallory else None
        mallory = Gochat(t, net.a, "bert", boot, "--port", "0", *FAST,
                         state=state)
        anna.wait("key_changed", 15, count=number + 1)
        # A client that leaves before it has a session says no goodbye.
        mallory.wait("peer", 15, state="connected", nick="anna")
        leave(mallory, anna)
    since = anna.mark()
    again = Gochat(t, net.a, "bert", boot, "--port", "0", *FAST,
                   state=bert.state)
    anna.wait("peer", 15, since=since, state="connected", verified=True)
    again.wait("peer", 15, state="connected", nick="anna")
    again.say("it is really me")
    anna.wait("message", 15, since=since, text="it is really me")
    check(not anna.find("key_changed", since=since), "told of the true one")


@test()
def renamed_to_known(t):
    """A connected peer that takes a known name is reported, too."""
    net, boot, anna, bert, carl = people(t, 3)
    leave(bert, anna, carl)
    carl.cmd({"cmd": "nick", "nick": "bert"})
    told = anna.wait("key_changed", 15)
    check(told["id"] == id_of(anna, carl), "of another")


def known_file(client):
    return os.path.join(client.state, "known_peers")


@test()
def known_peers_file(t):
    """The file holds the people we met, and nobody else can read it."""
    net, boot, anna, bert = people(t, 2)
    status = os.stat(known_file(anna))
    check(status.st_mode & 0o777 == 0o600, "its mode is %o" % status.st_mode)
    with open(known_file(anna), encoding="ascii") as file:
        lines = file.read().splitlines()
    check(len(lines) == 1 and lines[0].endswith(" bert"), "it has %s" % lines)
    check(not os.path.exists(known_file(boot)), "the bootnode has one")


def starts_not(t, client, boot, net, text):
    """Checks that a new client with CLIENT's folder ends and says TEXT."""
    again = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST,
                   state=client.state)
    code = again.wait_exit()
    check(code not in (0, None), "it ended with %s" % code)
    check(text in again.stderr(), "it says %s" % again.stderr())


@test()
def known_peers_talked(t):
    """A peer with texts both ways is "talked", one without an answer "seen".
    """
    net, boot, anna, bert, carl = people(t, 3)

    def words():
        with open(known_file(anna)) as file:
            return {line.split()[5]: line.split()[2] for line in file}
    check(words() == {"bert": "seen", "carl": "seen"}, str(words()))
    talk(anna, [bert, carl], "hello")
    check(words() == {"bert": "seen", "carl": "seen"}, str(words()))
    talk(bert, [anna, carl], "hello anna")
    t.wait(lambda: words() == {"bert": "talked", "carl": "seen"}, 5,
           "bert is one talked to, and carl is not")


@test()
def known_peers_damaged(t):
    """A malformed line is named; half a line at the end is dropped."""
    net, boot, anna, bert = people(t, 2)
    verify(anna, bert)
    leave(anna, bert)
    with open(known_file(anna), "ab") as file:
        file.write(b"peer-1 0123")
    again = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST,
                   state=anna.state)
    check(connected(again, bert)["verified"] is True, "it is forgotten")
    leave(again, bert)
    with open(known_file(anna), "ab") as file:
        file.write(b"peer-1 0123\n")
    with open(known_file(anna), encoding="ascii") as file:
        lines = len(file.read().splitlines())
    starts_not(t, anna, boot, net,
               b"line %d of known_peers" % lines)
    os.chmod(known_file(anna), 0o644)
    starts_not(t, anna, boot, net, b"known_peers in the state folder can be")
    os.rename(known_file(anna), known_file(anna) + ".old")
    os.symlink("known_peers.old", known_file(anna))
    starts_not(t, anna, boot, net, b"known_peers")


# --- One key is one person, in however many places ---------------------------

def second_place(t, client, host, boot, *flags, nick=None, **more):
    """Starts another client of CLIENT's user, on a machine with a copy of the
    identity."""
    state = new_state(t)
    shutil.copy(os.path.join(client.state, "identity"), state)
    return Gochat(t, host, nick or client.nick, boot, "--port", "0", *FAST,
                  *flags, state=state, label=client.label + "-2", **more)


@test()
def one_person_in_two_places(t):
    """One person in two places has one name and one fingerprint, is marked as
    one, and causes no warning; nor is a user who is there twice a stranger to
    themselves."""
    net, boot, anna, bert = people(t, 2)
    phone = second_place(t, anna, net.b, boot)
    places = [bert.wait("peer", 15, state="connected", nick="anna", count=n)
              for n in (1, 2)]
    check(places[0]["id"] != places[1]["id"], "one place twice")
    check(places[0]["fingerprint"] == places[1]["fingerprint"],
          "they are two people")
    for one in (anna, phone):
        own = connected(one, anna)
        check(own["fingerprint"] == one.find("ready")[0]["fingerprint"],
              "it is not the user's own key")
        check(own["verified"] is True, "the user does not trust themselves")
        connected(one, bert)
    since = bert.mark()
    bert.cmd({"cmd": "verify", "id": places[1]["id"], "verified": True})
    for place in places:
        bert.wait("verified", id=place["id"], verified=True, since=since)
    phone.say("from the phone")
    check(bert.wait("message", text="from the phone")["nick"] == "anna",
          "it has another name")
    anna.wait("message", text="from the phone")
    for client in (anna, phone, bert):
        check(not client.find("key_changed") and not client.find("nick"),
              "%s was warned" % client.label)


@test()
def said_to_one_person(t):
    """/msg goes to each place of one key, and to nobody else; the mark counts
    the places."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST)
    carl = Gochat(t, net.b, "carl", boot, "--port", "0", *FAST)
    meet(anna, carl)
    phone = second_place(t, anna, net.b, boot)
    bert = Tui(t, net.boot, "bert", boot, "--port", "0", *FAST)
    bert.wait(r"anna ×2 +lan", 15)
    bert.wait(r"carl +lan", 15)
    bert.wait(r"· 3 here")
    bert.line("/msg anna between us")
    for place in (anna, phone):
        message = place.wait("message", text="between us")
        check(message.get("private") is True, "it is not private")
    bert.wait(r"\[to anna alone\] between us +✓2/2")
    bert.line("for all")
    carl.wait("message", text="for all")
    check(not carl.find("message", text="between us"), "carl has it")
    phone.quit()
    bert.wait(r"anna left one place.*still")
    bert.wait(r"│ anna +lan")


@test(deadline=90)
def verified_by_another_client(t):
    """Two clients of one user with one state folder are in two rooms: a
    verification in one reaches the other while it runs, and so does its
    end."""
    net, boot, anna, bert = people(t, 2)
    other = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST,
                   state=anna.state, room="study", label="anna-study")
    there = Gochat(t, net.a, "bert", boot, "--port", "0", *FAST,
                   state=bert.state, room="study", label="bert-study")
    check(connected(other, there)["verified"] is False, "verified at once")
    for verified in (True, False):
        since = other.mark()
        verify(anna, bert, verified)

        def told_of():
            other.cmd({"cmd": "status"})	# the user looks there
            return other.find("verified", since=since)
        t.wait(told_of, 10, "the other client tells of it", 0.5)
        told = other.find("verified", since=since)[0]
        check(told["verified"] is verified and
              told["id"] == connected(other, there)["id"], "it says %s" % told)


@test(deadline=120)
def known_peers_of_many(t):
    """Several clients of one user run, meet others, and start meanwhile: the
    file has everybody, and who was verified."""
    net, boot, bert = people(t, 1)
    state = new_state(t)
    clients, others = [], []
    for number in range(4):
        room = "room %d" % number
        others.append(Gochat(t, net.b, "other %d" % number, boot, "--port",
                             "0", *FAST, room=room))
        clients.append(Gochat(t, net.a, "anna", boot, "--port", "0", *FAST,
                              room=room, state=state, label="anna %d" % number))
    for client, other in zip(clients, others):
        connected(client, other)
        verify(client, other)
        client.quit()
        client.wait_exit()
    with open(os.path.join(state, "known_peers")) as file:
        lines = [line.split() for line in file]
    for other in others:
        name = other.nick.replace(" ", "%20")
        check(["verified"] == [l[2] for l in lines if l[5] == name][-1:],
              "of %s it has %s" % (other.nick, lines))
    again = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST, state=state,
                   room="room 2")
    check(connected(again, others[2])["verified"] is True, "it is forgotten")


@test(deadline=120)
def nicks_without_end(t):
    """A script takes 400 names: it is told why that is refused, and a reader
    sees only a few lines of it, while texts go on."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, "--port", "0", *FAST)
    bert = Gochat(t, net.b, "bert", boot, "--port", "0", *FAST, ui="plain")
    connected(anna, bert)
    bert.wait_line(b"anna is here")
    for number in range(400):
        anna.cmd({"cmd": "nick", "nick": "name %d" % number})
    anna.wait("error", count=395)
    refused = anna.find("error")
    check(all("changed your name 5 times in a short time" in e["text"]
              for e in refused),
          "it says %s" % refused[0])
    check(len(anna.find("nick")) == 5, "it had %d" % len(anna.find("nick")))
    anna.say("after all of them")
    line = bert.wait_line(b"after all of them")
    check(b"name 4" in line, "it is %r" % line)
    told = [line for line in bert.lines if b"is now called" in line
            or b"is now shown as" in line]
    check(len(told) <= 5, "bert reads %s" % told)


@test()
def identity_of_another_name(t):
    """--identity is another key, which stays over restarts, of cryptod as well;
    the default one is still there. Others see two people."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    state = new_state(t)

    def seen_with(*flags):
        """Returns the client and its fingerprint, which anna sees, too."""
        since = anna.mark()
        client = Gochat(t, net.b, "bert", boot, *flags, state=state)
        own = client.wait("ready")["fingerprint"]
        theirs = anna.wait("peer", 15, since=since, state="connected")
        check(theirs["fingerprint"] == own, theirs)
        return client, own

    def leave(client):
        client.quit()
        client.wait_exit()

    client, plain = seen_with()
    leave(client)
    client, work = seen_with("--identity", "work")
    since, again = anna.mark(), client.mark()
    client.restart_role("cryptod")
    client.wait("peer", 30, since=again, state="connected")
    client.say("still me")
    message = anna.wait("message", 20, since=since, text="still me")
    seen = anna.find("peer", id=message["id"], state="connected")
    check({event["fingerprint"] for event in seen} == {work},
          "another key after a restart")
    leave(client)
    client, back = seen_with("--identity", "work")
    leave(client)
    client, default = seen_with()
    check(work != plain, "the same key")
    check((back, default) == (work, plain), "the keys are not kept")
    for name in ("identity", "identity-work"):
        mode = os.stat(os.path.join(state, name)).st_mode & 0o7777
        check(mode == 0o600, "%s has mode %o" % (name, mode))
    os.chmod(os.path.join(state, "identity-work"), 0o644)
    refused = Gochat(t, net.b, "carl", boot, "--port", "0", "--identity",
                     "work", state=state)
    check(refused.wait_exit() == 1, "exit code %s" % refused.code)
    check(b"identity-work in the state folder can be read" in
          refused.stderr(), refused.stderr())
