"""gochat on a terminal: it runs in a tmux of its own, a test types into that
and reads its screen.

The pane shows a line, then gochat, then its exit code, and then what is typed:
so a test sees what a user sees before, meanwhile and after.
"""

import os
import re
import shlex
import signal
import subprocess
import time

import procinfo
from harness import Failure
from process import ROOM, SANITIZER, Bootnode, clean_environment, new_state

BEFORE = "before gochat"
# What the pane runs; the words after it are gochat's command.
SCRIPT = """echo '%s'; "$@" 2>"$ERRORS"; echo "exit $?"; exec cat""" % BEFORE


class Screen:
    """One gochat in one tmux; label is its name in reports."""

    def __init__(self, test, host, label, arguments, columns=80, rows=24,
                 term="tmux-256color", env=None, shell=None):
        self.test = test
        self.host = host
        self.label = label
        number = len(test.processes)
        self.stderr_path = test.path("%d-%s.stderr" % (number, label), b"")
        self.socket = test.path("%d-%s.tmux" % (number, label))
        self.broken = []
        self.environment = clean_environment(test, {
            "TERM": term, "ERRORS": self.stderr_path, **(env or {})})
        self.gochat = [os.path.join(test.bindir, "gochat")] + arguments
        inside = shell or ["sh", "-c", SCRIPT, "sh"] + self.gochat
        self.tmux("-f", "/dev/null", "new-session", "-d",
                  "-x", str(columns), "-y", str(rows),
                  shlex.join(host.enter() + ["env", "TERM=" + term] + inside))
        self.pid = int(self.show("pane_pid"))
        self.known = set()
        test.processes.append(self)
        if not shell:
            self.wait_started()

    def tmux(self, *words, stdin=None):
        done = subprocess.run(
            ["tmux", "-u", "-S", self.socket] + list(words), input=stdin,
            stdin=None if stdin else subprocess.DEVNULL,
            capture_output=True, timeout=30, env=self.environment,
            cwd=self.test.folder)
        if done.returncode != 0:
            raise Failure("%s: tmux %s: %s" % (
                self.label, words[0], done.stderr.decode().strip()))
        return done.stdout.decode()

    def wait_started(self):
        """Waits until the pane has shown its first line. The terminal would
        echo what is typed earlier in front of that line."""
        self.until(lambda: self.show("alternate_on") == "1" or
                   BEFORE in self.tmux("capture-pane", "-p", "-S", "-"),
                   "start")

    def show(self, variable):
        """Returns a variable of the pane, as tmux(1) names it."""
        return self.tmux("display", "-p", "#{%s}" % variable).strip()

    # The screen.

    def rows(self, colours=False):
        """Returns the rows, without the blanks at their ends."""
        more = ["-e"] if colours else []
        text = self.tmux("capture-pane", "-p", *more)
        return [row.rstrip() for row in text.split("\n")[:-1]]

    def text(self):
        return "\n".join(self.rows())

    def cells(self, column):
        """Returns what tmux holds in one column, from the second row to the
        third last. The first row must be of narrow characters."""
        last = int(self.show("pane_height")) - 3
        # Only a rectangle may begin beyond the last text of a row.
        text = self.tmux(*(
            "copy-mode ; send -X top-line ; send -X start-of-line ; "
            "send -X begin-selection ; send -X rectangle-toggle ; "
            "send -X -N %d cursor-right ; send -X cursor-down ; "
            "send -X begin-selection ; send -X cursor-right ; "
            "send -X -N %d cursor-down ; send -X copy-selection-and-cancel ; "
            "show-buffer" % (column, last - 1)).split(" "))
        return (text + "\n" * last).split("\n")[:last]

    def wait(self, pattern, timeout=10):
        """Waits until the regular expression matches the screen; the match."""
        return self.until(lambda: re.search(pattern, self.text(), re.M),
                          "show %r" % pattern, timeout)

    def wait_not(self, pattern, timeout=10):
        """Waits until the regular expression does not match the screen."""
        self.until(lambda: not re.search(pattern, self.text(), re.M),
                   "lose %r" % pattern, timeout)

    def until(self, condition, text, timeout=10):
        end = self.test.until(timeout)
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() >= end:
                raise Failure("%s did not within %g s %s" % (
                    self.label, timeout, text))
            time.sleep(0.03)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    # Typing.

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def key(self, *names):
        """Types keys as tmux names them: Enter, Tab, PPage, C-r, M-b."""
        self.tmux("send-keys", *names)

    def line(self, text):
        self.type(text)
        self.key("Enter")

    def paste(self, text, brackets=True):
        """Pastes TEXT, as a terminal that knows bracketed paste, or does
        not."""
        self.tmux("load-buffer", "-", stdin=text.encode())
        self.tmux("paste-buffer", *(["-p", "-r"] if brackets else []))

    def wheel(self, up=True, column=5, row=5):
        self.type("\x1b[<%d;%d;%dM" % (64 if up else 65, column, row))

    # Processes.

    def family(self):
        """Returns gochat's living processes."""
        self.known |= procinfo.family(self.pid)
        return {pid for pid in self.known if procinfo.alive(pid)
                and b"gochat" in procinfo.cmdline(pid)
                and procinfo.role(pid)}

    def by_role(self):
        return {procinfo.role(pid): pid for pid in self.family()}

    def signal_role(self, role, number=signal.SIGKILL):
        pid = self.by_role()[role]
        os.kill(pid, number)
        return pid

    def wait_exit(self, timeout=10):
        """Waits for the exit code that the pane shows, and returns it."""
        return int(self.wait(r"^exit (\d+)$", timeout).group(1))

    def restored(self, modes=True):
        """Returns what is left of the tui on this terminal, as words; none if
        the terminal is as it was. MODES: looks at those of stty(1), too."""
        left = []
        for variable, wanted in (
                ("alternate_on", "0"), ("cursor_flag", "1"),
                ("wrap_flag", "1"), ("mouse_any_flag", "0"),
                ("mouse_sgr_flag", "0"), ("keypad_flag", "0"),
                ("keypad_cursor_flag", "0")):
            if self.show(variable) != wanted:
                left.append(variable)
        found = subprocess.run(
            ["stty", "-a", "-F", self.show("pane_tty")],
            capture_output=True, text=True, timeout=10).stdout.split()
        words = ("icanon", "echo", "isig", "icrnl", "opost", "ixon")
        for mode in words if modes else ():
            if mode not in found:
                left.append("-" + mode)
        return left

    def wait_restored(self, timeout=10, modes=True):
        """Waits until the terminal is as it was, and shows what it showed
        before."""
        self.until(lambda: not self.restored(modes), "restore the terminal",
                   timeout)
        self.wait("^%s$" % BEFORE, timeout)

    # For the Test that owns it.

    def ask_to_end(self):
        for pid in self.family():
            if procinfo.role(pid) == "launcher":
                os.kill(pid, signal.SIGTERM)

    def end_by(self, end):
        while self.family() and time.monotonic() < end:
            time.sleep(0.02)
        if self.family():
            self.broken.append("does not end on SIGTERM")
        self.last = self.rows()
        self.tmux("kill-server")

    def stderr(self):
        with open(self.stderr_path, "rb") as file:
            return file.read()

    def complaints(self):
        found = list(self.broken)
        if b"killed by its sandbox" in self.stderr():
            found.append("a process was killed by its sandbox")
        if any(word in self.stderr() for word in SANITIZER):
            found.append("a sanitizer complained")
        return ["%s: %s" % (self.label, text) for text in found]

    def tail(self, origin):
        log = self.stderr().decode("utf-8", "backslashreplace").splitlines()
        return (["--- %s (%s), its last screen" % (
                    self.label, self.host.label)]
                + ["|" + row for row in getattr(self, "last", [])]
                + ["log: " + line[:300] for line in log[-30:]])


class Tui(Screen):
    """A client on a terminal."""

    def line(self, text):
        """Types TEXT as fast as somebody who looks: lines that are read at
        once would be taken for a paste. Text that is not shown is typed
        blindly."""
        end = text[-10:].rstrip()
        self.type(text)
        self.look(lambda rows: any(row.endswith(end) for row in rows))
        self.key("Enter")
        self.look(lambda rows: not rows[-1].endswith(end))

    def look(self, condition):
        """Looks for a second; returns whether it has come true."""
        end = time.monotonic() + 1
        while not condition(self.rows()):
            if time.monotonic() >= end:
                return False
            time.sleep(0.01)
        return True

    def __init__(self, test, host, nick, boot, *flags, room=ROOM, state=None,
                 **more):
        self.nick = nick
        self.room = room
        self.state = state or new_state(test)
        address = boot.address if isinstance(boot, Bootnode) else boot
        Screen.__init__(self, test, host, nick,
                        ["--bootnode", address, "--room", room,
                         "--nick", nick, "--state-dir", self.state,
                         "--log-level", "debug"] + list(flags), **more)
