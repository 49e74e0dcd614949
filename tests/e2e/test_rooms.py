"""Several rooms in one gochat: each has its own people, processes and
bootnode, comes and goes while the others go on, and dies alone.
"""

import os
import signal
import subprocess

import process_table
import procinfo
from chat import FAST
from harness import check, test
from process import Bootnode, Gochat
from test_faults import BAD, CONTROL, as_that_user
from test_secrets import memory_holds
from topology import Lan


class Member(Gochat):
    """Somebody with several rooms; the first is the one of the start."""

    def __init__(self, t, host, nick, boot, room, *flags):
        Gochat.__init__(self, t, host, nick, boot, *FAST, "--port", "0",
                        *flags, room=room)
        self.pairs = {room: self.new_pair(set())}

    def children(self):
        return {pid for pid in self.family()
                if procinfo.role(pid) in ("netd", "cryptod")}

    def new_pair(self, before):
        """Waits for a netd and a cryptod that were not there BEFORE."""
        self.test.wait(lambda: len(self.children() - before) == 2, 10,
                       "%s has no new pair" % self.nick)
        return {procinfo.role(pid): pid for pid in self.children() - before}

    def join(self, room, boot=None, **more):
        before, since = self.children(), self.mark()
        if boot is not None:
            more["bootnode"] = boot.address
        self.cmd(dict(more, cmd="join", room=room))
        self.wait("room", since=since, room=room, state="opened")
        self.wait("ready", since=since, room=room)
        self.pairs[room] = self.new_pair(before)

    def part(self, room):
        since = self.mark()
        self.cmd({"cmd": "part", "room": room})
        self.wait("room", since=since, room=room, state="closed")
        pair = self.pairs.pop(room)
        self.test.wait(lambda: not any(map(procinfo.alive, pair.values())),
                       10, "the processes of %s are still there" % room)

    def tell(self, room, text):
        self.cmd({"cmd": "say", "room": room, "text": text})

    def heard(self, room, text=None):
        return [e["text"] for e in self.find("message", room=room)
                if text in (None, e["text"])]


def meet(room, *members, since=0):
    for member in members:
        for other in members:
            if other is not member:
                member.wait("peer", 20, room=room, state="connected",
                            nick=other.nick, since=since)


def talk(room, members, text):
    """Each says TEXT and a number in the room; all of them hear it, once."""
    for n, member in enumerate(members):
        member.tell(room, "%s %d" % (text, n))
    for member in members:
        for n, other in enumerate(members):
            if other is not member:
                member.wait("message", 20, room=room, nick=other.nick,
                            text="%s %d" % (text, n))
                check(len(member.heard(room, "%s %d" % (text, n))) == 1,
                      "twice")


def five(t):
    """Three rooms at two bootnodes, and five people in different ones."""
    net = Lan(t, ("a", "b", "c", "d", "e"))
    first = Bootnode(t, net.boot, *FAST)
    second = Bootnode(t, net.boot, *FAST, port=9596)
    anna = Member(t, net.a, "anna", first, "kitchen")
    bert = Member(t, net.b, "bert", first, "kitchen")
    carl = Member(t, net.c, "carl", second, "garden")
    dora = Member(t, net.d, "dora", first, "attic")
    emil = Member(t, net.e, "emil", first, "attic")
    anna.join("garden", second)
    anna.join("attic")
    bert.join("garden", second)
    dora.join("kitchen", first)
    rooms = {"kitchen": [anna, bert, dora], "garden": [anna, bert, carl],
             "attic": [anna, dora, emil]}
    for room, members in rooms.items():
        meet(room, *members)
    return first, second, rooms


@test(deadline=120)
def rooms_of_five_people(t):
    """What is said in a room is heard there, and nowhere else; one is joined
    and one left while the others talk on."""
    first, second, rooms = five(t)
    anna, bert, dora = rooms["kitchen"]
    carl, emil = rooms["garden"][2], rooms["attic"][2]
    for room, members in rooms.items():
        talk(room, members, "hello in the " + room)
    for member in (anna, bert, carl, dora, emil):
        for event in member.find("message"):
            check(event["room"] in event["text"], event)
    dora.part("kitchen")
    anna.wait("peer", room="kitchen", state="left", nick="dora")
    talk("attic", rooms["attic"], "still in the attic")
    carl.join("kitchen", first)
    meet("kitchen", anna, bert, carl)
    talk("kitchen", [anna, bert, carl], "new in the kitchen")
    check(not emil.find("peer", room="attic", state="left"), "emil saw a leave")
    check(not anna.find("peer", room="attic", state="left"), "anna saw a leave")
    # A room can be joined again, and its place is free.
    dora.join("kitchen", first)
    meet("kitchen", anna, bert, carl, dora)
    talk("kitchen", [anna, bert, carl, dora], "again in the kitchen")


