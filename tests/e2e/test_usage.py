"""Wrong options: exit code 2, and an error that says what is wrong and where.

Each case is tried on the real command line, environment or .env file; the
error must name the option and its source.
"""

import os
import subprocess

from harness import check, register, test
from process import Bootnode, Gochat, Process, clean_environment, new_state
from terminal import OnTerminal
from topology import Loopback

GOOD = ["--bootnode", "127.0.0.1", "--room", "r"]
BOOTNODE = ["--mode", "bootnode"]
LONG_ROOM = "r" * 257

# name, flags, words that the error must contain
FLAGS = [
    ("unknown", GOOD + ["--frobnicate"], ["frobnicate"]),
    ("stray_argument", GOOD + ["hello"], ["hello"]),
    ("value_missing", GOOD + ["--port"], ["port"]),
    ("port_too_high", GOOD + ["--port", "70000"], ["--port", "70000"]),
    ("port_negative", GOOD + ["--port", "-1"], ["--port", "-1"]),
    ("port_no_number", GOOD + ["--port", "45x"], ["--port", "45x"]),
    ("interval_zero", GOOD + ["--heartbeat-interval", "0"],
     ["--heartbeat-interval"]),
    ("interval_too_long", GOOD + ["--heartbeat-interval", "3601"],
     ["--heartbeat-interval", "3601"]),
    ("timeout_too_short", GOOD + ["--heartbeat-interval", "5",
                                  "--peer-timeout", "5"],
     ["--peer-timeout"]),
    ("mode", GOOD + ["--mode", "chat"], ["--mode", "chat"]),
    ("ui", GOOD + ["--ui", "fancy"], ["--ui", "fancy"]),
    ("relay", GOOD + ["--relay", "maybe"], ["--relay", "maybe"]),
    ("relay_only_bootnode", BOOTNODE + ["--relay", "only"],
     ["--relay", "only"]),
    ("log_level", GOOD + ["--log-level", "loud"], ["--log-level", "loud"]),
    ("nick_empty", GOOD + ["--nick", ""], ["--nick"]),
    ("ui_tui", GOOD + ["--ui", "tui"], ["--ui", "tui", "terminal"]),
    ("nick_too_long", GOOD + ["--nick", "n" * 33], ["--nick"]),
    ("nick_like_a_frame", GOOD + ["--nick", "joe<x"],
     ["--nick", '"joe<x"', "looks like < or >"]),
    ("nick_invisible", GOOD + ["--nick", "joe\u200b"],
     ["--nick", "visible characters"]),
    ("room_missing", GOOD[:2], ["--room"]),
    ("room_empty", GOOD[:2] + ["--room", ""], ["--room"]),
    ("room_too_long", GOOD[:2] + ["--room", LONG_ROOM], ["--room", "256"]),
    ("room_not_utf8", GOOD[:2] + ["--room", b"\xff\xfe"],
     ["--room", "it is not UTF-8"]),
    ("room_blank_first", GOOD[:2] + ["--room", "\u3000r"],
     ["--room", "it begins with a blank"]),
    ("room_blank_last", GOOD[:2] + ["--room", "r "],
     ["--room", '"r "', "it ends with a blank"]),
    ("room_control", GOOD[:2] + ["--room", "a\tb"],
     ["--room", "a control character, U+0009"]),
    ("room_invisible", GOOD[:2] + ["--room", "\ufeffr"],
     ["--room", "invisible", "U+FEFF"]),
    ("bootnode_missing", GOOD[2:], ["--bootnode"]),
    ("bootnode_port", ["--room", "r", "--bootnode", "h:99999"],
     ["--bootnode", "99999"]),
    ("bootnode_bracket", ["--room", "r", "--bootnode", "[::1"],
     ["--bootnode"]),
    ("bootnode_key", GOOD + ["--bootnode-key", "not-a-key"],
     ["--bootnode-key"]),
    ("listen", BOOTNODE + ["--listen", "300.1.2.3:9595"], ["--listen"]),
    ("listen_same", BOOTNODE + ["--listen", "127.0.0.1:9595,127.0.0.1"],
     ["--listen"]),
]

