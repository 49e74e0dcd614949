"""Invites: a room that is made, a friend who is let in by one line, in each way
that the line can come, and lines that were damaged on their way.
"""

import base64
import re
import shutil
import subprocess

from chat import FAST, connected, meet, talk
from harness import check, test
from process import Bootnode, Gochat, clean_environment, new_state
from screen import Screen
from test_secrets import memory_holds
from topology import Lan

ROOM = "winter kitchen"


def new_room(t, host, boot, nick="anna", *flags):
    """Starts who makes a room. Returns the client and the invite."""
    anna = Gochat(t, host, nick, boot, *FAST, *flags, room=ROOM,
                  way=["--bootnode", boot.address, "--new-room", ROOM])
    event = anna.wait("invite")
    check(event["room"] == ROOM, event)
    return anna, event["uri"]


def guest(t, host, nick, way, **more):
    return Gochat(t, host, nick, None, *FAST, room=ROOM, way=way, **more)


@test()
def invite_lets_in(t):
    """By a file, by standard input, and by an argument; all talk. /invite of
    any of them is the same line. A restarted cryptod has the secret still."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, invite = new_room(t, net.a, boot)
    check(invite.startswith("gochat://%s/winter%%20kitchen?key=%s#" % (
        boot.address, boot.key)), invite)
    bert = guest(t, net.b, "bert", [
        "--invite-file", t.path("invite", invite + "\n", 0o600)])
    carl = guest(t, net.b, "carl", ["--invite", "-", "--port", "0"])
    carl.raw(invite.encode() + b"\n")
    dora = guest(t, net.b, "dora", [invite, "--port", "0"])
    everybody = [anna, bert, carl, dora]
    meet(*everybody)
    for client in everybody:
        talk(client, [c for c in everybody if c is not client], "hello")
    bert.cmd({"cmd": "invite"})
    check(bert.wait("invite")["uri"] == invite, "another invite")
    since = anna.mark()
    anna.restart_role("cryptod")
    for other in everybody[1:]:
        anna.wait("peer", 20, since=since, state="connected", nick=other.nick)
    talk(anna, everybody[1:], "still here")
    anna.cmd({"cmd": "invite"})
    check(anna.wait("invite", since=since)["uri"] == invite, "another invite")


@test()
def invite_asked_for(t):
    """On a terminal it is asked for, and does not show; as many rows of it are
    taken as there are."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    _, invite = new_room(t, net.a, boot)
    bert = Screen(t, net.b, "bert", ["--invite", "-", "--nick", "bert",
                                     "--state-dir", new_state(t)])
    for question, rows in (("Invite .not shown", invite[:70]),
                           ("The rest of it", invite[70:100]),
                           ("The rest of it.*The rest of it", invite[100:])):
        bert.until(lambda: re.search(question, bert.text(), re.S), question)
        bert.type(rows)
        bert.key("Enter")
    bert.wait("anna is here", 20)
    check("gochat://" not in bert.text(), bert.text())


@test()
def invite_is_needed(t):
    """Who knows bootnode and room, and has no invite, meets nobody: it is
    another room."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, _ = new_room(t, net.a, boot)
    eve = Gochat(t, net.b, "eve", boot, *FAST, room=ROOM)
    frank = Gochat(t, net.b, "frank", boot, *FAST, "--port", "0", room=ROOM)
    meet(eve, frank)
    anna.never("peer", 1)
    check({e["nick"] for e in eve.find("peer", state="connected")} == {"frank"},
          "eve met somebody")
    eve.cmd({"cmd": "invite"})
    check("--new-room" in eve.wait("error")["text"], "no way is shown")


@test()
def invite_pins_the_bootnode(t):
    """A bootnode with another key at that address is refused, also by who
    comes for the first time."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, invite = new_room(t, net.a, boot)
    anna.quit()
    anna.wait_exit()
    boot.kill()
    boot.wait_gone()
    Bootnode(t, net.boot, *FAST)
    bert = guest(t, net.b, "bert", ["--invite-file",
                                    t.path("invite", invite, 0o600)])
    bert.wait("bootnode", state="refused")