@test(deadline=150)
def rooms_die_alone(t):
    """netd and cryptod of one room are killed while texts are on their way in
    all: the room comes back, no text is lost, and the others see nothing."""
    _, _, rooms = five(t)
    anna = rooms["kitchen"][0]
    others = set(anna.children()) - set(anna.pairs["garden"].values())
    for role in ("netd", "cryptod"):
        said = {}
        for room, members in rooms.items():
            said[room] = ["%s of %s %d" % (role, room, n) for n in range(20)]
            for text in said[room]:
                anna.tell(room, text)
        os.kill(anna.pairs["garden"][role], signal.SIGKILL)
        for room, members in rooms.items():
            for member in members[1:]:
                member.poll(lambda: [text for text in member.heard(room)
                                     if text in said[room]] == said[room], 60,
                            "%s lacks texts of %s" % (member.nick, room))
        t.wait(lambda: len(anna.children() - others) == 2, 20,
               "the pair is not back")
        anna.pairs["garden"] = {procinfo.role(pid): pid
                                for pid in anna.children() - others}
    check(others <= anna.children(), "another room's process died, too")
    for room in ("kitchen", "attic"):
        for member in rooms[room]:
            check(not member.find("peer", room=room, state="left"),
                  "%s saw somebody leave %s" % (member.nick, room))


@test(deadline=90)
def rooms_bootnode_goes(t):
    """One room's bootnode is gone: that room says so and goes on, as do the
    others; nobody can be met there."""
    first, second, rooms = five(t)
    second.kill()
    second.wait_gone()
    anna, bert, _ = rooms["garden"]
    anna.wait("bootnode", 20, room="garden", state="lost")
    for room, members in rooms.items():
        talk(room, members, "without a bootnode")
    for room in ("kitchen", "attic"):
        check(not anna.find("bootnode", room=room, state="lost"), room)


@test(deadline=90)
def rooms_of_one_name(t):
    """Two rooms of one name are told apart by the bootnode, also by a ui that
    is started after another; what is for one never goes to the other."""
    net = Lan(t, ("a", "b", "c"))
    first = Bootnode(t, net.boot, *FAST)
    second = Bootnode(t, net.boot, *FAST, port=9596)
    anna = Member(t, net.a, "anna", first, "kitchen")
    bert = Member(t, net.b, "bert", first, "kitchen")
    carl = Member(t, net.c, "carl", second, "kitchen")
    other = "kitchen at " + second.address
    since = anna.mark()
    anna.cmd({"cmd": "join", "room": "kitchen", "bootnode": second.address})
    check(anna.wait("room", since=since)["room"] == other, "its name")
    anna.wait("peer", 20, room="kitchen", state="connected", nick="bert")
    anna.wait("peer", 20, room=other, state="connected", nick="carl")

    def told_apart(when):
        for name, peer in ("kitchen", bert), (other, carl):
            text = "%s to %s" % (when, peer.nick)
            since = peer.mark()
            anna.tell(name, text)
            peer.wait("message", 20, since=since, text=text)
        check([when in text for text in bert.heard("kitchen")].count(True) ==
              [when in text for text in carl.heard("kitchen")].count(True) ==
              1, "a text in both rooms")

    told_apart("at first")
    since = anna.mark()
    anna.restart_role("ui")
    anna.wait("peer", 20, since=since, room=other, state="connected")
    told_apart("after ui died")
    anna.cmd({"cmd": "part", "room": "kitchen"})
    anna.wait("room", 20, room="kitchen", state="closed")
    since = anna.mark()
    anna.tell("kitchen", "to nobody")
    check("in no room called kitchen" in
          anna.wait("error", since=since)["text"], "not refused")
    anna.tell(other, "to carl alone")
    carl.wait("message", 20, text="to carl alone")
    check(not carl.heard("kitchen", "to nobody"), "said in the other room")


