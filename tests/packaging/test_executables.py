"""Facts of the four executables: what they link, how they are hardened.

Which process may link what is the design's word: the lists are exact, so
one more library is a decision that is taken here, too.  build/asan, where
the sanitizers add libraries and take the place of what hardens the others,
is judged by its libraries alone.
"""

import glob
import os
import tempfile

import elf

COMMON = {"libc.so.6", "libseccomp.so.2"}
BSD = {"libbsd.so.0"}
NAMED = {
    "gochat": COMMON | BSD,
    "gochat-netd": COMMON | BSD,
    "gochat-cryptod": COMMON | {"libcrypto.so.3"},
    "gochat-ui": COMMON | BSD | {"libjansson.so.4", "libutf8proc.so.2",
                                 "libreadline.so.8", "libtinfo.so.6"},
}
# What those libraries bring along.
BROUGHT = {"libbsd.so.0": {"libmd.so.0"}}

SANITIZERS = {"libasan.so.8", "libubsan.so.1"}
BROUGHT_BY_SANITIZERS = {"libgcc_s.so.1", "libm.so.6", "libstdc++.so.6",
                         "libbsd.so.0", "libmd.so.0"}

FOLDERS = ("common", "launcher", "netd", "cryptod", "ui", "ui/tui")
COMPLETE = {"IBT", "SHSTK"}


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def programs(bindir):
    return {name: os.path.join(bindir, name) for name in NAMED}


def is_sanitized(bindir):
    return bindir.endswith("/build/asan")


def same(name, what, found, wanted):
    check(found == wanted, "%s %s: not expected: %s; missing: %s" % (
        name, what, ", ".join(sorted(found - wanted)) or "none",
        ", ".join(sorted(wanted - found)) or "none"))


def test_executables_libraries(bindir):
    """Each names exactly these, and exactly these are loaded."""
    for name, path in programs(bindir).items():
        named, loaded = elf.needed(path), elf.loaded(path)
        if is_sanitized(bindir):
            check(SANITIZERS <= named, "%s has no sanitizers" % name)
            named -= SANITIZERS | BROUGHT_BY_SANITIZERS
            loaded -= SANITIZERS | BROUGHT_BY_SANITIZERS
            wanted = NAMED[name] - BROUGHT_BY_SANITIZERS
            same(name, "names", named, wanted)
            same(name, "loads", loaded, wanted)
            continue
        same(name, "names", named, NAMED[name])
        wanted = NAMED[name].union(*(more for library, more in
                                     BROUGHT.items()
                                     if library in NAMED[name]))
        same(name, "loads", loaded, wanted)


def test_executables_hardened(bindir):
    """PIE, full RELRO, no executable stack or data, canaries, FORTIFY."""
    if is_sanitized(bindir):
        return
    for name, path in programs(bindir).items():
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


def test_executables_branch_protection(bindir):
    """Every object of ours is compiled for CET, and no program claims more.

    The note of a program is what all of its parts have.  Debian 12's start
    files (Scrt1.o, crti.o, crtn.o), its loader and its libraries have none,
    so no program there can, and -z ibt -z shstk would only make it say so.
    Where a program of one object gets the note, ours must have it.
    """
    if is_sanitized(bindir):
        return
    objects = [path for folder in FOLDERS for path in glob.glob(
        os.path.join(bindir, "build", folder, "*.o"))]
    check(len(objects) > 50, "only %d objects below %s/build" % (
        len(objects), bindir))
    for path in objects:
        check(elf.branch_protection(path) == COMPLETE,
              "%s is not compiled with -fcf-protection=full" % path)
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "least.c")
        least = os.path.join(folder, "least")
        with open(source, "w") as file:
            file.write("int\nmain(void)\n{\n\treturn 0;\n}\n")
        elf.output(os.environ.get("CC", "gcc"), "-fPIE", "-pie",
                   "-fcf-protection=full", "-o", least, source)
        possible = elf.branch_protection(least)
    for name, path in programs(bindir).items():
        same(name, "claims", elf.branch_protection(path), possible)
