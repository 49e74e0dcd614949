"""Conversations without a NAT: every event of the contract, texts whole."""

import re

import contract
from chat import connected, meet, talk, texts
from contract import seconds_off
from harness import check, test
from process import ROOM, Bootnode, Gochat
from topology import Lan, Loopback

UNICODE = "Grüße 你好 مرحبا 🎈 e\u0301 ½"
LIMIT = 16 * 1024


@test()
def lan_events(t):
    """Two clients on one switch: each event has each field as it must be."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    ready = anna.wait("ready")
    check((ready["nick"], ready["room"], ready["port"]) ==
          ("anna", ROOM, 4545), "wrong: %s" % ready)
    check(seconds_off(ready) < 60, "the time is off: %s" % ready["time"])
    joined = anna.wait("bootnode", state="joined")
    check(joined["address"] == boot.address, joined["address"])
    check(joined["key"] == boot.key, "another key than the bootnode says")

    bert = Gochat(t, net.b, "bert", boot, "--port", "5000")
    check(bert.wait("ready")["port"] == 5000, "--port is ignored")
    seen = connected(anna, bert)
    check(anna.find("peer", state="connecting", id=seen["id"]),
          "connected without connecting")
    check(anna.find("peer", id=seen["id"])[0]["state"] == "connecting",
          "connecting comes late")
    check(seen["fingerprint"] == bert.find("ready")[0]["fingerprint"],
          "another fingerprint than bert's own")
    check(seen["fingerprint"] != ready["fingerprint"], "one for all")
    check(seen["path"] == "lan", "path %s" % seen["path"])
    check(seen["address"] == "10.0.0.2:5000", seen["address"])
    check(0 <= seen["rtt_ms"] < 1000, "rtt %s" % seen["rtt_ms"])
    back = connected(bert, anna)
    check(back["fingerprint"] == ready["fingerprint"], "anna's fingerprint")

    talk(anna, [bert], "hello bert")
    talk(bert, [anna], "hello anna")
    both = {e["peer"] for e in boot.find("joined")}
    check(both == {seen["id"], back["id"]},
          "the bootnode has %s" % both)


@test()
def lan_bootnode_events(t):
    """A bootnode's events listening, joined and left have the peer, the room's
    digits and the reason."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, "--heartbeat-interval", "1",
                    "--peer-timeout", "3")
    listening = boot.find("listening")[0]
    check(listening["address"] == boot.address, listening["address"])
    check(len(boot.key) >= 32, "a short key: %s" % boot.key)
    anna = Gochat(t, net.a, "anna", boot)
    first = boot.wait("joined")
    check(re.fullmatch("[0-9a-f]{8}", first["room"]), first["room"])
    bert = Gochat(t, net.b, "bert", boot)
    second = boot.wait("joined", count=2)
    check(second["room"] == first["room"], "two rooms instead of one")
    check(second["peer"] != first["peer"], "two peers with one id")
    meet(anna, bert)
    bert.quit()
    left = boot.wait("left", peer=second["peer"])
    check(left["reason"] == "leave" and left["room"] == first["room"],
          str(left))
    anna.kill_all()
    left = boot.wait("left", peer=first["peer"])
    check(left["reason"] == "timeout", str(left))