def refused(t, way, given=b""):
    """Runs gochat, which does not start. Returns what it says."""
    done = subprocess.run(
        [t.bindir + "/gochat"] + way + ["--ui", "json", "--state-dir",
                                        new_state(t)],
        input=given, capture_output=True, cwd=t.folder, timeout=20,
        env=clean_environment(t))
    check(done.returncode == 1, "exit code %d" % done.returncode)
    return done.stderr.decode()


DAMAGE = [
    ("nothing", lambda i: "", ": the invite is empty\""),
    ("a blank", lambda i: " ", ": the invite is empty\""),
    ("another address", lambda i: "https" + i[6:], "gochat://: see character 1"),
    ("cut", lambda i: i[:-5], "with 32 letters and digits at its end: see "
     "character %d"),
    ("no fragment", lambda i: i.split("#")[0], "has no # with 32"),
    ("no key", lambda i: i.split("?")[0], "has no ?key="),
    ("a wrong digit", lambda i: i.replace("?key=", "?key=g", 1), "64 "
     "hexadecimal digits"),
    ("a lost digit", lambda i: i.replace("?key=" + i.split("?key=")[1][0],
                                         "?key=", 1), "64 hexadecimal digits"),
    ("a changed letter", lambda i: i.replace("kitchen", "kutchen"),
     "character %d looks wrong"),
]


@test()
def invite_damaged(t):
    """Each kind of damage is named, with its place, in each way that the line
    can come. Nothing of the secret is in the error."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, invite = new_room(t, net.a, boot)
    places = {"cut": len(invite) - 4,
              "a changed letter": invite.index("kitchen") + 2}
    for name, damage, words in DAMAGE:
        t.note("case " + name)
        text = damage(invite)
        if name in places:
            words = words % places[name]
        ways = [(["--invite", "-"], text.encode() + b"\n"),
                (["--invite-file", t.path("damaged", text, 0o600)], b"")]
        if text:
            ways.append((["--invite", text], b""))
        for way, given in ways:
            error = refused(t, way, given)
            check(words in error, "%s: %s" % (way[:1], error))
            check(invite[-32:][:16] not in error, "the secret: " + error)


@test()
def invite_others_may_read(t):
    """A file that others can read is refused, before it is read."""
    path = t.path("invite", "gochat://", 0o644)
    error = refused(t, ["--invite-file", path])
    check("chmod 600" in error and path in error, error)


def command_lines(client):
    """What ps shows of all its processes."""
    shown = b""
    for pid in client.family():
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            shown += file.read()
    return shown


@test(deadline=60)
def invite_stays_secret(t):
    """The secret is in no command line, no log, no environment, and in the
    memory of cryptod alone. An argument is warned of, because the shell has
    it."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, invite = new_room(t, net.a, boot)
    secret = invite.split("#")[1].encode()
    raw = base64.b32decode(secret.upper())[:16]
    needles = {"text": secret, "bytes": raw}
    asked = guest(t, net.b, "bert", ["--invite", "-"])
    asked.raw(invite.encode() + b"\n")
    argued = guest(t, net.b, "carl", ["--invite", invite, "--port", "0"])
    meet(anna, asked, argued)
    check(b"ps" in argued.stderr() and b"--invite-file" in argued.stderr(),
          "not warned")
    check(b"--invite-file" not in asked.stderr(), "warned")
    for client in (asked, argued):
        check(secret not in client.stderr(), "in the log")
        check(secret not in command_lines(client), "in ps")
        try:
            held = {(role, what) for role, pid in client.by_role().items()
                    for what in memory_holds(pid, needles)}
        except PermissionError:
            t.figures = "memory not looked at: only root may"
            continue
        check(held == {("cryptod", "bytes")}, "the secret: %s" % held)
    asked.cmd({"cmd": "invite"})
    asked.wait("invite")
    try:
        check(memory_holds(asked.by_role()["ui"], {"text": secret}),
              "the control is not found")
    except PermissionError:
        pass


