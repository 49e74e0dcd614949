"""Facts of the executables: the libraries they link, and their hardening.

It is part of the design which process may link which library. The lists are
exact, so another library is a decision that is made here, too, and so is its
licence: none of these is under the GPL, which would then apply to the
executable as well. A build with the sanitizers, which add libraries and
replace what hardens the others, is judged by its libraries alone.
"""

import glob
import os
import re
import shlex

import elf
from harness import check, check_equal, test

COMMON = {"libc.so.6", "libseccomp.so.2"}
BSD = {"libbsd.so.0"}
NAMED = {
    "gochat": COMMON | BSD | {"libutf8proc.so.2"},
    "gochat-netd": COMMON | BSD,
    "gochat-netd-bootnode": COMMON | BSD,
    "gochat-cryptod": COMMON | {"libcrypto.so.3"},
    "gochat-cryptod-bootnode": COMMON | {"libcrypto.so.3"},
    "gochat-ui": COMMON | BSD | {"libjansson.so.4", "libutf8proc.so.2",
                                 "libqrencode.so.4", "libtinfo.so.6"},
}
NAMED["gochat-ui-bootnode"] = NAMED["gochat-ui"]
NAMED["gochat-fleetd"] = COMMON | {"libcrypto.so.3", "libssl.so.3",
                                   "libhiredis.so"}
# Libraries that come with those.
BROUGHT = {"libbsd.so.0": {"libmd.so.0"}}
# A part of the C library since glibc 2.34; what was built to run with an older
# one names it still.
C_LIBRARY = {"libpthread.so.0"}

# Debian 12 has another one than Debian 13, and either will do.
ANY_VERSION = re.compile(r"(libhiredis\.so)\.[0-9.]+")

SANITIZERS = {"libasan.so.8", "libubsan.so.1"}
BROUGHT_BY_SANITIZERS = {"libgcc_s.so.1", "libm.so.6", "libstdc++.so.6",
                         "libbsd.so.0", "libmd.so.0"}

FOLDERS = ("common", "precis", "launcher", "netd", "netd/bootnode", "netd/client",
           "netd/transport", "cryptod", "cryptod/bootnode", "cryptod/client",
           "ui", "ui/json", "ui/tui", "ui/tui/editor", "fleetd")
COMPLETE = {"IBT", "SHSTK"}


def programs(t):
    """Returns (name, path) of each program."""
    return [(name, os.path.join(t.bindir, name)) for name in sorted(NAMED)]


@test
def executables_libraries(t):
    """Each names exactly these, and exactly these are loaded."""
    for name, path in programs(t):
        named, loaded = (
            {ANY_VERSION.sub(r"\1", library) for library in libraries}
            for libraries in (elf.needed(path), elf.loaded(path) - C_LIBRARY))
        wanted = NAMED[name]
        brought = wanted.union(*(more for library, more in BROUGHT.items()
                                 if library in wanted))
        if t.asan:
            check(SANITIZERS <= named, name + " has no sanitizers")
            named, loaded, wanted, brought = (
                names - SANITIZERS - BROUGHT_BY_SANITIZERS
                for names in (named, loaded, wanted, brought))
        check_equal(named, wanted, name + " names")
        check_equal(loaded, brought, name + " loads")


@test
def executables_hardened(t):
    """Each has PIE, full RELRO, no executable stack or data, canaries,
    FORTIFY."""
    if t.asan:
        return
    for name, path in programs(t):
        dynamic = elf.dynamic(path)
        tags = {tag for tag, _ in dynamic}
        flags = " ".join(value for tag, value in dynamic
                         if tag in ("FLAGS", "FLAGS_1")).split()
        check(elf.kind(path) == "DYN" and "PIE" in flags,
              name + " is not position independent")
        segments = elf.segments(path)
        kinds = [kind for kind, _ in segments]
        check("GNU_RELRO" in kinds, name + " has no RELRO")
        check("BIND_NOW" in flags and "NOW" in flags,
              name + " binds lazily: its RELRO is partial")
        check(not tags & {"RPATH", "RUNPATH"},
              name + " looks for libraries elsewhere")
        check(not tags & {"TEXTREL"} and "TEXTREL" not in flags,
              name + " has relocations in its code")
        check(kinds.count("GNU_STACK") == 1 and kinds.count("LOAD") > 2,
              "%s has the segments %s" % (name, kinds))
        for kind, rights in segments:
            check(not ("W" in rights and "E" in rights),
                  "%s: %s is writable and executable" % (name, kind))
        check(("GNU_STACK", "RW") in segments,
              name + " has an executable stack")
        functions = elf.imports(path)
        check("__stack_chk_fail" in functions, name + " has no canaries")
        check(any(f.endswith("_chk") for f in functions),
              name + " is not fortified")


@test
def executables_branch_protection(t):
    """Every object of ours is compiled for CET, and no program claims more.

    The note of a program has what all of its parts have. Debian 12's start
    files (Scrt1.o, crti.o, crtn.o), its loader and its libraries have none, so
    no program there can, and -z ibt -z shstk would only make it say so. Where
    a program of one object gets the note, ours must have it.
    """
    if t.asan:
        return
    objects = [path for folder in FOLDERS for path in
               glob.glob(os.path.join(t.build, folder, "*.o"))]
    check(len(objects) > 50, "only %d objects below %s" % (
        len(objects), t.build))
    for path in objects:
        check(elf.branch_protection(path) == COMPLETE,
              path + " is not compiled with -fcf-protection=full")
    source = os.path.join(t.folder, "least.c")
    least = os.path.join(t.folder, "least")
    with open(source, "w") as file:
        file.write("int\nmain(void)\n{\n\treturn 0;\n}\n")
    t.run(shlex.split(os.environ.get("CC", "gcc")) + [
        "-fPIE", "-pie", "-fcf-protection=full", "-o", least, source])
    possible = elf.branch_protection(least)
    for name, path in programs(t):
        check_equal(elf.branch_protection(path), possible, name + " claims")
