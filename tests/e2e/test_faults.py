"""A process that was taken over sends its neighbours what it may not.

A script stands in for it. The receiver names it and the launcher ends it;
since it has never worked, that ends the program.
"""

import os
import pwd
import shutil
import subprocess

import process_table
import procinfo
from harness import check, register
from logfmt import Log
from process import Bootnode, Gochat
from topology import Lan

CONTROL = process_table.FDS["FD_CONTROL"]
# A message of a type that does not exist, and longer than a header.
BAD = r"\377\377 is no message, however long"
STAND_IN = """#!/bin/sh
exec %s sh -c 'printf "%s" >&%d; exec sleep 60'
"""
# An end that comes later comes as a message of the launcher's.
LATE_STAND_IN = """#!/bin/sh
exec %s %s -c '
import array, socket, time
control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, %d)
fds = array.array("i")
while not fds:
    for _, _, data in control.recvmsg(65536, socket.CMSG_LEN(4))[1]:
        fds.frombytes(data)
end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, fds[0])
end.send(b"\\377\\377 is no message, however long")
time.sleep(60)'
"""
# It runs as another user, who may not see the one of these tests.
PYTHON = shutil.which("python3", path=os.defpath)
USERS = ("_gochat", "nobody")	# what root's launcher becomes


def as_that_user():
    """Returns the words before a command that run it as the launcher's user.
    Otherwise root would own it, and the launcher could not end it.
    """
    for name in USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if os.geteuid() != 0 or not procinfo.maps_uid(user.pw_uid):
            break
        return "setpriv --reuid=%d --regid=%d --clear-groups" % (
            user.pw_uid, user.pw_gid)
    return ""


def with_stand_in(t, role, descriptor):
    """Makes a folder of programs, in which the one of ROLE is the script.

    cp writes them: a file that is open for writing in this process may be open
    in one that another test is just starting, and could then not be executed.
    """
    folder = t.path("programs")
    replaced = process_table.row_of(role, "client").program
    os.mkdir(folder)
    words = STAND_IN % (as_that_user(), BAD, descriptor)
    if descriptor == process_table.FDS["FD_COMES_LATER"]:
        words = LATE_STAND_IN % (as_that_user(), PYTHON, CONTROL)
    script = t.path("stand-in", words, 0o755)
    for name in process_table.PROGRAMS:
        source = script if name == replaced else \
            os.path.join(t.bindir, name)
        subprocess.run(["cp", source, os.path.join(folder, name)], check=True)
    return folder


def faulty(t, role, descriptor, reporter):
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    t.bindir = with_stand_in(t, role, descriptor)
    anna = Gochat(t, net.a, "anna", boot)
    check(anna.wait_exit(15) == 1, "exit code %s" % anna.code)
    anna.wait_gone(2)
    said = "message unknown from gochat-%s is not allowed: ending it" % role
    if reporter:
        said = "gochat-%s: %s" % (reporter, said)
    found = [line for line in Log(t, anna.stderr_path).lines()
             if line.get("msg") == said]
    check(len(found) == 1, "%d lines of the log are %r" % (len(found), said))


# Each process misbehaves towards the launcher, and towards each neighbour.
for ROLE in process_table.children("client"):
    register("fault_%s_to_launcher" % ROLE,
             lambda t, role=ROLE: faulty(t, role, CONTROL, None))
    for OTHER, NUMBER in process_table.neighbours_of(
            process_table.row_of(ROLE, "client")):
        register("fault_%s_to_%s" % (ROLE, OTHER), lambda t, role=ROLE,
                 other=OTHER, number=NUMBER: faulty(t, role, number, other))
