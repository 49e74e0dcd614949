"""The networks in which the tests run.

NatPair: two hosts at home, each behind its own NAT; no route from one LAN
to the other, so a path between them goes through both NATs or not at all.

   LAN 192.168.1.0/24            WAN 203.0.113.0/24           LAN 192.168.2.0/24

  +--------+     +---------------+    +-----+    +---------------+     +--------+
  | host a |     |     nat a     |    | wan |    |     nat b     |     | host b |
  |     .2 +-----+ .1         .1 +----+ br0 +----+ .2         .1 +-----+ .2     |
  |    eth0|     |lan         wan|    |     |    |wan         lan|     |eth0    |
  +--------+     +---------------+    +--+--+    +---------------+     +--------+
                                         |
                                    +----+-----+
                                    |   .100   |
                                    | bootnode |  has a public address
                                    +----------+

Lan: any number of hosts and the bootnode on one switch, no NAT.

  +------+   +------+   +------+         +----------+
  |  a   |   |  b   |   |  c   |   ...   | bootnode |
  |  .1  |   |  .2  |   |  .3  |         |   .100   |
  +--+---+   +--+---+   +--+---+         +----+-----+
     |          |          |                  |
  +--+----------+----------+------------------+-----+
  |               switch  10.0.0.0/24               |
  +-------------------------------------------------+

Loopback: one host that has nothing but 127.0.0.1.
"""

import nat
from netns import Host, cable, make_switch, plug


class NatPair:
    """Attributes a, b, boot, nat_a, nat_b, wan; Hosts, wan the switch."""

    def __init__(self, test, kind_a, kind_b):
        self.wan = self.switch = make_switch(test, "wan")
        self.boot = Host(test, "boot", "203.0.113.100")
        plug(self.boot, "eth0", self.wan)
        self.boot.ip("address add 203.0.113.100/24 dev eth0")
        self.a, self.nat_a = make_home(
            test, "a", "192.168.1.2", "203.0.113.1", kind_a, self._plug)
        self.b, self.nat_b = make_home(
            test, "b", "192.168.2.2", "203.0.113.2", kind_b, self._plug)

    def _plug(self, router):
        plug(router, "wan", self.wan)

    def move_a(self, test, kind):
        """Takes host a from its home to another one, behind another NAT."""
        self.a.ip("link set eth0 down", "address flush dev eth0")
        router = Host(test, "nat-c", "203.0.113.3")
        self._plug(router)
        router.ip("address add 203.0.113.3/24 dev wan")
        cable(self.a, "eth1", router, "lan")
        router.ip("address add 192.168.3.1/24 dev lan")
        nat.install(router, kind, "192.168.3.2", router.address)
        self.a.ip("address add 192.168.3.2/24 dev eth1",
                  "route add default via 192.168.3.1")


def gateway(address):
    """Returns the router's address in the /24 of ADDRESS."""
    return address.rpartition(".")[0] + ".1"


def make_home(test, label, address, wan, kind, connect):
    """Makes a host at ADDRESS behind its own NAT; returns (host, NAT).

    CONNECT(NAT) makes the NAT's device wan, which gets the address WAN.
    """
    host = Host(test, label, address)
    router = Host(test, "nat-" + label, wan)
    cable(host, "eth0", router, "lan")
    connect(router)
    host.ip("address add %s/24 dev eth0" % address,
            "route add default via %s" % gateway(address))
    router.ip("address add %s/24 dev lan" % gateway(address),
              "address add %s/24 dev wan" % wan)
    nat.install(router, kind, address, wan)
    return host, router


class Lan:
    """Attributes: boot, switch, and one Host for each of NAMES.

    WIRES has, for some of the names, what takes the place of plug().
    """

    def __init__(self, test, names=("a", "b"), wires=None):
        self.switch = make_switch(test, "switch")
        self.hosts = {}
        numbered = [(n, i) for i, n in enumerate(names, 1)]
        for name, number in numbered + [("boot", 100)]:
            host = Host(test, name, "10.0.0.%d" % number)
            (wires or {}).get(name, plug)(host, "eth0", self.switch)
            host.ip("address add %s/24 dev eth0" % host.address)
            self.hosts[name] = host

    def __getattr__(self, name):
        try:
            return self.__dict__["hosts"][name]
        except KeyError:
            raise AttributeError(name)


class Loopback:
    """All parts on one host; a, b and boot are the same Host."""

    def __init__(self, test):
        self.a = self.b = self.boot = Host(test, "host", "127.0.0.1")
