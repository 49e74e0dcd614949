"""Hosts with several addresses: an answer comes from the address that was
asked, whichever one the system would choose.
"""

from chat import Dialogue, connected, meet, path_to, talk
from harness import check, register, test
from process import Bootnode, Gochat
from test_status import INDEPENDENT, verdict
from topology import Lan, NatPair

NAMES = ("a", "b", "c", "d")
PORT = 9595


def two_of_each(t):
    """Makes a LAN of four, and a bootnode with two addresses of each
    family."""
    net = Lan(t, NAMES)
    for number, name in enumerate(NAMES, 1):
        host = net.hosts[name]
        host.enable_ipv6()
        host.ip("address add 2001:db8::%d/64 dev eth0 nodad" % number)
    net.boot.enable_ipv6()
    net.boot.ip("address add 10.0.0.101/24 dev eth0",
                "address add 2001:db8::100/64 dev eth0 nodad",
                "address add 2001:db8::101/64 dev eth0 nodad")
    return net


IPV4 = ("10.0.0.100", "10.0.0.101")
IPV6 = ("[2001:db8::100]", "[2001:db8::101]")


def everybody_joins(t, listen, addresses, relay):
    """One client asks at each address; all of them meet and talk."""
    net = two_of_each(t)
    Bootnode(t, net.boot, listen=listen)
    clients = [Gochat(t, net.hosts[name], "nick-" + name,
                      "%s:%d" % (address, PORT), "--relay", relay)
               for name, address in zip(NAMES, addresses)]
    for client in clients:
        client.wait("bootnode", 15, state="joined")
    meet(*clients)
    for sender in clients:
        others = [c for c in clients if c is not sender]
        talk(sender, others, "from " + sender.nick)
        for other in others:
            path = path_to(sender, connected(sender, other)["id"])
            check((path == "relay") == (relay == "only"),
                  "the path of %s is %s" % (sender.label, path))
    for client in clients:
        client.quit()
        check(client.wait_exit() == 0, "it does not end")


for RELAY in ("auto", "only"):
    register("addresses_dual_stack_relay_" + RELAY,
             lambda t, relay=RELAY: everybody_joins(
                 t, "[::]:%d" % PORT, IPV4 + IPV6, relay), 60)
    register("addresses_ipv4_relay_" + RELAY,
             lambda t, relay=RELAY: everybody_joins(
                 t, "0.0.0.0:%d" % PORT, IPV4 + IPV4, relay), 60)


def second_port(t, listen):
    """Both ports answer at the bootnode's second address, through a NAT."""
    net = NatPair(t, "port_restricted", "port_restricted")
    net.boot.ip("address add 203.0.113.101/24 dev eth0")
    net.boot.enable_ipv6()
    Bootnode(t, net.boot, "--listen", "%s:%d" % (listen, PORT + 1),
             listen="%s:%d" % (listen, PORT))
    anna = Gochat(t, net.a, "anna", "203.0.113.101:%d" % PORT)
    bert = Gochat(t, net.b, "bert", "203.0.113.101:%d" % (PORT + 1))
    for client in (anna, bert):
        seen = verdict(client)
        check(seen["mapping"] == INDEPENDENT, str(seen))
    meet(anna, bert)
    talk(anna, [bert], "hello")


register("addresses_two_ports", lambda t: second_port(t, "[::]"))
register("addresses_two_ports_ipv4", lambda t: second_port(t, "0.0.0.0"))


@test(deadline=120)
def addresses_of_a_client(t):
    """Bert has two addresses, and anna accepts packets only from the one that
    he would not send from. Then that address goes, and he uses the other.
    """
    net = Lan(t)
    net.a.ip("route add 10.0.1.0/24 dev eth0")
    net.b.ip("address add 10.0.1.2/24 dev eth0")
    net.a.nft("""
table ip guard {
    chain input {
        type filter hook input priority 0; policy accept;
        ip saddr %s udp dport != 0 drop
    }
}
""" % net.b.address)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    id = connected(anna, bert)["id"]

    def is_at(address):
        last = [e for e in anna.find("peer", id=id)
                if e["state"] in ("connected", "path")][-1]
        return last["address"].startswith(address + ":")
    anna.poll(lambda: is_at("10.0.1.2"), 15, "that bert is at 10.0.1.2")
    dialogue = Dialogue(anna, bert)
    dialogue.say(3)
    dialogue.settle()
    net.a.nft("flush ruleset")
    net.b.ip("address del 10.0.1.2/24 dev eth0")
    dialogue.say(3)
    dialogue.settle()
    anna.poll(lambda: is_at(net.b.address), 30,
              "that bert is at %s" % net.b.address)
    check(not anna.find("peer", state="left"), "bert left")
