"""The terminal is as it was before, whatever dies, and after Ctrl-Z.

These tests run the tui, on a terminal of their own. Where it matters they make
the terminal raw themselves: it must be restored even if ui never said so.
"""

import os
import re
import signal

import procinfo
from harness import check, register, test
from process import ROOM, Bootnode, Gochat
from terminal import (BOOTNODE, ENTERED, LEFT, PROMPT, OnTerminal,
                      UnderShell)
from test_processes import ROLES
from topology import Loopback

RESTARTS = 5			# that are allowed in 60 s
TAKEN = 7777			# UDP port
CTRL_S = b"\x13"
CTRL_Z = b"\x1a"
QUIT = b"qy"			# q asks, y confirms
CLEARED = b"\033[2J"
FRAME = b"\033[?2026h"		# begins
PLACE = re.compile(rb"\033\[(\d+);\d+H")
SMALL = 10, 40			# rows, columns
SHELLS = {"bash": ("bash", "--norc", "--noprofile", "-i"),
          "dash": ("dash", "-i")}
LOG_LINE = re.compile(rb"\d\d:\d\d\.\d{3}Z (error|warn|info|debug) gochat")


def start(t, *flags, **more):
    there = OnTerminal(t, Loopback(t).boot, *flags, **more)
    there.wait_screen()
    there.make_raw()
    return there


# Every kind of end.

@test()
def terminal_restored_after_quit(t):
    there = start(t)
    there.raw(QUIT)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    there.wait_restored()


def after_signal(t, number):
    there = start(t)
    there.kill(number)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    there.wait_restored()
    check(there.output.count(LEFT) == 1, "it was restored more than once")


for NUMBER in (signal.SIGINT, signal.SIGTERM):
    register("terminal_restored_after_" + NUMBER.name.lower(),
             lambda t, number=NUMBER: after_signal(t, number))


def after_death_of(t, role):
    """gochat replaces the process; a new ui also takes the terminal again."""
    there = start(t)
    mark = there.mark()
    there.restart_role(role)
    if role == "ui":
        there.wait_left(since=mark)
        there.wait_screen(since=mark)
    there.wait_jailed()
    there.make_raw()
    mark = there.mark()
    there.kill(signal.SIGTERM)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    there.wait_restored(since=mark)


for ROLE in ROLES:
    register("terminal_restored_after_death_of_" + ROLE,
             lambda t, role=ROLE: after_death_of(t, role))


@test()
def terminal_restored_after_death_of_spawner(t):
    there = start(t)
    there.kill_role("spawner")
    there.kill_role("netd")		# no process can start another
    check(there.wait_exit() == 1, "exit code %s" % there.code)
    there.wait_restored()


@test()
def terminal_restored_after_death_of_launcher(t):
    """The spawner restores the terminal, and ends."""
    there = start(t)
    there.kill(signal.SIGKILL)
    there.wait_restored()
    there.wait_gone()


@test()
def terminal_restored_after_death_of_launcher_and_new_ui(t):
    """The spawner also does so after a ui that was not the first."""
    there = start(t)
    mark = there.mark()
    there.restart_role("ui")
    there.wait_screen(since=mark)
    there.make_raw()
    mark = there.mark()
    there.kill(signal.SIGKILL)
    there.wait_restored(since=mark)
    there.wait_gone()


def after_violation(t, role):
    """The reason can be read when the screen is gone."""
    there = start(t)
    there.may_fail = True
    os.kill(there.by_role()[role], signal.SIGSYS)
    check(there.wait_exit() == 3, "exit code %s" % there.code)
    there.wait_restored()
    after = there.output[there.output.index(LEFT):]
    check(b"gochat-%s was killed by its sandbox" % role.encode() in after,
          "the reason is not there: %r" % after)


for ROLE in ROLES:
    register("terminal_restored_after_violation_of_" + ROLE,
             lambda t, role=ROLE: after_violation(t, role))


@test(deadline=90)
def terminal_restored_after_giving_up(t):
    there = start(t)
    for _ in range(RESTARTS):
        there.restart_role("netd")
        there.wait_jailed()
    mark = there.mark()
    there.kill_role("netd")
    check(there.wait_exit(15) == 1, "exit code %s" % there.code)
    there.wait_restored(since=mark)
    after = there.output[there.output.rindex(LEFT):]
    check(b"giving up" in after, "the reason is not there: %r" % after)


