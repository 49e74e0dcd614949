"""Bad input while gochat runs: each is answered by an error, nothing is lost,
nothing crashes.

A bootnode that cannot be found or does not answer is here, too: the client
says so, keeps trying, and still ends when told to.
"""

from chat import FAST, meet, nobody_left, talk, texts
from harness import check, test
from process import Bootnode, Gochat
from topology import Lan, Loopback

LIMIT = 16 * 1024
SURROGATE = b'{"cmd":"say","text":"\\ud800"}'

BAD_LINES = [
    ("not json", b"hello there"),
    ("cut off", b'{"cmd":"say","text":"never'),
    ("an array", b'["say", "text"]'),
    ("a number", b"42"),
    ("two objects", b'{"cmd":"say","text":"one"} {"cmd":"quit"}'),
    ("no command", b"{}"),
    ("command of a wrong type", b'{"cmd":5}'),
    ("unknown command", b'{"cmd":"dance"}'),
    ("no text", b'{"cmd":"say"}'),
    ("text of a wrong type", b'{"cmd":"say","text":["a"]}'),
    ("text null", b'{"cmd":"say","text":null}'),
    ("invalid utf-8", b'{"cmd":"say","text":"\xff\xfe"}'),
    ("cut utf-8", b'{"cmd":"say","text":"\xc3"}'),
    ("overlong utf-8", b'{"cmd":"say","text":"\xc0\xaf"}'),
    ("half a surrogate pair", SURROGATE),
    ("binary", bytes(set(range(256)) - {10})),
    ("deep", b"[" * 5000),
    ("a byte too long", b'{"cmd":"say","text":"%s"}' % (b"x" * (LIMIT + 1))),
    ("far too long", b'{"cmd":"say","text":"%s"}' % (b"x" * 300000)),
]


@test(deadline=90)
def input_bad_lines(t):
    """Each bad line is answered by an error; the good ones all arrive."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    good = []
    for name, line in BAD_LINES:
        t.note("line: " + name)
        mark = anna.mark()
        anna.raw(line + b"\n")
        error = anna.wait("error", 10, since=mark)
        check(len(error["text"]) >= 5, "an error without a text")
        check(not anna.find("sent", since=mark), "something was sent")
        good.append("after: " + name)
        talk(anna, [bert], good[-1])
    check(texts(bert, "anna") == good, "bert got %s" % texts(bert, "anna"))
    anna.quit()
    check(anna.wait_exit() == 4, "exit code %s" % anna.code)


@test()
def input_in_pieces(t):
    """A line may come byte by byte, and several lines in one write."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    for byte in '{"cmd":"say","text":"pieces ü"}\r\n'.encode():
        anna.raw(bytes([byte]))
    bert.wait("message", text="pieces ü")
    anna.raw(b"".join(b'{"text":"line %d","cmd":"say"}\n' % n
                      for n in range(10)))
    bert.wait("message", text="line 9")
    check(texts(bert, "anna")[1:] == ["line %d" % n for n in range(10)],
          "not all, or not in order")
    check(not anna.find("error"), "an error")


@test()
def input_last_line_without_newline(t):
    """The end of input also ends a line, which is not lost."""
    net = Lan(t)
    boot = Bootnode(t, net.boot)
    anna = Gochat(t, net.a, "anna", boot)
    bert = Gochat(t, net.b, "bert", boot)
    meet(anna, bert)
    anna.raw(b'{"cmd":"say","text":"no newline"}')
    anna.close_stdin()
    bert.wait("message", text="no newline")
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)


def says_so(t, client, *words):
    """Waits for an error event, or a line on standard error, with one of
    WORDS."""
    def said():
        log = client.stderr().decode(errors="replace").lower()
        return any(w in log for w in words) or any(
            w in e["text"].lower() for e in client.find("error")
            for w in words)
    t.wait(said, 20, "%s says one of %s" % (client.label, words))


@test(deadline=90)
def bootnode_does_not_answer(t):
    """No bootnode is there at first: the client says so, keeps trying, and
    joins in the end."""
    net = Lan(t)
    address = net.boot.address + ":9595"
    anna = Gochat(t, net.a, "anna", address, *FAST, log="warn")
    anna.wait("ready")
    says_so(t, anna, address, "bootnode")
    check(not anna.find("bootnode", state="joined"), "joined to nothing")
    boot = Bootnode(t, net.boot, *FAST)
    anna.wait("bootnode", 40, state="joined", key=boot.key)


