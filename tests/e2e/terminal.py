"""gochat on a terminal: a pseudo-terminal whose other end is the test's.

OnTerminal starts gochat there, as a terminal emulator does; UnderShell has a
shell with job control start it.
"""

import os
import select
import shlex
import signal
import subprocess
import termios

import process_table
import procinfo
from harness import check
from process import Process, new_state

PROMPT = b"what-next? "
# The modes that the tui may switch on, and the sequences that switch them off.
MODES = [(b"\033[?%dh" % n, b"\033[?%dl" % n) for n in (
    1000, 1002, 1003, 1006, 1049, 2004, 2026)]
MODES += [(b"\033[?7l", b"\033[?7h"), (b"\033[?25l", b"\033[?25h"),
          (b"\033[22;0t", b"\033[23;0t")]
# The sequences that have to come in any case, once the screen was taken.
ENTERED = b"\033[?1049h"
LEFT = b"\033[?1049l"
ALWAYS = [LEFT, b"\033[?1000l", b"\033[?1006l", b"\033[?2004l",
          b"\033[?2026l", b"\033[?7h", b"\033[?25h", b"\033[0m", b"\033[r",
          b"\033[23;0t"]
BOOTNODE = ["--mode", "bootnode", "--listen", "127.0.0.1:0"]
LFLAG = 3			# in what tcgetattr() returns


class OnTerminal(Process):
    """A bootnode on a terminal; output is all that it has written there.

    LOG: standard error is the terminal, too, else a file.
    """

    def __init__(self, test, host, *flags, term="xterm-256color", log=True,
                 arguments=BOOTNODE, prefix=("setsid", "-c"), env=None):
        self.output = b""
        self.log = log
        self.state = new_state(test)
        Process.__init__(self, test, host, "terminal",
                         list(arguments) + ["--state-dir", self.state] +
                         list(flags), json_ui=False, prefix=prefix,
                         env=dict(env or {}, TERM=term))

    def _start(self, command, stderr, environment):
        master, slave = os.openpty()
        self.at_start = termios.tcgetattr(slave)
        termios.tcsetwinsize(slave, (24, 80))
        popen = subprocess.Popen(
            command, stdin=slave, stdout=slave,
            stderr=slave if self.log else stderr, cwd=self.test.folder,
            env=environment)
        os.close(slave)
        popen.stdout = os.fdopen(master, "rb", buffering=0)
        popen.stdin = os.fdopen(os.dup(master), "wb", buffering=0)
        return popen

    def _receive(self):
        # Input and output are one, and do not block.
        select.select([self.popen.stdout], [], [])
        try:
            return Process._receive(self)
        except OSError:		# EIO: no process has it open any more
            return b""

    def _got(self, data):
        self.output += data

    def tail(self, origin):
        return Process.tail(self, origin) + [repr(self.output[-2000:])]

    # What a user sees and does.

    def mark(self):
        with self.changed:
            return len(self.output)

    def wait_shown(self, text, timeout=10, since=0):
        """Waits until TEXT was written; returns the index of its end."""
        self.poll(lambda: text in self.output[since:], timeout, repr(text))
        return self.output.index(text, since) + len(text)

    def enter_line(self, text):
        self.raw(text.encode() + b"\r")

    def resize(self, rows, columns):
        termios.tcsetwinsize(self.popen.stdout.fileno(), (rows, columns))

    def attributes(self):
        return termios.tcgetattr(self.popen.stdout.fileno())

    def make_raw(self):
        """Makes the terminal raw, as the tui does: no echo, no lines, no
        signals."""
        new = self.attributes()
        new[LFLAG] &= ~(termios.ICANON | termios.ECHO | termios.ISIG |
                        termios.IEXTEN)
        termios.tcsetattr(self.popen.stdout.fileno(), termios.TCSANOW, new)

    # The state that the tests ask for.

    def wait_jailed(self):
        """Waits until all four are in their sandboxes."""
        def jailed():
            pids = self.by_role()
            try:
                return all(role in pids and
                           procinfo.status(pids[role])["Seccomp"] == "2"
                           for role in ("launcher",) +
                           process_table.children("client"))
            except OSError:
                return False
        self.test.wait(jailed, 15, "all are in their sandboxes")

    def wait_screen(self, since=0):
        """Waits until ui has the screen, too, which it takes in its
        sandbox."""
        self.wait_jailed()
        self.wait_shown(ENTERED, since=since)

    def modes_undone(self, since=0):
        """Returns whether every mode that was switched on is off again."""
        text = self.output[since:]
        return (all(word in text for word in ALWAYS) and
                all(text.rfind(off) > text.rfind(on)
                    for on, off in MODES if on in text))

    def nothing_on(self):
        check(self.modes_undone(), "something is still switched on")

    def wait_left(self, timeout=10, since=0):
        """Waits until ui has undone all modes, whatever came after."""
        self.poll(lambda: all(word in self.output[since:]
                              for word in ALWAYS), timeout, "what undoes it")

    def wait_restored(self, timeout=10, since=0):
        self.poll(lambda: self.modes_undone(since), timeout, "what undoes it")
        self.test.wait(lambda: self.attributes() == self.at_start, timeout,
                       "the attributes are %s" % self.at_start)


class UnderShell(OnTerminal):
    """The same, started by a line that was typed into SHELL."""

    def __init__(self, test, host, shell, *flags, script=False,
                 arguments=BOOTNODE):
        self.shell = list(shell)
        OnTerminal.__init__(
            self, test, host, *flags, arguments=arguments, prefix=(), env={
                "PS1": PROMPT.decode(), "INPUTRC": test.path(
                    "inputrc", "set enable-bracketed-paste off\n")})
        self.wait_shown(PROMPT)
        self.at_start = self.attributes()
        self.enter_line("sh -c '%s; exit 7'" % self.line if script
                        else self.line)
        self.wait_screen()

    def _start(self, command, stderr, environment):
        self.line = shlex.join(command)
        return OnTerminal._start(self, ["setsid", "-c"] + self.shell, stderr,
                                 environment)

    def by_role(self):
        return {procinfo.role(pid): pid for pid in self.family()}

    def kill(self, number=signal.SIGKILL):
        os.kill(self.by_role()["launcher"], number)

    def ask_to_end(self):
        self.kill_all()		# a shell does not end on SIGTERM

    def state_of(self, role):
        found = procinfo.stat(self.by_role().get(role, 0))
        return found and found[0]

    def wait_stopped(self, since):
        """Waits until the terminal is the shell's again, and shows its
        prompt."""
        self.test.wait(lambda: self.state_of("launcher") ==
                       self.state_of("ui") == "T", 10,
                       "launcher and ui are stopped")
        self.wait_shown(PROMPT, since=since)
        self.nothing_on()
        for role in ("netd", "cryptod"):
            check(self.state_of(role) in ("S", "R", "D"),
                  "%s is in state %s" % (role, self.state_of(role)))

    def wait_running(self):
        self.test.wait(lambda: {self.state_of("launcher"),
                                self.state_of("ui")} <= {"S", "R"}, 10,
                       "launcher and ui go on")

    def wait_over(self, timeout=10):
        """Waits until only the shell is left."""
        self.test.wait(lambda: set(self.by_role()) <= {None}, timeout,
                       "gochat is gone")
