"""SIGHUP to a bootnode: options and files are read again, the log is opened
again, and everybody stays; what is wrong is refused as a whole."""

import os
import signal
import time

from chat import FAST, connected, meet, nobody_left, talk
from harness import check, test
from hostile.caller import Caller
from hostile.room import Person, Room
from process import Bootnode, Gochat, Process, new_state
from terminal import OnTerminal
from test_service import Figures, Manager
from topology import Lan, Loopback

REFUSED = "the reload is refused, and everything stays as it was: "
TRIES = 10			# datagrams of somebody who is denied


def bootnode(t, net, *flags, dotenv="", **more):
    """Starts one whose options are in .env, too."""
    t.path(".env", dotenv)
    boot = Bootnode(t, net.boot, *FAST, "--metrics-socket",
                    t.path("metrics"), *flags, **more)
    boot.metrics = t.path("metrics")
    return boot


def reload(t, boot, expected, log=None):
    """Sends SIGHUP; waits for the line of the log that it leads to."""
    read = log or boot.stderr
    before = read().count(expected)
    boot.kill(signal.SIGHUP)
    t.wait(lambda: read().count(expected) > before, 10,
           "the log says %r" % expected)


def refused(t, boot, reason):
    """A reload is refused, in the log and on the console."""
    mark = boot.mark()
    reload(t, boot, b"event=reload_refused")
    check(reason in boot.stderr().decode(), "%r is not in the log" % reason)
    error = boot.wait("error", since=mark)
    check(error["text"].startswith(REFUSED) and
          reason.replace('\\"', '"') in error["text"],
          "the console says %s" % error["text"])


def room_of(boot):
    return Room("kitchen-table", boot.public)


@test(deadline=60)
def reload_keeps_sessions(t):
    """New options count, and nobody notices anything."""
    net = Lan(t, ("a", "b", "c"))
    boot = bootnode(t, net, dotenv="MAX_PEERS=2\n")
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    carl = Gochat(t, net.c, "carl", boot, *FAST)
    carl.wait("bootnode", state="refused")
    pids = boot.by_role()
    t.path(".env", "MAX_PEERS=3\n")
    reload(t, boot, b"event=reloaded changed=MAX_PEERS denied=0 lifted=0")
    connected(carl, anna, 40)
    connected(carl, bert)
    talk(anna, [bert, carl], "all are here")
    check(boot.by_role() == pids, "a process is another one")
    nobody_left(anna, bert)
    check(not anna.find("bootnode", state="lost"), "anna lost the bootnode")
    check(not boot.find("left"), "somebody left")


@test(deadline=60)
def reload_limits_survive_netd(t):
    """A netd that takes the place of one that died has what was reloaded."""
    net = Lan(t)
    boot = bootnode(t, net, dotenv="")
    t.path("deny", "10.0.0.1\n")
    t.path(".env", "DENY_FILE=deny\n")
    reload(t, boot, b"event=reloaded changed=DENY_FILE denied=1 lifted=0")
    boot.wait_restarted("netd", boot.kill_role("netd"))
    anna, bert = Caller(t, net.a, boot), Caller(t, net.b, boot)
    bert.join(room_of(boot))
    anna.send(b"x" * 40)
    t.wait(lambda: Figures(boot.metrics).get(
        "dropped_packets_total", cause="denied") == 1, 10, "it is denied")


@test(deadline=60)
def reload_refuses_as_a_whole(t):
    """One mistake, and nothing of all that has changed counts."""
    net = Lan(t)
    t.path("deny", "192.0.2.1\n")
    boot = bootnode(t, net, dotenv="MAX_PEERS=2\nDENY_FILE=deny\n")
    t.path("deny", "192.0.2.1\n10.0.0.0/24 # all\n10.0.0.300\n")
    t.path(".env", "MAX_PEERS=3\nDENY_FILE=deny\n")
    refused(t, boot, 'DENY_FILE in .env line 2: deny, line 3: \\"10.0.0.300\\"'
            ': expected an address or a prefix')
    t.path("deny", "192.0.2.1\n")
    t.path(".env", "MAX_PEERS=none\nDENY_FILE=deny\n")
    refused(t, boot, 'MAX_PEERS in .env line 1: \\"none\\": expected a number')
    t.path(".env", "MAX_PEERS=3\nDENY_FILE=nowhere\n")
    refused(t, boot, "nowhere: No such file or directory")
    t.path(".env", "MAX_PEERS=3\nDENY_FILE=deny\nLIFT_FILE\n")
    refused(t, boot, ".env line 3: expected NAME=value")
    # Nobody was denied, and the room still has two places.
    anna, bert = Caller(t, net.a, boot), Caller(t, net.b, boot)
    anna.join(room_of(boot), Person("anna"))
    bert.join(room_of(boot), Person("bert"))
    _, answer = bert.ask_to_join(room_of(boot), Person("carl"))
    check(answer == "REJECT", "a third is answered by %s" % answer)
    # What is right in the end is taken.
    t.path(".env", "MAX_PEERS=3\nDENY_FILE=deny\n")
    reload(t, boot, b"event=reloaded changed=MAX_PEERS denied=1 lifted=0")
    bert.join(room_of(boot), Person("carl"))