@test()
def invite_as_argument_on_a_screen(t):
    """The full screen shows the warning: what is printed before it would be
    hidden at once."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    _, invite = new_room(t, net.a, boot)
    bert = Screen(t, net.b, "bert", ["--invite", invite, "--nick", "bert",
                                     "--state-dir", new_state(t)],
                  env={"ERRORS": "/dev/tty"})
    bert.until(lambda: bert.show("alternate_on") == "1", "take the screen")
    bert.wait("you are bert in room")
    bert.wait("an invite that is an argument")


# The upper and the lower half of a character of a QR code: true if light.
HALVES = {"\u2588": (True, True), "\u2580": (True, False),
          "\u2584": (False, True), " ": (False, False)}
PIXELS = 6			# the side of a module


def scan(t, rows):
    """Returns what a scanner reads in rows of half blocks, on a screen that is
    dark around them."""
    width = (max(len(row) for row in rows) + 8) * PIXELS
    lines = []
    for row in rows:
        for half in (0, 1):
            line = b"".join((b"\xff" if HALVES[c][half] else b"\0") * PIXELS
                            for c in row)
            lines.append((bytes(4 * PIXELS) + line).ljust(width, b"\0"))
    dark = [bytes(width)] * 4
    pixels = b"".join(line * PIXELS for line in dark + lines + dark)
    path = t.path("screen.pgm", b"P5 %d %d 255\n" % (
        width, len(pixels) // width) + pixels)
    done = subprocess.run(["zbarimg", "-q", "--raw", path], timeout=30,
                          capture_output=True)
    return done.stdout.decode().strip()


def code_in(text):
    """Returns the rows of a QR code, without what is beside them."""
    return [row[row.index("\u2588"):row.rindex("\u2588") + 1]
            for row in text.split("\n") if "\u2588\u2588" in row]


@test()
def invite_as_code(t):
    """A scanner that sees the terminal reads the invite, in the tui and in
    plain, and it lets a friend in. Where the code has no room, it is said how
    much it needs, and the screen has no part of it."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, invite = new_room(t, net.a, boot)
    kept = t.path("invite", invite, 0o600)
    screen = Screen(t, net.b, "bert", [
        "--invite-file", kept, "--nick", "bert", "--state-dir", new_state(t)],
        columns=100, rows=32)
    screen.wait("anna is here")
    screen.type("/invite qr")
    screen.key("Enter")
    screen.wait("\u2588\u2588 \u2584+ ")
    codes = [code_in(screen.text())]
    plain = guest(t, net.a, "carl", ["--invite-file", kept, "--port", "0"],
                  ui="plain")
    plain.wait_line(b"anna is here")
    plain.raw(b"/invite qr\n")
    plain.wait_line(b"lighter than")
    codes.append(code_in(b"\n".join(plain.lines).decode()))
    for rows in codes:
        check({len(row) for row in rows} == {2 * len(rows) - 1}, rows)
    if shutil.which("zbarimg"):
        read = [scan(t, rows) for rows in codes]
        check(read[0] == read[1] and read[0].lower() == invite.lower() and
              "/winter%20kitchen?" in read[0], read)
        dora = guest(t, net.b, "dora", ["--invite-file", t.path(
            "scanned", read[0], 0o600), "--port", "0"])
        meet(anna, dora)
    else:
        t.figures = "not scanned: there is no zbarimg"
    screen.resize(40, 10)
    screen.key("C-l")
    screen.type("/clear")
    screen.key("Enter")
    screen.wait_not("\u2588")
    screen.type("/invite qr")
    screen.key("Enter")
    screen.wait("a QR code of this needs")
    check("\u2588" not in screen.text(), "a part of the code")
