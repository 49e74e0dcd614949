"""One of the three processes dies, and the launcher starts it again.

The conversation goes on: what was said before, meanwhile and after arrives
once and in order, and nobody hears that somebody left.
"""

import os
import re
from collections import Counter

from chat import FAST, Dialogue, connected, meet, nobody_left, talk, texts
from delay import BadCable
from harness import check, register, test
from process import Bootnode, Gochat
from test_processes import ROLES, by_role, check_jail
from test_stopped import Standstill, continue_ui, stop_ui
from topology import Lan

PATIENCE = 60			# seconds for everything to arrive
LINES = 5			# from each, at each stage
MANY = 300			# lines said at once, to be cut in the middle
FLIGHT = 200			# ms from one to the other
RESTARTS = 5			# restarts that are allowed in 60 s


def two(t, names=("a", "b"), wires=None):
    net = Lan(t, names, wires)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    return net, boot, anna, bert


def still_the_same(anna, bert):
    """Neither side has seen anything but the conversation going on."""
    check(anna.popen.poll() is None, "the program has ended")
    for client in (anna, bert):
        left = client.find("peer", state="left")
        check(not left, "%s saw %s" % (client.label, left))
    check(len(bert.find("ready")) == 1, "bert restarted")


# Processes of a client.

def client(t, role):
    """ROLE is killed between lines that were delivered and others."""
    net, boot, anna, bert = two(t)
    dialogue = Dialogue(anna, bert)
    dialogue.say(LINES)
    dialogue.settle()
    old = anna.kill_role(role)
    dialogue.say(LINES)
    anna.wait_restarted(role, old)
    dialogue.settle(PATIENCE)
    dialogue.say(LINES)
    dialogue.settle(PATIENCE)
    still_the_same(anna, bert)
    check_jail(anna)
    log = anna.stderr()
    check(b"gochat-" + role.encode() in log, "the log does not name " + role)
    check(b"killed by signal 9" in log, "nor what it died of")


def client_in_flight(t, role):
    """ROLE is killed while lines of both are on their way, which takes
    long."""
    net, boot, anna, bert = two(t, wires={"b": BadCable(t, FLIGHT)})
    dialogue = Dialogue(anna, bert)
    dialogue.say(MANY, of=[bert])
    dialogue.say(MANY, of=[anna])
    # Lines that only ui has are lost with it: wait until they are handed on.
    anna.wait("sent", 30, count=MANY)
    check(not anna.find("delivered"), "nothing is on its way any more")
    anna.restart_role(role)
    dialogue.say(LINES)
    dialogue.arrived(PATIENCE)
    still_the_same(anna, bert)
    bert.wait("delivered", PATIENCE, count=MANY + LINES)


for ROLE in ROLES:
    register("restart_client_" + ROLE, lambda t, role=ROLE: client(t, role),
             deadline=120)
    register("restart_client_in_flight_" + ROLE,
             lambda t, role=ROLE: client_in_flight(t, role), deadline=120)


@test(deadline=90)
def restart_ui_says_ready_again(t):
    """The reader of the output learns all that the first ui had told."""
    net, boot, anna, bert = two(t)
    first = anna.find("ready")[0]
    mark = anna.mark()
    anna.restart_role("ui")
    again = anna.wait("ready", 10, since=mark)
    for field in ("nick", "fingerprint", "room", "port"):
        check(again[field] == first[field], "another " + field)
    joined = anna.wait("bootnode", 10, since=mark)
    check(joined["state"] in ("joined", "rejoined"), joined["state"])
    peer = anna.wait("peer", 10, since=mark, state="connected", nick="bert")
    check(peer["id"] == connected(anna, bert)["id"], "another id")
    talk(anna, [bert], "as before")
    talk(bert, [anna], "indeed")
    anna.quit()
    # Nobody knows what the first ui had taken and not yet said.
    check(anna.wait_exit() == 4, "exit code %s" % anna.code)


@test(deadline=90)
def restart_ui_at_end_of_input(t):
    """The new ui reads the rest of the input, and its end."""
    net, boot, anna, bert = two(t)
    old = anna.kill_role("ui")
    anna.say("the last words")
    anna.close_stdin()
    check(anna.wait_exit(30) == 4, "exit code %s" % anna.code)
    check(texts(bert, "anna") == ["the last words"], texts(bert, "anna"))


@test(deadline=90)
def restart_ui_with_stopped_output(t):
    """ui is killed when it can write no more: no line is cut off or
    missing."""
    net, boot, anna, bert = two(t)
    dialogue = Dialogue(anna, bert, padding=" " + "x" * 1000)
    anna.hold_output()
    # ui gets many lines at once, more than it may write in one go.
    stop_ui(anna)
    dialogue.say(MANY, of=[bert])
    bert.wait("sent", 30, count=MANY)
    continue_ui(anna)
    full = Standstill(lambda: len(bert.find("delivered")), 1)
    t.wait(full, 30, "the terminal is full")
    check(0 < full.count < MANY, "%d lines are in it" % full.count)
    anna.restart_role("ui")
    anna.release_output()
    dialogue.settle(PATIENCE)


