"""The terminal interface, as a user sees it: typed into tmux, read back."""

import re
import signal
import socket

from harness import check, test
from process import Bootnode, Gochat, new_state
from screen import Screen, Tui
from topology import Lan


def start(t, *names, **more):
    """Starts a bootnode and clients on terminals, who know of each other."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    hosts = {"anna": net.a, "bert": net.b, "carl": net.b}
    screens = [Tui(t, hosts[n], n, boot, **more) for n in names]
    for screen in screens:
        for name in names:
            if name != screen.nick:
                screen.wait("%s is here" % name, 15)
    return boot, screens


@test()
def tui_conversation(t):
    """Two people talk; each sees who wrote a line, and that it arrived."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.line("hello bert, grüße")
    bert.wait(r"<anna> │ hello bert, grüße *│")
    anna.wait(r"<anna> │ hello bert, grüße  ✓1/1")
    bert.line("hello anna")
    anna.wait(r"<bert> │ hello anna")
    bert.wait(r"hello anna  ✓1/1")
    check("kitchen-table" in anna.rows()[0], "no room in the top bar")
    check("2 here" in anna.rows()[0], "no count in the top bar")


@test()
def tui_default_on_a_terminal(t):
    """Without --ui a terminal gets the tui, and /quit gives it back."""
    boot, (anna,) = start(t, "anna")
    anna.wait("no bootnode yet|bootnode connected")
    check(anna.show("alternate_on") == "1", "no screen of its own")
    anna.line("/quit")
    check(anna.wait_exit() == 0, "exit code")
    anna.wait_restored()


@test(deadline=120)
def tui_resize_storm(t):
    """The terminal may have any size at any time: no text is lost, and the
    newest is seen."""
    boot, (anna, bert) = start(t, "anna", "bert")
    sizes = [(20, 5), (200, 60), (60, 24), (59, 24), (33, 7), (100, 10),
             (21, 6), (120, 40), (80, 24)]
    for number in range(4 * len(sizes)):
        anna.resize(*sizes[number % len(sizes)])
        if number % 3 == 0:
            bert.line("line %d" % number)
    anna.resize(20, 5)
    bert.line("the last")
    anna.wait("the last")
    check(len(anna.rows()) == 5, "not five rows")
    anna.resize(200, 60)
    for number in range(0, 4 * len(sizes), 3):
        anna.wait(r"<bert> │ line %d\b" % number)
    anna.wait("bert .*(lan|direct)")
    bert.wait("the last  ✓1/1")


@test()
def tui_narrow_has_no_list(t):
    """Under 60 columns the list of peers goes; from 60 on it is there."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.wait(r"│ bert +lan")
    anna.resize(59, 24)
    anna.wait_not(r"│ bert +lan")
    anna.resize(60, 24)
    anna.wait(r"│ bert +lan")


@test()
def tui_paste(t):
    """Before several lines are sent at once the tui asks; they are one
    message."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.paste("one\ntwo\n    three")
    anna.wait("Send 3 lines, 17 bytes")
    check("│ one" not in bert.text(), "it was sent without being asked")
    anna.type("n")
    anna.wait_not("Send 3 lines")
    anna.paste("one\ntwo\n    three")
    anna.wait("Send 3 lines")
    anna.type("y")
    bert.wait(r"<anna> │ one *│?.*\n +│ two *│?.*\n +│     three")
    anna.paste("four\nfive")
    anna.wait("Send 2 lines")
    anna.type("e")
    anna.wait("four⏎")
    anna.key("Enter")
    bert.wait(r"<anna> │ four.*\n +│ five")
    anna.paste("a single line")
    anna.wait("> a single line")
    check(anna.text().count("a single line") == 1, "said without Enter")


