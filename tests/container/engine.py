"""gochat in containers: podman as the tests use it, without a daemon.

The flags and the seccomp profile are those that docker-compose.yml and the
engines' defaults give. Containers are in the network namespace of a Host
(tests/e2e/netns.py), because podman is started there and told to stay.
"""

import json
import os
import shlex
import signal
import subprocess

import private
import procinfo
from harness import Failure
from process import Process
from screen import SCRIPT, Screen

IMAGE = "gochat_gochat"
USER = 9595
# The flags that docker-compose.yml asks for.
STRICT = ["--read-only", "--cap-drop=ALL", "--security-opt",
          "no-new-privileges"]
# podman's own profile, which lets a process make a user namespace.
LAX_PROFILE = "/usr/share/containers/seccomp.json"
# Docker's profile refuses these, and clone with a flag for namespaces.
REFUSED = {"clone", "clone3", "unshare", "setns", "mount", "umount",
           "umount2", "pivot_root", "open_tree", "move_mount", "fsopen",
           "fsmount", "fsconfig", "fspick", "mount_setattr"}
NAMESPACES = 0x7e020000		# the CLONE_NEW* flags
EPERM, ENOSYS = 1, 38
CONFIGURATION = """[containers]
netns = "host"
seccomp_profile = "%s"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "none"
"""


def strict_profile():
    """Writes LAX_PROFILE, changed to refuse what Docker's default refuses."""
    with open(LAX_PROFILE) as file:
        profile = json.load(file)
    for rule in profile["syscalls"]:
        rule["names"] = [n for n in rule["names"] if n not in REFUSED]
    profile["syscalls"] = [r for r in profile["syscalls"] if r["names"]] + [
        {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
            {"index": 0, "value": NAMESPACES, "valueTwo": 0,
             "op": "SCMP_CMP_MASKED_EQ"}]},
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO",
         "errnoRet": ENOSYS},
    ]
    profile["defaultErrnoRet"] = EPERM
    profile["defaultErrno"] = "EPERM"
    return profile


class Engine:
    """podman with a storage of its own, which holds the image."""

    def __init__(self, storage, cgroup):
        self.cgroup = cgroup
        self.folder = os.path.join(private.WORK, "engine")
        os.makedirs(os.path.join(self.folder, "tmp"))
        profile = os.path.join(self.folder, "seccomp.json")
        with open(profile, "w") as file:
            json.dump(strict_profile(), file)
        path = os.path.join(self.folder, "containers.conf")
        with open(path, "w") as file:
            file.write(CONFIGURATION % profile)
        os.environ["CONTAINERS_CONF"] = path
        self.words = ["podman", "--storage-driver=vfs", "--root", storage,
                      "--runroot", os.path.join(self.folder, "run"),
                      "--tmpdir", os.path.join(self.folder, "tmp")]
        # The command that a user types, which runs this engine.
        self.docker = os.path.join(self.folder, "bin", "docker")
        os.mkdir(os.path.dirname(self.docker))
        with open(self.docker, "w") as file:
            file.write("""#!/bin/sh
verb=$1
shift
CONTAINERS_CONF=%s exec %s "$verb" --cgroup-parent=%s "$@"
""" % (path, shlex.join(self.words), cgroup))
        os.chmod(self.docker, 0o755)

    def run(self, *arguments, timeout=60):
        """Runs a command of podman; returns what it wrote."""
        done = subprocess.run(self.words + list(arguments),
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=timeout)
        if done.returncode != 0:
            raise Failure("podman %s: %s" % (
                arguments[0], done.stderr.decode().strip()))
        return done.stdout

    def inspect(self, what, *kind):
        return json.loads(self.run("inspect", *kind, what))[0]

    def image(self):
        return self.inspect(IMAGE, "--type", "image")

    def volume(self, test, name):
        """Makes a new volume, which goes with the test."""
        name = "%s-%s" % (test.tag, name)
        self.run("volume", "create", name)
        test.cleanup(lambda: self.run("volume", "rm", "-f", name))
        return name


class Container(Process):
    """gochat in a container; FLAGS are for the engine.

    pid is that of the container's first process, gochat itself.
    """

    def __init__(self, test, host, label, arguments, flags=(), volume=None):
        self.engine = test.engine
        self.name = "%s-%s-%d" % (test.tag, label, len(test.processes))
        self.flags = list(flags)
        if volume:
            self.flags += ["-v", volume + ":/var/lib/gochat"]
        Process.__init__(self, test, host, label, arguments)
        self.client = self.pid	# podman, which lives as long as the container
        test.cleanup(lambda: self.engine.run("rm", "-f", "-v", "-t", "0", "-i",
                                             self.name))

    def _start(self, command, stderr, environment):
        # The words that Process put there end with the program and its
        # arguments.
        arguments = command[len(self.host.enter()) + 1:]
        command = (self.host.enter() + self.engine.words +
                   ["run", "-i", "--name", self.name,
                    "--cgroup-parent", self.engine.cgroup] + STRICT +
                   self.flags + [IMAGE] + arguments)
        return Process._start(self, command, stderr, dict(os.environ))

    def inside(self):
        """Returns the pids of the container's processes; the first is
        gochat's."""
        first = self.engine.inspect(self.name)["State"]["Pid"]
        if first == 0:
            raise Failure("%s does not run" % self.label)
        return [first] + sorted(procinfo.family(first) - {first})

    def by_role(self):
        return {procinfo.role(pid): pid for pid in self.inside()}

    def stop(self):
        """Stops the container as docker stop does; returns the exit code."""
        self.engine.run("stop", self.name)
        return self.wait_exit(5)

    def log(self):
        return self.stderr().decode("utf-8", "backslashreplace")

    def wait_log(self, text, timeout=10):
        self.test.wait(lambda: text in self.log(), timeout,
                       "%s logs %r" % (self.label, text))


class BootnodeContainer(Container):
    """A bootnode that listens, with its key."""

    def __init__(self, test, host, *flags, **more):
        Container.__init__(self, test, host, "bootnode",
                           ["--mode", "bootnode", "--ui", "json"], flags,
                           **more)
        self.address = "%s:9595" % host.address
        self.key = self.wait("listening", 20)["key"]


class ClientContainer(Container):
    def __init__(self, test, host, nick, boot, *flags, room="test", **more):
        self.nick = nick
        self.room = room
        Container.__init__(self, test, host, nick, [
            "--mode", "client", "--bootnode", boot, "--room", room,
            "--nick", nick, "--ui", "json"], flags, **more)


class DockerScreen(Screen):
    """Runs a command line as a user types it, on a terminal of its own."""

    def __init__(self, test, host, label, line):
        words = shlex.split(line)
        words[0] = test.engine.docker
        Screen.__init__(self, test, host, label, [], shell=[
            "sh", "-c", SCRIPT, "sh"] + words)

    def ask_to_end(self):
        for pid in procinfo.family(self.pid):
            if procinfo.cmdline(pid).startswith(b"podman"):
                os.kill(pid, signal.SIGTERM)

    def family(self):
        self.known |= procinfo.family(self.pid)
        return {pid for pid in self.known if procinfo.alive(pid)
                and procinfo.cmdline(pid).startswith(b"podman")}
