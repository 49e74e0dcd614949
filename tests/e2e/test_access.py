"""Private bootnodes: who has an access key notices nothing, and nobody else
gets a datagram out of it.
"""

import os
import random
import signal
import struct
import subprocess
import time

from capture import Capture, wait_still
from chat import FAST, connected, meet, talk
from harness import check, test
from inject import Injection
from process import Bootnode, Gochat, clean_environment, new_state
from screen import Screen
from test_amplification import of_each_form, with_changes
from test_bootnode import PEER_TIMEOUT
from test_figures import figures
from test_reload import refused, reload
from test_secrets import memory_holds
from topology import Lan

HELLO, JOIN, HEARTBEAT = 1, 3, 5


def gochat(t, *flags, given=b""):
    """Runs gochat to its end. Returns the exit code, and what it wrote."""
    done = subprocess.run([t.bindir + "/gochat", *flags], input=given,
                          capture_output=True, cwd=t.folder, timeout=20,
                          env=clean_environment(t))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def new_key(t, name):
    """Returns a line with a new key."""
    code, line, said = gochat(t, "--new-access-key", name)
    check(code == 0 and not said, said)
    check(line.split()[0] == name and len(line) == len(name) + 66, line)
    return line


class Keys:
    """Keys of these names, the bootnode's file, and a file for each."""

    def __init__(self, t, *names):
        self.t = t
        self.lines = {name: new_key(t, name) for name in names}
        self.all = t.path("keys", "# all\n\n" + "".join(
            self.lines.values()), 0o600)

    def of(self, name):
        """Returns the flags of who has this key alone."""
        return ("--access-key-file",
                self.t.path("key-" + name, self.lines[name], 0o600))

    def hex(self, name):
        return self.lines[name].split()[1]


def private(t, net, keys, *flags):
    return Bootnode(t, net.boot, *FAST, "--access-key-file", keys.all, *flags)


def log_of(process):
    return process.stderr().decode()


@test()
def access_lets_in(t):
    """Everybody with one of the keys is let in, and the log says with
    which."""
    net = Lan(t)
    keys = Keys(t, "anna", "b.2-x_")
    boot = private(t, net, keys)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    bert = Gochat(t, net.b, "bert", boot, *FAST, *keys.of("b.2-x_"))
    meet(anna, bert)
    talk(anna, [bert], "among friends")
    talk(bert, [anna], "indeed")
    for name in keys.lines:
        check(log_of(boot).count("access=" + name + "\n") == 1,
              "no join by %s in the log" % name)
    check(figures(boot)["drops"]["access"] == 0, figures(boot))
    for process in (boot, anna, bert):
        for name in keys.lines:
            check(keys.hex(name) not in log_of(process), "a key in a log")


@test(deadline=60)
def access_scan(t):
    """A scan finds nothing: whatever is sent without a key, recorded, changed
    or made up, leads to no datagram; nor does a client without one."""
    net = Lan(t, ("a", "b", "c"))
    keys = Keys(t, "anna")
    other = Keys(t, "other")
    keys.all = t.path("keys", keys.lines["anna"], 0o600)
    capture = Capture(t, net.switch)
    boot = private(t, net, keys)
    place = (net.boot.address, boot.port)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    anna.wait("bootnode", state="joined")
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    carl = Gochat(t, net.c, "carl", boot, *FAST, *other.of("other"))
    said = bert.wait("error")["text"]
    check("if it is private" in said and "--access-key-file" in said, said)
    said = carl.wait("error")["text"]
    check("may not know our access key" in said, said)

    def recorded():
        return {d for s, to, d in capture.datagrams()
                if to == place and s[0] == net.a.address}

    t.wait(lambda: {HELLO, JOIN, HEARTBEAT} <= {d[0] for d in recorded()}, 10,
           "a whole life")
    rng = random.Random(9595)
    # A HELLO that was recorded may be answered: its MAC is good, and its
    # padding means nothing. Nothing else may, not even byte for byte.
    copies = recorded()
    hellos = {copy[:28] for copy in copies if copy[0] == HELLO}
    socket = net.c.udp()
    sent = set()
    for packet in [*with_changes(rng, sorted(copies)), *of_each_form(rng),
                   struct.pack(">BBH", HELLO, 1, 0) + bytes(1196)]:
        if packet[:28] not in hellos:
            socket.sendto(packet, place)
            sent.add(packet)
    for kind in (JOIN, HEARTBEAT):
        heads = {copy[:28] for copy in copies if copy[0] == kind}
        check(any(packet[:28] in heads for packet in sent - copies),
              "none of type %d with a change behind byte 28" % kind)
    wait_still(capture)
    capture.stop()
    check(capture.lost == 0, "%d frames are not recorded" % capture.lost)
    answered = [(to, d[0]) for s, to, d in capture.datagrams()
                if s == place and to[0] != net.a.address]
    check(not answered, answered)
    asked = {to for s, to, d in capture.datagrams() if to == place and
             s[0] in (net.b.address, net.c.address)}
    check(asked, "nobody asked")
    check(figures(boot)["drops"]["access"] > 10, figures(boot)["drops"])
    # The one who may is still there.
    check(not anna.find("bootnode", state="lost"), "anna was lost")


