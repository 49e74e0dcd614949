"""Several rooms in one client: each in processes of its own, remembered from
one start to the next."""

import os
import signal
import stat

import procinfo
from chat import FAST, connected
from harness import check, test
from process import Bootnode, Gochat, Process, new_state
from topology import Lan

ROOMS = ("attic", "cellar")


def pids(client, role):
    """Returns the pids of a role, of which each room has one."""
    return sorted(pid for pid in client.family() if procinfo.role(pid) == role)


def in_all_rooms(t, net, *flags, **more):
    """Returns a bootnode, and anna, who is in all rooms."""
    boot = Bootnode(t, net.boot, *FAST)
    way = ["--bootnode", boot.address]
    for room in ROOMS:
        way += ["--room", room]
    return boot, Gochat(t, net.a, "anna", boot, *FAST, *flags, way=way, **more)


def everywhere(t, *flags):
    """Returns a client in all rooms, and one more in each of them."""
    net = Lan(t, ("a", "b", "c"))
    boot, anna = in_all_rooms(t, net, *flags)
    others = [Gochat(t, host, nick, boot, *FAST, room=room)
              for host, nick, room in zip((net.b, net.c), ("bert", "carl"),
                                          ROOMS)]
    for other in others:
        connected(anna, other)
        connected(other, anna)
    return net, boot, anna, others


def log(client):
    return client.stderr().decode()


def everywhere_remembered(t):
    """The same, and both rooms are remembered."""
    net, boot, anna, others = everywhere(t, "--remember")
    t.wait(lambda: log(anna).count("is remembered in rooms/") ==
           len(ROOMS), 15, "both rooms are remembered")
    return net, boot, anna, others


def heard(t, client, other, text):
    """OTHER says TEXT, and CLIENT shows it."""
    since = client.mark()
    other.say(text)
    client.wait("message", 30, since=since, nick=other.nick, text=text)


@test()
def several_rooms_apart(t):
    """Each room has a pair of processes, and each pair is another peer."""
    net, boot, anna, others = everywhere(t)
    for role in ("netd", "cryptod"):
        check(len(pids(anna, role)) == len(ROOMS), "not a %s each" % role)
    ids = {other.find("peer", state="connected")[0]["id"] for other in others}
    check(len(ids) == len(ROOMS), "one id in all rooms")
    for other in others:
        heard(t, anna, other, "to the " + other.room)
    check(not others[1].find("message"), "a text in another room")


@test()
def several_rooms_plain_after_ui_died(t):
    """What is typed after ui was restarted goes to the room that /room has
    chosen before, and to no other."""
    net = Lan(t)
    boot, anna = in_all_rooms(t, net, ui="plain")
    bert = Gochat(t, net.b, "bert", boot, *FAST, room=ROOMS[1])
    anna.wait_line(b"[cellar]", b"bert is here", timeout=20)
    anna.raw(b"/room cellar\n")
    anna.wait_line(b"[cellar]", b"what you type goes to this room")
    anna.restart_role("ui")
    anna.wait_line(b"[cellar]", b"ui ended and was restarted", timeout=20)
    anna.raw(b"still for the cellar\n")
    bert.wait("message", 20, nick="anna", text="still for the cellar")
    check(not any(b"not sent" in line for line in anna.lines), "refused")


@test(deadline=120)
def several_rooms_restarted_alone(t):
    """The processes of one room die; nothing of another one is restarted, and
    both conversations go on."""
    net, boot, anna, others = everywhere(t)
    for role in ("netd", "cryptod"):
        before = anna.family()
        killed = pids(anna, role)[-1]
        os.kill(killed, signal.SIGKILL)
        t.wait(lambda: "child=%s room=2" % role in log(anna) and
               len(pids(anna, "netd")) == len(pids(anna, "cryptod")) ==
               len(ROOMS), 15, "the %s is restarted" % role)
        lost = before - anna.family()
        check(len(lost) == (1 if role == "netd" else 2),
              "%d processes were replaced" % len(lost))
        check(killed in lost, "another one was replaced")
        for other in others:
            heard(t, anna, other, "after the " + role)
    check(not others[0].find("peer", state="left"), "seen in the first room")