@test()
def tui_paste_with_end(t):
    """A pasted text may contain the sequence that ends a paste, and tmux
    passes it on: nothing behind it is obeyed or said without a question."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.paste("harmless \x1b[201~\n/quit\ny\n")
    anna.wait("Line 2 begins like a command")
    anna.type("n")
    anna.wait_not("Line 2 begins")
    anna.line("still here")
    bert.wait("<anna> │ still here")
    check("harmless" not in bert.text(), "it was sent without being asked")


@test()
def tui_paste_without_brackets(t):
    """The tui also asks about lines that come faster than anybody types, and
    the question can be read on a small terminal."""
    boot, (anna, bert) = start(t, "anna", "bert")
    twelve = "\n".join("pasted %d" % n for n in range(12)) + "\n"
    anna.paste(twelve, brackets=False)
    anna.wait("Send 12 lines, 109 bytes. y sends, e edits, n drops")
    anna.resize(20, 5)
    anna.wait("^ Send 12 lines, 109\n bytes. y sends, e\n edits, n drops")
    anna.resize(80, 24)
    anna.type("n")
    anna.wait_not("Send 12 lines")
    anna.line("typed")
    bert.wait("<anna> │ typed")
    check("pasted" not in bert.text(), "it was sent without being asked")
    anna.paste(twelve, brackets=False)
    anna.wait("Send 12 lines")
    anna.type("y")
    bert.wait(r"<anna> │ pasted 0 *│?.*\n +│ pasted 1 ")
    bert.wait(r" +│ pasted 11")


@test()
def tui_scrollback(t):
    """PageUp and the wheel go back; new messages below are counted."""
    boot, (anna, bert) = start(t, "anna", "bert")
    for number in range(60):
        bert.line("line %d." % number)
    anna.wait(r"line 59\.")
    anna.key("PPage")
    anna.wait_not(r"line 59\.")
    bert.line("something new")
    anna.wait(r"1 new below")
    check("something new" not in anna.text(), "it scrolled")
    bert.line("and more")
    anna.wait(r"2 new below")
    anna.key("NPage", "NPage")
    anna.wait("and more")
    anna.wait_not("new below")
    anna.wheel(up=True)
    anna.wait("scrolled up")
    anna.wheel(up=False)
    anna.wait("/help for commands")
    anna.key("M-<")
    anna.wait("you are anna")
    bottom = anna.wait(r"(line \d+\.) *│.*\n.*scrolled up").group(1)
    anna.resize(40, 12)
    anna.wait(re.escape(bottom) + r"\n.*scrolled up")
    anna.key("Escape")
    anna.wait("and more")


@test()
def tui_search(t):
    """/search and Ctrl-R find text in the scrollback, older and newer."""
    boot, (anna, bert) = start(t, "anna", "bert")
    for number in range(50):
        bert.line("needle %d" % number if number % 20 == 5
                  else "straw %d" % number)
    anna.wait("straw 49")
    anna.line("/search NEEDLE")
    anna.wait("needle 45")
    anna.key("C-r")
    anna.wait("needle 25")
    anna.key("C-r")
    anna.wait(r"needle 5\b")
    anna.key("C-r")
    anna.wait("nothing further")
    anna.key("C-s")
    anna.wait("needle 25")
    anna.key("Escape")
    anna.wait("straw 49")
    anna.key("C-r")
    anna.wait("search:")
    anna.type("w 3")
    anna.wait("straw 3")
    anna.key("Enter")
    anna.wait_not("search:")
    anna.key("Escape")
    anna.wait("straw 49")
    anna.line("/search NEEDLE")
    anna.wait("needle 45")
    anna.line("/me found it")
    bert.wait("anna found it")


@test()
def tui_no_color(t):
    """With NO_COLOR there is no colour at all, and important things still
    stand out."""
    boot, (anna, bert) = start(t, "anna", "bert", env={"NO_COLOR": "1"})
    bert.line("anna: look")
    anna.wait("look")
    screen = "\n".join(anna.rows(colours=True))
    colours = re.findall(r"\x1b\[[0-9;]*m", screen)
    check(colours, "nothing is marked")
    for sequence in colours:
        numbers = sequence[2:-1].split(";")
        check(not any(n.startswith(("3", "4")) and n not in ("39", "49", "4")
                      for n in numbers), "a colour: %r" % sequence)


@test()
def tui_in_ascii(t):
    """With LANG=C the whole screen is ASCII, and as wide as ever."""
    boot, (anna, bert) = start(t, "anna", "bert",
                               env={"LANG": "C", "LC_ALL": "C"})
    anna.wait("is not UTF-8")
    bert.line("grüße")
    anna.wait(r"<bert> \| gr<U\+00FC><U\+00DF>e +\|")
    anna.line("hello")
    anna.wait(r"hello  \+1/1")
    anna.type("schö")
    anna.wait(r"^> sch\?$")
    check(anna.text().isascii(), "it is not ASCII: %s" % anna.text())
    anna.resize(20, 5)
    anna.wait("hello")
    check(anna.text().isascii(), "it is not ASCII: %s" % anna.text())


@test()
def tui_completion(t):
    """Tab completes commands and names; another Tab takes the next one that
    fits."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.type("/sta")
    anna.key("Tab")
    anna.wait("> /status")
    anna.key("C-u")
    anna.type("be")
    anna.key("Tab")
    anna.wait("> bert:")
    anna.type("hello")
    anna.key("Enter")
    bert.wait("<anna> │ bert: hello")
    anna.type("/msg b")
    anna.key("Tab")
    anna.wait("> /msg bert")