@test(deadline=60)
def access_by_invite(t):
    """An invite has the key, at the start and at run time; all rooms at that
    bootnode then use it, and the rooms that are remembered, too."""
    net = Lan(t, ("a", "b", "c"))
    keys = Keys(t, "anna")
    boot = private(t, net, keys)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"), room="den",
                  way=["--bootnode", boot.address, "--new-room", "den"])
    invite = anna.wait("invite")["uri"]
    check("?key=%s&access=%s#" % (boot.key, keys.hex("anna")) in invite, invite)

    state = new_state(t)
    path = t.path("invite", invite + "\n", 0o600)
    bert = Gochat(t, net.b, "bert", None, *FAST, "--remember", room="den",
                  state=state, way=["--invite-file", path])
    meet(anna, bert)
    # By name, in a room that only its key gets him into.
    bert.cmd({"cmd": "join", "room": "attic"})
    bert.wait("bootnode", state="joined", room="attic")
    anna.cmd({"cmd": "join", "room": "attic"})
    anna.wait("peer", 15, state="connected", room="attic")
    t.wait(lambda: len(os.listdir(state + "/rooms")) == 2, 10, "two rooms")
    bert.cmd({"cmd": "invite", "room": "den"})
    check(bert.wait("invite")["uri"] == invite, "another invite")

    # Somebody elsewhere comes by the same line, at run time.
    public = Bootnode(t, net.c, *FAST)
    carl = Gochat(t, net.c, "carl", public, *FAST, room="porch")
    carl.wait("bootnode", state="joined")
    carl.cmd({"cmd": "join", "invite": invite})
    carl.wait("bootnode", state="joined", room="den")
    carl.cmd({"cmd": "join", "room": "attic", "bootnode": boot.address})
    carl.wait("bootnode", state="joined", room="attic")
    anna.wait("peer", 15, state="connected", nick="carl", room="attic")
    old = carl.mark()
    carl.kill_role("cryptod")
    carl.wait("bootnode", 20, since=old, state="joined")
    for room in "den", "attic":
        carl.cmd({"cmd": "say", "room": room, "text": "still in " + room})
        anna.wait("message", 20, room=room, text="still in " + room)

    bert.quit()
    bert.wait_exit()
    again = Gochat(t, net.b, "bert", None, *FAST, state=state,
                   way=["--port", "0"])
    for room in ("den", "attic"):
        again.wait("bootnode", 15, state="joined", room=room)
    again.cmd({"cmd": "join", "room": "shed"})
    again.wait("bootnode", state="joined", room="shed")


@test()
def access_asked_for(t):
    """An invite that is typed at the first question has it, too."""
    net = Lan(t)
    keys = Keys(t, "anna")
    boot = private(t, net, keys)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"), room="den",
                  way=["--bootnode", boot.address, "--new-room", "den"])
    invite = anna.wait("invite")["uri"]
    bert = Screen(t, net.b, "bert", ["--nick", "bert", "--state-dir",
                                     new_state(t)])
    bert.wait("Invite .not shown")
    bert.type(invite)
    bert.key("Enter")
    bert.wait("Remember this room")
    bert.key("Enter")
    bert.wait("anna is here", 20)
    check("gochat://" not in bert.text(), bert.text())


@test()
def access_public(t):
    """A key does no harm at a public bootnode."""
    net = Lan(t)
    keys = Keys(t, "anna")
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    talk(anna, [bert], "hello")
    check("access=" not in log_of(boot), "a name in a public bootnode's log")


def back_after(t, boot, clients):
    """Restarts the bootnode. Returns it, and how long the clients took."""
    marks = [(client, client.mark()) for client in clients]
    boot.kill()
    boot.wait_gone()
    again = boot.again()
    since = time.monotonic()
    times = [client.wait("bootnode", 30, since=mark, state="rejoined").at -
             since for client, mark in marks]
    return again, max(times)


