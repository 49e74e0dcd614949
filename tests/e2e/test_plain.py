"""The plain interface: lines in, lines out, through pipes."""

import re

from chat import FAST, meet
from harness import check, test
from process import Bootnode, Gochat
from topology import Lan


def pair(t):
    """Returns two plain clients, who know of each other, and their
    bootnode."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot, ui="plain")
    bert = Gochat(t, net.b, "bert", boot, ui="plain")
    anna.wait_line(b"bert", timeout=15)
    bert.wait_line(b"anna", timeout=15)
    return boot, anna, bert


def safety_lines(client):
    """Returns the lines of safety numbers that it showed, without the time."""
    return [line.split(b"* ", 1)[1] for line in client.lines
            if re.search(rb"\*   (\d{5} ){5}\d{5}$", line)]


@test()
def plain_conversation(t):
    """A line typed by one is a line at the other, with its author."""
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
    """/quit and the end of input are both a clean leave."""
    boot, anna, bert = pair(t)
    anna.raw(b"/quit\n")
    left = boot.wait("left", 5)
    check(left["reason"] == "leave", str(left))
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)
    check(not any(b"/quit" in line for line in bert.lines), "it was said")
    bert.raw(b"is anybody there?\n")
    bert.close_stdin()
    check(bert.wait_exit(15) == 4, "exit code %s" % bert.code)
    boot.wait("left", 5, count=2)


@test()
def plain_commands(t):
    """/help and /peers answer; a wrong command is an error and is never
    said."""
    boot, anna, bert = pair(t)
    anna.raw(b"/help\n")
    anna.wait_line(b"/status")
    anna.wait_line(b"//TEXT")
    anna.raw(b"/peers\n")
    anna.wait_line(b"bert", b"connected, ", b"not verified")
    anna.wait_line(b"fingerprint")
    anna.raw(b"/hlep\n  /dance\n/quit now\n")
    anna.wait_line(b"! line 3: unknown command /hlep", b"/help?")
    anna.wait_line(b"! line 4: unknown command /dance")
    anna.wait_line(b"! line 5: /quit takes no argument")
    anna.raw(b"//dance, then\n")
    bert.wait_line(b"<anna> /dance, then")
    check(not any(word in line for line in bert.lines
                  for word in (b"hlep", b"/quit", b"  /dance")),
          "a command was said: %r" % bert.lines)


@test()
def plain_hidden_command(t):
    """A line that a person would take for a command reaches nobody but the one
    it names, whatever stands before the slash; /say says it."""
    boot, anna, bert = pair(t)
    cleo = Gochat(t, bert.host, "cleo", boot, ui="plain")
    for one, other in ((cleo, b"anna"), (cleo, b"bert"), (anna, b"cleo"),
                       (bert, b"cleo")):
        one.wait_line(other, b"is here", timeout=15)
    for before in ("\ufeff", "\xa0", "\u200b", "\u3000", "\x1b[31m"):
        anna.raw(("%s/msg bert secret\n" % before).encode())
    bert.poll(lambda: sum(b"(to you alone) <anna> secret" in line
                          for line in bert.lines) == 5, 10, "all five")
    anna.raw("\u2215msg bert secret\n".encode())
    anna.wait_line(b"! line 6: the text begins with U+2215, which looks like")
    anna.raw(b"hello\r/msg bert secret\n")
    anna.wait_line(b"! line 7: line 2 of your text begins like a command")
    anna.raw("/say \u2215that is all\n".encode())
    cleo.wait_line("<anna> \u2215that is all".encode())
    check(not any(b"secret" in line for line in cleo.lines),
          "it was said to all: %r" % cleo.lines)


@test()
def plain_private_and_action(t):
    """/msg reaches one of two, marked as private; both see /me as an action,
    and /nick."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    hosts = {"anna": net.a, "bert": net.b, "cleo": net.boot}
    clients = {nick: Gochat(t, host, nick, boot, ui="plain")
               for nick, host in hosts.items()}
    for nick, client in clients.items():
        for other in hosts.keys() - {nick}:
            client.wait_line(other.encode(), b"is here", timeout=15)
    anna, bert, cleo = clients.values()
    anna.raw(b"/msg bert between us\n")
    bert.wait_line(b"to you alone", b"anna", b"between us")
    anna.raw(b"/msg dora nobody hears\n")
    anna.wait_line(b"! line 2: nobody is called dora", b"bert", b"cleo")
    anna.raw(b"/me waves\n")
    for client in (bert, cleo):
        line = client.wait_line(b"anna", b" waves")
        check(b" <anna> " not in line, "an action like a text: %r" % line)
    anna.raw(b"/nick anne\nafter all\n")
    for client in (bert, cleo):
        client.wait_line(b"anna is now called anne")
        client.wait_line(b"<anne> after all")
    check(not any(b"between us" in line for line in cleo.lines),
          "a private text reached somebody else")
    check(not any(b"hears" in line for line in bert.lines + cleo.lines),
          "what was for nobody was said")