# name, variables, words; each goes through the environment and .env
VARIABLES = [
    ("port", {"LOCAL_UDP_PORT": "abc"}, ["LOCAL_UDP_PORT", "abc"]),
    ("boot_port", {"BOOTNODE_UDP_PORT": "70000"},
     ["BOOTNODE_UDP_PORT", "70000"]),
    ("room", {"ROOM": LONG_ROOM}, ["ROOM"]),
    ("room_blank", {"ROOM": "r\u00a0"}, ["ROOM", "ends with a blank"]),
    ("nick", {"NICK": "joe\u203a"}, ["NICK", "looks like < or >"]),
    ("mode", {"MODE": "chat"}, ["MODE", "chat"]),
    ("ui", {"UI": "fancy"}, ["UI", "fancy"]),
    ("ui_tui", {"UI": "tui"}, ["UI", "tui", "terminal"]),
    ("interval", {"HEARTBEAT_INTERVAL": "never"},
     ["HEARTBEAT_INTERVAL", "never"]),
    ("relay", {"RELAY": "maybe"}, ["RELAY", "maybe"]),
]


def run_briefly(t, flags, variables=None):
    """Runs gochat to its end; returns (code, stdout, stderr)."""
    command = [os.path.join(t.bindir, "gochat")] + flags
    done = subprocess.run(command, env=clean_environment(t, variables),
                          cwd=t.folder, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=15)
    t.note("%s: exit code %d" % (flags, done.returncode))
    for line in done.stderr.decode(errors="backslashreplace").splitlines():
        t.note("  " + line)
    return done.returncode, done.stdout.decode(), done.stderr.decode(
        errors="backslashreplace")


def refuses(t, flags, words, variables=None):
    """Checks for exit code 2, all WORDS on standard error, no output."""
    code, out, err = run_briefly(t, flags, variables)
    check(code == 2, "exit code %d, not 2" % code)
    for word in words:
        check(word in err, "the error does not say %r" % word)
    check(not out, "an error on standard output: %r" % out)
    check(len(err.strip().splitlines()) <= 3, "a long-winded error")


@test()
def usage_empty_environment(t):
    """gochat runs without a single variable, even without HOME."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot)
    done = subprocess.run(
        net.a.enter() + ["env", "-i", os.path.join(t.bindir, "gochat"),
                         "--bootnode", boot.address, "--room", "r",
                         "--state-dir", new_state(t), "--port", "0"],
        input=b"/quit\n", capture_output=True, cwd=t.folder, timeout=20)
    check(done.returncode == 0, "%s %s" % (done.returncode, done.stderr))
    check(b"bye" in done.stdout, done.stdout)


@test()
def usage_flags(t):
    """Every wrong flag or value of the table is refused."""
    for name, flags, words in FLAGS:
        t.note("case " + name)
        refuses(t, flags, words)


def room_not_twice(flags, variables):
    """Leaves out a flag that would hide the variable that is to be wrong."""
    return flags[:2] if "ROOM" in variables else flags


@test()
def usage_environment(t):
    """The same values are refused in the environment, which the error
    names."""
    for name, variables, words in VARIABLES:
        t.note("case " + name)
        refuses(t, room_not_twice(GOOD, variables), words + ["environment"],
                variables)


@test()
def usage_dotenv(t):
    """The same values are refused in .env, which the error names, with the
    line."""
    for name, variables, words in VARIABLES:
        t.note("case " + name)
        lines = ["# a comment", "NICK=fine"]
        lines += ["%s=%s" % pair for pair in variables.items()]
        t.path(".env", "\n".join(lines) + "\n")
        refuses(t, room_not_twice(GOOD, variables), words + [".env", "3"])


@test()
def usage_misspelt(t):
    """A name that is nearly a variable's is an error."""
    t.path(".env", "# ours\nPASSPHRASEFILE=ducks\n", 0o600)
    refuses(t, GOOD, [".env line 2", "PASSPHRASEFILE",
                      "is PASSPHRASE_FILE meant?"])
    t.path(".env", "COMPOSE_PROJECT_NAME=chat\nNODE=1\n", 0o600)
    refuses(t, GOOD, ["GOCHAT_RELAYS", "is GOCHAT_RELAY meant?"],
            {"GOCHAT_RELAYS": "only"})


