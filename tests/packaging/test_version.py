"""All files that name the version name the one that the program says."""

import re

from harness import check, test


@test
def version_agrees(t):
    """The Makefile's version is that of the program, the changes and the
    package."""
    version = re.search(r"^VERSION\s*= (\S+)$", t.read("Makefile"), re.M)[1]
    said = t.run([t.bindir + "/gochat", "--version"]).stdout
    check(said == "gochat %s\n" % version, "gochat --version says " + said)
    newest = re.search(r"^## (\S+?),? ", t.read("CHANGELOG.md"), re.M)[1]
    check(newest == version, "CHANGELOG.md begins with " + newest)
    package = re.match(r"gochat \((\S+)-\d+\) ",
                       t.read("packaging/debian/changelog"))[1]
    check(package == version, "packaging/debian/changelog has " + package)