@test()
def plain_verify(t):
    """/verify shows both the same number; yes and no are kept."""
    boot, anna, bert = pair(t)
    numbers = []
    for client, other in ((anna, b"bert"), (bert, b"anna")):
        client.raw(b"/verify " + other + b"\n")
        t.wait(lambda: len(safety_lines(client)) == 2, 10,
               "%s shows the safety number" % client.label)
        numbers.append(safety_lines(client))
    check(numbers[0] == numbers[1], "not the same: %r" % numbers)
    anna.wait_line(b"*   /verify bert yes")
    anna.raw(b"yes\n")
    anna.wait_line(b"! line 2: not sent, because you are comparing numbers "
                   b"with bert")
    anna.raw(b"/verify bert yes\n")
    anna.wait_line(b"bert is marked as verified")
    anna.raw(b"/peers\n")
    anna.wait_line(b"bert", b"connected, ", b"ms, verified")
    anna.raw(b"/verify bert no\n")
    anna.wait_line(b"bert is marked as not verified")
    anna.raw(b"yes\n")
    bert.wait_line(b"<anna> yes")
    check(sum(b"<anna>" in line for line in bert.lines) == 1,
          "the first yes was said: %r" % bert.lines)


@test()
def plain_held_before_joining(t):
    """Texts said before a bootnode answers are held, and a line says so."""
    net = Lan(t)
    anna = Gochat(t, net.a, "anna", net.boot.address + ":9595", *FAST,
                  ui="plain")
    anna.raw(b"first\nsecond\n")
    anna.wait_line(b"* your text waits for a connection to a bootnode")
    Bootnode(t, net.boot, *FAST)
    anna.wait_line(b"nobody is here", b'"second"', timeout=40)
    held = [line for line in anna.lines if b"your text waits" in line]
    check(len(held) == 1, "told %d times" % len(held))


@test()
def plain_control_characters(t):
    """A peer's text cannot steer the terminal."""
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
def plain_in_ascii(t):
    """Where the locale is not UTF-8 only ASCII is written, texts stay
    readable, and standard error says so; json is UTF-8."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    c = {"LANG": "C", "LC_ALL": "C"}
    anna = Gochat(t, net.a, "änna", boot, env=c)
    bert = Gochat(t, net.b, "bert", boot, ui="plain", env=c, log="info")
    anna.wait("peer", 15, state="connected", nick="bert")
    line = bert.wait_line(b"is here", timeout=15)
    name = re.search(rb"\* (\?nna~[0-9a-f]{4}) is here", line)
    check(name, "she is shown as %r" % line)
    anna.say("grüße, 日本")
    bert.wait_line(b"<%s> gr<U+00FC><U+00DF>e, <U+65E5><U+672C>" % name[1])
    bert.raw("/msg ".encode() + name[1] + " schön\n".encode())
    anna.wait("message", text="schön", private=True)
    check(all(byte < 128 for line in bert.lines for byte in line),
          "it is not ASCII: %r" % bert.lines)
    check(bert.stderr().count(b"is not UTF-8") == 1, bert.stderr())
    check(b"not UTF-8" not in anna.stderr(), "json complains")
    check(anna.find("ready")[0]["nick"] == "änna", "json is not UTF-8")


@test()
def plain_with_json(t):
    """The interfaces are one chat: one side has plain, the other json."""
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