@test(deadline=60)
def reload_refuses_what_cannot_change(t):
    net = Lan(t)
    boot = bootnode(t, net, dotenv="")
    for line, name in (("BOOTNODE_UDP_PORT=9596", "BOOTNODE_UDP_PORT"),
                       ("LOG_FILE=log", "LOG_FILE")):
        t.path(".env", "MAX_PEERS=5\n" + line + "\n")
        refused(t, boot, name + " in .env line 2: expected ")
    t.path(".env", "MAX_PEERS=5\n")
    reload(t, boot, b"event=reloaded changed=MAX_PEERS denied")


@test(deadline=60)
def reload_opens_the_log_again(t):
    """As logrotate does it: the file gets another name, then SIGHUP."""
    net = Lan(t)
    log = t.path("log")
    boot = bootnode(t, net, "--log-file", log)

    def text():
        with open(log, "rb") as file:
            return file.read()
    t.wait(lambda: b"event=ready" in text(), 10, "it is ready")
    Caller(t, net.a, boot).join(room_of(boot), Person("anna"))
    t.wait(lambda: b"event=joined" in text(), 10, "anna is in the log")
    os.rename(log, log + ".1")
    boot.kill(signal.SIGHUP)
    t.wait(lambda: os.path.exists(log) and b"event=reloaded" in text(), 10,
           "there is a new file")
    check(os.stat(log).st_mode & 0o777 == 0o600, "its mode")
    Caller(t, net.b, boot).join(room_of(boot), Person("bert"))
    t.wait(lambda: text().count(b"event=joined") == 1, 10, "bert is in it")
    with open(log + ".1", "rb") as file:
        check(file.read().count(b"event=joined") == 1, "the old file")
    t.path(".env", "LOG_LEVEL=error\n")
    os.mkdir(log + ".2")
    os.rename(log, log + ".3")
    os.rename(log + ".2", log)		# a folder
    boot.kill(signal.SIGHUP)
    boot.wait("error", where=lambda e: "the log file " in e["text"])
    with open(log + ".3", "rb") as file:
        check(b"event=reload_refused" in file.read(), "the log goes on")


@test(deadline=60)
def reload_tells_systemd(t):
    """RELOADING with a time, then READY, also if it is refused."""
    net = Lan(t)
    manager = Manager(t)
    boot = bootnode(t, net, env={"NOTIFY_SOCKET": manager.path})
    t.wait(lambda: manager.listen(), 10, "READY")
    for dotenv, status in (("MAX_PEERS=7\n", "STATUS=Reloaded."),
                           ("MAX_PEERS=0\n", "STATUS=Reload refused")):
        t.path(".env", dotenv)
        manager.heard.clear()
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        boot.kill(signal.SIGHUP)
        t.wait(lambda: any("READY=1" in h.splitlines()
                           for h in manager.listen()), 10, "READY")
        first = manager.heard[0].splitlines()
        check("RELOADING=1" in first, "first comes %s" % first)
        at = [int(line.partition("=")[2]) for line in first
              if line.startswith("MONOTONIC_USEC=")]
        check(len(at) == 1 and before <= at[0] <
              before + 10 * 1000 * 1000, "its time is %s" % at)
        check(status in manager.heard[-1], manager.heard[-1])


@test(deadline=60)
def reload_several_at_once(t):
    """Many SIGHUPs in a row end with the last state of the file."""
    net = Lan(t)
    boot = bootnode(t, net, dotenv="")
    boot.wait("listening")
    for number in range(20):
        t.path(".env", "MAX_PEERS=%d\n" % (number + 2))
        boot.kill(signal.SIGHUP)
    t.path("deny", "10.0.0.9\n")
    t.path(".env", "MAX_PEERS=2\nDENY_FILE=deny\n")
    reload(t, boot, b"denied=1 lifted=0")
    check(boot.by_role().keys() >= {"netd", "cryptod", "ui"}, "all are there")


