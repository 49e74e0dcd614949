"""A router keeps a flow as it once was."""

import nat
from chat import FAST, connected, meet, nobody_left, talk
from harness import check, test
from process import Bootnode, Gochat
from topology import NatPair

# From a host's usual port nothing reaches the bootnode any more.
STUCK = """
table ip stuck {
    chain forward {
        type filter hook forward priority -10; policy accept;
        ip daddr %s udp sport 4545 drop
    }
}
"""


def says(client, *words):
    log = client.stderr().decode(errors="replace").splitlines()
    return [line for line in log if all(w in line for w in words)]


@test(deadline=90)
def stuck_flow_nat_comes_late(t):
    """The NAT is set up after the client. The client's packets keep alive the
    connection that was tracked without the NAT; another port gets through."""
    net = NatPair(t, "port_restricted", "port_restricted")
    boot = Bootnode(t, net.boot)
    net.nat_a.nft("delete table ip nat")
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("error", 15)
    net.nat_a.nft(nat.RULES["port_restricted"])
    anna.wait("bootnode", 40, state="joined")
    check(says(anna, "does not answer on UDP port 4545", "trying port"),
          "it does not say which port it tries")
    check(says(anna, "answers on UDP port"), "nor which one does it")
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    talk(anna, [bert], "from another port")
    talk(bert, [anna], "to another port")


@test(deadline=90)
def stuck_flow_port_asked_for(t):
    """A port that the user asked for is changed by nobody else."""
    net = NatPair(t, "port_restricted", "port_restricted")
    boot = Bootnode(t, net.boot)
    net.nat_a.nft("delete table ip nat")
    anna = Gochat(t, net.a, "anna", boot, "--port", "4545")
    anna.wait("error", 15)
    net.nat_a.nft(nat.RULES["port_restricted"])
    t.wait(lambda: says(anna, "which --port names", "--port 0"), 30,
           "it says what helps")
    check(not anna.find("bootnode"), "joined from another port")


@test(deadline=120)
def stuck_flow_during_chat(t):
    """The conversation goes on over its path, the client finds the bootnode
    again from another port, and somebody who comes then meets both."""
    net = NatPair(t, "port_restricted", "port_restricted")
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    net.nat_a.nft(STUCK % net.boot.address)
    since = anna.mark()
    anna.wait("bootnode", 20, state="lost", since=since)
    talk(anna, [bert], "the bootnode is gone")
    anna.wait("bootnode", 40, state="rejoined", since=since)
    talk(bert, [anna], "it is back")
    check(not anna.find("peer", since=since) or
          {e["state"] for e in anna.find("peer", since=since)} == {"path"},
          "anna saw %s" % anna.find("peer", since=since))
    nobody_left(anna, bert)
    carl = Gochat(t, net.boot, "carl", boot, "--port", "0", *FAST)
    connected(carl, anna, 30)
    connected(carl, bert, 30)
    talk(carl, [anna, bert], "hello")
    talk(anna, [bert, carl], "hello carl")