@test(deadline=90)
def restart_cryptod_and_who_came_late(t):
    """A text that is said again goes to those it was owed, and to nobody
    else."""
    net, boot, anna, bert = two(t, ("a", "b", "c"))
    stop_ui(bert)
    anna.say("for bert alone")
    anna.wait("sent", 10)
    cleo = Gochat(t, net.c, "cleo", boot, *FAST)
    connected(cleo, anna)
    mark = anna.mark()
    anna.restart_role("cryptod")
    anna.wait("peer", 30, since=mark, state="connected", nick="cleo")
    continue_ui(bert)
    bert.wait("message", 30, text="for bert alone")
    delivered = anna.wait("delivered", 30)
    check(delivered["id"] == connected(anna, bert)["id"], "to somebody else")
    talk(anna, [bert, cleo], "for both")
    check(texts(cleo, "anna") == ["for both"], texts(cleo, "anna"))
    check(texts(bert, "anna") == ["for bert alone", "for both"],
          texts(bert, "anna"))


# Processes of a bootnode.

def bootnode(t, role):
    """The bootnode's clients go on, and a new one can join."""
    net, boot, anna, bert = two(t, ("a", "b", "c"))
    old = boot.kill_role(role)
    talk(anna, [bert], "meanwhile")
    boot.wait_restarted(role, old)
    cleo = Gochat(t, net.c, "cleo", boot, *FAST)
    joined = cleo.wait("bootnode", 30, state="joined")
    check(joined["key"] == boot.key, "another key")
    meet(anna, bert, cleo)
    for sender, others in ((anna, [bert, cleo]), (bert, [anna, cleo]),
                           (cleo, [anna, bert])):
        talk(sender, others, "now three, says " + sender.nick)
    nobody_left(anna, bert, cleo)
    check(boot.popen.poll() is None, "the bootnode has ended")
    check_jail(boot)


for ROLE in ROLES:
    register("restart_bootnode_" + ROLE,
             lambda t, role=ROLE: bootnode(t, role), deadline=90)


@test(deadline=90)
def restart_bootnode_ui_listens_again(t):
    """The operator's reader learns address and key again."""
    net, boot, anna, bert = two(t)
    mark = boot.mark()
    boot.restart_role("ui")
    again = boot.wait("listening", 10, since=mark)
    check(again["key"] == boot.key, "another key")
    check(again["address"] == boot.address, "another address")


# Descriptors after a death.

def descriptors(pid):
    """Returns how many descriptors of each kind PID has open."""
    folder = "/proc/%d/fd" % pid
    links = (os.readlink(os.path.join(folder, n)) for n in os.listdir(folder))
    return Counter(re.sub("[0-9]+", "", link) for link in links)


def descriptors_after(t, which):
    """Launcher and spawner have as many as before any child died."""
    net, boot, anna, bert = two(t)
    process = {"client": anna, "bootnode": boot}[which]
    pids = process.by_role()
    try:
        before = {role: descriptors(pids[role])
                  for role in ("launcher", "spawner")}
    except PermissionError:
        t.note("not for root of a user namespace to see")
        return
    for role in ("netd", "ui", "cryptod", "netd", "ui"):
        process.restart_role(role)
    talk(anna, [bert], "all are there again", PATIENCE)
    for role, counts in before.items():
        t.wait(lambda: descriptors(pids[role]) == counts, 10,
               "the %s has open what it had: %s" % (role, dict(counts)))


for MODE in ("client", "bootnode"):
    register("restart_descriptors_" + MODE,
             lambda t, which=MODE: descriptors_after(t, which), deadline=120)


# The limit of restarts, and the launcher's own death.

def restart_as_often_as_allowed(process, roles):
    for number in range(RESTARTS):
        role = roles[number % len(roles)]
        process.restart_role(role)
    check(process.popen.poll() is None, "it ended too early")


def kill_once_more(process, role):
    """Kills ROLE a last time: gochat ends, with the reason in the log."""
    process.kill_role(role)
    check(process.wait_exit(15) == 1, "exit code %s" % process.code)
    process.wait_gone(2)
    check(b"%d restarts in 60" % RESTARTS in process.stderr(),
          "the log does not say why")


@test(deadline=120)
def restart_limit_client(t):
    """gochat works after five deaths; the sixth is its end."""
    net, boot, anna, bert = two(t)
    restart_as_often_as_allowed(anna, ["ui", "netd"])
    dialogue = Dialogue(anna, bert)
    dialogue.say()
    dialogue.settle(PATIENCE)
    kill_once_more(anna, "ui")


@test(deadline=120)
def restart_limit_bootnode(t):
    """The same of a bootnode; its clients go on without it."""
    net, boot, anna, bert = two(t)
    restart_as_often_as_allowed(boot, ["netd"])
    talk(anna, [bert], "it is still there")
    kill_once_more(boot, "netd")
    talk(bert, [anna], "it is gone")


@test(deadline=90)
def restart_and_launcher_killed(t):
    """A process that was restarted ends with the launcher, too."""
    net, boot, anna, bert = two(t)
    for process in (anna, boot):
        for role in ("netd", "ui"):
            process.restart_role(role)
        by_role(process)
        process.kill()
        process.wait_gone(5)


@test(deadline=90)
def restart_without_spawner(t):
    """The spawner's death changes nothing, until a process has to be
    started."""
    net, boot, anna, bert = two(t)
    anna.kill_role("spawner")
    talk(anna, [bert], "who is missing?")
    anna.kill_role("netd")
    check(anna.wait_exit(15) == 1, "exit code %s" % anna.code)
    anna.wait_gone(2)
    check(b"spawner" in anna.stderr(), "the log does not say why")