@test()
def lan_rooms_are_apart(t):
    """Two rooms on one bootnode know nothing of each other."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    cleo = Gochat(t, net.c, "cleo", boot, room=ROOM + "2")
    cleo.wait("bootnode", state="joined")
    meet(anna, bert)
    talk(anna, [bert], "only for this room")
    talk(bert, [anna], "the same")
    check(len({e["room"] for e in boot.find("joined")}) == 2, "one tag")
    cleo.never("peer", 1)
    check(not cleo.find("message"), "cleo read something")


@test()
def lan_texts_arrive_whole(t):
    """Unicode, the longest text and odd spaces arrive as they were said."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    talk(anna, [bert], UNICODE)
    talk(bert, [anna], '"quotes", \\backslashes\\ and {"braces": 1}')
    talk(anna, [bert], "x")
    long = "".join("%07d " % n for n in range(LIMIT // 8))
    check(len(long) == LIMIT, "the test's own text")
    talk(anna, [bert], long)
    wide = "é" * (LIMIT // 2)	# 16 KiB are bytes, not characters
    talk(bert, [anna], wide)
    check(not anna.find("error") and not bert.find("error"), "an error")


@test()
def lan_texts_as_they_came(t):
    """Characters that steer a terminal or hide are escaped in the line, and
    its reader gets them as they were said: all controls, directions, invisible
    ones, tags."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    hostile = "".join(map(chr, [
        *range(1, 0x20), *range(0x7f, 0xa0), 0xad, 0x61c,
        *range(0x200b, 0x2010), *range(0x2028, 0x202f),
        *range(0x2060, 0x2070), 0xfeff, *range(0xe0000, 0xe0080)]))
    for text in (hostile, "\u202egnp.exe", "\x1b]0;title\x07\x9b2J"):
        talk(anna, [bert], text)
        line = next(n for n in bert.lines
                    if b'"message"' in n and contract.parse(n)["text"] == text)
        check(line.isascii() and not any(n < 0x20 or n == 0x7f for n in line),
              "raw in the line: %r" % line)
        check(b"\\u" in line, "nothing is escaped: %r" % line)


@test()
def lan_many_lines_in_order(t):
    """500 lines written at once arrive once each, in order, all delivered."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    lines = ["line %d" % n for n in range(500)]
    for line in lines:
        anna.say(line)
    bert.wait("message", 30, text=lines[-1])
    check(texts(bert, "anna") == lines, "not each once and in order")
    anna.wait("delivered", 30, count=500)
    seqs = [e["seq"] for e in anna.find("sent")]
    check(seqs == sorted(set(seqs)) and len(seqs) == 500, "sent: %s" % seqs)
    check({e["seq"] for e in anna.find("delivered")} == set(seqs),
          "other numbers delivered than sent")


@test()
def lan_three_talk(t):
    """Three in a room are connected in pairs, and no text arrives twice."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot)
    people = [Gochat(t, net.hosts[host], nick, boot) for host, nick in
              (("a", "anna"), ("b", "bert"), ("c", "cleo"))]
    meet(*people)
    for sender in people:
        others = [p for p in people if p is not sender]
        talk(sender, others, "to all from " + sender.nick)
    for reader in people:
        got = [e["text"] for e in reader.find("message")]
        check(len(got) == 2 and len(set(got)) == 2, "%s got %s" % (
            reader.label, got))


@test()
def loopback_conversation(t):
    """All run on one host; the second client finds the usual port taken and
    moves on."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    check(anna.wait("ready")["port"] == 4545, "the usual port")
    bert = Gochat(t, net.b, "bert", boot)
    check(bert.wait("ready")["port"] != 4545, "one port for two")
    cleo = Gochat(t, net.b, "cleo", boot, "--port", "0")
    check(cleo.wait("ready")["port"] != 0, "port 0 shown")
    meet(anna, bert, cleo)
    talk(anna, [bert, cleo], "hello here")
    talk(bert, [anna, cleo], "hello there")


@test()
def lan_alone(t):
    """What somebody says alone goes to 0 peers, and quitting works."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    anna.say("anybody?")
    check(anna.wait("sent")["peers"] == 0, "sent to somebody")
    anna.quit()
    check(anna.wait_exit() == 4, "exit code %s" % anna.code)


@test()
def lan_identity_persists(t):
    """The same state folder is the same person after a restart."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    first = anna.wait("ready")["fingerprint"]
    anna.wait("bootnode", state="joined")
    anna.quit()
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)
    again = Gochat(t, net.a, "anna", boot, state=anna.state)
    check(again.wait("ready")["fingerprint"] == first, "another identity")
    other = Gochat(t, net.b, "bert", boot)
    check(other.wait("ready")["fingerprint"] != first, "one for all")