@test(deadline=60)
def reload_without_spawner(t):
    """Nothing can be read any more: that is said, and it goes on."""
    net = Lan(t)
    boot = bootnode(t, net, dotenv="")
    boot.kill_role("spawner")
    t.wait(lambda: b"child=spawner" in boot.stderr(), 10, "it is missed")
    refused(t, boot, "the spawner is gone")
    Caller(t, net.a, boot).join(room_of(boot))


@test(deadline=60)
def reload_with_a_netd_that_hangs(t):
    """It is told as much as it can keep, and no more; the launcher goes on,
    and so does netd, when it can."""
    net = Lan(t)
    t.path("deny", "".join("192.%d.%d.1\n" % (i // 256, i % 256)
                           for i in range(10000)))
    boot = bootnode(t, net, "--deny-file", t.path("deny"))
    netd = boot.by_role()["netd"]
    os.kill(netd, signal.SIGSTOP)
    try:
        for _ in range(8):
            log = boot.stderr()
            if b"reload_refused" in log:
                break
            boot.kill(signal.SIGHUP)
            t.wait(lambda: boot.stderr().count(b"event=reload") >
                   log.count(b"event=reload"), 10, "an answer")
    finally:
        os.kill(netd, signal.SIGCONT)
    check(b"gochat-netd does not read" in boot.stderr(), "it is refused")
    before = boot.stderr().count(b"event=reloaded")

    def reloaded():
        boot.kill(signal.SIGHUP)
        return boot.stderr().count(b"event=reloaded") > before
    t.wait(reloaded, 10, "netd has read all, and it is reloaded", 0.3)
    Caller(t, net.a, boot).join(room_of(boot))


@test(deadline=60)
def reload_waits_for_no_fifo(t):
    """A file that is none does not hold anything up."""
    net = Lan(t)
    boot = bootnode(t, net, dotenv="")
    os.mkfifo(t.path("deny"))
    t.path(".env", "DENY_FILE=deny\n")
    refused(t, boot, "deny: expected a regular file")


@test()
def reload_not_by_a_terminal_that_is_gone(t):
    """A bootnode on a terminal ends with it, as before."""
    there = OnTerminal(t, Loopback(t).boot)
    there.wait_screen()
    there.popen.stdin.close()
    master = there.popen.stdout
    os.dup2(os.open("/dev/null", os.O_RDONLY), master.fileno())
    check(there.wait_exit() in (0, 1), "exit code %s" % there.code)
    there.wait_gone()


@test()
def reload_on_a_terminal(t):
    """The tui shows why a reload is refused."""
    t.path(".env", "")
    there = OnTerminal(t, Loopback(t).boot)
    there.wait_screen()
    t.path(".env", "MAX_PEERS=many\n")
    there.kill(signal.SIGHUP)
    there.wait_shown(b"the reload is refused")


# Who is denied.

@test()
def deny_file_that_is_wrong(t):
    """It is refused at the start, too."""
    net = Lan(t)
    path = t.path("deny", "10.0.0.1\n10.0.0.1/8\n")
    boot = Process(t, net.boot, "bootnode", [
        "--mode", "bootnode", "--state-dir", new_state(t), "--deny-file",
        path])
    check(boot.wait_exit() == 2, "exit code %s" % boot.code)
    check(('--deny-file: %s, line 2: \\"10.0.0.1/8\\": expected 10.0.0.0/8'
           % path).encode() in boot.stderr() or
          ('--deny-file: %s, line 2: "10.0.0.1/8": expected 10.0.0.0/8'
           % path).encode() in boot.stderr(), "it says %r" % boot.stderr())


@test(deadline=60)
def deny_gets_no_answer(t):
    """Neither a HELLO nor anything else is answered; it is counted."""
    net = Lan(t, ("a", "b"))
    t.path("deny", "# strangers\n10.0.0.1\n2001:db8::/32\n")
    boot = bootnode(t, net, "--deny-file", t.path("deny"))
    anna, bert = Caller(t, net.a, boot), Caller(t, net.b, boot)
    channel = bert.join(room_of(boot))
    for _ in range(TRIES):
        anna.send(channel.hello())
        anna.send(channel.control("HEARTBEAT"))	# from elsewhere
        anna.send(channel.control("LEAVE"))
    t.wait(lambda: Figures(boot.metrics).get(
        "dropped_packets_total", cause="denied") == 3 * TRIES, 10,
        "all are counted")
    check(anna.hear("COOKIE", "CHALLENGE", "LEAVE_ACK", "REJECT",
                    timeout=0.5) is None, "an answer")
    check(Figures(boot.metrics)["sessions"] == 1, "bert is there")


@test(deadline=60)
def deny_ends_sessions(t):
    """A session ends when its address is denied; the others are told, it is
    not answered."""
    net = Lan(t, ("a", "b"))
    t.path("deny", "")
    boot = bootnode(t, net, "--deny-file", t.path("deny"))
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST, "--relay", "never")
    meet(anna, bert)
    third = Caller(t, net.b, boot)
    channel = third.join(Room("another", boot.public), Person("third"))
    t.path("deny", "10.0.0.0/31\n")
    reload(t, boot, b"event=denied sessions=1 ")
    check(boot.wait("left")["reason"] == "timeout", "the reason")
    check(Figures(boot.metrics)["sessions"] == 2, "who is there")
    anna.wait("bootnode", 20, state="lost")
    # What stands between the two is none of the bootnode's business.
    talk(bert, [anna], "over the line")
    third.heartbeat(channel)
    check(third.hear("HEARTBEAT_ACK"), "bert's host is answered")
    t.path("deny", "# nobody\n")
    reload(t, boot, b"denied=0")
    anna.wait("bootnode", 40, state="rejoined")


