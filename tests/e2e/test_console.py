"""The consoles of a bootnode have the commands of its control socket, and give
the same answers."""

from chat import FAST, meet
from harness import check, test
from process import Bootnode, Gochat, Process, new_state
from screen import Screen
from topology import Lan, Loopback


def answer(boot, command):
    """Sends an object. Returns the events of its answer."""
    since = boot.mark()
    boot.cmd(command)
    boot.poll(lambda: boot.find("end", since) or boot.find("error", since), 10,
              "an answer to %s" % command)
    return [event for event in boot.events[since:]
            if event["event"] not in ("joined", "left", "stats")
            or "sources" in event]


@test(deadline=60)
def console_json(t):
    """Each command in json, with the objects of the control socket."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    names = [event["event"] for event in answer(boot, {"cmd": "status"})]
    check(names == ["listening", "stats", "end"], str(names))
    room, end = answer(boot, {"cmd": "rooms"})
    check((room["members"], end["count"]) == (2, 1), str(room))
    sessions = answer(boot, {"cmd": "sessions"})[:-1]
    check({s["room"] for s in sessions} == {room["room"]}, str(sessions))
    check({s["address"].rpartition(":")[0] for s in sessions} ==
          {net.a.address, net.b.address}, str(sessions))
    since = boot.mark()
    end = answer(boot, {"cmd": "kick", "who": net.a.address})[-1]
    check(end["count"] == 1, str(end))
    boot.wait("joined", 20, since=since)
    end = answer(boot, {"cmd": "deny", "prefix": net.b.address})[-1]
    check(end["count"] == 1, str(end))
    bert.wait("bootnode", 20, state="lost")
    end = answer(boot, {"cmd": "reload"})[-1]
    check(end["event"] == "end", str(end))
    error = answer(boot, {"cmd": "kick", "whom": "x"})[-1]
    check('"kick" has no "whom"; nothing done' in error["text"], str(error))
    error = answer(boot, {"cmd": "say", "text": "x"})[-1]
    check('"reload" or "quit"' in error["text"], str(error))
    answer(boot, {"cmd": "drain", "for": "600"})
    for client in anna, bert:
        client.cmd({"cmd": "quit"})
    check(boot.wait_exit(20) == 0, "it does not end")


@test(deadline=60)
def console_plain(t):
    """Each command in words, of which several may come at once."""
    net = Loopback(t)
    boot = Process(t, net.boot, "bootnode",
                   ["--mode", "bootnode", "--ui", "plain", "--listen",
                    net.boot.address + ":9595", "--state-dir", new_state(t)],
                   json_ui=False)
    boot.wait_line(b"listening on", timeout=15)
    anna = Gochat(t, net.boot, "anna", net.boot.address + ":9595")
    anna.wait("bootnode", 15, state="joined")
    boot.raw(b"/rooms\nsessions\nkick %s\n" % net.boot.address.encode())
    for line in (b"1 member", b"* 1 room", b"heard", b"* 1 session",
                 b"* 1 session ended; the client may come again"):
        boot.wait_line(line)
    boot.raw(b"deny 10.0.0.0/8\nreload\n")
    boot.wait_line(b"denied until the next reload")
    boot.wait_line(b"the settings are read again")
    boot.raw(b"kik\nkick\nkick nobody\n")
    boot.wait_line(b"unknown command kik; did you mean kick? The commands are "
                   b"help, status, rooms, sessions, fleet, kick, drain, deny, "
                   b"reload, quit")
    boot.wait_line(b"usage: /kick PEER|ADDRESS")
    boot.wait_line(b'"kick" takes a peer\'s id')
    boot.raw(b"drain off\ndrain 1\n")
    boot.wait_line(b"clients are let in again")
    boot.wait_line(b"nobody is let in any more; the bootnode ends with the "
                   b"last session, or in 1 s")
    check(boot.wait_exit(10) == 0, "it does not end")


@test(deadline=60)
def console_tui(t):
    """On a screen a command is typed after a slash; the list with its answer
    takes the place of the figures, scrolls, and goes."""
    net = Loopback(t)
    address = net.boot.address + ":9595"
    boot = Screen(t, net.boot, "bootnode",
                  ["--mode", "bootnode", "--listen", address,
                   "--state-dir", new_state(t)], rows=16)
    boot.wait("listening on " + address)
    anna = Gochat(t, net.boot, "anna", address)
    anna.wait("bootnode", 15, state="joined")
    boot.wait("1 session in 1 room")
    boot.type("x")
    boot.wait("^ a command begins with /")
    boot.type("/sess")
    boot.key("Tab", "Enter")
    boot.wait("^ > /sessions")
    boot.wait(r"^ [0-9a-f]{32} room [0-9a-f]{8} heard")
    boot.wait("^ 1 session$")
    boot.wait_not("listening on")
    boot.line(":rooms")
    boot.wait("^ room [0-9a-f]{8}      1 member$")
    boot.line("/kik")
    boot.wait("did you mean kick. The commands are")
    boot.line("/kick nobody")
    boot.wait("takes a peer's id")
    boot.line("/help")
    boot.wait("^ /drain .SECONDS.off.")
    boot.key("PageUp")
    boot.wait("^ > /sessions")
    boot.key("Escape")
    boot.wait("listening on " + address)
    boot.line("/reload")
    boot.wait("^ the settings are read again")
    boot.line("/deny 192.0.2.0/24")
    boot.wait("^ denied until the next reload")
    boot.line("/drain 600")
    boot.wait("draining$")
    boot.wait("^ nobody is let in any more")
    boot.line("/drain off")
    boot.wait("^ clients are let in again")
    boot.wait_not("draining$")
    boot.line("/kick " + net.boot.address)
    boot.wait("^ 1 session ended; the client may come again")
    boot.line("/drain 1")
    check(boot.wait_exit() == 0, "exit code")
    boot.wait_restored()
