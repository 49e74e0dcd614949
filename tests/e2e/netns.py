"""Network namespaces: the hosts, routers and switches of a topology.

A Host is one namespace under a unique name.  Commands enter it through
nsenter; sockets are opened by a thread that has moved there, and work
from any thread afterwards.
"""

import ctypes
import os
import socket
import subprocess
import threading

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def command(arguments, stdin=None):
    """Runs a configuration command; its error text becomes the exception."""
    done = subprocess.run(arguments, input=stdin, capture_output=True,
                          text=True, timeout=30)
    if done.returncode != 0:
        raise RuntimeError("%s: %s%s" % (" ".join(arguments),
                                         done.stderr.strip(),
                                         "\n" + stdin if stdin else ""))
    return done.stdout


class Host:
    """One network namespace; address is its main IPv4 address, if any."""

    def __init__(self, test, label, address=None):
        self.label = label
        self.address = address
        self.name = "%s-%s" % (test.tag, label)
        command(["ip", "netns", "add", self.name])
        test.cleanup(self.delete)
        self.call(self._defaults)
        self.ip("link set lo up")

    def delete(self):
        command(["ip", "netns", "delete", self.name])

    @property
    def path(self):
        return "/run/netns/" + self.name

    def enter(self):
        """Returns the words that start a command in this namespace."""
        return ["nsenter", "--net=" + self.path]

    def ip(self, *lines):
        """Runs lines of ip(8) in this namespace, as one batch."""
        command(["ip", "-netns", self.name, "-batch", "-"],
                "\n".join(lines) + "\n")

    def devices(self, prefix):
        """Returns the names of the devices that begin with PREFIX."""
        names = self.call(socket.if_nameindex)
        return [name for _, name in names if name.startswith(prefix)]

    def nft(self, rules):
        command(self.enter() + ["nft", "-f", "-"], rules)

    def call(self, function, *arguments):
        """Calls FUNCTION(*ARGUMENTS) in a thread inside this namespace."""
        result = []

        def inside():
            try:
                fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    if LIBC.setns(fd, CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), "setns")
                finally:
                    os.close(fd)
                result.append((function(*arguments), None))
            except BaseException as error:
                result.append((None, error))

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        value, error = result[0]
        if error:
            raise error
        return value

    def udp(self, port=0, address="0.0.0.0"):
        """Returns a bound UDP socket of this namespace."""
        def make():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.bind((address, port))
            return sock
        return self.call(make)

    def sysctl(self, name, value):
        def write():
            with open("/proc/sys/" + name.replace(".", "/"), "w") as file:
                file.write(value)
        self.call(write)

    def enable_ipv6(self):
        """Turns IPv6 on for the devices that are there, and those to come."""
        every = ["default"] + self.devices("")
        for name, value in (("accept_ra", "0"), ("accept_dad", "0"),
                            ("disable_ipv6", "0")):
            for which in every + ["all"]:
                self.sysctl("net.ipv6.conf.%s.%s" % (which, name), value)

    def _defaults(self):
        """Turns IPv6 off at first: its neighbour discovery is only noise."""
        try:
            path = "/proc/sys/net/ipv6/conf/%s/disable_ipv6"
            for which in ("all", "default"):
                with open(path % which, "w") as file:
                    file.write("1")
        except OSError:
            pass		# a kernel without IPv6


def cable(one, one_name, other, other_name):
    """Makes a veth pair between two hosts, both ends up."""
    command(["ip", "-netns", one.name, "link", "add", one_name,
             "type", "veth", "peer", "name", other_name,
             "netns", other.name])
    one.ip("link set %s up" % one_name)
    other.ip("link set %s up" % other_name)


def plug(host, device, switch):
    """Plugs HOST's DEVICE into SWITCH's bridge br0."""
    port = "p-" + host.label
    cable(host, device, switch, port)
    switch.ip("link set %s master br0" % port)


def make_switch(test, label):
    """Makes a namespace with nothing but a bridge; it has no address."""
    switch = Host(test, label)
    switch.ip("link add br0 type bridge", "link set br0 up")
    return switch


def add_engine(host, bridges, with_members):
    """Makes what a container engine leaves on HOST: so many bridges with
    networks of their own, the same on every host; some of them have
    members."""
    for number in range(bridges):
        host.ip("link add br-%d type bridge" % number,
                "address add 172.%d.0.1/16 dev br-%d" % (17 + number, number),
                "link set br-%d up" % number)
        if number < with_members:
            add_member(host, number)


def add_member(host, number):
    """Adds a container to one of these bridges, as far as its host sees it."""
    host.ip("link add m-%d type veth peer name c-%d" % (number, number),
            "link set c-%d up" % number,
            "link set m-%d master br-%d" % (number, number),
            "link set m-%d up" % number)
