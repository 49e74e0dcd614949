"""The control socket of a bootnode: each command, by gochat --control, against
a bootnode with clients; who may connect; and that nobody is kept waiting."""

import json
import os
import signal
import socket
import stat
import subprocess

from chat import FAST, meet, talk
from harness import check, test
from process import Bootnode, Gochat, clean_environment
from topology import Lan, Loopback


def control(t, boot, *words):
    """Runs the tool. Returns its exit code, its output and its errors."""
    done = subprocess.run(
        [os.path.join(t.bindir, "gochat"), "--control", boot.control, *words],
        env=clean_environment(t), cwd=t.folder, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=20, text=True)
    t.note("%s: %d %r %r" % (words, done.returncode, done.stdout, done.stderr))
    return done.returncode, done.stdout, done.stderr


def answered(t, boot, *words):
    """Returns the objects of an answer in json."""
    code, out, err = control(t, boot, *words, "--ui", "json")
    check(code == 0 and not err, "%d %r" % (code, err))
    events = [json.loads(line) for line in out.splitlines()]
    check(events[-1]["event"] == "end", str(events[-1:]))
    return events


def told(t, boot, *words):
    """Returns the lines of an answer for people."""
    code, out, err = control(t, boot, *words)
    check(code == 0 and not err, "%d %r" % (code, err))
    return out.splitlines()


def controlled(t, host, *flags, **more):
    path = t.path("control.sock")
    boot = Bootnode(t, host, "--control-socket", path, *FAST, *flags, **more)
    boot.control = path
    return boot


