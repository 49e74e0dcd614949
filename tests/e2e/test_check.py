"""gochat --mode check: whether a bootnode lets clients in, from outside."""

import json
import os
import re
import signal
import subprocess
import time

from harness import check, test
from process import Bootnode, Gochat, clean_environment
from topology import Lan, Loopback

BOUND = 16			# seconds, for the whole program
GIVES_UP = 10			# seconds until it says that there is no answer
LINE = re.compile(r"ok: bootnode (\S+) let us in after ([0-9.]+) ms \(name "
                  r"([0-9.]+) ms, COOKIE ([0-9.]+) ms, WELCOME ([0-9.]+) ms\)"
                  r"\n")


def start(t, host, *flags, **variables):
    """Starts a check in a home that is empty, without anything to read."""
    home = t.path("home")
    os.makedirs(home, exist_ok=True)
    checker = subprocess.Popen(
        host.enter() + [os.path.join(t.bindir, "gochat"), "--mode", "check"]
        + list(flags), env=clean_environment(t, dict(variables, HOME=home)),
        cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    t.cleanup(checker.kill)
    return checker


def run(t, host, *flags, **variables):
    """Returns a check's exit code, its line, and its log. It leaves no
    file."""
    checker = start(t, host, *flags, **variables)
    out, err = checker.communicate(timeout=BOUND)
    t.note("%s: %d %r %r" % (flags, checker.returncode, out, err))
    check(not os.listdir(t.path("home")), os.listdir(t.path("home")))
    check(out.count("\n") <= 1, "several lines: %r" % out)
    return checker.returncode, out, err


def quiet(t, host, *flags, **variables):
    """The same for one that passes: there is nothing to add in the log."""
    code, out, err = run(t, host, *flags, **variables)
    check(code == 0 and not err, "%s %r %r" % (code, out, err))
    return out


@test()
def check_of_a_live_bootnode(t):
    """It says how long it took, has left by then, and keeps nothing."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    began = time.monotonic()
    found = LINE.fullmatch(quiet(t, net.a, "--bootnode", boot.address))
    took = 1000 * (time.monotonic() - began)
    check(found and found[1] == boot.address, "it says something else")
    whole, *parts = (float(number) for number in found.groups()[1:])
    check(abs(whole - sum(parts)) < 0.2 and 0 < whole < took, found[0])
    joined = boot.wait("joined")
    left = boot.wait("left", peer=joined["peer"], room=joined["room"])
    check(left["reason"] == "leave", str(left))
    # Another time it is another key, in another room.
    since = boot.mark()
    quiet(t, net.a, "--bootnode", boot.address, "--bootnode-key", boot.key)
    again = boot.wait("joined", since=since)
    check(again["peer"] != joined["peer"] and again["room"] != joined["room"],
          "%s %s" % (joined, again))


@test()
def check_for_programs(t):
    """The line is an object in json. A name takes its time, too. Variables that
    are those of the bootnode mean nothing to it."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot, listen="127.0.0.1:9595")
    out = quiet(t, net.boot, "--bootnode", "localhost", "--ui", "json",
                MODE="bootnode", LISTEN="0.0.0.0:1", LOG_FILE="log",
                STATE_DIR="state", METRICS_SOCKET="metrics.sock",
                LOG_LEVEL="debug", ROOM="r", NICK="anna")
    said = json.loads(out)
    check(said["event"] == "check" and said["ok"] is True and
          said["key"] == boot.key and said["address"].endswith(":9595"), out)
    check(said["redirects"] == 0, out)
    check(said["name_ms"] > 0 and abs(
        said["total_ms"] - said["name_ms"] - said["cookie_ms"]
        - said["welcome_ms"]) < 0.01, out)


@test(deadline=60)
def check_of_a_dead_bootnode(t):
    """It gives up in time, with a line that says so."""
    net = Lan(t)
    began = time.monotonic()
    code, out, _ = run(t, net.a, "--bootnode", net.boot.address)
    took = time.monotonic() - began
    check(code == 1 and GIVES_UP <= took < BOUND, "%s %s" % (code, took))
    check(out == "failed: bootnode %s:9595 does not answer; if it is private, "
          "--access-key-file has to give its access key; gave up after 10 s\n"
          % net.boot.address, out)
    checker = start(t, net.a, "--bootnode", net.boot.address, "--ui", "json")
    time.sleep(0.5)
    checker.send_signal(signal.SIGTERM)
    out, _ = checker.communicate(timeout=BOUND)
    check(checker.returncode == 1, "exit code %s" % checker.returncode)
    check(not out or json.loads(out)["ok"] is False, out)


@test()
def check_is_refused(t):
    """Another key, or no place: it fails at once, and says why."""
    net = Lan(t, ("a", "b"))
    boot = Bootnode(t, net.boot, "--max-sessions-per-address", "1")
    code, out, _ = run(t, net.a, "--bootnode", boot.address, "--bootnode-key",
                       "ab" * 32, "--ui", "json")
    check(code == 1 and json.loads(out)["ok"] is False, out)
    check("its key is not" in json.loads(out)["reason"], out)
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", state="joined")
    code, out, _ = run(t, net.a, "--bootnode", boot.address)
    check(code == 1 and out.startswith("failed: bootnode %s refused: it has "
                                       "too many clients" % boot.address), out)
    quiet(t, net.b, "--bootnode", boot.address)


@test(deadline=60)
def check_of_a_private_bootnode(t):
    """It needs one of its access keys, and gets no answer otherwise."""
    net = Lan(t)
    key = "monitor " + "5a" * 32 + "\n"
    boot = Bootnode(t, net.boot, "--access-key-file",
                    t.path("keys", "anna " + "a5" * 32 + "\n" + key, 0o600))
    quiet(t, net.a, "--bootnode", boot.address,
          "--access-key-file", t.path("key", key, 0o600))
    code, out, _ = run(t, net.a, "--bootnode", boot.address)
    check(code == 1 and "--access-key-file has to give" in out,
          "%s %r" % (code, out))
    code, out, _ = run(
        t, net.a, "--bootnode", boot.address, "--access-key-file",
        t.path("other", "monitor " + "a6" * 32 + "\n", 0o600))
    check(code == 1 and "may not know our access key" in out,
          "%s %r" % (code, out))


@test()
def check_options(t):
    """What it lacks, and what means nothing to it, are errors."""
    host = Loopback(t).a
    for flags, words in (
            ((), "--bootnode or BOOTNODE: not given"),
            (("--bootnode", "h", "--room", "r"),
             "--room: expected in mode client only"),
            (("--bootnode", "h", "--listen", "127.0.0.1"),
             "--listen: expected in mode bootnode only"),
            (("--bootnode", "h", "--state-dir", "s"),
             "--state-dir: expected in mode client or bootnode only"),
            (("--bootnode", "h", "--ui", "tui"),
             "expected plain or json in mode check")):
        code, out, err = run(t, host, *flags)
        check(code == 2 and words in err and not out, "%r %r" % (flags, err))