# Limits of a source.

@test(deadline=60)
def lift_is_told_before_it_bites(t):
    """The log and the figures say that an address comes near its limit; who
    lifts it has more sessions, without a restart."""
    net = Lan(t, ("a", "b"))
    boot = bootnode(t, net, "--lift-file", t.path("lift", "10.9.0.0/16 9\n"),
                    dotenv="MAX_SESSIONS_PER_ADDRESS=8\n")
    crowd = Caller(t, net.a, boot)
    for number in range(6):
        check(b"event=crowded" not in boot.stderr(), "it is told too early")
        crowd.join(room_of(boot), Person("%d" % number))
    t.wait(lambda: b"event=crowded address=10.0.0.1 sessions=6 limit=8 msg="
           in boot.stderr(), 10, "it is told")
    check(Figures(boot.metrics)["crowded_sources"] == 1, "the figure")
    for number in range(6, 8):
        crowd.join(room_of(boot), Person("%d" % number))
    _, answer = crowd.ask_to_join(room_of(boot), Person("late"))
    check(answer == "REJECT", "a ninth is answered by %s" % answer)
    t.path("lift", "10.0.0.1 20\n")
    reload(t, boot, b"event=reloaded changed=none denied=0 lifted=1")
    t.wait(lambda: Figures(boot.metrics)["crowded_sources"] == 0, 10,
           "it is no crowd any more")
    for number in range(8, 20):
        crowd.join(room_of(boot), Person("%d" % number))
    _, answer = crowd.ask_to_join(room_of(boot), Person("late"))
    check(answer == "REJECT", "one more is answered by %s" % answer)
    check(Figures(boot.metrics)["sessions"] == 20, "who is there")
    check(boot.stderr().count(b"event=crowded") == 1, "how often it is told")


@test(deadline=60)
def limits_bite_and_are_counted(t):
    """JOIN_RATE and RELAY_RATE_PER_ADDRESS, after a reload."""
    net = Lan(t, ("a", "b"))
    boot = bootnode(t, net, dotenv="MAX_SESSIONS_PER_ADDRESS=4\n")
    t.path(".env", "MAX_SESSIONS_PER_ADDRESS=4\nJOIN_RATE=1\n"
           "RELAY_RATE=1\nRELAY_RATE_PER_ADDRESS=1\n")
    reload(t, boot, b"changed=RELAY_RATE,RELAY_RATE_PER_ADDRESS,JOIN_RATE ")
    anna = Caller(t, net.a, boot)
    answers = []
    for number in range(20):
        channel, answer = anna.ask_to_join(
            Room("room %d" % number, boot.public), timeout=0.3)
        answers.append(answer)
        if answer == "WELCOME":
            anna.leave(channel)
    check(answers == ["WELCOME"] * 16 + [None] * 4, "JOINs: %s" % answers)
    check(Figures(boot.metrics).get("dropped_packets_total",
                                    cause="join_rate") == 4, "they count")
