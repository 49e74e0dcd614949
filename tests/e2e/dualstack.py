"""Two homes with IPv6, IPv4 behind NAT, or both.

Like NatPair of topology.py, and in addition, without any translation:

  LAN 2001:db8:1::/64        WAN 2001:db8::/64        LAN 2001:db8:2::/64
      a ::2 ----- ::1 nat a ::1 --- wan --- ::2 nat b ::1 ----- ::2 b
                                     |
                                bootnode ::100

Both routers let in only what belongs to something that went out, as a home
router's firewall does.
"""

from topology import NatPair

FIREWALL = """
table ip6 guard {
    chain forward {
        type filter hook forward priority 0; policy accept;
        iifname "wan" meta l4proto udp ct state new drop
    }
}
"""


class DualStack(NatPair):
    """NatPair's attributes; boot6 and each host's address6 are IPv6.

    FAMILIES_A and FAMILIES_B are "4", "6" or "46".
    """

    boot6 = "2001:db8::100"

    def __init__(self, test, families_a, families_b, kind="port_restricted"):
        NatPair.__init__(self, test, kind, kind)
        self.boot.enable_ipv6()
        self.boot.ip("address add %s/64 dev eth0 nodad" % self.boot6)
        self._home6(self.a, self.nat_a, families_a, 1, 2)
        self._home6(self.b, self.nat_b, families_b, 2, 1)

    def _home6(self, host, router, families, number, other):
        lan = "2001:db8:%d::" % number
        wan = "2001:db8::%d" % number
        host.address6 = lan + "2"
        router.enable_ipv6()
        router.sysctl("net.ipv6.conf.all.forwarding", "1")
        router.nft(FIREWALL)
        router.ip("address add %s1/64 dev lan nodad" % lan,
                  "address add %s/64 dev wan nodad" % wan,
                  "route add 2001:db8:%d::/64 via 2001:db8::%d" % (
                      other, other))
        self.boot.ip("route add %s/64 via %s" % (lan, wan))
        if "6" in families:
            host.enable_ipv6()
            host.ip("address add %s2/64 dev eth0 nodad" % lan,
                    "route add default via %s1" % lan)
        if "4" not in families:
            host.ip("address del %s/24 dev eth0" % host.address)
