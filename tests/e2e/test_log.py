"""The log has each event once, and addresses only if they are wanted."""

import os
import signal

import nat
from chat import FAST, connected, meet
from dualstack import DualStack
from harness import check, test
from logfmt import Log
from netns import Host, cable
from process import Bootnode, Gochat, Process, new_state
from terminal import BOOTNODE, OnTerminal
from topology import Lan, Loopback, NatPair

PORT = 4545			# the port of a client that names none


def flags(log, *more):
    """Returns the flags of a Bootnode or Gochat, which log at level debug."""
    return ("--log-file", log.path) + more


@test(deadline=90)
def log_of_a_bootnode(t):
    """The log has a line for each that joins, leaves, is rejected or dies."""
    net = Lan(t, ("a", "b", "c"))
    log = Log(t, t.path("log"))
    boot = Bootnode(t, net.boot, *FAST, "--max-peers", "2", *flags(log))
    check(log.wait("started")["mode"] == "bootnode", "another mode")
    check(log.wait("listening")["address"] == boot.address, "not its address")
    log.wait("ready")

    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    ids = {anna: connected(bert, anna)["id"], bert: connected(anna, bert)["id"]}
    rooms = set()
    for client in (anna, bert):
        joined = log.wait("joined", peer=ids[client])
        check(joined["address"] == "%s:%d" % (client.host.address, PORT),
              joined)
        check(joined["process"] == "netd" and len(joined["room"]) == 8, joined)
        rooms.add(joined["room"])
    check(len(rooms) == 1, "one room: %s" % rooms)

    cleo = Gochat(t, net.c, "cleo", boot, *FAST)
    cleo.wait("bootnode", state="refused")
    rejected = t.wait(lambda: log.find("rejected"), 10, "rejected in the log")
    check(rejected[0]["reason"] == "room_full" and
          rejected[0]["address"] == "%s:%d" % (net.c.address, PORT), rejected)
    cleo.kill()

    net.a.ip("address del %s/24 dev eth0" % net.a.address,
             "address add 10.0.0.77/24 dev eth0")
    # The session moves before it joins again if a heartbeat was due just then.
    there = "10.0.0.77:%d" % PORT
    t.wait(lambda: log.find("rejoined", peer=ids[anna], address=there), 30,
           "anna at her new address")

    bert.quit()
    left = log.wait("left", peer=ids[bert])
    check(left["reason"] == "leave" and left["room"] in rooms, left)
    anna.kill_all()
    check(log.wait("left", peer=ids[anna])["reason"] == "timeout", "why")

    boot.restart_role("netd")
    died = log.wait("died", child="netd", signal="9")
    check(died["level"] == "error" and died["process"] == "gochat", died)
    log.wait("restarted", child="netd")
    t.wait(lambda: len(log.find("listening")) == 2, 10, "it listens again")
    boot.kill(signal.SIGTERM)
    check(boot.wait_exit() == 0, "exit code %s" % boot.code)
    log.wait("stopping")
    check(not boot.stderr(), "on standard error: %r" % boot.stderr())
    for event, count in (("joined", 2), ("left", 2), ("started", 1),
                         ("ready", 1), ("stopping", 1)):
        check(len(log.find(event)) == count,
              "%s: %s" % (event, log.find(event)))
    check(log.addresses(), "what looks for addresses finds none")


@test(deadline=90)
def log_of_a_move(t):
    """A client's NAT gives it another port, and the bootnode's log has the
    move."""
    net = NatPair(t, "port_restricted", "port_restricted")
    log = Log(t, t.path("log"))
    boot = Bootnode(t, net.boot, *FAST, *flags(log))
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("bootnode", state="joined")
    joined = log.wait("joined")
    nat.switch_off(net.nat_a)
    nat.switch_on(net.nat_a, "port_changing", net.a.address,
                  net.nat_a.address)
    moved = log.wait("moved", 30)
    for key in ("room", "peer"):
        check(moved[key] == joined[key], "%s, then %s" % (joined, moved))
    check(moved["address"] != joined["address"] and
          moved["address"].startswith(net.nat_a.address + ":"), moved)


def masked(t, net, boot_address, listen):
    """Checks that no log has an address; returns the bootnode's log."""
    logs = [Log(t, t.path(name)) for name in ("boot", "anna", "bert")]
    more = [flags(log, "--log-addresses", "no") for log in logs]
    boot = Bootnode(t, net.boot, *FAST, *more[0], listen=listen)
    anna = Gochat(t, net.a, "anna", boot_address, *FAST, *more[1])
    bert = Gochat(t, net.b, "bert", boot_address, *FAST, *more[2])
    meet(anna, bert)
    boot.kill_all()
    anna.wait("bootnode", 30, state="lost")
    bert.quit()
    check(bert.wait_exit() == 0, "exit code %s" % bert.code)
    for log, event in zip(logs, ("joined", "path", "path")):
        found = log.find(event)
        check(found and all(line["address"] == "-" for line in found),
              "%s: %s" % (event, found))
        check(not log.addresses(), log.addresses())


