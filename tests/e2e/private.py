"""Private namespaces for the whole run, so that nothing stays behind.

run -> run_again() -> unshare -> run --inside -> finish_setup() -> tests

The second run is process 1 of its own PID namespace: when it ends, for
whatever reason, the kernel ends every process of every test, and with
them go the network namespaces, the mounts and the temporary files, which
all live on a tmpfs that only this mount namespace sees.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading

TOOLS = {
    "ip": "iproute2",
    "nft": "nftables",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "mount": "mount",
    "prlimit": "util-linux",
    "tmux": "tmux",
}
COMMON = ["--mount", "--net", "--ipc", "--pid", "--fork", "--kill-child",
          "--mount-proc"]
WORK = "/run/e2e"		# temporary folders of the tests


def fail(text):
    print("e2e: " + text, file=sys.stderr)
    sys.exit(1)


def add_sbin_to_path():
    """Adds sbin to PATH, which not every user has there: ip and nft live in
    it."""
    path = os.environ.get("PATH", "/usr/bin:/bin").split(":")
    for folder in ("/usr/sbin", "/sbin"):
        if folder not in path:
            path.append(folder)
    os.environ["PATH"] = ":".join(path)


def check_tools():
    for tool, package in TOOLS.items():
        if not shutil.which(tool):
            fail("%s is missing; install the package %s" % (tool, package))


def unshare_command():
    """Returns the unshare that works here: as root, else in a user
    namespace."""
    forms = [["unshare", "--user", "--map-root-user"] + COMMON]
    if os.geteuid() == 0:
        forms.insert(0, ["unshare"] + COMMON)
    for form in forms:
        tried = subprocess.run(form + ["mount", "-t", "tmpfs", "e2e", "/run"],
                               stdin=subprocess.DEVNULL,
                               capture_output=True, text=True)
        if tried.returncode == 0:
            return form
    why = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
    fail("cannot make namespaces (%s); run as root, or allow unprivileged "
         "user namespaces" % why)


def run_again(script, arguments):
    """Runs SCRIPT inside the namespaces; returns its exit code.

    unshare itself ignores SIGTERM. So this process stays, and the inner run
    holds the other end of a pipe, which closes when this one dies.
    """
    add_sbin_to_path()
    check_tools()
    inner, outer = os.pipe()
    command = unshare_command() + [sys.executable, script,
                                   "--inside", str(inner)]
    sys.stdout.flush()
    child = subprocess.Popen(command + arguments, pass_fds=[inner])
    os.close(inner)

    def give_up(number, _):
        child.kill()		# the inner run and all tests die with it
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, give_up)
    code = child.wait()
    os.close(outer)
    return code if code >= 0 else 128 - code


def finish_setup(lifeline):
    """Mounts the private tmpfs; only ever as process 1 of a PID namespace.

    LIFELINE is the descriptor that reports the death of the outer run.
    """
    if os.getpid() != 1:
        fail("--inside is for the run's own use")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os._exit(1))
    os.set_inheritable(lifeline, False)
    threading.Thread(target=end_with, args=(lifeline,), daemon=True).start()
    os.umask(0o022)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "e2e", "/run"],
                   check=True)
    for folder in ("/run/netns", WORK):
        os.mkdir(folder)


def end_with(lifeline):
    os.read(lifeline, 1)
    os._exit(1)
