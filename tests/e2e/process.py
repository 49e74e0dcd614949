"""gochat under test: the test starts it in a namespace, speaks to it, watches
it.

Process reads standard output in a thread (events of the json interface, lines
of the others), keeps standard error in a file, and is ended by the Test that
owns it. Gochat and Bootnode know the two modes' flags.
"""

import json
import os
import select
import signal
import subprocess
import tempfile
import threading
import time

import contract
import procinfo
from harness import Failure

ROOM = "kitchen-table"
TAIL = 30			# lines of each process in a failure's report
SANITIZER = (b"AddressSanitizer", b"LeakSanitizer", b"runtime error:",
             b"UndefinedBehaviorSanitizer")
PASSED_ON = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")


def clean_environment(test, extra=None):
    """Returns gochat's environment, with EXTRA and no variable of its own."""
    environment = {k: os.environ[k] for k in PASSED_ON if k in os.environ}
    environment.update(HOME=test.folder, LANG="C.UTF-8", LC_ALL="C.UTF-8",
                       TERM="dumb", LOGNAME="tester", USER="tester")
    environment.update(extra or {})
    return environment


class Process:
    """One gochat; label is its name in reports."""

    def __init__(self, test, host, label, arguments, json_ui=True, env=None,
                 prefix=()):
        self.test = test
        self.host = host
        self.label = label
        self.json_ui = json_ui
        self.events = []	# contract.Event, if json_ui
        self.lines = []		# bytes of each line of standard output
        self.broken = []	# violations of the contract
        self.asked_to_end = self.abandoned = self.may_fail = False
        self.suspended = False
        self.code = None
        self.may_read = threading.Event()
        self.may_read.set()
        self.known = set()	# pids of the family, when it was last looked at
        self.changed = threading.Condition()
        number = len(test.processes)
        self.stderr_path = test.path("%d-%s.stderr" % (number, label))
        self.rest = b""		# a line that has not ended
        command = host.enter() + list(prefix)
        command += [os.path.join(test.bindir, "gochat")] + arguments
        with open(self.stderr_path, "wb") as stderr:
            self.popen = self._start(command, stderr,
                                     clean_environment(test, env))
        self.pid = self.popen.pid
        os.set_blocking(self.popen.stdin.fileno(), False)
        self.started = time.monotonic()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        test.processes.append(self)

    def _start(self, command, stderr, environment, pass_fds=()):
        """Starts it; returns the Popen, with pipes for input and output."""
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=stderr, cwd=self.test.folder, bufsize=0, env=environment,
            start_new_session=True, pass_fds=pass_fds)

    # Output.

    def _receive(self):
        """Returns some bytes of output, or none at its end."""
        return os.read(self.popen.stdout.fileno(), 65536)

    def _read(self):
        copy = open(self.stderr_path.replace(".stderr", ".stdout"), "wb")
        while True:
            self.may_read.wait()
            data = self._receive()
            copy.write(data)
            copy.flush()
            if not data:
                break
            with self.changed:
                self._got(data)
                self.changed.notify_all()
        copy.close()
        with self.changed:
            if self.rest:
                self.broken.append("a last line without end: %r" % self.rest)
            self.changed.notify_all()

    def _got(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self._take(line)

    def _take(self, line):
        self.lines.append(line)
        if not self.json_ui:
            return
        try:
            event = contract.parse(line)
        except ValueError as error:
            self.broken.append("%s: %r" % (error, line[:200]))
            return
        wrong = contract.violation(event)
        if wrong:
            self.broken.append("%s: %r" % (wrong, line[:200]))
        event.at = time.monotonic()
        event.index = len(self.events)
        self.events.append(event)

    def hold_output(self):
        """Reads no more of its output, as a terminal after Ctrl-S.

        What it writes next may still be read, once and 64 KiB at most.
        """
        self.may_read.clear()

    def release_output(self):
        self.may_read.set()

    def stderr(self):
        with open(self.stderr_path, "rb") as file:
            return file.read()

    # Waiting.

    def poll(self, look, timeout, text):
        """Waits until LOOK() is true, called at each line of output."""
        end = self.test.until(timeout)
        with self.changed:
            while True:
                found = look()
                if found:
                    return found
                left = end - time.monotonic()
                over = not self.reader.is_alive()
                if left <= 0 or over:
                    raise Failure("%s: %s %s" % (
                        self.label, "ended before it said" if over else
                        "did not within %g s say" % timeout, text))
                self.changed.wait(min(left, 0.2))

    def find(self, event, since=0, where=None, **fields):
        """Returns the events so far that match, from index SINCE on."""
        wanted = dict(fields, event=event)
        return [e for e in self.events[since:]
                if all(e.get(k) == v for k, v in wanted.items())
                and (where is None or where(e))]

    def wait(self, event, timeout=10, since=0, count=1, where=None, **fields):
        """Waits for the COUNTth matching event (the first), and returns it."""
        found = self.poll(
            lambda: self.find(event, since, where, **fields)[count - 1:],
            timeout, "%s %s%s" % (event, fields or "",
                                  " %d times" % count if count > 1 else ""))
        return found[0]

    def never(self, event, seconds, since=0, where=None, **fields):
        """Watches for SECONDS; fails if such an event is there or comes."""
        end = self.test.until(seconds)
        while True:
            found = self.find(event, since, where, **fields)
            if found:
                raise Failure("%s: unexpected %s" % (self.label, found[0]))
            left = end - time.monotonic()
            if left <= 0:
                return
            with self.changed:
                self.changed.wait(min(left, 0.2))

    def wait_line(self, *parts, timeout=10):
        """Waits for a line of standard output that contains all PARTS
        (bytes)."""
        return self.poll(
            lambda: [n for n in self.lines if all(p in n for p in parts)],
            timeout, "a line with %r" % (parts,))[0]

    def mark(self):
        """Returns the index that the next event will have."""
        with self.changed:
            return len(self.events)

    def wait_exit(self, timeout=10):
        """Waits for the end, and all of the output; returns the exit code,
        negative for a signal."""
        def over():
            self.code = self.popen.poll()
            return self.code is not None
        self.test.wait(over, timeout, "%s ends" % self.label, 0.01)
        self.reader.join(2)	# its last output may still be on the way
        return self.code

    # Input.

    def raw(self, data, timeout=30):
        """Writes bytes to standard input, as fast as they are taken."""
        fd = self.popen.stdin.fileno()
        waiter = select.poll()
        waiter.register(fd, select.POLLOUT)
        end = self.test.until(timeout)
        while data:
            if not waiter.poll(200) and time.monotonic() >= end:
                raise Failure("%s does not read its input" % self.label)
            try:
                data = data[os.write(fd, data):]
            except BlockingIOError:
                pass
            except BrokenPipeError:
                raise Failure("%s has closed its input" % self.label)

    def cmd(self, command):
        self.raw(json.dumps(command, ensure_ascii=False).encode() + b"\n")

    def say(self, text):
        self.cmd({"cmd": "say", "text": text})

    def quit(self):
        self.cmd({"cmd": "quit"})

    def close_stdin(self):
        self.popen.stdin.close()

    # Ending.

    def family(self):
        """Returns the living processes of this gochat, launcher included."""
        self.known |= procinfo.family(self.pid)
        return {pid for pid in self.known if procinfo.alive(pid)}

    def by_role(self):
        """Returns the pid of each role, launcher included."""
        pids = {procinfo.role(pid): pid for pid in self.family()}
        pids["launcher"] = self.pid	# a child, too, until it execs
        return pids

    def kill_role(self, role):
        """Kills one of the three; returns the pid that it had."""
        pid = self.by_role()[role]
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_restarted(self, role, old, timeout=10):
        """Waits until that role has another process than OLD."""
        self.test.wait(lambda: self.by_role().get(role) not in (None, old),
                       timeout, "%s of %s is restarted" % (
                           role, self.label))

    def restart_role(self, role, timeout=10):
        """Kills one of the three, and waits until there is another."""
        self.wait_restarted(role, self.kill_role(role), timeout)

    def kill(self, number=signal.SIGKILL):
        """Sends a signal to the launcher alone."""
        self.family()
        self.abandoned = self.abandoned or number == signal.SIGKILL
        os.kill(self.pid, number)

    def kill_all(self):
        """Ends every process at once: none sees another's death."""
        self.abandoned = True
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in self.family():
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass

    def suspend(self):
        """Stops every process, as a machine that goes to sleep does."""
        self.suspended = True
        for pid in self.family():
            os.kill(pid, signal.SIGSTOP)

    def resume(self):
        self.suspended = False
        for pid in self.family():
            os.kill(pid, signal.SIGCONT)

    def wait_gone(self, timeout=5):
        """Waits until no process of the family is left."""
        self.test.wait(lambda: not self.family(), timeout,
                       "all processes of %s are gone" % self.label)

    # For the Test that owns the process.

    def ask_to_end(self):
        if self.suspended:
            self.resume()
        self.release_output()
        if self.popen.poll() is None and not self.abandoned:
            self.asked_to_end = True
            self.kill(signal.SIGTERM)

    def end_by(self, end):
        while self.popen.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        if self.asked_to_end and self.popen.poll() is None:
            self.broken.append("does not end on SIGTERM")
        self.kill_all()
        self.popen.wait()
        self.reader.join(2)
        if not self.popen.stdin.closed:
            self.popen.stdin.close()

    def complaints(self):
        """Returns what is wrong, whatever the test was about."""
        found = list(self.broken)
        # Exit code 4: something that was said was not delivered.
        if self.asked_to_end and self.popen.returncode not in (
                0, 4, -signal.SIGTERM, -signal.SIGKILL):
            found.append("exit code %d on SIGTERM" % self.popen.returncode)
        if self.popen.returncode == 3 and not self.may_fail:
            found.append("a process was killed by its sandbox")
        if any(word in self.stderr() for word in SANITIZER):
            found.append("a sanitizer complained")
        return ["%s: %s" % (self.label, text) for text in found]

    def tail(self, origin):
        """Returns the last output and log lines, for a report."""
        lines = ["--- %s (%s), exit code %s" % (
            self.label, self.host.label, self.popen.returncode)]
        if self.json_ui:
            lines += ["%7.3f %s" % (e.at - origin, json.dumps(e)[:300])
                      for e in self.events[-TAIL:]]
        else:
            lines += [repr(line)[:300] for line in self.lines[-TAIL:]]
        log = self.stderr().decode("utf-8", "backslashreplace").splitlines()
        return lines + ["log: " + line[:300] for line in log[-TAIL:]]


class Bootnode(Process):
    """A bootnode that listens; address ("ip:port") and key are known.

    It listens at LISTEN, or else only at HOST's address.
    """

    def __init__(self, test, host, *flags, port=9595, state=None,
                 listen=None, env=None, prefix=()):
        self.address = "%s:%d" % (host.address, port)
        self.listen = listen or self.address
        self.state = state or new_state(test)
        arguments = ["--mode", "bootnode", "--listen", self.listen,
                     "--ui", "json", "--log-level", "debug",
                     "--state-dir", self.state]
        Process.__init__(self, test, host, "bootnode",
                         arguments + list(flags), env=env, prefix=prefix)
        self.flags = flags
        self.port = port
        self.key = self.wait("listening", 15)["key"]
        self.public = bytes.fromhex(self.key)

    def again(self):
        """Starts a new bootnode with the same state, hence with the same
        key."""
        return Bootnode(self.test, self.host, *self.flags, port=self.port,
                        state=self.state, listen=self.listen)


class Gochat(Process):
    """A client; BOOT is a Bootnode or the text for --bootnode. LABEL is its
    name in reports, which is the nickname if there is no LABEL. WAY are the
    arguments that say which room it is, if not --bootnode and --room."""

    def __init__(self, test, host, nick, boot, *flags, room=ROOM, state=None,
                 ui="json", log="debug", label=None, way=None, **more):
        self.nick = nick
        self.room = room
        self.state = state or new_state(test)
        address = boot.address if isinstance(boot, Bootnode) else boot
        way = way or ["--bootnode", address, "--room", room]
        arguments = way + ["--nick", nick, "--ui", ui, "--log-level", log,
                           "--state-dir", self.state]
        Process.__init__(self, test, host, label or nick,
                         arguments + list(flags), json_ui=ui == "json", **more)


def new_state(test):
    """Makes a new state folder, as gochat itself would make it."""
    return tempfile.mkdtemp(prefix="state-", dir=test.folder)	# 0700
