"""Calls of the launcher and the spawner that fail on demand.

The other half is tests/inject/inject.c, which is loaded before the C library.
"""

import errno
import mmap
import os
import struct
import subprocess

NAMES = {"launcher": 0, "spawner": 1, "child": 2}	# before it execs
HEAD = struct.Struct("=8I")
GENERATIONS = 4
FUNCTIONS = 64
COUNTS = struct.Struct("=%dI" % (GENERATIONS * FUNCTIONS))
TEXT = HEAD.size + COUNTS.size
SIZE = TEXT + 2048
# The error with which each call fails, as if something had run out.
RUNS_OUT = {"fork": errno.EAGAIN, "socketpair": errno.EMFILE,
            "socket": errno.EMFILE, "open": errno.EMFILE,
            "openat": errno.EMFILE, "dup2": errno.EMFILE,
            "fcntl": errno.EMFILE, "syscall": errno.EMFILE,
            "prctl": errno.EPERM, "setrlimit": errno.EPERM,
            "unshare": errno.EPERM, "access": errno.EACCES}
WORDS = {errno.EAGAIN: [b"no more processes are allowed, and gochat needs "],
         errno.EMFILE: [b"no descriptor is free, and gochat needs ",
                        b"Too many open files"],
         errno.ENOMEM: [b"no memory is free, and gochat needs ",
                        b"Cannot allocate memory"]}


class Injection:
    """The file shared with one gochat, and the words that start it."""

    def __init__(self, test):
        self.path = test.path("inject", bytes(SIZE))
        with open(self.path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), SIZE)
        test.cleanup(self.map.close)
        # ASan wants to be loaded first.
        asan = os.environ.get("ASAN_OPTIONS", "")
        self.prefix = ["env", "LD_PRELOAD=" + test.inject,
                       "INJECT_FILE=" + self.path,
                       "ASAN_OPTIONS=%s:verify_asan_link_order=0" % asan]
        subprocess.run(self.prefix + ["true"], check=True)	# names

    def clear(self):
        """Lets nothing fail, and forgets the calls so far."""
        self.map[:TEXT] = bytes(TEXT)

    def functions(self):
        return self.map[TEXT:].split(b"\0")[0].decode().split()

    def calls(self):
        """{(process, function): how often it was called}."""
        counts = COUNTS.unpack(self.map[HEAD.size:TEXT])
        return {(process, function): counts[number * FUNCTIONS + index]
                for process, number in NAMES.items()
                for index, function in enumerate(self.functions())
                if counts[number * FUNCTIONS + index]}

    def fail(self, process, function, nth):
        """Lets the NTH call from now on fail."""
        self._plan(process, function, nth,
                   RUNS_OUT.get(function, errno.ENOMEM))

    def hang(self, process, function, nth):
        """Lets the process hang in that call, until clear()."""
        self._plan(process, function, nth, 0)

    def _plan(self, process, function, nth, error):
        self.clear()
        self.map[:HEAD.size] = HEAD.pack(
            NAMES[process], self.functions().index(function), error, nth,
            0, 0, 0, 0)

    def happened(self):
        """Returns whether the call has failed or hung."""
        return HEAD.unpack(self.map[:HEAD.size])[4] != 0
