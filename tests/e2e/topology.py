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
        self.a, self.nat_a = self._home(test, "a", 1, kind_a)
        self.b, self.nat_b = self._home(test, "b", 2, kind_b)

    def _home(self, test, label, number, kind):
        lan = "192.168.%d." % number
        wan = "203.0.113.%d" % number
        host = Host(test, label, lan + "2")
        router = Host(test, "nat-" + label, wan)
        cable(host, "eth0", router, "lan")
        plug(router, "wan", self.wan)
        host.ip("address add %s2/24 dev eth0" % lan,
                "route add default via %s1" % lan)
        router.ip("address add %s1/24 dev lan" % lan,
                  "address add %s/24 dev wan" % wan)
        nat.install(router, kind, host.address, wan)
        return host, router


class Lan:
    """Attributes: boot, switch, and one Host for each of NAMES."""

    def __init__(self, test, names=("a", "b")):
        self.switch = make_switch(test, "switch")
        self.hosts = {}
        numbered = [(n, i) for i, n in enumerate(names, 1)]
        for name, number in numbered + [("boot", 100)]:
            host = Host(test, name, "10.0.0.%d" % number)
            plug(host, "eth0", self.switch)
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