@test()
def terminal_restored_though_stopped(t):
    """After Ctrl-S the terminal takes no byte: its attributes are restored,
    without sequences."""
    there = start(t)
    there.raw(CTRL_S)
    there.kill(signal.SIGTERM)
    check(there.wait_exit(15) == 0, "exit code %s" % there.code)
    check(there.attributes() == there.at_start, "the attributes are not back")


# There is no screen. In the last two cases only ui finds that out.
WITHOUT_SCREEN = {
    "plain": {"arguments": BOOTNODE + ["--ui", "plain"]},
    "dumb": {"term": "dumb"},
    "no_term": {"prefix": ("setsid", "-c", "env", "-u", "TERM")},
    "empty": {"term": ""},
    "unknown": {"term": "nonsense"},
    "vt52": {"term": "vt52"},
}


def only_text(there):
    controls = set(re.findall(rb"[\0-\x08\x0b-\x1f\x7f]", there.output))
    check(controls <= {b"\r"}, "%s in %r" % (controls, there.output))


def without_screen(t, more, end, code):
    """gochat writes only lines to the terminal, whatever its end."""
    there = OnTerminal(t, Loopback(t).boot, **more)
    there.wait_shown(b"listening on")
    there.wait_jailed()
    there.kill(end)
    check(there.wait_exit() == code, "exit code %s" % there.code)
    there.wait_gone()
    only_text(there)


for NAME, MORE in WITHOUT_SCREEN.items():
    for END, CODE in (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL):
        register("terminal_without_screen_%s_%s" % (NAME, END.name.lower()),
                 lambda t, more=MORE, end=END, code=CODE:
                 without_screen(t, more, end, code))


@test()
def terminal_of_a_start_that_fails(t):
    """The start fails before the tui has the screen: nothing is undone."""
    host = Loopback(t).boot
    sock = host.udp(TAKEN)
    t.cleanup(sock.close)
    for term in "xterm-256color", "nonsense":
        there = OnTerminal(t, host, term=term, arguments=BOOTNODE[:3] + [
            "127.0.0.1:%d" % TAKEN])
        check(there.wait_exit() == 1, "exit code %s" % there.code)
        check(b"cannot listen on UDP" in there.output, "no reason")
        if ENTERED not in there.output:
            only_text(there)


# The log.

@test()
def terminal_is_not_logged_to(t):
    """ui shows what is wrong; no line of the log is on the screen."""
    there = start(t, "--log-level", "debug")
    there.restart_role("netd")
    there.wait_shown(b"gochat-netd was killed by signal 9")
    there.wait_jailed()
    there.kill(signal.SIGTERM)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    found = LOG_LINE.search(there.output)
    check(not found, "a line of the log: %r" % found)


@test()
def terminal_and_log_elsewhere(t):
    """If standard error is no terminal, the log goes there as ever."""
    there = start(t, "--log-level", "debug", log=False)
    there.restart_role("netd")
    there.wait_jailed()
    there.kill(signal.SIGTERM)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    check(b"gochat-netd was killed by signal 9" in there.stderr(),
          "not in the log")
    check(b"signal 9" not in there.output, "it is on the screen, too")


# Ctrl-Z.

def suspended(t, shell, **more):
    there = UnderShell(t, Loopback(t).boot, SHELLS[shell], **more)
    mark = there.mark()
    there.make_raw()
    there.kill(signal.SIGTSTP)
    there.wait_stopped(mark)
    return there


def leave(there, keys=QUIT):
    """Leaves with KEYS; the terminal is the shell's again."""
    mark = there.mark()
    there.raw(keys)
    there.wait_over()
    there.wait_shown(PROMPT, since=mark)
    there.nothing_on()


def stop_and_go_on(t, shell):
    there = suspended(t, shell)
    t.wait(lambda: there.attributes() == there.at_start, 10,
           "the attributes are %s" % there.at_start)
    there.enter_line("fg")
    there.wait_running()
    mark = there.mark()
    there.raw(CTRL_Z)
    there.wait_stopped(mark)
    there.enter_line("fg")
    there.wait_running()
    leave(there)


def stop_in_background(t, shell):
    """In the background gochat stops again, and does not end."""
    there = suspended(t, shell)
    pid = there.by_role()["launcher"]

    def switches():
        return int(procinfo.status(pid)["voluntary_ctxt_switches"])
    before, mark = switches(), there.mark()
    there.enter_line("bg")
    t.wait(lambda: switches() > before, 10, "the launcher was continued")
    there.wait_stopped(mark)
    check(there.output.count(LEFT) == 1, "it was restored more than once")
    there.enter_line("fg")
    there.wait_running()
    leave(there)


