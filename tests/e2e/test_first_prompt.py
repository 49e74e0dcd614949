"""gochat on a terminal, told nothing: it asks. Who answers gets into a room;
who does not gets the terminal back.
"""

import base64
import os
import shlex
import signal

from chat import FAST, meet, talk
from harness import check, test
from process import Bootnode, Gochat, Process, new_state
from screen import Screen
from terminal import OnTerminal
from test_invite import new_room
from test_secrets import memory_holds
from topology import Lan, Loopback

INVITE = b"Invite (not shown, Enter for none): "
BOOTNODE = b"Bootnode (HOST or HOST:PORT): "
ROOM = b"Room: "
REST = b"The rest of it, or Enter: "
PASSPHRASE = b"Passphrase (not shown, Enter for none): "
REMEMBER = b"Remember this room for the next start? (y, Enter for no): "
OFFERED = b"Enter, or an invite or a bootnode for another room (not shown): "


class Asked(OnTerminal):
    """A client on a terminal that is told nothing but these flags."""

    def __init__(self, test, host, *flags, **more):
        OnTerminal.__init__(self, test, host, *flags, arguments=[], **more)
        self.asked = 0

    def answer(self, question, text):
        self.asked = self.wait_shown(question, since=self.asked)
        self.enter_line(text)


class Bare(Asked):
    """A client on a terminal that is started by its name alone; VARIABLES are
    in the environment."""

    def __init__(self, test, host, state, *flags, **variables):
        self.output = b""
        self.log = False
        self.asked = 0
        Process.__init__(
            self, test, host, "bare", list(flags), json_ui=False,
            prefix=("setsid", "-c"), env=dict(
                variables, STATE_DIR=state, NICK="bert", UI="plain",
                HEARTBEAT_INTERVAL="1", PEER_TIMEOUT="3"))

    def leave(self):
        self.enter_line("/quit")
        check(self.wait_exit() == 0, "exit code %s" % self.code)


def sees(asked, text):
    asked.wait_shown(text.encode(), 15)


@test()
def first_prompt_by_name(t):
    """Bootnode, room and passphrase are asked for, and lead into that room.
    What is wrong is said and asked again. The passphrase is not shown."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST, "--passphrase-file", t.path(
        "passphrase", "blue ducks", 0o600), room="kitchen")
    bert = Asked(t, net.b, "--nick", "bert")
    bert.answer(INVITE, "")
    bert.answer(BOOTNODE, "two words")
    bert.wait_shown(b'"two words": expected host')
    bert.answer(BOOTNODE, boot.address)
    bert.answer(ROOM, "kitchen")
    bert.answer(PASSPHRASE, "blue ducks")
    bert.answer(REMEMBER, "")
    anna.wait("peer", 15, state="connected", nick="bert")
    sees(bert, "anna is here")
    check(b"ducks" not in bert.output, "the passphrase is shown")
    bert.enter_line("hello")
    anna.wait("message", nick="bert", text="hello")
    bert.enter_line("/quit")
    check(bert.wait_exit() == 0, "exit code %s" % bert.code)
    bert.wait_restored()


@test()
def first_prompt_by_invite(t):
    """An invite is taken, not shown, and its secret is in cryptod alone."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, invite = new_room(t, net.a, boot)
    bert = Asked(t, net.b, "--nick", "bert", "--ui", "plain", log=False)
    bert.answer(INVITE, invite[:-3])
    bert.answer(REST, "")
    bert.wait_shown(b"32 letters and digits at its end: see character")
    bert.answer(INVITE, "")
    bert.answer(BOOTNODE, invite)
    bert.answer(REMEMBER, "")
    sees(bert, "anna is here")
    carl = Asked(t, net.b, "--nick", "carl", "--port", "0")
    carl.answer(INVITE, invite)
    carl.answer(REMEMBER, "")
    sees(carl, "anna is here")
    secret = invite.split("#")[1].encode()
    check(secret not in carl.output + carl.stderr(), "it is shown")
    needles = {"text": secret, "bytes": base64.b32decode(secret.upper())[:16]}
    try:
        held = {(role, what) for role, pid in carl.by_role().items()
                for what in memory_holds(pid, needles)}
    except PermissionError:
        t.figures = "memory not looked at: only root may"
        return
    check(held == {("cryptod", "bytes")}, "the secret: %s" % held)


