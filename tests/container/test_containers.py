"""A bootnode and its clients, each in a container."""

import os
import time

import process_table
import procinfo
import resolver
from chat import meet, talk
from engine import (IMAGE, LAX_PROFILE, USER, BootnodeContainer,
                    ClientContainer, DockerScreen)
from harness import check, test
from topology import Lan

STOP_LIMIT = 7			# seconds; engines kill after 10
NAME = "chat.example.org"
# A client has the same roles as a bootnode.
CHILDREN = process_table.children("bootnode")
ALL = set(CHILDREN) | {"launcher", "spawner"}


def conversation(t, *flags):
    net = Lan(t)
    boot = BootnodeContainer(t, net.boot, *flags)
    anna = ClientContainer(t, net.a, "anna", boot.address, *flags)
    bert = ClientContainer(t, net.b, "bert", boot.address, *flags)
    meet(anna, bert)
    talk(anna, [bert], "from one container to another")
    talk(bert, [anna], "and back")
    return boot, anna, bert


@test(deadline=120)
def containers_chat(t):
    """A conversation goes through, and each container ends within seconds,
    with exit code 0, when it is stopped."""
    for container in conversation(t):
        started = time.monotonic()
        code = container.stop()
        seconds = time.monotonic() - started
        check(code == 0, "%s ends with %d" % (container.label, code))
        check(seconds < STOP_LIMIT, "%s takes %.1f s" % (
            container.label, seconds))


@test(deadline=120)
def containers_chat_in_namespaces(t):
    """Under a profile that lets gochat make user namespaces, it has them."""
    lax = ("--security-opt", "seccomp=" + LAX_PROFILE)
    for container in conversation(t, *lax):
        check("without a pid namespace" not in container.log(),
              "%s has no namespaces" % container.label)
        check(container.stop() == 0, "%s ends with %d" % (
            container.label, container.code))


def mount_options(pid, place):
    with open("/proc/%d/mountinfo" % pid) as file:
        for line in file:
            if line.split()[4] == place:
                return line.split()[5].split(",")
    return []


@test(deadline=120)
def containers_are_confined(t):
    """The engine gives no root, no capability and nothing to write to, and its
    profile refuses namespaces. gochat adds its own filters."""
    boot, anna, _ = conversation(t)
    for container in (boot, anna):
        pids = container.by_role()
        check(set(pids) == ALL,
              "processes %s" % pids)
        for role, pid in pids.items():
            what = "%s of %s" % (role, container.label)
            status = procinfo.status(pid)
            check(status["Uid"].split() == [str(USER)] * 4 and
                  status["Gid"].split() == [str(USER)] * 4,
                  "%s is user %s" % (what, status["Uid"]))
            for field in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                check(int(status[field], 16) == 0, "%s has %s %s" % (
                    what, field, status[field]))
            check(status["NoNewPrivs"] == "1", what + " may gain privileges")
            check(status["Seccomp"] == "2", what + " has no filter")
            # The spawner has only the engine's filter.
            count = int(status["Seccomp_filters"])
            check(count == 1 if role == "spawner" else count == 2,
                  "%s has %d filters" % (what, count))
            check("ro" in mount_options(pid, "/"), what + " can write to /")
        check(procinfo.status(pids["launcher"])["NSpid"].split()[-1] == "1",
              "gochat of %s is not process 1" % container.label)
        check_refusals(container)


def check_refusals(container):
    """The log says what the profile refuses, and complains of nothing else."""
    for role in CHILDREN:
        for what in ("a pid namespace", "namespaces"):
            text = "gochat-%s runs without %s: the system refused it" % (
                role, what)
            container.wait_log(text)
    check("without Landlock" not in container.log() or
          not os.path.exists("/sys/kernel/security/landlock"),
          "Landlock was refused")
    check("killed" not in container.log(), "something was killed")


@test(deadline=120)
def container_keeps_its_state(t):
    """The key is in the volume: another container has the same one."""
    net = Lan(t)
    volume = t.engine.volume(t, "state")
    boot = BootnodeContainer(t, net.boot, volume=volume)
    check(boot.stop() == 0, "ends with %s" % boot.code)
    again = BootnodeContainer(t, net.boot, volume=volume)
    check(again.key == boot.key, "the key is another one")
    other = BootnodeContainer(t, net.a)
    check(other.key != boot.key, "the same key without the volume")


@test(deadline=120)
def container_mends_itself(t):
    """A process that dies is restarted, and process 1 leaves no zombie."""
    boot, anna, bert = conversation(t)
    for role in CHILDREN:
        old = boot.by_role()[role]
        os.kill(old, 9)
        t.wait(lambda: boot.by_role().get(role) not in (None, old), 10,
               "%s is restarted" % role)
        boot.wait("listening", 10, count=len(boot.find("listening")))
        t.wait(lambda: set(boot.by_role()) == ALL, 10, "all are there again")
    first = boot.inside()[0]
    t.wait(lambda: not zombies(first), 5, "no zombie is left")
    talk(anna, [bert], "meanwhile")
    check(boot.stop() == 0, "ends with %s" % boot.code)


def zombies(parent):
    found = ((int(n), procinfo.stat(int(n))) for n in os.listdir("/proc")
             if n.isdigit())
    return [pid for pid, s in found if s and s[0] == "Z" and s[1] == parent]


@test(deadline=120)
def container_resolves_names(t):
    """The name is found in /etc/hosts and by a name server: the image lacks
    nothing that this needs."""
    net = Lan(t)
    boot = BootnodeContainer(t, net.boot)
    resolver.serve(t, net.boot, NAME, net.boot.address)
    anna = ClientContainer(t, net.a, "anna", NAME, "--add-host",
                           "%s:%s" % (NAME, net.boot.address))
    bert = ClientContainer(t, net.b, "bert", NAME, "--dns",
                           net.boot.address)
    meet(anna, bert)
    talk(bert, [anna], "found by name")
    check(boot.stop() == 0, "ends with %s" % boot.code)


@test(deadline=120)
def container_on_a_terminal(t):
    """The command line of docs/installing.md works as it is written there."""
    net = Lan(t)
    boot = BootnodeContainer(t, net.boot)
    anna = ClientContainer(t, net.a, "anna", boot.address)
    screen = DockerScreen(
        t, net.b, "guest", "docker run -it --rm %s --mode client "
        "--bootnode %s --room test" % (IMAGE, boot.address))
    screen.wait("anna", 20)
    guest = anna.wait("peer", state="connected", nick="guest")
    screen.line("hello from a terminal")
    anna.wait("message", text="hello from a terminal", id=guest["id"])
    anna.say("hello from a pipe")
    screen.wait("hello from a pipe")
    screen.line("/quit")
    check(screen.wait_exit() == 0, "exit code")
    screen.wait_restored()