@test(deadline=90)
def access_restarted(t):
    """Clients are back as soon as those of a public bootnode: they are told
    that their session is unknown, and do not wait for their timeout."""
    slow = ("--heartbeat-interval", "1", "--peer-timeout", "30")
    net = Lan(t)
    keys = Keys(t, "anna", "bert")
    took = {}
    for name, flags in (("public", ()),
                        ("private", ("--access-key-file", keys.all))):
        boot = Bootnode(t, net.boot, *slow, *flags,
                        port=9595 + len(took))
        clients = [Gochat(t, host, nick, boot, *slow, "--port", "0",
                          *(keys.of(nick) if flags else ()))
                   for host, nick in ((net.a, "anna"), (net.b, "bert"))]
        meet(*clients)
        _, took[name] = back_after(t, boot, clients)
        talk(clients[0], [clients[1]], "back")
    t.figures = ", ".join("%s %.1f s" % item for item in took.items())
    check(took["private"] < 5, "they waited: " + t.figures)


@test(deadline=60)
def access_taken_away(t):
    """A bootnode that comes back without a key of its does not know who has
    it; the others come back, and conversations go on."""
    net = Lan(t)
    keys = Keys(t, "anna", "bert")
    boot = private(t, net, keys)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    bert = Gochat(t, net.b, "bert", boot, *FAST, *keys.of("bert"))
    meet(anna, bert)
    with open(keys.all, "w") as file:
        file.write(keys.lines["anna"])
    boot, _ = back_after(t, boot, [anna])
    bert.wait("bootnode", 2 * PEER_TIMEOUT + 5, state="lost")
    bert.never("bootnode", 2, state="rejoined")
    talk(anna, [bert], "still here?")
    talk(bert, [anna], "yes")


@test(deadline=60)
def access_in_memory(t):
    """No key is in the memory of a launcher, a spawner, a netd or a ui; a
    client's cryptod has its own, for invites, and a bootnode's has none."""
    net = Lan(t)
    keys = Keys(t, "anna", "bert")
    boot = private(t, net, keys)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    bert = Gochat(t, net.b, "bert", boot, *FAST, *keys.of("bert"))
    meet(anna, bert)
    needles = {}
    for name in keys.lines:
        needles[name] = bytes.fromhex(keys.hex(name))
        needles[name + " in digits"] = keys.hex(name).encode()
    for process, own in ((anna, {"anna"}), (bert, {"bert"}), (boot, set())):
        try:
            held = {role: memory_holds(pid, needles)
                    for role, pid in process.by_role().items()}
        except PermissionError:
            t.figures = "not looked at: only root may"
            return
        check(held.pop("cryptod") == own, "cryptod of %s" % process.label)
        for role, found in held.items():
            check(not found, "%s of %s holds %s" % (role, process.label,
                                                    sorted(found)))


@test()
def access_bad_files(t):
    """A file that is not as it should be is refused whole, with its line and
    the reason, on both sides; no key is repeated."""
    good, second = new_key(t, "one"), new_key(t, "two")
    digits = good.split()[1]
    cases = (
        (good + "two " + digits + "\n", "line 2: this key is there twice"),
        (good + "one " + second.split()[1], "line 2: another key has this"),
        (good + "two\n", "line 2: expected a name and a key"),
        (good + "t/o " + digits, "line 2: expected a name of 1 to 32"),
        ("\n# x\none " + digits[1:] + "\n", "line 3: expected a key of 64"),
        ("", ": expected a line with a name and a key"),
        ("".join(new_key(t, "n%d" % n) for n in range(3)).replace(
            "n2", "n1"), "line 3: another key has this name"),
    )
    ways = (("--mode", "bootnode", "--listen", "127.0.0.1:0"),
            ("--bootnode", "127.0.0.1:9", "--room", "r", "--port", "0"))
    for text, want in cases:
        for way in ways:
            path = t.path("bad", text, 0o600)
            code, _, said = gochat(t, *way, "--ui", "plain", "--state-dir",
                                   new_state(t), "--access-key-file", path)
            check(code == 1 and path in said, (code, said))
            if "n1" not in text or way == ways[0]:
                check(want in said, (want, said))
            check(digits[1:] not in said, "the key is repeated")
    path = t.path("both", good + second, 0o600)
    code, _, said = gochat(t, *ways[1], "--ui", "plain", "--state-dir",
                           new_state(t), "--access-key-file", path)
    check(code == 1 and "line 2: expected one key" in said, said)
    path = t.path("open", good, 0o640)
    code, _, said = gochat(t, *ways[0], "--ui", "plain", "--state-dir",
                           new_state(t), "--access-key-file", path)
    check(code == 1 and "chmod 600" in said, said)
    code, out, said = gochat(t, "--new-access-key", "a/b")
    check(code == 2 and not out and "expected 1 to 32" in said, said)


