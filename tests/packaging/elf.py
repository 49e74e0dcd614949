"""What readelf and ldd tell of a program, a library or an object."""

import os
import re
import subprocess

ENVIRONMENT = dict(os.environ, LC_ALL="C")
PROPERTY = re.compile(r"x86 feature: ([A-Z, ]*[A-Z])")


def output(*command):
    """Returns standard output and error of COMMAND, which must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          env=ENVIRONMENT, timeout=60)
    if done.returncode != 0:
        raise AssertionError("%s: %s" % (" ".join(command), done.stdout))
    return done.stdout


def dynamic(path):
    """Returns the dynamic section: a list of (tag, value)."""
    return re.findall(r"^ 0x[0-9a-f]+ \(([A-Z_0-9]+)\) +(.*)$",
                      output("readelf", "-dW", path), re.M)


def symbols(objects):
    """Returns a list of (object, kind, name); nm(1) explains the kinds."""
    return re.findall(r"^(.+):[0-9a-f]* +(\w) (\S+)$",
                      output("nm", "-A", *objects), re.M)


def needed(path):
    """Returns the libraries that it names itself."""
    return {value.partition("[")[2].rstrip("]")
            for tag, value in dynamic(path) if tag == "NEEDED"}


def loaded(path):
    """Returns all libraries that are loaded with it, except the loader."""
    text = output("ldd", path)
    if "not found" in text:
        raise AssertionError("%s lacks a library: %s" % (path, text))
    names = {os.path.basename(line.split()[0])
             for line in text.splitlines()}
    return {n for n in names if not n.startswith(("linux-vdso", "ld-linux"))}


def segments(path):
    """Returns the program headers: a list of (type, flags of R, W and E)."""
    hexadecimal = " +0x[0-9a-f]+"
    return [(kind, flags.replace(" ", "")) for kind, flags in re.findall(
        r"^  ([A-Z_]+)" + 5 * hexadecimal + r" ([R ][W ][E ])" + hexadecimal,
        output("readelf", "-lW", path), re.M)]


def kind(path):
    """Returns EXEC, DYN or REL."""
    return re.search(r"^  Type: +(\w+)", output("readelf", "-hW", path),
                     re.M)[1]


def imports(path):
    """Returns the functions that it takes from libraries."""
    return set(re.findall(r" FUNC +GLOBAL +DEFAULT +UND (\w+)", output(
        "readelf", "--dyn-syms", "-W", path)))


def branch_protection(path):
    """Returns the x86 features of its property note: IBT, SHSTK, both,
    none."""
    found = PROPERTY.search(output("readelf", "-nW", path))
    return set(found[1].split(", ")) if found else set()
