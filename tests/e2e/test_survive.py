"""ui is killed by SIGKILL: the next one restores the screen and the input
line, and nothing is said, shown or confirmed twice."""

import signal
import time

from chat import FAST, connected, texts
from harness import check, test
from process import Bootnode, Gochat
from screen import Tui
from topology import Lan

DEATHS = 4			# four of the five that are allowed in a minute
MOMENT = 0.6			# seconds after which what was typed is kept
DRAFT = "half a line, und\u0308 more"


def room(t, **more):
    """Returns anna on a terminal, and bert and cleo with json."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    anna = Tui(t, net.a, "anna", boot, *FAST, columns=90, rows=30, **more)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    cleo = Gochat(t, net.c, "cleo", boot, *FAST)
    for client in (bert, cleo):
        connected(client, anna)
        anna.wait("│ *%s +lan" % client.nick)
    connected(bert, cleo)
    return net, boot, anna, bert, cleo


def kill_ui(anna):
    """Kills ui, and waits until another one has drawn the screen."""
    old = anna.signal_role("ui", signal.SIGKILL)
    anna.until(lambda: anna.by_role().get("ui") not in (None, old),
               "have another ui")
    anna.wait("│ *bert +lan")


def place(anna, text):
    """Returns the row of the screen with the text, which must be the only
    one."""
    rows = [n for n, row in enumerate(anna.rows()) if text in row]
    check(len(rows) == 1, "%r is in rows %s of\n%s" % (text, rows,
                                                       anna.text()))
    return rows[0]


@test(deadline=90)
def survive_ui_killed(t):
    """Texts, names, marks and the draft with its cursor come back, several
    times."""
    net, boot, anna, bert, cleo = room(t)
    bert.say("hello anna, this is bert")
    anna.wait("<bert> │ hello anna, this is bert")
    anna.line("hello to both")
    anna.wait("hello to both +✓2/2")
    anna.line("/msg bert for you alone")
    anna.wait(r"\[to bert alone\] for you alone +✓1/1")
    cleo.cmd({"cmd": "say", "text": "waves", "action": True})
    anna.wait("cleo waves")
    bert.wait("delivered", 10)
    cleo.wait("delivered", 10, count=2)
    anna.type(DRAFT)
    anna.key("Home", "Right", "Right")
    anna.wait("^> half a line")
    t.wait(lambda: anna.show("cursor_x") == "4", 5, "the cursor is there")
    before = [event.index for client in (bert, cleo)
              for event in client.find("delivered")]

    for death in range(DEATHS):
        time.sleep(MOMENT)
        kill_ui(anna)
        anna.wait("ui ended and was restarted")
        anna.wait("^> half a line, und")
        order = [place(anna, text) for text in (
            "<bert> │ hello anna, this is bert", "hello to both  ✓2/2",
            "[to bert alone] for you alone  ✓1/1", "cleo waves")]
        check(order == sorted(order), "in another order: %s" % order)
        check(anna.show("cursor_x") == "4", "the cursor is at %s" %
              anna.show("cursor_x"))
        check(anna.show("alternate_on") == "1", "no screen of its own")
        text = "and again %d" % death
        bert.say(text)
        anna.wait("<bert> │ " + text)
        bert.wait("delivered", 10, count=2 + 2 * death + 2)

    anna.key("End")
    anna.type("!")
    anna.key("Enter")
    bert.wait("message", 10, text=DRAFT + "!")
    anna.wait("more! +✓2/2")
    check(texts(bert, "anna") == ["hello to both", "for you alone",
                                  DRAFT + "!"], texts(bert, "anna"))
    cleo.wait("message", 10, text=DRAFT + "!")
    check(texts(cleo, "anna") == ["hello to both", DRAFT + "!"],
          texts(cleo, "anna"))
    told = [(e["seq"], e["id"]) for e in bert.find("delivered")]
    check(len(told) == len(set(told)), "confirmed twice: %s" % told)


@test(deadline=90)
def survive_ui_killed_within_a_frame(t):
    """ui dies while it writes something: the next screen is as if drawn from
    nothing."""
    net, boot, anna, bert, cleo = room(t, term="xterm-256color")
    for death in range(DEATHS):
        for number in range(40):
            bert.say("%d/%d \u65e5\u672c https://example.org/%s" % (
                death, number, "x" * (number * 7 % 200)))
        anna.wait(r"<bert> .* %d/\d+ " % death)
        kill_ui(anna)
        anna.wait(r"<bert> .* %d/39 " % death)
        bert.wait("delivered", 20, count=80 * (death + 1))
        same_when_redrawn(anna)
    check(len(bert.find("delivered")) == 80 * DEATHS, "confirmed twice")
    anna.line("/quit")
    anna.wait_exit()
    anna.wait_restored()


def same_when_redrawn(anna):
    """Checks that Ctrl-L changes nothing but round trip times."""
    def messages():
        return [row.rpartition("│")[0] for row in anna.rows()]

    def still():
        first = messages()
        time.sleep(0.1)
        return first == messages() and first
    shown = anna.until(still, "stand still")
    anna.key("C-l")
    again = anna.until(still, "stand still")
    check(shown == again, "other screens:\n%s\n%s" % (
        "\n".join(shown), "\n".join(again)))


@test(deadline=90)
def survive_ui_killed_json(t):
    """A program is told about the texts that it said, and gets no text
    twice."""
    net, boot, anna, bert, cleo = room(t)
    bert.say("to be or not")
    first = bert.wait("sent", 10)
    bert.wait("delivered", 10, seq=first["seq"], count=2)
    cleo.say("that is")
    # A text that is not confirmed yet would come again.
    cleo.wait("delivered", 10, count=2)
    mark = bert.mark()
    bert.restart_role("ui")
    bert.wait("peer", 10, since=mark, state="connected", nick="cleo")
    recalled = bert.find("recalled", since=mark)
    check([e["text"] for e in recalled] == ["to be or not"], recalled)
    check(recalled[0]["seq"] == first["seq"] and recalled[0]["sent"] and
          recalled[0]["peers"] == recalled[0]["delivered"] == 2, recalled)
    check(recalled[0].index < bert.wait("ready", since=mark).index,
          "it comes after the news")
    check(texts(bert, "cleo") == ["that is"], texts(bert, "cleo"))
    mark = bert.mark()
    bert.say("the question")
    sent = bert.wait("sent", 10, since=mark)
    check(sent["seq"] > first["seq"], "a number twice")
    anna.wait("the question")
    cleo.wait("message", 10, text="the question")
    check(texts(cleo, "bert") == ["to be or not", "the question"],
          texts(cleo, "bert"))


@test(deadline=90)
def survive_ui_killed_before_a_bootnode(t):
    """Texts said before a bootnode has let the client in wait, and go out
    once."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    bert.wait("bootnode", 15, state="joined")
    boot.kill_all()
    boot.wait_gone()
    anna = Tui(t, net.a, "anna", boot, *FAST, columns=90, rows=30)
    said = ["I am early", "and I have time"]
    for text in said:
        anna.line(text)
        anna.wait(text + " +waiting")
    anna.type(DRAFT)
    time.sleep(MOMENT)
    old = anna.signal_role("ui", signal.SIGKILL)
    anna.until(lambda: anna.by_role().get("ui") not in (None, old),
               "have another ui")
    anna.wait("^> half a line, und")
    for text in said:
        anna.wait(text + " +waiting")
    boot.again()
    for text in said:
        bert.wait("message", 30, text=text)
        anna.wait(text + " +✓1/1", 30)
    check(texts(bert, "anna") == said, texts(bert, "anna"))


@test(deadline=60)
def survive_ui_killed_and_quit_before_a_bootnode(t):
    """The next ui names the texts that waited with cryptod as not sent."""
    net = Lan(t)
    bert = Gochat(t, net.b, "bert", net.boot.address, *FAST)
    bert.say("I am early")
    bert.cmd({"cmd": "status"})
    bert.wait("status", 10)	# so cryptod has the text
    mark = bert.mark()
    bert.restart_role("ui")
    bert.wait("recalled", 10, since=mark, text="I am early", sent=False)
    bert.quit()
    check(bert.wait_exit(15) == 4, "exit code %s" % bert.code)
    named = [e for e in bert.find("error", since=mark)
             if "not sent, " in e["text"] and '"I am early"' in e["text"]]
    check(len(named) == 1, bert.find("error"))
