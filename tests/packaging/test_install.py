"""make install puts each file in its place, make uninstall takes it away."""

import os
import shutil
import sys

from harness import HERE, check, check_equal, test

sys.path.append(os.path.join(os.path.dirname(HERE), "e2e"))
import process_table  # noqa: E402

# The files with PREFIX=/usr.
INSTALLED = """
usr/bin/gochat
usr/lib/systemd/system/gochat-bootnode.service
usr/lib/systemd/system/gochat-bootnode.socket
usr/lib/systemd/system/gochat-node@.service
usr/lib/systemd/system/gochat-node@.socket
usr/lib/sysusers.d/gochat.conf
usr/share/bash-completion/completions/gochat
usr/share/doc/gochat/examples/bootnode.env
usr/share/doc/gochat/examples/env.example
usr/share/fish/vendor_completions.d/gochat.fish
usr/share/man/man1/gochat.1
usr/share/man/man5/gochat-json.5
usr/share/man/man5/gochat.env.5
usr/share/man/man8/gochat-bootnode.8
usr/share/zsh/site-functions/_gochat
""".split() + ["usr/libexec/gochat/" + row.program for row in process_table.ROWS
             if row.role != process_table.LAUNCHER]
FOLDERS = ("common", "precis", "launcher", "netd", "cryptod", "ui", "packaging",
           "completions")	# make all has filled this folder
PROGRAMS = ("usr/bin/", "usr/libexec/")
NAMES = [os.path.basename(path) for path in INSTALLED
         if path.startswith(PROGRAMS)]
OWN_FOLDERS = ("usr/libexec/gochat", "usr/share/doc/gochat")


def make(t, target, *variables):
    """Runs make on a copy of the build, which another PREFIX changes."""
    build, programs = t.folder + "/build", t.folder + "/programs"
    if not os.path.exists(build):
        os.makedirs(build)
        for name in FOLDERS:
            shutil.copytree(os.path.join(t.build, name),
                            os.path.join(build, name))
        shutil.copy2(os.path.join(t.build, "prefix"), build)
        os.mkdir(programs)
        for name in NAMES:
            shutil.copy2(os.path.join(t.bindir, name), programs)
    # The options of the make that runs the tests are not for this one.
    quiet = {k: v for k, v in os.environ.items()
             if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    t.run(["make", "-C", t.top, target, "BUILD=" + build, "BIN=" + programs]
          + ["ASAN=1"] * t.asan + list(variables), timeout=300, env=quiet)


def files_below(folder):
    return [os.path.relpath(os.path.join(path, name), folder)
            for path, _, names in os.walk(folder) for name in names]


@test
def install_and_uninstall(t):
    root = t.folder + "/root of it"
    where = ["DESTDIR=" + root, "PREFIX=/usr"]
    make(t, "install", *where)
    check_equal(files_below(root), INSTALLED, "installed")
    for name in INSTALLED:
        mode = os.stat(os.path.join(root, name)).st_mode & 0o7777
        wanted = 0o755 if name.startswith(PROGRAMS) else 0o644
        check(mode == wanted, "%s has mode %04o" % (name, mode))

    unit = t.read(root + "/usr/lib/systemd/system/gochat-bootnode.service")
    check("ExecStart=/usr/bin/gochat " in unit and "DIR@" not in unit,
          "the unit does not name /usr/bin/gochat, or not all is filled in")
    said = t.run([root + "/usr/bin/gochat", "--version"]).stdout
    check(said.startswith("gochat "), "--version says " + said)

    # Other packages' files next to ours stay, and their folders.
    beside = ["usr/bin/gochat-other", "usr/share/man/man1/gochatter.1",
              "usr/share/doc/gochat/examples/theirs"]
    for name in beside:
        with open(os.path.join(root, name), "w", encoding="utf-8"):
            pass
    make(t, "uninstall", *where)
    check_equal(files_below(root), beside, "after make uninstall")
    check(not os.path.exists(root + "/usr/libexec/gochat"),
          "libexec/gochat is left, and empty")
    os.remove(os.path.join(root, beside[-1]))
    make(t, "uninstall", *where)
    for name in OWN_FOLDERS:
        check(not os.path.exists(os.path.join(root, name)), name + " is left")
    check(os.path.isdir(root + "/usr/bin"), "usr/bin is gone")


@test
def installed_tree_may_be_moved(t):
    """gochat finds its siblings next to it, wherever the tree is."""
    make(t, "install", "DESTDIR=" + t.folder + "/root", "PREFIX=/usr")
    os.rename(t.folder + "/root/usr", t.folder + "/moved")
    # gochat looks for the passphrase file only once it has found them.
    failed = t.run([t.folder + "/moved/bin/gochat", "--bootnode", "127.0.0.1",
                    "--room", "r", "--ui", "plain", "--state-dir",
                    t.folder + "/state", "--passphrase-file",
                    t.folder + "/none"], code=1, cwd=t.folder)
    check("passphrase file" in failed.stderr,
          "it said: " + failed.stderr)
    shutil.rmtree(t.folder + "/moved/libexec")
    failed = t.run([t.folder + "/moved/bin/gochat", "--bootnode", "127.0.0.1",
                    "--room", "r", "--ui", "plain", "--state-dir",
                    t.folder + "/state", "--passphrase-file",
                    t.folder + "/none"], code=1, cwd=t.folder)
    check("nor in /usr/libexec/gochat" in failed.stderr,
          "without its siblings it said: " + failed.stderr)


@test
def folders_are_settable(t):
    """Each folder that the Makefile names can be another."""
    names = ("BINDIR", "LIBEXECDIR", "MANDIR", "DOCDIR", "BASHCOMPDIR",
             "ZSHCOMPDIR", "FISHCOMPDIR", "UNITDIR", "SYSUSERSDIR")
    where = ["DESTDIR=" + t.folder + "/root", "PREFIX=/nowhere"]
    where += ["%s=/%s" % (name, name.lower()) for name in names]
    make(t, "install", *where)
    found = files_below(t.folder + "/root")
    check(len(found) == len(INSTALLED), "installed: " + " ".join(found))
    check_equal({name.split("/")[0] for name in found},
                {name.lower() for name in names}, "folders")
    make(t, "uninstall", *where)
    check_equal(files_below(t.folder + "/root"), [], "after make uninstall")
