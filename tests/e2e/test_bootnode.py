"""The bootnode dies, comes back, or somebody else takes its place."""

import time

from chat import FAST, connected, meet, nobody_left, talk
from harness import check, test
from process import Bootnode, Gochat
from test_processes import by_role
from topology import Lan

PEER_TIMEOUT = 3		# of FAST


def two_chatting(t, names=("a", "b")):
    net = Lan(t, names)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    return net, boot, anna, bert


def chat_for(seconds, anna, bert):
    """Says lines both ways, again and again."""
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        talk(anna, [bert], "question %d" % number)
        talk(bert, [anna], "answer %d" % number)
        number += 1
        time.sleep(0.3)


@test(deadline=90)
def bootnode_killed_and_back(t):
    """Chat goes on without the bootnode; once it is back with its key, a third
    client can join."""
    net, boot, anna, bert = two_chatting(t, ("a", "b", "c"))
    boot.kill()
    boot.wait_gone()
    chat_for(2 * PEER_TIMEOUT, anna, bert)
    for client in (anna, bert):
        lost = client.wait("bootnode", 15, state="lost")
        check(lost["address"] == boot.address, lost["address"])
    nobody_left(anna, bert)

    again = boot.again()
    check(again.key == boot.key, "the key did not persist")
    for client in (anna, bert):
        back = client.wait("bootnode", 30, state="rejoined")
        check(back["key"] == boot.key, "rejoined with another key")
    cleo = Gochat(t, net.c, "cleo", again, *FAST)
    meet(anna, bert, cleo)
    for sender, others in ((anna, [bert, cleo]), (bert, [anna, cleo]),
                           (cleo, [anna, bert])):
        talk(sender, others, "now three, says " + sender.nick)
    nobody_left(anna, bert, cleo)


@test(deadline=90)
def bootnode_restarts_at_once(t):
    """After a quick restart the bootnode does not know the sessions and sends
    REJECT, and the clients join again."""
    net, boot, anna, bert = two_chatting(t)
    boot.kill()
    boot.wait_gone()
    again = boot.again()
    again.wait("joined", 30, count=2)
    chat_for(PEER_TIMEOUT + 1, anna, bert)
    nobody_left(anna, bert)
    check(not again.find("left"), "a client left the new bootnode")


@test(deadline=90)
def bootnode_says_that_one_left(t):
    """The bootnode's word that somebody left ends nothing while the two hear
    each other."""
    net, boot, anna, bert = two_chatting(t)
    net.a.nft("""
        table inet cut {
            chain out {
                type filter hook output priority -10;
                ip daddr %s udp dport %d drop;
            }
        }""" % (net.boot.address, boot.port))
    left = boot.wait("left", PEER_TIMEOUT + 10,
                     peer=connected(bert, anna)["id"])
    check(left["reason"] == "timeout", left["reason"])
    chat_for(PEER_TIMEOUT, anna, bert)
    nobody_left(anna, bert)
    net.a.nft("delete table inet cut")
    boot.wait("joined", 30, count=3)
    talk(anna, [bert], "listed again")
    nobody_left(anna, bert)


@test(deadline=90)
def client_killed(t):
    """A killed client is announced as gone after PEER_TIMEOUT, within 5 s; the
    other clients see it leave."""
    net, boot, anna, bert = two_chatting(t)
    anna_id = connected(bert, anna)["id"]
    anna.kill_all()
    died = time.monotonic()
    left = boot.wait("left", PEER_TIMEOUT + 10, peer=anna_id)
    check(left["reason"] == "timeout", left["reason"])
    check(left.at - died <= PEER_TIMEOUT + 5,
          "announced only after %.1f s" % (left.at - died))
    # Three keepalives of 15 s may pass before its path counts as dead.
    bert.wait("peer", 75, state="left", id=anna_id, reason="lost")
    check(not bert.find("bootnode", state="lost"), "bert lost the bootnode")


@test()
def launcher_killed(t):
    """The launcher's death ends its children."""
    net, boot, anna, bert = two_chatting(t)
    by_role(anna)
    anna.kill()
    anna.wait_gone(3)
    boot.wait("left", PEER_TIMEOUT + 5,
              peer=connected(bert, anna)["id"])