def wrapped(invite, columns=40):
    """Returns the invite as a mail program breaks it, with a line below."""
    rows = [invite[at:at + columns] for at in range(0, len(invite), columns)]
    return "\r".join(rows) + "\r\rSee you there!"


@test()
def first_prompt_by_invite_of_several_rows(t):
    """A paste of several rows is one invite, at the first question as with
    --invite -; none of it shows, and what is below it is said to nobody."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna, invite = new_room(t, net.a, boot)
    bert = Asked(t, net.b, "--nick", "bert", "--ui", "plain", log=False)
    bert.answer(INVITE, wrapped(invite))
    bert.answer(REMEMBER, "")
    sees(bert, "anna is here")
    carl = Asked(t, net.b, "--nick", "carl", "--ui", "plain", "--port", "0",
                 "--invite", "-", log=False)
    carl.answer(b"Invite (not shown): ", wrapped(invite))
    sees(carl, "anna is here")
    for asked in (bert, carl):
        check(not any(row.encode() in asked.output
                      for row in wrapped(invite).split("\r")[:-2]),
              "it is shown")
    carl.enter_line("hello")
    anna.wait("message", nick="carl", text="hello")
    bert.enter_line("hello, too")
    anna.wait("message", nick="bert", text="hello, too")
    check(len(anna.find("message")) == 2, anna.find("message"))


@test(deadline=90)
def first_prompt_offers_remembered_rooms(t):
    """A room is remembered at the first prompt, and then one key opens it; or
    another room is entered, by its bootnode or an invite."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST, room="kitchen")
    carl, invite = new_room(t, net.a, boot, "carl", "--port", "0")
    state = new_state(t)
    bert = Bare(t, net.b, state)
    bert.answer(INVITE, "")
    bert.answer(BOOTNODE, boot.address)
    bert.answer(ROOM, "kitchen")
    bert.answer(PASSPHRASE, "")
    bert.answer(REMEMBER, "y")
    sees(bert, "anna is here")
    t.wait(lambda: os.path.exists(state + "/rooms/0001"), 10, "a room's file")
    bert.leave()

    bert = Bare(t, net.b, state)
    bert.wait_shown(b"Enter opens the remembered room.")
    bert.answer(OFFERED, "")
    sees(bert, "anna is here")
    bert.leave()

    bert = Bare(t, net.b, state)
    bert.answer(OFFERED, invite)
    bert.answer(REMEMBER, "yes")
    sees(bert, "carl is here")
    t.wait(lambda: os.path.exists(state + "/rooms/0002"), 10, "a room's file")
    check(invite[-32:].encode() not in bert.output, "it is shown")
    bert.leave()

    bert = Bare(t, net.b, state)
    bert.wait_shown(b"Enter opens the 2 remembered rooms.")
    bert.answer(OFFERED, boot.address)
    bert.wait_shown(b"Bootnode: " + boot.address.encode())
    bert.answer(ROOM, "garden")
    bert.answer(PASSPHRASE, "")
    bert.answer(REMEMBER, "n")
    sees(bert, "you are bert in room garden")
    bert.leave()
    check(len(os.listdir(state + "/rooms")) == 2, "it is remembered")

    bert = Bare(t, net.b, state)
    bert.answer(OFFERED, "")
    sees(bert, "anna is here")
    sees(bert, "carl is here")
    bert.leave()


