"""A bootnode and the engine of its fleet: who is let in, by TLS and by
password, and what the log says of an engine that does not serve."""

import re

from engine import Authority, Engine
from harness import check, test
from logfmt import Log
from process import Bootnode
from topology import Lan

# The name of the fleet, and then of what.
KEY = re.compile("gochat:\\{([0-9a-f]{32})\\}:(?:nodes|node:[0-9a-f]{16})")
PASSWORD = "correct-horse"
USER = "gochat"


def node(t, net, engine, line=None, ca=None):
    """Starts a bootnode of the fleet; its log is node.log."""
    log = Log(t, t.path("node.log"))
    flags = ["--fleet", engine.url, "--log-file", log.path]
    if line:
        flags += ["--fleet-auth-file", t.path("auth", line + "\n", 0o600)]
    if ca:
        flags += ["--fleet-ca-file", ca.path]
    boot = Bootnode(t, net.node, *flags)
    boot.log = log
    return boot


def let_in(engine, user):
    """Whether a connection has shown its password."""
    return any(client["user"] == user and client["cmd"] != "NULL"
               for client in engine.clients())


def check_all_live(boot):
    check(not boot.log.find("died"), "a process has died")


def served_by_tls(t, protocol, key):
    net = Lan(t, ("engine", "node"))
    authority = Authority(t, "authority")
    authority.sign("certificate", "IP:" + net.engine.address, key)
    engine = Engine(t, net.engine, "--tls-protocols", protocol,
                    "--user", USER, "on", ">" + PASSWORD, "~gochat:*",
                    "+@all", certificate="certificate")
    boot = node(t, net, engine, "%s %s" % (USER, PASSWORD), authority)
    boot.log.wait("engine_serves")
    check(let_in(engine, USER), "the engine did not ask for a password")
    # It does so again, from the same sandbox.
    engine.kill()
    boot.log.wait("engine_lost")
    engine.start()
    t.wait(lambda: len(boot.log.find("engine_serves")) == 2, 20,
           "the engine serves again")
    check_all_live(boot)


@test(deadline=90)
def engine_with_tls_1_3(t):
    served_by_tls(t, "TLSv1.3", ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"))


@test(deadline=90)
def engine_with_tls_1_2(t):
    """And with a key of the other kind."""
    served_by_tls(t, "TLSv1.2", ("rsa:2048",))


@test(deadline=60)
def engine_holds_records(t):
    """What fleetd/README.md says is there, and nothing else."""
    net = Lan(t, ("engine", "node"))
    engine = Engine(t, net.engine)
    boot = node(t, net, engine)
    boot.log.wait("engine_serves")
    keys = {key.decode(): engine.ask("TYPE", key)
            for key in engine.ask("KEYS", "*")}
    names = {KEY.fullmatch(key)[1] for key in keys}
    check(len(names) == 1, str(keys))
    prefix = "gochat:{%s}:" % names.pop()
    index = prefix + "nodes"
    check(engine.ask("SCARD", index) == 1, "not one node")
    record = prefix + "node:" + engine.ask("SMEMBERS", index)[0].decode()
    check(keys == {index: "set", record: "string"}, str(keys))
    check(0 < engine.ask("PTTL", record) <= 6000, "the lease")
    check(0 < engine.ask("PTTL", index) <= 60000, "that of the index")
    check(64 < engine.ask("STRLEN", record) <= 320, "the record's length")
    # It is written again, and each time sealed anew.
    before = engine.ask("GET", record)
    t.wait(lambda: engine.ask("GET", record) not in (before, None), 10,
           "another record")
    check_all_live(boot)


def refused(t, names, by_stranger, why):
    net = Lan(t, ("engine", "node"))
    authority, stranger = Authority(t, "authority"), Authority(t, "stranger")
    authority.sign("certificate", names or "IP:" + net.engine.address)
    engine = Engine(t, net.engine, certificate="certificate",
                    password=PASSWORD)
    boot = node(t, net, engine, PASSWORD,
                stranger if by_stranger else authority)
    line = boot.log.wait("engine_lost")
    check(line["msg"] == "the fleet's engine is lost: the engine's "
          "certificate is refused: " + why, line["msg"])
    # It is tried again, and that is not said again; nothing is asked of it.
    t.wait(lambda: engine.failed_handshakes() >= 3, 20,
           "the engine is tried again")
    check(not let_in(engine, "default"), "a password was shown")
    boot.log.wait("engine_lost")
    check_all_live(boot)


@test(deadline=60)
def engine_of_another_name(t):
    refused(t, "IP:192.0.2.1,DNS:engine.example", False,
            "IP address mismatch")


@test(deadline=60)
def engine_of_a_stranger(t):
    refused(t, None, True, "unable to get local issuer certificate")


@test(deadline=60)
def engine_refuses_the_password(t):
    """It is asked again with pauses, and the log has the engine's word
    once."""
    net = Lan(t, ("engine", "node"))
    engine = Engine(t, net.engine, password=PASSWORD)
    boot = node(t, net, engine, "wrong-" + PASSWORD)
    t.wait(lambda: engine.figure("total_error_replies") >= 3, 30,
           "the engine refuses three times", 0.3)
    line = boot.log.wait("engine_lost")
    check(line["msg"] == "the fleet's engine is lost: the engine answered "
          "WRONGPASS", line["msg"])
    check(PASSWORD.encode() not in open(boot.log.path, "rb").read(),
          "the password is in the log")
    check_all_live(boot)
