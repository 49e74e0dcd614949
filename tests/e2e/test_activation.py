"""A bootnode that finds its sockets open, as systemd starts it."""

import os
import subprocess
import sys

from chat import FAST, meet, talk
from harness import check, test
from netns import CLONE_NEWNET
from process import Bootnode, Gochat, clean_environment
from topology import Lan

# Opens UDP sockets at the addresses from descriptor 3 on, moves into an empty
# network, and becomes the command after "--", with the sockets for it.
STARTER = """
import ctypes, os, socket, sys
end = sys.argv.index("--")
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
for number, port in enumerate(sys.argv[2:end], 3):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((sys.argv[1], int(port)))
    os.dup2(sock.detach(), number + 10)
for number in range(3, 3 + len(sys.argv[2:end])):
    os.dup2(number + 10, number)
    os.close(number + 10)
if ctypes.CDLL(None).unshare(%d) != 0:
    sys.exit("unshare")
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(len(sys.argv[2:end]))
os.execv(sys.argv[end + 1], sys.argv[end + 1:])
""" % CLONE_NEWNET


def starter(host, *ports, address=None):
    return [sys.executable, "-c", STARTER, address or host.address] + \
        [str(port) for port in ports] + ["--"]


@test()
def activation_chat(t):
    """Clients meet over the socket that the bootnode was given, also when its
    netd was restarted."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST, listen="127.0.0.1:1",
                    prefix=starter(net.boot, 9595))
    check(boot.find("listening", address=boot.address),
          "it listens at %s" % boot.find("listening"))
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    talk(anna, [bert], "through a socket that was given")
    boot.restart_role("netd")
    anna.wait("bootnode", 20, state="rejoined")


@test()
def activation_two_ports(t):
    """The second socket that a bootnode is given is its second port."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST, prefix=starter(net.boot, 9595, 9596))
    boot.wait("listening", address="%s:9596" % net.boot.address)
    second = "%s:9596" % net.boot.address
    anna = Gochat(t, net.a, "anna", second, *FAST)
    anna.wait("bootnode", state="joined")


@test()
def activation_addresses(t):
    """A socket at all addresses answers from the address that was asked."""
    net = Lan(t)
    net.boot.enable_ipv6()
    net.boot.ip("address add 10.0.0.101/24 dev eth0")
    boot = Bootnode(t, net.boot, *FAST,
                    prefix=starter(net.boot, 9595, address="::"))
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", "10.0.0.101:9595", *FAST)
    meet(anna, bert)


def outcome(t, descriptor, *flags):
    """Returns exit code and log of a gochat that gets DESCRIPTOR, a
    redirection."""
    script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" ' + descriptor
    done = subprocess.run(
        ["sh", "-c", script, "sh", os.path.join(t.bindir, "gochat"),
         "--state-dir", t.path("state")] + list(flags),
        stdin=subprocess.DEVNULL, capture_output=True, timeout=20,
        env=clean_environment(t))
    return done.returncode, done.stderr


@test()
def activation_refused(t):
    """A descriptor that is no UDP socket, or a client, ends with an error that
    says so."""
    code, log = outcome(t, "3</dev/null", "--mode", "bootnode")
    check(code == 1 and b"descriptor 3 is no UDP port" in log, log)
    code, log = outcome(t, "", "--bootnode", "127.0.0.1", "--room", "r")
    check(code == 1 and b"LISTEN_FDS" in log, log)
