"""The kinds of NAT, and packet loss, as nftables rules.

Every router drops unsolicited packets from the WAN, as home routers do.
Without that rule a peer's early probe would take the conntrack entry that
the host's own probe needs, and the port would change.

    kind             mapping                        lets in from the WAN
    full_cone        one for all destinations       anybody
    restricted       one for all destinations       addresses sent to
    port_restricted  one for all destinations       address:port sent to
    symmetric        another for each destination   address:port sent to
    port_changing    one for all, but another port  address:port sent to

The cones keep the host's port number, except port_changing, which shows
CHANGED_PORT for the client's usual port.

install_shared() makes a NAT for several hosts, as a provider's is.
"""

import socket
import struct

CLIENT_PORT = 4545
CHANGED_PORT = 14545
NETLINK_NETFILTER = 12

GUARD = """
table ip guard {
    chain input {
        type filter hook input priority 0; policy accept;
        iifname "wan" ct state new drop
    }
    chain forward {
        type filter hook forward priority 0; policy accept;
        %s
    }
}
"""

FILTER = GUARD % """iifname "wan" ct state new ct status dnat accept
        iifname "wan" ct state new drop"""

FULL_CONE = """
table ip nat {
    chain prerouting {
        type nat hook prerouting priority -100; policy accept;
        iifname "wan" meta l4proto udp dnat to %(host)s
    }
    chain postrouting {
        type nat hook postrouting priority 100; policy accept;
        oifname "wan" snat to %(wan)s
    }
}
"""

RESTRICTED = """
table ip nat {
    set sent_to {
        type ipv4_addr
        flags dynamic, timeout
        timeout 120s
    }
    chain remember {
        type filter hook forward priority -10; policy accept;
        oifname "wan" meta l4proto udp update @sent_to { ip daddr }
    }
    chain prerouting {
        type nat hook prerouting priority -100; policy accept;
        iifname "wan" meta l4proto udp ip saddr @sent_to dnat to %(host)s
    }
    chain postrouting {
        type nat hook postrouting priority 100; policy accept;
        oifname "wan" snat to %(wan)s
    }
}
"""

POSTROUTING = """
table ip nat {
    chain postrouting {
        type nat hook postrouting priority 100; policy accept;
        %s
    }
}
"""

RULES = {
    "full_cone": FULL_CONE,
    "restricted": RESTRICTED,
    "port_restricted": POSTROUTING % 'oifname "wan" masquerade',
    "symmetric": POSTROUTING % 'oifname "wan" masquerade random,fully-random',
    "port_changing": POSTROUTING % (
        'oifname "wan" udp sport {port} snat to %(wan)s:{changed}\n'
        '        oifname "wan" masquerade').format(port=CLIENT_PORT,
                                                   changed=CHANGED_PORT)
}
KINDS = ["full_cone", "restricted", "port_restricted", "symmetric"]


def install(router, kind, host, wan):
    """Makes ROUTER, with devices lan and wan, a NAT of KIND for one HOST."""
    router.sysctl("net.ipv4.ip_forward", "1")
    router.nft(FILTER + RULES[kind] % {"host": host, "wan": wan})


def switch_off(router):
    """Cuts ROUTER's power: its table of connections and its rules go."""
    router.ip("link set wan down", "link set lan down")
    router.nft("flush ruleset")
    router.call(flush_connections)


def switch_on(router, kind, host, wan):
    """Gives ROUTER its power back; KIND may be another than before."""
    install(router, kind, host, wan)
    router.ip("link set lan up", "link set wan up")


def flush_connections():
    """Does what conntrack -F does: sends a delete request for all."""
    length, kind, flags, sequence = 20, 1 << 8 | 2, 1 | 4, 1
    request = struct.pack("=IHHIIBBH", length, kind, flags, sequence,
                          0, 0, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                       NETLINK_NETFILTER) as sock:
        sock.send(request)
        error = struct.unpack_from("=i", sock.recv(4096), 16)[0]
        if error:
            raise OSError(-error, "flushing the table of connections")


SHARED = GUARD % """iifname "wan" ct state new drop
        iifname "line*" oifname "line*" ct state new ct status dnat accept
        iifname "line*" oifname "line*" ct state new drop""" + """
table ip nat {
    chain postrouting {
        type nat hook postrouting priority 100; policy accept;
        oifname "wan" jump mapping
        iifname "line*" oifname "line*" ct status dnat jump mapping
    }
    chain mapping {
        %(mapping)s
    }
}
"""

HAIRPIN = """
table ip hairpin {
    chain prerouting {
        type nat hook prerouting priority -100; policy accept;
        %(lookup)s
    }
}
"""


def install_shared(router, wan, hosts, hairpin):
    """Make ROUTER, with devices wan and line..., one NAT for all HOSTS.

    HOSTS are addresses; public_port() says what a client's port becomes.
    The mapping is the same for all destinations, the filter that of
    port_restricted.  Lines are kept apart, but with HAIRPIN a host reaches
    another by its public address and port, and is seen by its own.
    """
    router.sysctl("net.ipv4.ip_forward", "1")
    router.sysctl("net.ipv4.conf.all.send_redirects", "0")
    router.sysctl("net.ipv4.conf.default.send_redirects", "0")
    for line in router.devices("line"):
        router.sysctl("net.ipv4.conf.%s.send_redirects" % line, "0")
    known = {"wan": wan, "client": CLIENT_PORT}
    mapping, lookup = [], []
    for number, host in enumerate(hosts):
        known.update(host=host, public=public_port(number))
        mapping.append("ip saddr %(host)s udp sport %(client)d "
                       "snat to %(wan)s:%(public)d" % known)
        lookup.append('iifname "line*" ip daddr %(wan)s udp dport %(public)d '
                      "dnat to %(host)s:%(client)d" % known)
    joint = "\n        "
    router.nft(SHARED % {"mapping": joint.join(mapping)})
    if hairpin:
        router.nft(HAIRPIN % {"lookup": joint.join(lookup)})


def public_port(number):
    """Returns the port that a shared NAT shows for its host NUMBER, from 0."""
    return 10001 + number


def can_be_punched(one, other):
    """Returns whether two NATs can be joined without guessing ports."""
    hard = {"symmetric", "port_restricted", "port_changing"}
    return not ("symmetric" in (one, other) and {one, other} <= hard)


def lose(host, percent):
    """Drops PERCENT of the UDP packets that arrive at or cross HOST."""
    host.nft("""
table ip loss {
    chain input {
        type filter hook input priority 10; policy accept;
        meta l4proto udp numgen random mod 100 < %d drop
    }
    chain forward {
        type filter hook forward priority 10; policy accept;
        meta l4proto udp numgen random mod 100 < %d drop
    }
}
""" % (percent, percent))