@test()
def tui_editing(t):
    """Keys of Emacs work, and earlier lines come back."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.line("first line")
    anna.line("second line")
    anna.key("Up", "Up")
    anna.wait("> first line")
    anna.key("C-a")
    anna.type("the ")
    anna.key("C-e")
    anna.type("!")
    anna.key("Enter")
    bert.wait("the first line!")
    anna.paste("one\ntwo")
    anna.wait("Send 2 lines")
    anna.type("e")
    anna.wait("two")
    anna.key("Up")
    anna.type("!")
    anna.key("Enter")
    bert.wait(r"<anna> │ one! *│?.*\n +│ two")
    anna.type("some words here")
    anna.key("C-w", "C-w")
    anna.wait("> some *$")
    anna.key("C-y")
    anna.wait("> some words here")
    anna.key("C-c")
    anna.wait("^> *$")
    for first, second in (("C-c", "C-d"), ("C-d", "C-c")):
        one = anna if first == "C-c" else bert
        one.key(first)
        one.wait("^ press it again to leave, or type /quit")
        one.key(second)
        check(one.wait_exit() == 0, "exit code")


@test()
def tui_private(t):
    """/msg goes to one alone, and is shown so; the third sees nothing."""
    boot, (anna, bert, carl) = start(t, "anna", "bert", "carl")
    anna.line("/msg bert only for you")
    bert.wait(r"<anna> ║ \[to you alone\] only for you")
    anna.wait(r"<anna> ║ \[to bert alone\] only for you  ✓1/1")
    anna.line("for all")
    carl.wait("<anna> │ for all")
    check("only for you" not in carl.text(), "carl got it, too")


@test()
def tui_commands(t):
    """/me and /nick are seen by others; an unknown command is not said."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.line("/ME waves")
    bert.wait(r"\* │ anna waves")
    anna.line("/msg anna hello, me")
    anna.wait("anna is you: /msg is for somebody else")
    anna.line("/nick annika")
    bert.wait("anna is now called annika")
    bert.wait(r"│ annika +lan")
    anna.line("/hlep")
    anna.wait("unknown command /hlep; did")
    anna.line("//slash")
    bert.wait("<annika> │ /slash")
    check("hlep" not in bert.text(), "a command was said")
    anna.line("/help")
    anna.wait("/verify NAME")
    anna.line("/clear")
    anna.wait_not("/verify NAME")
    check(not any(row.strip(" │") for row in anna.cells(30)),
          "not an empty screen")
    anna.key("PPage")
    anna.wait("/verify NAME")
    anna.key("Escape")
    anna.wait_not("/verify NAME")
    anna.line("/peers")
    anna.wait("bert +connected, lan")
    anna.line("/status")
    anna.wait("bootnode 10.0.0.100:9595: connected")


def number_of(screen):
    """Returns the safety number that is on the screen."""
    match = screen.wait(r"the safety number.*\n((?:.*\b\d{5} .*\n){2})")
    return re.findall(r"\d{5}", match.group(1))


