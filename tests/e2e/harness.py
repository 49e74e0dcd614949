"""Registry and runner: which tests there are, and how each one is run.

A test is a function of one argument, a Test, registered by @test(...).
It fails by raising; check() and the waiting helpers raise Failure with a
text for the reader.  The runner gives each test a tag for its namespaces,
a folder, a deadline, and cleans up after it in reverse order.
"""

import concurrent.futures
import fnmatch
import os
import shutil
import sys
import threading
import time
import traceback

import private
import procinfo

CASES = []
END = 8				# seconds for gochat to end: 7 are promised
GRACE = 20			# seconds for clean-up after the deadline


class Failure(Exception):
    """A test did not find what it expected."""


class Case:
    def __init__(self, name, function, deadline, needs_gochat, alone,
                 on_demand):
        self.name = name
        self.function = function
        self.deadline = deadline
        self.needs_gochat = needs_gochat
        self.alone = alone
        self.on_demand = on_demand


def register(name, function, deadline=60, needs_gochat=True, alone=False,
             on_demand=False):
    """ALONE: the test runs after the others, with the machine to itself.

    ON_DEMAND: the test runs only if a pattern matches it.
    """
    if any(case.name == name for case in CASES):
        raise RuntimeError("two tests are called " + name)
    CASES.append(Case(name, function, deadline, needs_gochat, alone,
                      on_demand))


def test(deadline=60, **more):
    """Decorates a test: registers the function under its own name."""
    def wrap(function):
        register(function.__name__, function, deadline, **more)
        return function
    return wrap


def select(patterns):
    """Returns the cases that match any of PATTERNS, or all but those on
    demand.

    The longest come first.
    """
    def wanted(case):
        if not patterns:
            return not case.on_demand
        return any(fnmatch.fnmatchcase(case.name, p)
                   or case.name.startswith(p) for p in patterns)
    return sorted((c for c in CASES if wanted(c)),
                  key=lambda c: -c.deadline)


def check(condition, text):
    if not condition:
        raise Failure(text)


class Test:
    """What one running test owns: tag, folder, deadline, processes."""

    def __init__(self, case, number, options):
        self.name = case.name
        self.tag = "t%d" % number
        self.bindir = options.bindir
        self.swarm = options.swarm
        self.inject = options.inject
        self.folder = os.path.join(private.WORK, self.tag)
        os.mkdir(self.folder)
        self.started = time.monotonic()
        self.deadline = self.started + case.deadline
        self.processes = []
        self.notes = []
        self.figures = ""	# measured; shown if the test passes, too
        self._cleanups = []

    def cleanup(self, function):
        """Has FUNCTION called when the test is over, last one first."""
        self._cleanups.append(function)

    def note(self, text):
        """Keeps a remark that is shown if the test fails."""
        self.notes.append("%7.3f %s" % (time.monotonic() - self.started, text))

    def until(self, timeout):
        """Returns TIMEOUT seconds from now, but never beyond the test's
        end."""
        return min(time.monotonic() + timeout, self.deadline)

    def wait(self, condition, timeout, text, interval=0.05):
        """Polls CONDITION; returns its first true value or raises."""
        end = self.until(timeout)
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() >= end:
                raise Failure("not within %g s: %s" % (timeout, text))
            time.sleep(interval)

    def path(self, name, text=None, mode=0o644):
        """Returns a path in the test's folder, and writes TEXT there if it is
        given."""
        path = os.path.join(self.folder, name)
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            with os.fdopen(fd, "wb") as file:
                file.write(data)
            os.chmod(path, mode)
        return path

    def finish(self):
        """Ends every process, then undoes the rest; returns complaints."""
        complaints = []
        try:
            for process in self.processes:
                process.ask_to_end()
            end = time.monotonic() + END
            for process in self.processes:
                process.end_by(end)
            for process in self.processes:
                complaints += process.complaints()
        except Exception:
            complaints.append(traceback.format_exc())
        for function in reversed(self._cleanups):
            try:
                function()
            except Exception as error:
                complaints.append("clean-up: %s" % error)
        return complaints

    def report(self):
        """Returns what the processes wrote, for the reader of a failure."""
        lines = list(self.notes)
        for process in self.processes:
            lines += process.tail(self.started)
        return lines


class Runner:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.passed = 0
        self.failed = 0

    def show(self, case, seconds, problem, report, figures=""):
        what = "%s (%.1f s)%s" % (case.name, seconds,
                                  ": " + figures if figures else "")
        with self.lock:
            if not problem:
                self.passed += 1
                print("ok " + what)
            else:
                self.failed += 1
                print("FAIL " + what)
                for line in problem.rstrip().splitlines() + report:
                    print("    " + line)
            sys.stdout.flush()

    def run_one(self, case, number):
        started = time.monotonic()
        problem, report = "", []
        test = None
        try:
            test = Test(case, number, self.options)
            case.function(test)
        except Failure as failure:
            problem = "%s\n%s" % (failure, where(failure))
        except Exception:
            problem = traceback.format_exc()
        if test:
            complaints = test.finish()
            problem = "\n".join(([problem] if problem else []) + complaints)
            if problem:
                report = test.report()
                self.keep(case, test)
            shutil.rmtree(test.folder, ignore_errors=True)
        procinfo.reap_orphans()
        return (time.monotonic() - started, problem, report,
                test.figures if test else "")

    def keep(self, case, test):
        if self.options.logs:
            shutil.copytree(test.folder,
                            os.path.join(self.options.logs, case.name),
                            dirs_exist_ok=True)

    def watch(self, case, number):
        """Runs run_one() with a limit of its own, should a test hang
        anyway."""
        result = []
        thread = threading.Thread(
            target=lambda: result.append(self.run_one(case, number)),
            daemon=True)
        started = time.monotonic()
        thread.start()
        thread.join(case.deadline + GRACE)
        if result:
            self.show(case, *result[0])
        else:
            stack = sys._current_frames().get(thread.ident)
            text = "".join(traceback.format_stack(stack)) if stack else ""
            self.show(case, time.monotonic() - started,
                      "hangs beyond its deadline\n" + text, [])


def where(error):
    """Returns the lines of the tests that led to ERROR, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join("  at %s:%d  %s" % (os.path.basename(f.filename),
                                         f.lineno, f.line)
                     for f in frames if "harness" not in f.filename)


def run(cases, options):
    """Runs CASES, options.jobs at a time; returns the exit code."""
    runner = Runner(options)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, case in enumerate(cases, 1):
            if not case.alone:
                pool.submit(runner.watch, case, number)
    for number, case in enumerate(cases, 1):
        if case.alone:
            runner.watch(case, number)
    lost = len(cases) - runner.passed - runner.failed
    runner.failed += lost	# none, unless the runner itself is broken
    print("%d passed, %d failed" % (runner.passed, runner.failed))
    sys.stdout.flush()
    # A hanging test's thread must not keep the run from ending.
    os._exit(0 if runner.passed and not runner.failed else 1)