@test(deadline=90)
def rooms_are_bounded(t):
    """Sixteen rooms are open, and a seventeenth is refused; so is one that is
    open. After one was left there is a place."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Member(t, net.a, "anna", boot, "room 0")
    for n in range(1, 16):
        anna.join("room %d" % n)
    check(len(anna.children()) == 32, anna.children())
    since = anna.mark()
    anna.cmd({"cmd": "join", "room": "room 16"})
    check("in at most 16 rooms" in anna.wait("error", since=since)["text"],
          "not refused")
    anna.part("room 7")
    since = anna.mark()
    anna.cmd({"cmd": "join", "room": "room 3"})
    check("of that name at that bootnode already" in anna.wait("error", since=since)["text"],
          "not refused")
    anna.join("room 16")
    for command, words in (
            ({"room": "x", "bootnode": "http://x"}, "not a valid bootnode"),
            ({"room": "\u200bx"}, "not a valid room name")):
        since = anna.mark()
        anna.cmd(dict(command, cmd="join"))
        check(words in anna.wait("error", since=since)["text"], command)


@test(deadline=90)
def rooms_with_secrets(t):
    """Rooms with a passphrase and by invite are joined while gochat runs. The
    secrets are in the memory of their own room's cryptod alone, and a cryptod
    that is restarted has its secret still."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    anna = Member(t, net.a, "anna", boot, "kitchen")
    bert = Member(t, net.b, "bert", boot, "kitchen")
    words = "correct horse battery staple"
    anna.join("garden", passphrase=words)
    bert.join("garden", passphrase=words)
    meet("garden", anna, bert)
    maker = Gochat(t, net.c, "carl", boot, *FAST, "--port", "0", way=[
        "--bootnode", boot.address, "--new-room", "attic"])
    invite = maker.wait("invite")["uri"]
    since = anna.mark()
    before = anna.children()
    anna.cmd({"cmd": "join", "invite": invite})
    anna.wait("peer", 20, since=since, room="attic", state="connected",
              nick="carl")
    anna.pairs["attic"] = anna.new_pair(before)
    try:
        needles = {"words": words.encode(),
                   "invite": invite.split("#")[1].encode()}
        held = {pid: found for pid in anna.family()
                for found in [memory_holds(pid, needles)] if found}
        check(not held or set(held) == {anna.pairs["garden"]["cryptod"]},
              "held by %s" % {(procinfo.role(p), *f)
                              for p, f in held.items()})
    except PermissionError:
        t.figures = "memory not looked at: only root may"
    for pid in anna.family():
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            check(words.encode() not in file.read(), "in ps")
    check(words.encode() not in anna.stderr(), "in the log")
    for room, other in (("garden", bert), ("attic", maker)):
        since = anna.mark()
        os.kill(anna.pairs[room]["cryptod"], signal.SIGKILL)
        anna.wait("peer", 30, since=since, room=room, state="connected",
                  nick=other.nick)


STAND_IN = """#!/bin/sh
[ -e %(mark)s ] || exec %(real)s
for fd in 3 4 5 6 7 8 9; do readlink /proc/self/fd/$fd; done >%(report)s
exec %(user)s sh -c 'printf "%(bad)s" >&%(descriptor)d; exec sleep 60'
"""


def taken_over(t, descriptor):
    """Anna and bert are in the kitchen. Cryptods that anna starts once there
    is a file "mark" are a script, which writes to DESCRIPTOR. Which
    descriptors it has is in the third that is returned, a file."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    bert = Member(t, net.b, "bert", boot, "kitchen")
    mark, report = t.path("mark"), t.path("report", "", 0o666)
    os.chmod(t.folder, 0o755)
    programs = t.path("programs")
    os.makedirs(programs + "/real")
    name = process_table.row_of("cryptod", "client").program
    script = t.path("stand-in", STAND_IN % {
        "mark": mark, "report": report, "user": as_that_user(), "bad": BAD,
        "descriptor": descriptor, "real": "%s/real/%s" % (programs, name)},
        0o755)
    for program in process_table.PROGRAMS:
        subprocess.run(["cp", script if program == name else
                        os.path.join(t.bindir, program),
                        os.path.join(programs, program)], check=True)
    subprocess.run(["cp", os.path.join(t.bindir, name), programs + "/real/"],
                   check=True)
    t.bindir = programs
    anna = Member(t, net.a, "anna", boot, "kitchen")
    meet("kitchen", anna, bert)
    return anna, bert, report


@test(deadline=60)
def rooms_taken_over(t):
    """Somebody has taken the cryptod of one room over: a script stands in for
    it. It has no descriptor that a process of another room has, and what it
    sends ends its own room, while the others talk on."""
    anna, bert, report = taken_over(t, CONTROL)
    kitchen = anna.children()
    t.path("mark", "")
    since = anna.mark()
    anna.cmd({"cmd": "join", "room": "garden"})
    anna.wait("room", 20, since=since, room="garden", state="closed")
    with open(report) as file:
        held = {line.strip() for line in file if "[" in line}
    check(len([link for link in held if link.startswith("socket:")]) == 3,
          "its sockets are %s" % held)
    for pid in kitchen:
        fds = "/proc/%d/fd" % pid
        other = {os.readlink(os.path.join(fds, fd)) for fd in os.listdir(fds)}
        check(not held & other, "it shares %s with %s" % (
            held & other, procinfo.role(pid)))
    check(anna.children() == kitchen, "another room's process ended")
    talk("kitchen", [anna, bert], "we go on")
    check(b"of room 2" in anna.stderr(), "the log does not name the room")


@test(deadline=90)
def rooms_taken_over_that_end_ui(t):
    """The same, but it sends ui what it may not, and ui ends of that. However
    many rooms do, they are closed, ui is back each time, and the others talk
    on."""
    anna, bert, _ = taken_over(t, process_table.FDS["FD_UI"])
    kitchen = anna.children()
    t.path("mark", "")
    for n in range(7):
        ui = anna.by_role()["ui"]
        since = anna.mark()
        anna.cmd({"cmd": "join", "room": "garden %d" % n})
        t.wait(lambda: anna.by_role().get("ui", ui) != ui, 10,
               "ui was not restarted")
        anna.wait("ready", 10, since=since, room="kitchen")
    check(anna.children() == kitchen, "another room's process ended")
    talk("kitchen", [anna, bert], "we go on")
