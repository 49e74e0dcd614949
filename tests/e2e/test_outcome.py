"""What a script learns from the exit code: 0 if all that it said arrived at
everybody it was for, 4 if not, or if that is not known.
"""

from chat import FAST, connected, meet
from harness import check, register, test
from process import Bootnode, Gochat
from test_return import CUT
from topology import Lan

SUCCESS = 0
UNDELIVERED = 4


def ended(client, code, timeout=20):
    check(client.wait_exit(timeout) == code,
          "exit code %s, not %d" % (client.code, code))


def pair(t, ui="json", flags=FAST):
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *flags, ui=ui)
    bert = Gochat(t, net.b, "bert", boot, *flags)
    connected(bert, anna)
    if ui == "json":
        connected(anna, bert)
    else:
        anna.wait_line(b"bert is here", timeout=15)
    return net, anna, bert


def say(client, text):
    if client.json_ui:
        client.say(text)
    else:
        client.raw(text.encode() + b"\n")


def all_arrived(t, ui):
    _, anna, bert = pair(t, ui)
    for number in range(20):
        say(anna, "line %d" % number)
    anna.close_stdin()
    ended(anna, SUCCESS)
    bert.wait("message", text="line 19")


def nobody_there(t, ui):
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, ui=ui)
    if ui == "json":
        anna.wait("bootnode", 15, state="joined")
    else:
        anna.wait_line(b"connected to bootnode", timeout=15)
    say(anna, "anybody?")
    anna.close_stdin()
    ended(anna, UNDELIVERED)


def nothing_said(t, ui):
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, ui=ui)
    anna.close_stdin()
    ended(anna, SUCCESS)


def no_bootnode(t, ui):
    """A text that waits for a bootnode when the input ends is not sent."""
    net = Lan(t)
    anna = Gochat(t, net.a, "anna", net.boot.address, ui=ui)
    say(anna, "hello?")
    anna.close_stdin()
    ended(anna, UNDELIVERED)


def leaves_at_once(t, ui):
    """A client that leaves at once cannot know that its text arrived: exit
    code 4."""
    _, anna, bert = pair(t, ui)
    bert.suspend()
    say(anna, "hello")
    if ui == "json":
        anna.quit()
    else:
        anna.raw(b"/quit\n")
    ended(anna, UNDELIVERED)
    bert.resume()


def wrong_line(t, ui):
    """A line that is no command and no text counts as something that was not
    said."""
    _, anna, bert = pair(t, ui)
    anna.raw(b'{"cmd":"say"}\n' if ui == "json" else b"/mgs bert hello\n")
    say(anna, "hello")
    bert.wait("message", text="hello")
    anna.close_stdin()
    ended(anna, UNDELIVERED)


for UI in ("json", "plain"):
    for NAME, FUNCTION in (("all_arrived", all_arrived),
                           ("nobody_there", nobody_there),
                           ("nothing_said", nothing_said),
                           ("no_bootnode", no_bootnode),
                           ("leaves_at_once", leaves_at_once),
                           ("wrong_line", wrong_line)):
        register("outcome_%s_%s" % (NAME, UI),
                 lambda t, function=FUNCTION, ui=UI: function(t, ui),
                 deadline=60)


@test(deadline=120)
def outcome_late(t):
    """A text is called undelivered, and is delivered after all: in plain a
    line takes it back, and the exit code is 0; without that line it is 4."""
    net, anna, bert = pair(t, "plain")
    net.b.nft(CUT)
    say(anna, "are you there?")
    anna.wait_line(b"! not delivered to bert", timeout=60)
    net.b.nft("delete table inet cut")
    line = anna.wait_line(b"delivered after all to bert", timeout=70)
    check(b"* " in line and b"are you there?" in line, line)
    anna.close_stdin()
    ended(anna, SUCCESS)


@test(deadline=120)
def outcome_some(t):
    """One of two has the text, and the other has left."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    anna, bert, cleo = (Gochat(t, host, nick, boot, *FAST) for host, nick in
                        ((net.a, "anna"), (net.b, "bert"), (net.c, "cleo")))
    meet(anna, bert, cleo)
    cleo.suspend()
    anna.say("to both of you")
    anna.wait("undelivered", 60, id=connected(anna, cleo)["id"])
    anna.wait("delivered", id=connected(anna, bert)["id"])
    anna.close_stdin()
    ended(anna, UNDELIVERED)
    cleo.resume()