@test()
def tui_verify(t):
    """Both see one number; after yes the peer is marked."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Tui(t, net.a, "anna", boot)
    bert = Tui(t, net.b, "bert", boot)
    for a, b in ((anna, bert), (bert, anna)):
        a.wait("%s is here" % b.nick, 15)
    anna.line("/verify bert")
    bert.line("/verify anna")
    ours, theirs = number_of(anna), number_of(bert)
    check(len(ours) == 12, "%d groups" % len(ours))
    check(ours == theirs, "%s and %s" % (ours, theirs))
    anna.wait("Does bert read out the same number")
    anna.type("wait a bit")
    anna.wait("^yes/no> wait a bit")
    check(anna.show("cursor_x") == "18", "the cursor is elsewhere")
    check(anna.show("cursor_y") == "23", "the cursor is elsewhere")
    anna.key("Enter")
    anna.wait("nothing was marked")
    anna.wait("^> wait a bit")
    check("✓bert" not in anna.text(), "marked by a letter")
    anna.key("Enter")
    bert.key("Escape")
    bert.wait("<anna> │ wait a bit")
    anna.line("/verify bert")
    anna.wait("Does bert read out the same number")
    anna.line("yes")
    anna.wait("bert is marked as verified")
    anna.wait("✓bert")
    bert.wait_not("read out the same number")
    check("✓anna" not in bert.text(), "marked though not confirmed")
    anna.line("/verify bert")
    anna.wait("Does bert read out")
    anna.key("Escape")
    anna.wait_not("Does bert")
    check("✓bert" in anna.text(), "looking took the mark away")
    anna.line("/quit")
    anna.wait_exit()
    anna = Tui(t, net.a, "anna", boot, state=anna.state)
    anna.wait("✓bert")


@test()
def tui_changed_key(t):
    """A known name with another key causes a loud warning, before its first
    text."""
    boot, (anna, bert) = start(t, "anna", "bert")
    bert.line("/quit")
    bert.wait_exit()
    anna.wait("bert left")
    other = Gochat(t, bert.host, "bert", boot)
    other.wait("peer", 15, state="connected")
    other.say("it is me")
    anna.wait("it is me")
    screen = anna.text()
    check("THE KEY OF bert" in screen, "no warning")
    check(screen.index("THE KEY OF bert") < screen.index("it is me"),
          "the warning came late")


@test()
def tui_not_delivered(t):
    """A line that did not arrive says whom it did not reach."""
    boot, (anna, bert) = start(t, "anna", "bert")
    anna.line("before")
    anna.wait("before  ✓1/1")
    bert.line("/quit")
    bert.wait_exit()
    anna.wait("bert left")
    anna.line("is anybody there?")
    anna.wait("is anybody there.*nobody was here")


@test()
def tui_unread(t):
    """The title counts messages that came since a key was pressed."""
    boot, (anna, bert) = start(t, "anna", "bert")
    bert.line("one")
    bert.line("two")
    anna.wait("two")
    anna.until(lambda: anna.show("pane_title") == "(2) kitchen-table - gochat",
               "count two in the title: %s" % anna.show("pane_title"))
    anna.type("x")
    anna.until(lambda: anna.show("pane_title") == "kitchen-table - gochat",
               "count nothing in the title")


@test()
def tui_links(t):
    """A URL longer than a row is shown whole, without marks in it."""
    boot, (anna, bert) = start(t, "anna", "bert")
    url = "https://example.org/" + "segment/" * 12
    bert.line("see %s now" % url)
    anna.wait("now")
    anna.resize(59, 24)	# there is no list of peers now

    def whole():
        rows = re.search(r"<bert> │ see\n(( +│ .*\n)+)", anna.text())
        shown = "".join(re.findall("│ (.*)", rows.group(1))) if rows else ""
        return shown.startswith(url + " now")
    anna.until(whole, "show the whole URL")


def killed(role):
    """ROLE dies in the middle of a chat: another one takes over, and in the
    end the terminal is as it was."""
    def function(t):
        boot, (anna, bert) = start(t, "anna", "bert")
        anna.line("before")
        bert.wait("before")
        pid = anna.signal_role(role)
        if role != "spawner":
            anna.until(lambda: anna.by_role().get(role) not in (None, pid),
                       "start a new %s" % role)
        anna.until(lambda: "bert" in anna.rows()[1], "show bert again", 20)
        anna.line("after")
        bert.wait("<anna> │ after", 20)
        anna.line("/quit")
        check(anna.wait_exit() == 0, "exit code")
        anna.wait_restored()
    function.__name__ = "tui_killed_" + role
    function.__doc__ = killed.__doc__
    return function


for _role in ("spawner", "netd", "cryptod", "ui"):
    test()(killed(_role))


@test()
def tui_killed_launcher(t):
    """Without the launcher all end, and the terminal is as it was."""
    boot, (anna,) = start(t, "anna")
    anna.line("/help")
    anna.wait("/verify")
    anna.signal_role("launcher")
    anna.wait_restored()
    anna.line("to the shell again")
    anna.wait("to the shell again")
    anna.until(lambda: not anna.family(), "end all processes")


@test()
def tui_suspended(t):
    """Ctrl-Z gives the terminal back, fg takes it again, at another size."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Tui(t, net.a, "anna", boot,
               shell=["bash", "--norc", "--noprofile", "-i"])
    bert = Tui(t, net.b, "bert", boot)
    anna.line("echo before gochat")
    anna.line(" ".join(anna.gochat) + " 2>$ERRORS")
    anna.wait("bert is here", 15)
    anna.key("C-z")
    anna.wait("Stopped")
    anna.wait_restored(modes=False)	# bash has set its own modes again
    bert.line("while you were away")
    anna.resize(60, 20)
    anna.line("fg")
    anna.wait("<bert> │ while you were away", 15)
    check(len(anna.rows()) == 20, "not the new size")
    bert.wait("while you were away  ✓1/1")
    anna.line("/quit")
    anna.until(lambda: not anna.restored(modes=False),
               "restore the terminal")


