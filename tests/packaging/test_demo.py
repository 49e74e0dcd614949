"""packaging/demo: a conversation as text, and on the screen of a terminal."""

import os
import shlex
import shutil
import time

import options
from harness import Failure, check, test

LINES = ("hello bob, nobody in between can read this",
         "hello alice, not even the bootnode")
PATIENCE = 30			# seconds
# All commands that the demo uses, except tmux.
TOOLS = ("cat", "dirname", "env", "grep", "mkfifo", "mktemp", "rm", "sed", "sh",
         "sleep", "tput")


def environment(t, **more):
    """Returns the demo's environment; its files are below t.folder/made."""
    made = os.path.join(t.folder, "made")
    os.makedirs(made, exist_ok=True)
    return dict({"PATH": os.environ["PATH"], "HOME": t.folder, "TMPDIR": made,
                 "LC_ALL": "C.UTF-8", "TERM": "xterm",
                 "GOCHAT": os.path.join(t.bindir, "gochat")}, **more)


def demo(t):
    return os.path.join(t.top, "packaging/demo")


def nothing_left(t):
    left = os.listdir(os.path.join(t.folder, "made"))
    check(not left, "the demo leaves %s" % left)


class Screen:
    """The demo in a tmux of the test's own."""

    def __init__(self, t, columns, rows, **more):
        self.t = t
        self.socket = os.path.join(t.folder, "screen")
        self.code = os.path.join(t.folder, "code")
        self.tool = t.tool("tmux")
        t.cleanup(self.end)
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows),
                  "env -i TERM=tmux-256color %s %s; echo $? >%s; sleep 60" % (
                      " ".join(shlex.quote("%s=%s" % pair)
                               for pair in environment(t, **more).items()
                               if pair[0] != "TERM"),
                      shlex.quote(demo(t)), shlex.quote(self.code)))

    def tmux(self, *words, code=0):
        return self.t.run([self.tool, "-u", "-S", self.socket, "-f",
                           "/dev/null", *words], code=code).stdout

    def end(self):
        self.tmux("kill-server", code=None)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def until(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise Failure("%s: not seen in\n%s" % (what, self.text()))
            time.sleep(0.1)

    def wait(self, *texts, times=1):
        self.until(lambda: all(self.text().count(text) >= times
                               for text in texts), "%d times %s"
                   % (times, ", ".join(texts)))

    def line(self, text):
        """Types TEXT, sees it, and only then enters it: otherwise it would be
        a paste."""
        self.tmux("send-keys", "-l", text)
        self.wait("> " + text)
        self.tmux("send-keys", "Enter")

    def ended(self):
        """Returns the exit code; the demo must end by itself."""
        self.until(lambda: os.path.exists(self.code) and
                   self.t.read(self.code), "the end")
        return int(self.t.read(self.code))


@test
def demo_is_printed_without_a_terminal(t):
    """The demo works whatever is set in the environment or in a .env."""
    odd = {prefix + row.variable: "odd" for row in options.rows(t)
           if row.variable for prefix in ("", "GOCHAT_")}
    with open(os.path.join(t.folder, ".env"), "w", encoding="utf-8") as file:
        file.write("GOCHAT_ROOM=other\nUI=json\n")
    said = t.run([demo(t)], cwd=t.folder, env=environment(t, **odd)).stdout
    for author, line in zip(("alice", "bob"), LINES):
        check("<%s> %s\n" % (author, line) in said, said)
    nothing_left(t)


def see_both(t, columns, rows):
    screen = Screen(t, columns, rows)
    # Each line is on both screens; where they are narrow it is wrapped.
    screen.wait("hello bob", "hello alice", "> ", "2 here", times=2)
    screen.line("/quit")
    screen.until(lambda: screen.text().count("2 here") == 0, "one is left")
    screen.line("/quit")
    check(screen.ended() == 0, "exit code %d" % screen.ended())
    nothing_left(t)


@test
def demo_on_a_wide_terminal(t):
    """The full screens of both are side by side."""
    see_both(t, 140, 30)


@test
def demo_on_a_usual_terminal(t):
    """The full screens of both are one above the other."""
    see_both(t, 80, 24)


@test
def demo_without_tmux(t):
    """There is one full screen; the other client answers."""
    tools = os.path.join(t.folder, "tools")
    os.mkdir(tools)
    for name in TOOLS:
        os.symlink(shutil.which(name), os.path.join(tools, name))
    screen = Screen(t, 80, 24, PATH=tools)
    screen.wait("<bob> │ hello alice", "<bob> │ type a line", "2 here")
    screen.line("is anybody there?")
    screen.wait("✓1/1", "I alone could read it")
    screen.line("/quit")
    check(screen.ended() == 0, "exit code %d" % screen.ended())
    nothing_left(t)