@test(deadline=60)
def first_prompt_does_not_always_ask(t):
    """Remembered rooms are opened at once where there is an option, a bootnode
    among the variables, or nobody to ask."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    state = new_state(t)
    first = Gochat(t, net.b, "bert", boot, *FAST, "--remember", state=state)
    t.wait(lambda: os.path.exists(state + "/rooms/0001"), 10, "a room's file")
    first.quit()
    first.wait_exit()
    opened = b"you are bert in room " + first.room.encode()
    for flags, variables in ((["--mouse", "off"], {}),
                             ([], {"BOOTNODE": "127.0.0.1:1"}),
                             ([], {"BOOTNODE_KEY": boot.key})):
        bert = Bare(t, net.b, state, *flags, **variables)
        bert.wait_shown(opened)
        check(OFFERED not in bert.output, "it asks")
        bert.leave()
    piped = Process(t, net.b, "piped", [], json_ui=False, env={
        "STATE_DIR": state, "NICK": "bert"})
    piped.wait_line(opened)
    piped.close_stdin()
    check(piped.wait_exit() == 0, "exit code %s" % piped.code)
    lost = Bare(t, net.b, new_state(t), BOOTNODE="127.0.0.1:1")
    check(lost.wait_exit() == 2, "exit code %s" % lost.code)
    check(b"ROOM: not given" in lost.stderr(), lost.stderr())


@test()
def first_prompt_left(t):
    """Ctrl-D at any question leaves with 0, and Ctrl-C, SIGTERM and a closed
    terminal by their signal. The terminal is as it was, and nothing runs."""
    answers = [(INVITE, ""), (BOOTNODE, "127.0.0.1"), (ROOM, "kitchen"),
               (PASSPHRASE, "x"), (REMEMBER, "")]
    host = Loopback(t).a
    for end, code in ((b"\x04", 0), (b"\x03", -signal.SIGINT)):
        for last in range(len(answers)):
            asked = Asked(t, host)
            for question, text in answers[:last]:
                asked.answer(question, text)
            asked.wait_shown(answers[last][0], since=asked.asked)
            asked.raw(end)
            check(asked.wait_exit() == code, "exit code %s" % asked.code)
            check(asked.attributes() == asked.at_start, "the terminal")
            asked.wait_gone()
    asked = Asked(t, host)
    asked.wait_shown(INVITE)
    asked.kill(signal.SIGTERM)
    check(asked.wait_exit() == -signal.SIGTERM, "exit code %s" % asked.code)
    check(asked.attributes() == asked.at_start, "the terminal")
    asked.wait_gone()


@test()
def first_prompt_stopped(t):
    """Ctrl-Z gives a shell its terminal, with what is typed shown; then the
    question comes again."""
    screen = Screen(t, Loopback(t).a, "asked", ["--state-dir", new_state(t)],
                    shell=["bash", "--norc", "--noprofile", "-i"])
    screen.wait("[#$] *$")
    screen.line(shlex.join(screen.gochat))
    screen.wait("^Invite.*: *$")
    screen.key("C-z")
    screen.wait("Stopped")
    screen.line("echo shown")
    screen.wait("^shown$")
    check("echo shown" in screen.text(), "what is typed is not shown")
    screen.line("fg")
    screen.wait("gochat.*\n(.*\n)*Invite.*: *$")
    screen.until(lambda: screen.text().count("Invite (not") == 2, "ask again")
    screen.key("C-d")
    screen.until(lambda: not screen.family(), "end")
    screen.line("echo ended $?")
    screen.wait("^ended 0$")


@test()
def first_prompt_needs_a_terminal(t):
    """Where nobody can be asked, or json is read, it is the error of always."""
    host = Loopback(t).a
    for prefix, flags in ((["setsid", "-c", "sh", "-c", '"$0" "$@" </dev/null'],
                           []),
                          (["setsid", "-c"], ["--ui", "json"])):
        shown = Asked(t, host, *flags, prefix=prefix)
        check(shown.wait_exit(5) == 2, "exit code %s" % shown.code)
        check(b"usage: gochat" in shown.output, shown.output)
        check(INVITE not in shown.output, "it asks")
    partly = Asked(t, host, "--room", "kitchen")
    check(partly.wait_exit(5) == 2, "exit code %s" % partly.code)
    check(b"BOOTNODE: not given" in partly.output, partly.output)