def stopped_and_killed(t, shell):
    """kill %1 is a clean end, and leaves the terminal to the shell."""
    there = suspended(t, shell)
    there.enter_line("kill %1" if shell == "bash" else
                     "kill %1; kill -CONT %1")
    there.wait_over()
    mark = there.mark()
    there.enter_line("echo still-$((20+3))")
    there.wait_shown(b"still-23", since=mark)
    there.nothing_on()
    check(there.output.count(LEFT) == 1, "it was restored more than once")


def killed_under_shell(t, shell):
    """The launcher dies, the shell goes on, the terminal is in order."""
    there = UnderShell(t, Loopback(t).boot, SHELLS[shell])
    mark = there.mark()
    there.make_raw()
    there.kill()
    there.poll(lambda: there.modes_undone(mark), 10, "what undoes it")
    there.wait_over()
    t.wait(lambda: there.attributes() == there.at_start, 10,
           "the attributes are %s" % there.at_start)


for SHELL in SHELLS:
    for NAME, FUNCTION in (("and_back", stop_and_go_on),
                           ("in_background", stop_in_background),
                           ("and_killed", stopped_and_killed)):
        register("suspend_%s_%s" % (NAME, SHELL),
                 lambda t, function=FUNCTION, shell=SHELL: function(t, shell))
    register("terminal_restored_under_" + SHELL,
             lambda t, shell=SHELL: killed_under_shell(t, shell))


@test()
def suspend_and_resize(t):
    """After the suspension ui draws for the size that the terminal has now."""
    there = suspended(t, "bash")
    there.resize(*SMALL)
    mark = there.mark()
    there.enter_line("fg")
    there.wait_running()
    there.wait_shown(CLEARED, since=mark)
    there.wait_shown(b"\033[?2026l", since=mark)
    rows = {int(n) for n in PLACE.findall(there.output[mark:])}
    check(there.output[mark:].count(ENTERED) == 1, "it was drawn twice")
    check(max(rows) == SMALL[0], "rows %s are drawn" % sorted(rows))
    leave(there)


@test()
def suspend_and_news(t):
    """Texts that came meanwhile are drawn on gochat's screen, not on the
    shell's."""
    host = Loopback(t).boot
    boot = Bootnode(t, host)
    bert = Gochat(t, host, "bert", boot)
    there = UnderShell(t, host, SHELLS["bash"], arguments=[
        "--bootnode", boot.address, "--room", ROOM, "--nick", "anna",
        "--port", "0"])
    bert.wait("peer", 15, state="connected", nick="anna")
    for turn in range(5):
        mark = there.mark()
        there.raw(CTRL_Z)
        there.wait_stopped(mark)
        bert.say("meanwhile")
        bert.wait("sent", count=turn + 1)
        mark = there.mark()
        there.enter_line("fg")
        there.wait_shown(ENTERED, since=mark)
        before = there.output[mark:].split(ENTERED)[0]
        check(FRAME not in before, "a frame on the shell's screen: %r" % before)
    leave(there, b"/quit\r")


@test()
def suspend_without_shell(t):
    """Without a shell nobody could continue gochat: it goes on, and says
    so."""
    there = OnTerminal(t, Loopback(t).boot)
    there.wait_screen()
    there.wait_shown(CLEARED)
    there.raw(CTRL_Z)
    there.wait_shown(b"not suspended")
    there.raw(QUIT)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    there.wait_restored()


@test()
def suspend_ui_alone(t):
    """A ui that was stopped and continued from outside draws again."""
    there = OnTerminal(t, Loopback(t).boot)
    there.wait_jailed()
    there.wait_shown(CLEARED)
    ui = there.by_role()["ui"]
    os.kill(ui, signal.SIGSTOP)
    t.wait(lambda: procinfo.stat(ui)[0] == "T", 10, "ui is stopped")
    mark = there.mark()
    os.kill(ui, signal.SIGCONT)
    there.wait_shown(CLEARED, since=mark)


@test()
def suspend_whole_job(t):
    """The shell of a script stops, too, since otherwise nobody would have the
    terminal."""
    there = suspended(t, "bash", script=True)
    there.enter_line("fg")
    there.wait_running()
    there.raw(QUIT)
    there.wait_over()
    mark = there.mark()
    there.enter_line("echo code-$?")
    there.wait_shown(b"code-7", since=mark)
