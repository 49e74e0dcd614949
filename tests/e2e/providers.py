"""Networks with one NAT for several, and with a NAT behind a NAT.

OneNat: hosts on one LAN, or each on a LAN of its own, behind one router.
The router's lines are kept apart, as guest networks and a provider's
customers are.

  one LAN                                  two LANs
  +--------+                               +--------+
  | a   .2 +---+                           | a   .2 +------+ line1
  +--------+   |        +-----------+      +--------+   +--+--------+
     192.168.1.0/24 line1    nat    |   192.168.1.0/24  |    nat    |
  +--------+   |        |       wan +--                 |       wan +--
  | b   .3 +---+        +-----------+      +--------+   +--+--------+
  +--------+                               | b   .2 +------+ line2
                                           +--------+ 192.168.2.0/24

Carriers: each host behind its own NAT at home, and each home behind the
NAT of a provider of its own.  OneCarrier: both homes have the same one.

  +------+   +--------+ 100.64.1.0/24 +---------+
  |  a   +---+ nat a  +---------------+ cgn (a) +--
  +------+   +--------+               +---------+
  192.168.1.2       .2                 .1

The WAN is 203.0.113.0/24 with the bootnode at .100, as in topology.py.
Both homes of Carriers and OneCarrier use 192.168.1.0/24, and the hosts
the same address in it: it says nothing about who is near.
"""

import nat
from netns import Host, cable, make_switch, plug
from topology import gateway, make_home

BOOT = "203.0.113.100"
HOME = "192.168.1.2"


class Wan:
    """The public network: a switch, and the bootnode's host, boot."""

    def __init__(self, test):
        self.wan = make_switch(test, "wan")
        self.boot = Host(test, "boot", BOOT)
        plug(self.boot, "eth0", self.wan)
        self.boot.ip("address add %s/24 dev eth0" % BOOT)

    def _router(self, test, label, address):
        router = Host(test, label, address)
        plug(router, "wan", self.wan)
        router.ip("address add %s/24 dev wan" % address)
        return router


class OneNat(Wan):
    """Attributes a, b, boot, nat.

    PREPARE is called with each host before it has any link.
    """

    def __init__(self, test, lans, hairpin, prepare=None):
        Wan.__init__(self, test)
        self.nat = self._router(test, "nat", "203.0.113.1")
        self.a = Host(test, "a", "192.168.1.2")
        self.b = Host(test, "b", "192.168.%d.%d" % (lans, 4 - lans))
        for host in (self.a, self.b):
            if prepare:
                prepare(host)
        if lans == 1:
            lan = make_switch(test, "lan")
            plug(self.nat, "line1", lan)
            for host in (self.a, self.b):
                plug(host, "eth0", lan)
        else:
            cable(self.nat, "line1", self.a, "eth0")
            cable(self.nat, "line2", self.b, "eth0")
        for host in (self.a, self.b):
            host.ip("address add %s/24 dev eth0" % host.address,
                    "route add default via %s" % gateway(host.address))
        for line in self.nat.devices("line"):
            self.nat.ip("address add 192.168.%s.1/24 dev %s" % (
                line[-1], line))
        nat.install_shared(self.nat, self.nat.address,
                           [self.a.address, self.b.address], hairpin)


class Carriers(Wan):
    """Attributes a, b, boot, nat_a, nat_b, cgn_a, cgn_b."""

    def __init__(self, test, kind_a, kind_b, home="port_restricted"):
        Wan.__init__(self, test)
        self.a, self.nat_a, self.cgn_a = self._side(
            test, "a", 1, kind_a, home)
        self.b, self.nat_b, self.cgn_b = self._side(
            test, "b", 2, kind_b, home)

    def _side(self, test, label, number, kind, home):
        carrier = self._router(test, "cgn-" + label,
                               "203.0.113.%d" % number)
        customer = "100.64.%d.2" % number
        host, router = make_home(
            test, label, HOME, customer, home,
            lambda router: cable(router, "wan", carrier, "lan"))
        carrier.ip("address add %s/24 dev lan" % gateway(customer))
        router.ip("route add default via %s" % gateway(customer))
        nat.install(carrier, kind, customer, carrier.address)
        return host, router, carrier


class OneCarrier(Wan):
    """Attributes a, b, boot, nat_a, nat_b, cgn."""

    def __init__(self, test, hairpin=True, home="port_restricted"):
        Wan.__init__(self, test)
        self.cgn = self._router(test, "cgn", "203.0.113.1")
        self.a, self.nat_a = self._customer(test, "a", 1, home)
        self.b, self.nat_b = self._customer(test, "b", 2, home)
        nat.install_shared(self.cgn, self.cgn.address,
                           [self.nat_a.address, self.nat_b.address], hairpin)

    def _customer(self, test, label, number, home):
        customer = "100.64.%d.2" % number
        line = "line%d" % number
        host, router = make_home(
            test, label, HOME, customer, home,
            lambda router: cable(router, "wan", self.cgn, line))
        self.cgn.ip("address add %s/24 dev %s" % (gateway(customer), line))
        router.ip("route add default via %s" % gateway(customer))
        return host, router