@test()
def several_rooms_identities(t):
    """A room that is joined with another identity has its key, also at the next
    start, if it is remembered; the first room keeps its own. A name that none
    can have is refused."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST, "--port", "0", room="attic")
    bert = Gochat(t, net.b, "bert", boot, *FAST, room="attic")
    carl = Gochat(t, net.c, "carl", boot, *FAST, room="cellar")
    anna.cmd({"cmd": "join", "room": "cellar", "identity": "../work"})
    check("not a valid name of an identity" in anna.wait("error")["text"],
          "not refused")
    anna.cmd({"cmd": "join", "room": "cellar", "identity": "work",
              "remember": True})
    check(anna.wait("room", 10, room="cellar")["identity"] == "work",
          "no identity is told")
    seen = {}
    for other, room in (bert, "attic"), (carl, "cellar"):
        connected(anna, other)
        seen[room] = connected(other, anna)["fingerprint"]
        own = anna.find("ready", room=room)[0]["fingerprint"]
        check(seen[room] == own, "%s sees another key" % other.nick)
    check(seen["attic"] != seen["cellar"], "one key in both rooms")

    t.wait(lambda: "is remembered in rooms/" in log(anna), 15, "remembered")
    anna.quit()
    anna.wait_exit()
    again = Gochat(t, net.a, "anna", boot, *FAST, state=anna.state,
                   label="again", way=["--port", "0"])
    check(again.wait("ready", 15)["room"] == "cellar", "the wrong room")
    check(again.find("ready")[0]["fingerprint"] == seen["cellar"],
          "another key at the next start")
    names = {name for name in os.listdir(anna.state)
             if name.startswith("identity")}
    check(names == {"identity", "identity-work"}, names)


def remembered(client):
    return [os.path.join(client.state, "rooms", "%04d" % n)
            for n in range(1, len(ROOMS) + 1)]


@test(deadline=120)
def several_rooms_remembered(t):
    """Rooms that are remembered are opened by a start without any; a file that
    is damaged costs its own room, and stays as it is."""
    net, boot, anna, others = everywhere_remembered(t)
    for path in remembered(anna):
        check(stat.S_IMODE(os.stat(path).st_mode) == 0o600, "mode of " + path)
    anna.quit()
    anna.wait_exit()

    again = Gochat(t, net.a, "anna", boot, *FAST, state=anna.state,
                   label="again", way=["--port", "0"])
    for room in ROOMS:
        again.wait("ready", 15, room=room)
    for other in others:
        connected(again, other)
    again.quit()
    again.wait_exit()

    refused = Gochat(t, net.a, "anna", boot, *FAST, state=anna.state,
                     label="refused", way=["--identity", "work"])
    check(refused.wait_exit() == 2 and
          "--identity: expected --room, too" in log(refused), log(refused))

    first, second = remembered(anna)
    with open(first) as file:
        text = file.read()
    with open(first, "w") as file:
        file.write(text.replace("key ", "key x"))
    with open(second) as file:  # whichever was remembered last
        name = "\nname %s\n"
        kept = file.read()
    left = [other for other in others if name % other.room in kept][0]
    last = Gochat(t, net.a, "anna", boot, *FAST, state=anna.state,
                  label="last", way=["--port", "0"])
    last.wait("ready", 15, room=left.room)
    connected(last, left)
    check("rooms/0001 in the state folder, line 4: expected one key" in
          log(last), "the error does not name the line")
    # A ui that took the first room for the only one would say goodbye.
    last.never("bye", 7)
    heard(t, last, left, "to the only room")
    check(not last.find("room", state="closed"), "a room without a name")
    with open(first) as file:
        check(file.read() == text.replace("key ", "key x"),
              "the file was changed")


@test(deadline=60)
def several_rooms_remembered_and_left_at_once(t):
    """The input has ended before it is known which rooms they are: all end
    the usual way, and nobody waits for a goodbye that has come."""
    net, boot, anna, _ = everywhere_remembered(t)
    anna.quit()
    anna.wait_exit()
    for label in ("first", "second"):
        brief = Process(t, net.a, label, [*FAST, "--state-dir", anna.state],
                        json_ui=False, prefix=[
                            "sh", "-c", 'exec "$0" "$@" </dev/null'])
        brief.wait_exit()
        shown = b"\n".join(brief.lines)
        check(b"did not confirm" not in shown, shown)
        check(shown.endswith(b"* bye"), shown)


@test()
def several_rooms_not_remembered(t):
    """A start without rooms is a wrong one where none is remembered."""
    net = Lan(t, ("a",))
    lost = Gochat(t, net.a, "anna", "", state=new_state(t),
                  way=["--port", "0"])
    check(lost.wait_exit() == 2, "exit code %s" % lost.code)
    check(not os.path.exists(os.path.join(lost.state, "rooms")),
          "a folder was made")
