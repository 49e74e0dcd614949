"""packaging/metrics brings the figures of a real bootnode to a Prometheus."""

import os
import re
import select
import signal
import subprocess

import figures
import manual
from harness import check, check_equal, test

NAME = re.compile(r"gochat_[a-z_]+")
PATIENCE = 10			# seconds


class Bootnode:
    """Starts a bootnode on loopback, at any port, with a metrics socket."""

    def __init__(self, t):
        self.socket = os.path.join(t.folder, "metrics.sock")
        self.process = subprocess.Popen(
            [os.path.join(t.bindir, "gochat"), "--mode", "bootnode",
             "--listen", "127.0.0.1:0", "--ui", "plain", "--state-dir",
             os.path.join(t.folder, "state"), "--metrics-socket",
             self.socket],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=t.folder)
        t.cleanup(self.end)
        ready = select.select([self.process.stdout], [], [], PATIENCE)[0]
        check(ready and b"listening" in self.process.stdout.readline(),
              "the bootnode does not start")

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)


def script(t, name):
    t.tool("socat")
    return os.path.join(t.top, "packaging/metrics", name)


def names(text):
    """Returns the figures of an exposition, each of which has a type."""
    found = set(re.findall(r"^# TYPE (\w+) (?:counter|gauge)$", text, re.M))
    check("gochat_sessions" in found, "no figures: %s" % text[:200])
    return found


@test
def metrics_textfile(t):
    """The file is there, whole and readable, while the bootnode runs."""
    boot = Bootnode(t)
    file = os.path.join(t.folder, "gochat.prom")
    command = [script(t, "textfile"), boot.socket, file]
    t.run(command)
    names(t.read(file))
    check(os.stat(file).st_mode & 0o777 == 0o644, "mode of the file")
    boot.end()
    found = t.run(command, code=1)
    check("no figures from " + boot.socket in found.stderr, found.stderr)
    check_equal(os.listdir(t.folder), ["state"], "what is left")
    t.run(command[:2], code=2)


def ask(t, socket):
    """Returns head and body of the answer to a request."""
    with subprocess.Popen([script(t, "http"), socket],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        out = process.communicate(
            b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", PATIENCE)[0]
        head, _, body = out.decode().partition("\r\n\r\n")
        return head.split("\r\n"), body


@test
def metrics_http(t):
    """A request gets one answer, which says so when there are no figures."""
    boot = Bootnode(t)
    head, body = ask(t, boot.socket)
    check(head[0] == "HTTP/1.0 200 OK", head[0])
    check("Content-Type: text/plain; version=0.0.4" in head, str(head))
    names(body)
    boot.end()
    head, body = ask(t, boot.socket)
    check(head[0].startswith("HTTP/1.0 503 "), head[0])


def exposed(text):
    """Returns {name: (type, labels, help)} of an exposition."""
    found = {}
    for name, meaning, kind in re.findall(
            r"^# HELP (\w+) (.*)\n# TYPE \1 (\w+)$", text, re.M):
        sample = re.search(r"^%s(?:\{(.*)\})? \d+$" % name, text, re.M)
        found[name] = (kind, re.findall(r'(\w+)="', sample[1] or ""), meaning)
    return found


@test
def metrics_are_of_the_table(t):
    """The socket of a bootnode has each row of common/figures_table.h."""
    boot = Bootnode(t)
    file = os.path.join(t.folder, "gochat.prom")
    t.run([script(t, "textfile"), boot.socket, file])
    found = exposed(t.read(file))
    check_equal(found, names(t.read(file)), "figures with help and type")
    for row in figures.of_netd(t):
        if not row.is_of_bootnode:
            continue
        labels = {"ALONE": []}.get(row.values, [row.values.lower()])
        check(found.get("gochat_" + row.metric) ==
              (row.type, labels, row.help),
              "%s: %s" % (row.metric, found.get("gochat_" + row.metric)))


@test
def metrics_in_bootnode_page(t):
    """gochat-bootnode(8) has each figure with its type, labels and help."""
    boot = Bootnode(t)
    file = os.path.join(t.folder, "gochat.prom")
    t.run([script(t, "textfile"), boot.socket, file])
    page = manual.section(t.read("packaging/man/gochat-bootnode.8"),
                          r"\.Ss Figures", r"\.S[sh]")
    heads = {name: (kind, re.findall(r"\w+", labels)) for name, kind, labels
             in re.findall(r"^\.It Va (\w+) Pq (\w+)(?: by (.*))?$", page,
                           re.M)}
    items = manual.items(page, "Va")
    wanted = exposed(t.read(file))
    check_equal(items, wanted, "figures in gochat-bootnode.8")
    for name, (kind, labels, meaning) in wanted.items():
        check(heads[name] == (kind, labels), "gochat-bootnode.8: %s is %s"
              % (name, heads[name]))
        check(items[name].text == meaning, "gochat-bootnode.8: %s is %r"
              % (name, items[name].text))


@test
def metrics_names(t):
    """Alerts and runbook name only figures that exist, and the runbook all."""
    boot = Bootnode(t)
    file = os.path.join(t.folder, "gochat.prom")
    t.run([script(t, "textfile"), boot.socket, file])
    known = names(t.read(file))
    alerts = set(NAME.findall(t.read("packaging/metrics/alerts.yml")))
    check(alerts and alerts <= known, "alerts.yml: %s" % (alerts - known))
    check_equal(NAME.findall(t.read("packaging/RUNBOOK.md")), known,
                "packaging/RUNBOOK.md")