@test(deadline=90)
def access_reloaded(t):
    """Keys are given and taken back by SIGHUP. Who keeps theirs notices
    nothing; the session of a key that was taken back ends, and nobody hears of
    it but by silence. A process that is restarted has the new ones."""
    net = Lan(t, ("a", "b", "c"))
    keys = Keys(t, "anna", "bert", "carl")
    t.path("keys", keys.lines["anna"] + keys.lines["bert"], 0o600)
    boot = private(t, net, keys)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    bert = Gochat(t, net.b, "bert", boot, *FAST, *keys.of("bert"))
    meet(anna, bert)
    t.path("keys", keys.lines["carl"] + keys.lines["anna"], 0o600)
    reload(t, boot, b"event=reloaded")
    boot.wait("left", reason="timeout")
    t.wait(lambda: b"event=revoked sessions=1" in boot.stderr(), 5,
           "a session ended")
    carl = Gochat(t, net.c, "carl", boot, *FAST, *keys.of("carl"))
    connected(carl, anna)
    bert.wait("bootnode", 2 * PEER_TIMEOUT + 5, state="lost")
    check(not anna.find("bootnode", state="lost"), "anna was lost")
    talk(anna, [bert, carl], "still here?")

    # A bad file is refused whole, without a word of a key.
    t.path("keys", keys.lines["bert"] + "anna\n", 0o600)
    refused(t, boot, "line 2: expected a name and a key")
    check(keys.hex("bert") not in log_of(boot), "a key in the log")
    bert.never("bootnode", 2, state="rejoined")

    # cryptod is restarted, and netd with it.
    marks = [(client, client.mark()) for client in (anna, carl)]
    boot.kill_role("cryptod")
    for client, mark in marks:
        client.wait("bootnode", 15, since=mark, state="rejoined")
    bert.never("bootnode", 1, state="rejoined")

    t.path("keys", "".join(keys.lines.values()), 0o600)
    reload(t, boot, b"event=reloaded")
    bert.wait("bootnode", 15, state="rejoined")


@test(deadline=60)
def access_becomes_private(t):
    """A public bootnode becomes private by SIGHUP, which ends all sessions, and
    public again, which ends none."""
    net = Lan(t)
    keys = Keys(t, "anna")
    t.path(".env", "")
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    t.path(".env", "ACCESS_KEY_FILE=%s\n" % keys.all)
    reload(t, boot, b"event=reloaded changed=ACCESS_KEY_FILE")
    anna.wait("bootnode", 15, state="rejoined")
    bert.wait("bootnode", 2 * PEER_TIMEOUT + 5, state="lost")
    bert.never("bootnode", 2, state="rejoined")
    mark, ended = anna.mark(), len(boot.find("left"))
    t.path(".env", "")
    reload(t, boot, b"event=reloaded changed=ACCESS_KEY_FILE")
    bert.wait("bootnode", 15, state="rejoined")
    talk(anna, [bert], "open again")
    # She stays: no session ends, neither now nor for her silence.
    anna.never("bootnode", 2 * PEER_TIMEOUT, since=mark)
    check(len(boot.find("left")) == ended, "a session ended")


@test(deadline=90)
def access_reader_that_hangs(t):
    """It is refused after a while. Whatever it would do later is not done once
    there is another: a cryptod that is restarted still has the keys."""
    net = Lan(t)
    keys = Keys(t, "anna")
    with_keys = "ACCESS_KEY_FILE=%s\n" % keys.all
    t.path(".env", with_keys)
    injection = Injection(t)
    boot = Bootnode(t, net.boot, *FAST, prefix=injection.prefix)
    t.cleanup(injection.clear)
    anna = Gochat(t, net.a, "anna", boot, *FAST, *keys.of("anna"))
    anna.wait("bootnode", state="joined")
    t.path(".env", "")
    injection.hang("child", "write", 1)
    boot.kill(signal.SIGHUP)
    t.wait(injection.happened, 10, "the reader hangs")
    t.wait(lambda: b"reading takes too long" in boot.stderr(), 25,
           "it is refused")
    t.path(".env", with_keys)
    reload(t, boot, b"event=reloaded changed=none")
    injection.clear()
    time.sleep(1)			# in which the first one would end
    mark = anna.mark()
    boot.kill_role("cryptod")
    anna.wait("bootnode", 20, since=mark, state="rejoined")