@test()
def tui_bootnode(t):
    """A bootnode on a terminal shows its figures, live; q ends it, but not
    by accident."""
    net = Lan(t)
    boot = Screen(t, net.boot, "bootnode",
                  ["--mode", "bootnode", "--listen", "10.0.0.100:9595",
                   "--state-dir", new_state(t)])
    boot.wait("listening on 10.0.0.100:9595")
    anna = Gochat(t, net.a, "anna", "10.0.0.100:9595")
    anna.wait("bootnode", 15, state="joined")
    boot.wait("1 session in 1 room")
    boot.wait(r"joins +1 ")
    boot.wait("peer [0-9a-f]{8} joined room")

    def send_garbage():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for _ in range(20):
                s.sendto(b"garbage", ("10.0.0.100", 9595))
    net.a.call(send_garbage)
    boot.wait(r"malformed +20 ")
    boot.wait(re.escape(net.a.address) + r" +[0-9.]+ ")
    boot.resize(40, 10)
    boot.wait("bootnode up")
    boot.type("q")
    boot.wait("^ End the bootnode. It has 1 session in 1")
    boot.type("x")
    boot.wait("^ q ends it")
    boot.resize(20, 5)
    boot.type("Q")
    boot.wait("^ y ends the")
    boot.type("n")
    boot.wait("^ q ends it")
    boot.type("q")
    boot.wait("^ y ends the")
    boot.type("y")
    check(boot.wait_exit() == 0, "exit code")
    boot.wait_restored()


@test()
def tui_quit_before_delivered(t):
    """Lines not confirmed before /quit are listed when the screen is gone."""
    boot, (anna, bert) = start(t, "anna", "bert")
    bert.signal_role("ui", signal.SIGSTOP)
    anna.line("important words")
    anna.wait("important words  sent")
    anna.line("/quit")
    anna.wait_exit()
    bert.signal_role("ui", signal.SIGCONT)
    check(b"not known whether a peer received" in anna.stderr(),
          "nothing was said of it: %r" % anna.stderr()[-400:])


@test()
def tui_in_the_background(t):
    """gochat started with & waits for the terminal like any other program."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Tui(t, net.a, "anna", boot,
               shell=["bash", "--norc", "--noprofile", "-i"])
    anna.line("echo before gochat")
    anna.line(" ".join(anna.gochat) + " 2>$ERRORS &")
    anna.line("jobs")
    anna.until(lambda: anna.line("jobs") or "Stopped" in anna.text(),
               "stop it")
    check(anna.show("alternate_on") == "0", "it took the terminal")
    anna.line("fg")
    anna.wait("you are anna", 15)
    anna.line("/quit")
    anna.until(lambda: not anna.restored(modes=False),
               "restore the terminal")
