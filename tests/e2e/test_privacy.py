"""What others see: somebody on the wire, and somebody without the
passphrase."""

from capture import Capture, holders, wait_still
from chat import FAST, connected, meet, talk
from harness import check, test
from process import Bootnode, Gochat
from topology import Lan, NatPair

SECRETS = {
    "room": "marmalade-parlour-room",
    "nick of a": "annabelle-quince",
    "nick of b": "bertram-medlar",
}
LINES = ["the rhubarb is under the third flowerpot",
         "understood, bring the wheelbarrow: grüße",
         "x" * 3000 + " a text of several packets " + "y" * 3000]


def tapped(t, net):
    """Records a conversation from the first packet to the last."""
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot, *FAST)
    room = SECRETS["room"]
    anna = Gochat(t, net.a, SECRETS["nick of a"], boot, *FAST, room=room)
    bert = Gochat(t, net.b, SECRETS["nick of b"], boot, *FAST, room=room)
    meet(anna, bert)
    for line in LINES:
        talk(anna, [bert], line)
        talk(bert, [anna], "re: " + line)
    people = [anna, bert]
    prints = [p.find("ready")[0]["fingerprint"] for p in people]
    bert.quit()
    bert.wait_exit()
    anna.wait("peer", state="left", id=connected(anna, bert)["id"])
    anna.quit()
    anna.wait_exit()
    boot.wait("left", count=2)
    wait_still(capture)
    capture.stop()
    check(capture.lost == 0, "%d frames are not recorded" % capture.lost)

    packets = capture.datagrams()
    direct = [p for p in packets if boot.address.split(":")[0] not in
              (p[0][0], p[1][0])]
    check(len(direct) > 20 and len(packets) > len(direct),
          "%d packets, %d between peers" % (len(packets), len(direct)))
    total = sum(len(p[2]) for p in direct)
    check(total > 2 * sum(map(len, LINES)), "only %d bytes" % total)
    for name, secret in SECRETS.items():
        check(not holders(capture.frames, secret.encode()),
              "the %s is in the open" % name)
    for line in LINES:
        for piece in (line[:16], line[-16:], line[len(line) // 2:][:12]):
            check(not holders(capture.frames, piece.encode()),
                  "the text %r is in the open" % piece)
    for text in prints:
        check(not holders(capture.frames, text.encode()), "a fingerprint")
    # Between peers datagrams may be longer, and a tap on a virtual cable sees
    # them before they are cut.
    check(max(len(p[2]) for p in packets if p not in direct) <= 1232,
          "a datagram over 1232 to or from the bootnode")
    for process in people + [boot]:
        for line in LINES:
            check(line.encode() not in process.stderr(),
                  "%s logs a text" % process.label)
    for secret in list(SECRETS.values()) + prints:
        check(secret.encode() not in boot.stderr(),
              "the bootnode knows %r" % secret)


@test()
def privacy_capture_on_a_lan(t):
    tapped(t, Lan(t))


@test()
def privacy_capture_between_nats(t):
    tapped(t, NatPair(t, "port_restricted", "port_restricted"))


@test()
def privacy_other_passphrase(t):
    """The room's name is not enough; the passphrase decides."""
    net = Lan(t, ("a", "b", "c", "d"))
    boot = Bootnode(t, net.boot, *FAST)
    right = t.path("right", "correct horse\n", 0o600)
    copy = t.path("copy", "correct horse\n", 0o600)
    wrong = t.path("wrong", "correct house\n", 0o600)
    anna = Gochat(t, net.a, "anna", boot, *FAST, "--passphrase-file", right)
    bert = Gochat(t, net.b, "bert", boot, *FAST, "--passphrase-file", copy)
    eve = Gochat(t, net.c, "eve", boot, *FAST, "--passphrase-file", wrong)
    none = Gochat(t, net.d, "none", boot, *FAST)
    for client in (eve, none):
        client.wait("bootnode", state="joined")
    meet(anna, bert)
    for number in range(5):
        talk(anna, [bert], "secret %d" % number)
        talk(bert, [anna], "secret too %d" % number)
    for outsider in (eve, none):
        outsider.say("let me in")
        check(outsider.wait("sent")["peers"] == 0, "an outsider is heard")
        outsider.never("peer", 1, state="connected")
        check(not outsider.find("message"), "an outsider reads")
    for insider in (anna, bert):
        check(len(insider.find("peer", state="connected")) == 1,
              "somebody else is in")
        check(not insider.find("message", text="let me in"), "eve is heard")