@test()
def usage_others_variables(t):
    """Other programs' variables are named, and there are ways around them."""
    theirs = {"MODE": "production", "LOG_LEVEL": "trace", "UI": "qt"}
    refuses(t, GOOD, ["MODE in the environment", "production",
                      "use --mode or GOCHAT_MODE"], theirs)
    client = Process(t, Loopback(t).a, "client", GOOD + [
        "--state-dir", new_state(t), "--port", "0"],
        env=dict(theirs, GOCHAT_MODE="client", GOCHAT_LOG_LEVEL="info",
                 GOCHAT_UI="json"))
    client.wait("ready")


@test()
def usage_precedence(t):
    """Flags win over the environment, which wins over .env and the
    defaults."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot)
    t.path(".env", "NICK=dot\nROOM=dot-room\nLOCAL_UDP_PORT=5001\n"
           "UI=plain\nBOOTNODE=%s\n" % boot.address)
    client = Process(t, net.a, "client",
                     ["--nick", "flag", "--state-dir", new_state(t)],
                     env={"NICK": "env", "ROOM": "env-room", "UI": "json"})
    ready = client.wait("ready")
    check((ready["nick"], ready["room"], ready["port"]) ==
          ("flag", "env-room", 5001), "wrong: %s" % ready)
    client.wait("bootnode", state="joined", address=boot.address)


@test()
def usage_nothing_asked(t):
    """A person whom it cannot ask gets the usage; a program gets the error,
    which names all that is missing."""
    shown = OnTerminal(t, Loopback(t).a, arguments=[], prefix=(
        "setsid", "-c", "sh", "-c", '"$0" "$@" </dev/null'))
    check(shown.wait_exit(5) == 2, "exit code %s" % shown.code)
    for line in (b"usage: gochat --bootnode HOST --room ROOM  ",
                 b"       gochat --mode bootnode  ",
                 b"More: gochat --help, man gochat\r\n"):
        check(line in shown.output, "it shows %r" % shown.output)
    check(b"not given" not in shown.output, "an error, too")
    check(shown.output.count(b"\n") == 4, "more than four lines")
    refuses(t, [], ["--bootnode or BOOTNODE: not given",
                    "--room or ROOM: not given",
                    "--invite-file FILE or --invite -"])


@test()
def usage_help_not_written(t):
    """Help that cannot be written is an error, which says so."""
    for flag in "--help", "--version":
        with open("/dev/full", "w") as full:
            done = subprocess.run([os.path.join(t.bindir, "gochat"), flag],
                                  env=clean_environment(t), stdout=full,
                                  stderr=subprocess.PIPE, timeout=10)
        check(done.returncode == 1, "%s: %d" % (flag, done.returncode))
        check(b"No space left" in done.stderr, done.stderr)


@test()
def usage_help_and_version(t):
    """--help lists every flag, --version one line; both exit 0."""
    for flag, letter in ("--help", "-h"), ("--version", "-V"):
        check(run_briefly(t, [flag]) == run_briefly(t, [letter]), letter)
    code, out, err = run_briefly(t, ["--help"])
    check(code == 0 and not err, "--help: %d, %r" % (code, err))
    for flag in ("mode", "bootnode", "room", "port", "listen", "nick", "ui",
                 "heartbeat-interval", "peer-timeout", "passphrase-file",
                 "passphrase", "bootnode-key", "relay", "relay-rate",
                 "state-dir",
                 "log-level", "log-file", "help", "version"):
        check("--" + flag in out, "--help lacks --" + flag)
    code, out, err = run_briefly(t, ["--version"])
    check(code == 0 and not err, "--version: %d, %r" % (code, err))
    check(out.startswith("gochat ") and out.count("\n") == 1, repr(out))


# These starts can fail only once gochat runs: exit code 1.

def fails(t, host, words, *flags, state=None):
    """Checks that a client ends with code 1 and all WORDS in its errors."""
    client = Gochat(t, host, "anna", "127.0.0.1:9595", *flags, state=state,
                    log="warn")
    code = client.wait_exit(15)
    text = client.stderr().decode(errors="backslashreplace")
    check(code == 1, "exit code %s, not 1" % code)
    for word in words:
        check(word in text, "the error does not say %r" % word)


def with_identity(t, host):
    """Makes a state folder with an identity in it; returns (folder, file)."""
    client = Gochat(t, host, "anna", "127.0.0.1:9595")
    client.wait("ready")
    client.quit()
    check(client.wait_exit(15) == 0, "exit code %s" % client.code)
    identity = os.path.join(client.state, "identity")
    check(os.stat(identity).st_mode & 0o7777 == 0o600,
          "the identity is made with mode %o" % os.stat(identity).st_mode)
    return client.state, identity


@test()
def identity_readable_by_others(t):
    """A world-readable identity is refused, with what to do about it."""
    net = Loopback(t)
    state, identity = with_identity(t, net.a)
    os.chmod(identity, 0o644)
    fails(t, net.a, ["identity", "600"], state=state)
    os.chmod(identity, 0o600)
    again = Gochat(t, net.a, "anna", "127.0.0.1:9595", state=state)
    again.wait("ready")


def garbage(t, data):
    net = Loopback(t)
    state, identity = with_identity(t, net.a)
    with open(identity, "wb") as file:
        file.write(data)
    fails(t, net.a, ["identity"], state=state)
    with open(identity, "rb") as file:
        check(file.read() == data, "the file was overwritten")


for NAME, DATA in (("empty", b""), ("text", b"this is no key\n"),
                   ("long", b"\x55" * 100000)):
    register("identity_garbage_" + NAME,
             lambda t, data=DATA: garbage(t, data))


@test()
def identity_is_a_folder(t):
    """An identity that cannot be read as a file at all is refused."""
    net = Loopback(t)
    state = new_state(t)
    os.mkdir(os.path.join(state, "identity"), 0o700)
    fails(t, net.a, ["identity"], state=state)


@test()
def passphrase_file_missing(t):
    """A missing passphrase file is an error: gochat never goes on without
    one."""
    code, out, err = run_briefly(t, GOOD + [
        "--state-dir", new_state(t), "--passphrase-file", "/nowhere/at-all"])
    check(code in (1, 2), "exit code %d" % code)
    check("/nowhere/at-all" in err, "the error does not name the file")


@test()
def port_taken(t):
    """A port asked for must be free; the usual one falls back to another."""
    net = Loopback(t)
    held = [net.a.udp(port) for port in (4545, 5000)]
    fails(t, net.a, ["5000"], "--port", "5000")
    anna = Gochat(t, net.a, "anna", "127.0.0.1:9595")
    check(anna.wait("ready")["port"] not in (0, 4545), "a taken port")
    for sock in held:
        sock.close()


@test()
def listen_address_taken(t):
    """A second bootnode on one address ends with exit code 1, and names the
    address."""
    net = Loopback(t)
    boot = Bootnode(t, net.boot)
    second = Process(t, net.boot, "second",
                     ["--mode", "bootnode", "--listen", boot.address,
                      "--ui", "json", "--state-dir", new_state(t)])
    check(second.wait_exit(15) == 1, "exit code %s" % second.code)
    check(boot.address.encode() in second.stderr(), "no address in the error")
