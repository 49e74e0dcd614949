"""Defines what a test of packaging/ is, and runs the tests.

A test is a function of one argument, a Test, registered by @test. It fails by
raising; check() and Test.run() raise Failure with a text for the reader. The
tests run one after another, each in a folder of its own.
"""

import fnmatch
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
CASES = []


class Failure(Exception):
    """A test did not find what it expected."""


def test(function):
    """Decorates a test: registers the function under its own name."""
    if any(case.__name__ == function.__name__ for case in CASES):
        raise RuntimeError("two tests are called " + function.__name__)
    CASES.append(function)
    return function


def select(patterns):
    """Returns the tests that match any of PATTERNS, or all."""
    return [case for case in CASES
            if not patterns or any(
                fnmatch.fnmatchcase(case.__name__, p)
                or case.__name__.startswith(p) for p in patterns)]


def check(condition, text):
    if not condition:
        raise Failure(text)


def check_equal(found, expected, what):
    """Compares two lists or sets of words; the text names the difference."""
    missing = sorted(set(expected) - set(found))
    extra = sorted(set(found) - set(expected))
    check(not missing and not extra, "%s: missing %s; not expected %s"
          % (what, ", ".join(missing) or "nothing",
             ", ".join(extra) or "nothing"))


def end_group(process):
    """Ends all that PROCESS, a group's leader, has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def shown(output):
    return (output or b"").decode("utf-8", "replace")


class Test:
    """What one running test has: the tree, what was built, a folder."""

    top = TOP

    def __init__(self, name, options):
        self.name = name
        self.bindir = options.bindir	# the folder of the programs
        self.build = options.build	# the folder of all else that make makes
        self.asan = options.asan	# true if built with the sanitizers
        self.folder = tempfile.mkdtemp(prefix="gochat-" + name + "-")
        self._cleanups = []

    def cleanup(self, function):
        """Has FUNCTION called when the test is over, last one first."""
        self._cleanups.append(function)

    def read(self, path):
        """Returns the text of a file of the tree, or of an absolute path."""
        with open(os.path.join(TOP, path), encoding="utf-8") as file:
            return file.read()

    def tool(self, name, package=None):
        """Returns the path of a program that the test needs."""
        path = shutil.which(name)
        check(path, "%s is missing: install the package %s "
              "(packaging/install-deps)" % (name, package or name))
        return path

    def run(self, command, code=0, timeout=60, **more):
        """Runs a program; Failure if its exit code is not CODE (None: any).

        Its standard input is empty, and all that it started ends with it.
        Returns a CompletedProcess with text.
        """
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
            start_new_session=True, **more)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as late:
            raise Failure("%s: not over within %g s\n%s%s" % (
                " ".join(command), timeout, shown(late.stdout),
                shown(late.stderr))) from None
        finally:
            end_group(process)
        check(code is None or process.returncode == code,
              "%s: exit code %d, not %s\n%s%s"
              % (" ".join(command), process.returncode, code, out, err))
        return subprocess.CompletedProcess(command, process.returncode,
                                           out, err)

    def finish(self):
        """Undoes what the test did; returns complaints."""
        complaints = []
        for function in reversed(self._cleanups):
            try:
                function()
            except Exception as error:
                complaints.append("clean-up: %s" % error)
        try:
            shutil.rmtree(self.folder)
        except OSError as error:
            complaints.append("clean-up: %s" % error)
        return complaints


def where(error):
    """Returns the lines of the tests that led to ERROR, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return ["  at %s:%d  %s" % (os.path.basename(f.filename), f.lineno,
                                f.line)
            for f in frames if f.filename != __file__]


def run_one(case, options):
    """Returns the lines that say what went wrong, none if nothing did."""
    test_ = Test(case.__name__, options)
    problem = []
    try:
        case(test_)
    except Failure as failure:
        problem = str(failure).splitlines() + where(failure)
    except Exception:
        problem = traceback.format_exc().splitlines()
    finally:
        problem += test_.finish()
    return problem


def run(cases, options):
    """Run CASES; returns the exit code."""
    # So that a test that is ended cleans up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    failed = 0
    for case in cases:
        started = time.monotonic()
        problem = run_one(case, options)
        failed += bool(problem)
        print("%s %s (%.1f s)" % ("FAIL" if problem else "ok",
                                  case.__name__,
                                  time.monotonic() - started))
        for line in problem:
            print("    " + line)
        sys.stdout.flush()
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    return 0 if cases and not failed else 1
