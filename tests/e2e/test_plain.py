"""The plain interface: lines in, lines out, through pipes."""

from chat import meet
from harness import check, test
from process import Bootnode, Gochat
from topology import Lan


def pair(t):
    """A plain client and another, who know of each other."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, ui="plain")
    bert = Gochat(t, net.b, "bert", boot, ui="plain")
    anna.wait_line(b"bert", timeout=15)
    bert.wait_line(b"anna", timeout=15)
    return boot, anna, bert


@test()
def plain_conversation(t):
    """A line typed here is one line there, with its author."""
    boot, anna, bert = pair(t)
    anna.raw("hello bert, grüße\n".encode())
    bert.wait_line(b"anna", "hello bert, grüße".encode())
    bert.raw(b"hello anna\nand a second line\n")
    anna.wait_line(b"bert", b"hello anna")
    anna.wait_line(b"bert", b"and a second line")
    got = b"\n".join(anna.lines)
    check(got.count(b"hello anna") == 1, "not exactly once")
    check(got.index(b"hello anna") < got.index(b"second"), "out of order")


@test()
def plain_quit_and_end_of_input(t):
    """/quit and the end of input both are a clean leave."""
    boot, anna, bert = pair(t)
    anna.raw(b"/quit\n")
    left = boot.wait("left", 5)
    check(left["reason"] == "leave", str(left))
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)
    check(not any(b"/quit" in line for line in bert.lines), "it was said")
    bert.raw(b"is anybody there?\n")
    bert.close_stdin()
    check(bert.wait_exit(15) == 0, "exit code %s" % bert.code)
    boot.wait("left", 5, count=2)


@test()
def plain_control_characters(t):
    """What a peer says cannot drive the terminal."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot, ui="plain")
    anna.wait("peer", 15, state="connected", nick="bert")
    bert.wait_line(b"anna", timeout=15)
    anna.say("begin \x1b[31mred\x1b]0;title\x07 \x9b2J \r\b\x7f end")
    line = bert.wait_line(b"begin", b"end")
    check(b"red" in line, "the harmless part is lost: %r" % line)
    for bad in (b"\x1b", b"\x07", b"\xc2\x9b", b"\r", b"\b", b"\x7f"):
        check(bad not in line, "%r reaches the terminal" % bad)
    anna.say("first\nbert: forged")
    bert.wait_line(b"first")
    anna.say("over")
    bert.wait_line(b"anna", b"over")
    check(not any(n.startswith(b"bert: forged") for n in bert.lines),
          "a newline forges a line")


@test()
def plain_with_json(t):
    """The interfaces are one chat: plain on one side, json on the other."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot, ui="plain")
    cleo = Gochat(t, net.boot, "cleo", boot)
    meet(anna, cleo)
    anna.wait("peer", 15, state="connected", nick="bert")
    bert.wait_line(b"anna", timeout=15)
    bert.raw(b'{"cmd":"quit"}\n')	# plain text, not a command
    anna.wait("message", nick="bert", text='{"cmd":"quit"}')
    anna.say("to both")
    bert.wait_line(b"anna", b"to both")
    cleo.wait("message", nick="anna", text="to both")