@test(deadline=90)
def log_without_addresses(t):
    """LOG_ADDRESSES=no keeps addresses out of the log, at level debug, over
    IPv4."""
    net = Lan(t)
    masked(t, net, net.boot.address + ":9595", None)


@test(deadline=90)
def log_without_ipv6_addresses(t):
    net = DualStack(t, "6", "6")
    masked(t, net, "[%s]:9595" % net.boot6, "[::]:9595")


@test()
def log_without_names(t):
    """It also keeps out the name of a bootnode that cannot be resolved."""
    net = Loopback(t)
    name = "nowhere.invalid"
    for wanted in ("yes", "no"):
        log = Log(t, t.path(wanted))
        anna = Gochat(t, net.a, "anna", name, *FAST,
                      *flags(log, "--log-addresses", wanted))
        said = t.wait(
            lambda: [line["msg"] for line in log.lines()
                     if "cannot resolve" in line.get("msg", "")],
            20, "that the name is not resolved")
        check((name in said[0]) == (wanted == "yes"), said)
        anna.kill()
        with open(log.path, "rb") as file:
            check((name.encode() in file.read()) == (wanted == "yes"),
                  "the name stands elsewhere")


@test()
def log_on_a_terminal(t):
    """The log is sentences for people; events that the view shows are not in
    it."""
    there = OnTerminal(t, Loopback(t).boot,
                       arguments=BOOTNODE + ["--ui", "plain"])
    end = there.wait_shown(b"listening on ")
    t.wait(lambda: b"\r\n" in there.output[end:], 5, "a line's end")
    address = there.output[end:].split()[0].decode()
    anna = Gochat(t, there.host, "anna", address, *FAST)
    anna.wait("bootnode", state="joined")
    there.wait_shown(b" joined room ")
    there.wait_jailed()
    there.restart_role("netd")
    there.wait_shown(b"error gochat: gochat-netd was killed by signal 9")
    there.wait_shown(b"warn gochat: restarting gochat-netd")
    anna.kill()
    there.kill(signal.SIGTERM)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    for word in (b"event=", b"level=", b"msg=", b"room=", b"started"):
        check(word not in there.output, "%r: %r" % (word, there.output))


@test()
def log_to_the_journal(t):
    """Each line has the journal's priority before it, and no time."""
    path = t.path("%d-journal.stderr" % len(t.processes))
    log = Log(t, path, journal=True)
    found = os.stat(path)
    there = Process(
        t, Loopback(t).boot, "journal",
        BOOTNODE + ["--ui", "plain", "--log-level", "debug",
                    "--state-dir", new_state(t)], json_ui=False,
        env={"JOURNAL_STREAM": "%d:%d" % (found.st_dev, found.st_ino)})
    check(there.stderr_path == path, "another file")
    log.wait("ready")
    there.restart_role("netd")
    check(log.wait("died", child="netd")["level"] == "error", "its level")
    there.kill(signal.SIGTERM)
    check(there.wait_exit() == 0, "exit code %s" % there.code)
    log.wait("stopping")
    check({"error", "warn", "info", "debug"} ==
          {line["level"] for line in log.lines()}, "not of every level")


@test(deadline=60)
def log_of_a_bootnode_in_a_container(t):
    """A bootnode whose container engine puts one address in place of all says
    so, and so does a client that is refused for it."""
    net = Lan(t, ("a", "b", "c"))
    engine = net.boot
    inside = Host(t, "inside", "172.18.0.2")
    cable(engine, "bridge", inside, "eth0")
    engine.ip("address add 172.18.0.1/16 dev bridge")
    inside.ip("address add 172.18.0.2/16 dev eth0",
              "route add default via 172.18.0.1")
    engine.sysctl("net.ipv4.ip_forward", "1")
    engine.nft("""
table ip nat {
    chain prerouting {
        type nat hook prerouting priority -100; policy accept;
        iifname "eth0" udp dport 9595 dnat to 172.18.0.2
    }
    chain postrouting {
        type nat hook postrouting priority 100; policy accept;
        oifname "bridge" masquerade
    }
}
""")
    log = Log(t, t.path("log"))
    Bootnode(t, inside, "--max-sessions-per-address", "2", *flags(log))
    address = "%s:9595" % engine.address
    anna, bert = [Gochat(t, host, nick, address)
                  for host, nick in ((net.a, "anna"), (net.b, "bert"))]
    meet(anna, bert)
    check(not log.find("masqueraded"), "two are said to be many")
    cleo = Gochat(t, net.c, "cleo", address)
    said = cleo.wait("error", 20)["text"]
    check("too many clients from your address, by the "
          "--max-sessions-per-address of its operator" in said, said)
    told = log.wait("masqueraded", level="warn", sessions="2")
    check(told["address"].startswith("172.18.0.1:"), told)
    check("container engine" in told["msg"], told)