@test(deadline=60)
def control_tells(t):
    """status has all figures, rooms and sessions have everybody, and no list
    has a tag."""
    net = Lan(t)
    boot = controlled(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    alias = boot.wait("joined")["room"]
    listening, stats, _ = answered(t, boot, "status")
    check(listening["key"] == boot.key and stats["sessions"] == 2, str(stats))
    check({s["address"] for s in stats["sources"]} ==
          {net.a.address, net.b.address}, str(stats))
    room, end = answered(t, boot, "rooms")
    check((room["room"], room["members"], end["count"]) == (alias, 2, 1),
          str(room))
    sessions = answered(t, boot, "sessions")[:-1]
    check({s["peer"] for s in sessions} ==
          {e["peer"] for e in boot.find("joined")}, str(sessions))
    check({s["address"].rpartition(":")[0] for s in sessions} ==
          {net.a.address, net.b.address}, str(sessions))
    check("2 sessions in 1 rooms" in " ".join(told(t, boot, "status")), "")
    check(told(t, boot, "rooms")[-1] == "1 room", "")
    check(told(t, boot, "sessions")[-1] == "2 sessions", "")


@test(deadline=90)
def control_kicks(t):
    """A session that is ended comes again, and its conversations go on; others
    stay."""
    net = Lan(t)
    boot = controlled(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    check(answered(t, boot, "kick", "00000000")[-1]["count"] == 0, "")
    since, mark = boot.mark(), bert.mark()
    check(answered(t, boot, "kick", net.a.address)[-1]["count"] == 1, "")
    left = boot.wait("left", since=since)
    again = boot.wait("joined", 20, since=since)
    check(again["peer"] == left["peer"] and again["room"] == left["room"],
          "%s %s" % (left, again))
    talk(anna, [bert], "still here")
    check(not bert.find("peer", since=mark, state="left"), "bert saw it")
    since = boot.mark()
    check(told(t, boot, "kick", again["peer"][:8]) ==
          ["1 session ended; the client may come again"], "")
    boot.wait("joined", 20, since=since, peer=again["peer"])


@test(deadline=90)
def control_drains(t):
    """A bootnode that drains lets nobody in, and ends with the last session,
    or when its time is over."""
    net = Lan(t, ("a", "b"))
    boot = controlled(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    answered(t, boot, "drain", "600")
    bert = Gochat(t, net.b, "bert", boot)
    bert.wait("bootnode", 15, state="refused")
    why = answered(t, boot, "status")[-2]["rejections"]
    check(why["draining"] >= 1 and why["bootnode_full"] == 0, str(why))
    answered(t, boot, "drain", "off")
    bert.wait("bootnode", 30, state="joined")
    answered(t, boot, "drain", "600")
    check("draining: nobody is let in" in told(t, boot, "status"), "")
    for client in anna, bert:
        client.cmd({"cmd": "quit"})
    check(boot.wait_exit(10) == 0, "it does not end")
    check(not os.path.exists(boot.control), "the socket is left")
    boot = controlled(t, net.boot, port=9596)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    answered(t, boot, "drain", "1")
    check(boot.wait_exit(10) == 0, "it does not end")


@test(deadline=60)
def control_drains_without_netd(t):
    """A bootnode that drains does so after the death of its netd, too, and
    says it: nobody is let in who was not there, and it ends."""
    net = Lan(t, ("a", "b"))
    boot = controlled(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    answered(t, boot, "drain", "600")
    since = boot.mark()
    check(boot.stderr().count(b"event=draining") == 1, "not said once")
    boot.kill_role("netd")
    boot.poll(lambda: boot.stderr().count(b"event=draining") == 2, 15,
              "netd to drain again")
    check(boot.wait_exit(30) == 0, "it does not end")
    check(not boot.find("joined", since), "somebody was let in")


@test(deadline=90)
def control_denies(t):
    """Sessions from a prefix end, and nobody comes in from there, until the
    next reload."""
    net = Lan(t, ("a", "b"))
    boot = controlled(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST, "--relay", "never")
    meet(anna, bert)
    code, _, err = control(t, boot, "deny", net.a.address + "/8")
    check(code == 1 and "with nothing after its bits" in err, err)
    since = boot.mark()
    check(told(t, boot, "deny", net.a.address) ==
          ["denied until the next reload, or until netd is started again; "
           "sessions from there end"], "")
    check(boot.wait("left", since=since)["reason"] == "timeout", "the reason")
    check(answered(t, boot, "deny", net.a.address)[-1]["count"] == 0, "")
    anna.wait("bootnode", 20, state="lost")
    check(answered(t, boot, "sessions")[-1]["count"] == 1, "who is there")
    told(t, boot, "reload")
    anna.wait("bootnode", 40, state="rejoined")


@test(deadline=60)
def control_reloads(t):
    """reload does what SIGHUP does, and tells whether it was taken, or why
    not."""
    t.path(".env", "MAX_PEERS=2\n")
    boot = controlled(t, Loopback(t).boot)
    t.path(".env", "MAX_PEERS=3\n")
    check(told(t, boot, "reload") ==
          ["the settings are read again; the log says what has changed"], "")
    check(b"event=reloaded changed=MAX_PEERS" in boot.stderr(), "not in the log")
    t.path(".env", "MAX_PEERS=many\n")
    for words in ("reload",), ("reload", "--ui", "json"):
        code, out, err = control(t, boot, *words)
        check(code == 1 and "expected a number" in out + err, out + err)
        check("the reload is refused, and everything stays as it was: "
              "MAX_PEERS in .env line 1" in out + err, out + err)
    t.path(".env", "MAX_PEERS=3\n")
    check(answered(t, boot, "reload")[-1]["count"] == 0, "")


@test()
def control_is_refused(t):
    """A command that there is not is wrong usage; what cannot be reached is a
    failure; and both say so."""
    net = Loopback(t)
    boot = controlled(t, net.boot)
    for words, text in (((), "expected a command after it"),
                        (("say",), "there is no such command"),
                        (("kick",), "needs an argument"),
                        (("rooms", "all"), "takes fewer arguments"),
                        (("kick", "a b"), "the argument cannot be right")):
        code, out, err = control(t, boot, *words)
        check(code == 2 and text in err and not out, "%s %r" % (code, err))
        check("the commands are status, rooms, sessions, fleet, kick" in err, err)
    code, out, err = control(t, boot, "kick", "nobody")
    check(code == 1 and '"kick" takes a peer' in err, err)
    code, out, err = control(t, boot, "rooms", "--ui", "tui")
    check(code == 2 and "expected plain or json" in err, err)
    code, out, err = control(t, boot, "rooms", "--room", "r")
    check(code == 2 and "--room: expected without --control" in err, err)
    boot.control += ".not"
    code, out, err = control(t, boot, "rooms")
    check(code == 1 and "cannot reach the bootnode at" in err, err)


@test()
def control_socket_has_its_mode(t):
    """Its owner alone may connect, unless the group is to."""
    net = Loopback(t)
    boot = controlled(t, net.boot)
    mode = os.stat(boot.control).st_mode
    check(stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600, oct(mode))
    boot.kill(signal.SIGTERM)
    boot.wait_exit()
    boot.wait_gone()
    boot = controlled(t, net.boot, "--control-socket-mode", "0660", port=9596)
    mode = os.stat(boot.control).st_mode
    check(stat.S_IMODE(mode) == 0o660, oct(mode))
    told(t, boot, "rooms")


@test(deadline=60)
def control_outlives_processes(t):
    """A new ui answers at the same socket, and so does one with a new netd."""
    net = Loopback(t)
    boot = controlled(t, net.boot)
    told(t, boot, "rooms")
    for role in "ui", "netd", "cryptod":
        boot.restart_role(role)
        boot.poll(lambda: control(t, boot, "rooms")[0] == 0, 15,
               "an answer after the death of " + role)


@test(deadline=60)
def control_has_several_at_once(t):
    """Eight that hold a connection and say nothing keep it waiting no longer
    than their time; one that leaves makes room."""
    net = Loopback(t)
    boot = controlled(t, net.boot)
    idle = []
    for _ in range(8):
        one = socket.socket(socket.AF_UNIX)
        t.cleanup(one.close)
        one.connect(boot.control)
        idle.append(one)
    idle[0].sendall(b'{"cmd":"rooms"}\n')
    idle[0].settimeout(10)
    check(json.loads(idle[0].recv(4096))["event"] == "end", "no answer")
    idle[3].close()
    told(t, boot, "rooms")
