"""Signals to the launcher: the end is clean, no process is left, the others
are told."""

import os
import signal

from chat import FAST, connected, meet
from harness import check, register, test
from process import Bootnode, Gochat
from test_processes import by_role
from topology import Lan


def start(t):
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    return boot, anna, bert


def ended_well(boot, anna, bert):
    anna_id = connected(bert, anna)["id"]
    left = boot.wait("left", 5, peer=anna_id)
    check(left["reason"] == "leave", "reason %s" % left["reason"])
    bert.wait("peer", 5, state="left", id=anna_id, reason="goodbye")
    check(anna.wait_exit(5) == 0, "exit code %s" % anna.code)
    anna.wait_gone(1)
    check(anna.events[-1]["event"] == "bye", "bye is not the last word")


def client(t, number):
    boot, anna, bert = start(t)
    by_role(anna)
    anna.kill(number)
    ended_well(boot, anna, bert)


def bootnode(t, number):
    boot, anna, bert = start(t)
    by_role(boot)
    boot.kill(number)
    check(boot.wait_exit(5) == 0, "exit code %s" % boot.code)
    boot.wait_gone(1)
    check(not anna.find("peer", state="left"), "a peer left")


for NUMBER in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    register("signal_client_" + NUMBER.name.lower(),
             lambda t, number=NUMBER: client(t, number))
    if NUMBER == signal.SIGHUP:		# a bootnode reloads: test_reload.py
        continue
    register("signal_bootnode_" + NUMBER.name.lower(),
             lambda t, number=NUMBER: bootnode(t, number))


@test()
def signal_ctrl_c(t):
    """A terminal's Ctrl-C goes to all four processes at once."""
    boot, anna, bert = start(t)
    anna.family()
    os.killpg(anna.pid, signal.SIGINT)
    ended_well(boot, anna, bert)


@test()
def signal_impatient(t):
    """Several signals in a row make one clean end."""
    boot, anna, bert = start(t)
    anna.family()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        anna.kill(number)
    ended_well(boot, anna, bert)