@test()
def bootnode_does_not_answer_quit(t):
    """No bootnode is there: quitting works at once and is a clean end."""
    net = Loopback(t)
    anna = Gochat(t, net.a, "anna", "127.0.0.1:9595", *FAST)
    anna.wait("ready")
    anna.quit()
    check(anna.wait_exit(5) == 0, "exit code %s" % anna.code)
    check(anna.find("bye"), "no bye")


@test()
def bootnode_unresolved_quit(t):
    """The bootnode's name does not exist: the client says so, and still quits
    with 0."""
    net = Loopback(t)
    anna = Gochat(t, net.a, "anna", "nonexistent.invalid", *FAST, log="warn")
    says_so(t, anna, "nonexistent.invalid")
    check(anna.popen.poll() is None, "gave up with %s" % anna.popen.poll())
    anna.quit()
    check(anna.wait_exit(15) == 0, "exit code %s" % anna.code)


@test(deadline=90)
def bootnode_resolves_later(t):
    """The name begins to exist while the client keeps trying."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    hosts = t.path("hosts", "127.0.0.1 localhost\n")
    # A private /etc/hosts, which the test goes on writing to.
    prefix = ["unshare", "--mount", "sh", "-c",
              'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
    anna = Gochat(t, net.a, "anna", "later.invalid:9595", *FAST, log="warn",
                  prefix=prefix)
    says_so(t, anna, "later.invalid")
    with open(hosts, "a") as file:
        file.write("%s later.invalid\n" % net.boot.address)
    anna.wait("bootnode", 60, state="joined", key=boot.key)


@test(deadline=60)
def bootnode_with_dead_addresses(t):
    """Four IPv6 addresses with no bootnode come before the IPv4 one that
    answers: one round of them is enough, and none is left out."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    net.a.enable_ipv6()
    net.a.ip("address add 2001:db8::2/64 dev eth0 nodad")
    lines = ["2001:db8::d%d many.invalid" % n for n in range(4)]
    hosts = t.path("hosts", "\n".join(
        ["127.0.0.1 localhost"] + lines +
        ["%s many.invalid" % net.boot.address, ""]))
    prefix = ["unshare", "--mount", "sh", "-c",
              'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
    anna = Gochat(t, net.a, "anna", "many.invalid:9595", *FAST,
                  prefix=prefix)
    joined = anna.wait("bootnode", 15, state="joined", key=boot.key)
    check(joined["address"] == "%s:9595" % net.boot.address,
          joined["address"])


@test(deadline=60)
def bootnode_over_a_narrow_link(t):
    """The client says when a HELLO does not fit into its link, until the link
    is wider."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    net.a.ip("link set eth0 mtu 1200")
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("error", 20, text="the link to bootnode %s takes packets of at "
              "most 1200 bytes, and 1228 are needed; raise its MTU, or use "
              "another link; still trying" % boot.address)
    net.a.ip("link set eth0 mtu 1228")
    anna.wait("bootnode", 30, state="joined")


@test(deadline=120)
def bootnode_moves_to_another_address(t):
    """The bootnode's name is resolved again when it no longer answers."""
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    hosts = t.path("hosts", "127.0.0.1 localhost\n%s moves.invalid\n"
                   % net.boot.address)
    prefix = ["unshare", "--mount", "sh", "-c",
              'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
    anna, bert = [Gochat(t, host, nick, "moves.invalid:9595", *FAST,
                         log="warn", prefix=prefix)
                  for host, nick in ((net.a, "anna"), (net.b, "bert"))]
    meet(anna, bert)
    boot.kill()
    boot.wait_gone()
    boot = Bootnode(t, net.c, *FAST, state=boot.state)
    with open(hosts, "w") as file:
        file.write("127.0.0.1 localhost\n%s moves.invalid\n"
                   % net.c.address)
    for client in (anna, bert):
        client.wait("bootnode", 60, state="rejoined", key=boot.key)
    talk(anna, [bert], "it has moved")
    nobody_left(anna, bert)