def announced(boot, bert, anna_id, since):
    """Checks that bert and the bootnode hear of it within a second of
    SINCE."""
    left = boot.wait("left", 5, peer=anna_id)
    check(left["reason"] == "leave", left["reason"])
    gone = bert.wait("peer", 5, state="left", id=anna_id, reason="goodbye")
    for event in (left, gone):
        check(event.at - since <= 1,
              "%s after %.2f s" % (event["event"], event.at - since))


@test()
def leave_by_quit(t):
    """quit is a clean end with exit code 0; the room hears of it within 1
    s."""
    net, boot, anna, bert = two_chatting(t)
    anna_id = connected(bert, anna)["id"]
    since = time.monotonic()
    anna.quit()
    announced(boot, bert, anna_id, since)
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)
    check(anna.wait("bye") is anna.events[-1], "bye is not the last word")
    anna.wait_gone(1)


@test()
def leave_by_end_of_input(t):
    """The end of input after several lines: they are delivered, then the
    client leaves."""
    net, boot, anna, bert = two_chatting(t)
    anna_id = connected(bert, anna)["id"]
    lines = ["last words %d" % n for n in range(20)]
    since = time.monotonic()
    for line in lines:
        anna.say(line)
    anna.close_stdin()
    announced(boot, bert, anna_id, since)
    check([e["text"] for e in bert.find("message", id=anna_id)] == lines,
          "not all of the last words arrived")
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)
    check(len(anna.find("delivered")) == len(lines), "not all delivered")
    check(anna.events[-1]["event"] == "bye", "bye is not the last word")


@test()
def end_of_input_waits_for_delivery(t):
    """The peer stops answering: the client still ends, within 10 s."""
    net, boot, anna, bert = two_chatting(t)
    bert.kill_all()
    since = time.monotonic()
    anna.say("nobody confirms this")
    anna.close_stdin()
    check(anna.wait_exit(15) == 4, "exit code %s" % anna.code)
    took = time.monotonic() - since
    check(took <= 12, "it took %.1f s" % took)
    check(not anna.find("delivered"), "delivered to the dead")


def refused(t, client, boot, other):
    """Checks that CLIENT says why BOOT is refused, and that OTHER sees no
    join."""
    event = client.wait("bootnode", 15, state="refused")
    check(event["address"] == boot.address, event["address"])
    t.wait(lambda: any("key" in e["text"].lower()
                       for e in client.find("error"))
           or b"key" in client.stderr().lower(), 5,
           "an explanation that names the key")
    client.never("bootnode", 2, state="joined")
    check(not other.find("joined"), "the bootnode let it in")


@test()
def bootnode_key_changed(t):
    """A remembered bootnode that comes back with another key is refused."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("bootnode", state="joined")
    anna.quit()
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)
    boot.kill()
    boot.wait_gone()
    impostor = Bootnode(t, net.boot, *FAST)
    check(impostor.key != boot.key, "two bootnodes with one key")
    again = Gochat(t, net.a, "anna", impostor, *FAST, state=anna.state)
    refused(t, again, impostor, impostor)
    # A client that was never here has no key to compare with.
    bert = Gochat(t, net.b, "bert", impostor, *FAST)
    bert.wait("bootnode", state="joined", key=impostor.key)


@test()
def bootnode_key_pinned(t):
    """--bootnode-key: the right one joins, another is refused."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    other = Bootnode(t, net.boot, *FAST, port=9600)
    anna = Gochat(t, net.a, "anna", boot, *FAST,
                  "--bootnode-key", other.key)
    refused(t, anna, boot, boot)
    bert = Gochat(t, net.b, "bert", boot, *FAST, "--bootnode-key", boot.key)
    bert.wait("bootnode", state="joined", key=boot.key)


@test(deadline=90)
def bootnode_replaced_during_chat(t):
    """An impostor that takes over the address is refused, and chat goes on."""
    net, boot, anna, bert = two_chatting(t)
    boot.kill()
    boot.wait_gone()
    impostor = Bootnode(t, net.boot, *FAST)
    for client in (anna, bert):
        client.wait("bootnode", 30, state="refused")
    chat_for(PEER_TIMEOUT + 1, anna, bert)
    nobody_left(anna, bert)
    check(not impostor.find("joined"), "the impostor let somebody in")
