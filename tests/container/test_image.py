"""What is in the image, and what is not."""

import io
import os
import tarfile

import process_table
from engine import IMAGE, USER
from harness import check, test

PROGRAMS = {"usr/bin/gochat"} | {
    "usr/libexec/gochat/" + row.program for row in process_table.ROWS
    if row.role != process_table.LAUNCHER}
MIB = 1024 * 1024


def members(t):
    """Returns the contents of the image: a TarInfo for each path."""
    name = t.engine.run("create", IMAGE).decode().strip()
    t.cleanup(lambda: t.engine.run("rm", "-v", name))
    archive = tarfile.open(fileobj=io.BytesIO(t.engine.run("export", name)))
    return {os.path.normpath(m.name): m for m in archive}


@test()
def image_holds_gochat_and_its_libraries(t):
    """Only gochat's programs can be executed: no shell, no compiler, no
    apt."""
    files = members(t)
    executable = {path for path, m in files.items()
                  if m.isfile() and m.mode & 0o111}
    libraries = {path for path in executable
                 if ".so." in os.path.basename(path)}
    check(PROGRAMS <= executable, "not there: %s" % (PROGRAMS - executable))
    check(executable == PROGRAMS | libraries, "there are also %s" % sorted(
        executable - PROGRAMS - libraries))
    privileged = [p for p, m in files.items() if m.mode & 0o6000]
    check(not privileged, "setuid or setgid: %s" % privileged)
    writable = [p for p, m in files.items()
                if not m.issym() and m.mode & 0o002]
    check(not writable, "all can write to %s" % writable)
    for library in libraries:
        check(os.path.basename(library).split(".")[0] not in (
            "libcurl", "libicuuc", "libicudata"), "%s is there" % library)
    total = sum(m.size for m in files.values())
    check(total < 20 * MIB, "%d bytes" % total)
    t.figures = "%.1f MiB, %d libraries" % (total / MIB, len(libraries))


@test()
def image_says_how_it_runs(t):
    """The image runs as its own user, not as root, with its state in a
    volume."""
    config = t.engine.image()["Config"]
    check(config["User"] == "%d:%d" % (USER, USER), config["User"])
    check(config["Entrypoint"] == ["/usr/bin/gochat"],
          "entry point %s" % config["Entrypoint"])
    check(list(config["Volumes"]) == ["/var/lib/gochat"],
          "volumes %s" % config["Volumes"])
    check("9595/udp" in config["ExposedPorts"], "port 9595 is not told")
    check(config["StopSignal"] in ("SIGTERM", "15"), config["StopSignal"])
    check(config["Labels"]["org.opencontainers.image.licenses"] == "ISC",
          "labels %s" % config["Labels"])
    files = members(t)
    for path, mode in (("var/lib/gochat", 0o700), ("run/gochat", 0o700)):
        found = files[path]
        got = (found.uid, found.gid, found.mode & 0o7777)
        check(got == (USER, USER, mode), "%s: %d:%d %o" % ((path,) + got))


@test()
def image_tells_what_is_in_it(t):
    """The image has the package of each library and its terms, for
    scanners."""
    files = members(t)
    known = {os.path.basename(p) for p in files
             if p.startswith("var/lib/dpkg/status.d/")}
    check({"libc6", "libssl3t64", "libseccomp2"} <= known,
          "packages %s" % sorted(known))
    for package in known | {"gochat"}:
        terms = files.get("usr/share/doc/%s/copyright" % package)
        check(terms and terms.size > 0, "no terms of " + package)
