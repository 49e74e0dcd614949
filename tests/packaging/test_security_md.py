"""Every test that SECURITY.md names exists."""

import glob
import os
import re

from harness import CASES, check, test

NAMED = re.compile(r"`(e2e|unit|packaging|fuzz) ([^`]+)`")
SUITE = re.compile(r'CU_add_suite\(\s*"([^"]+)"')
CASE = re.compile(r'CU_add_test\(\s*\w+,\s*"([^"]+)"')
PART = re.compile(r"^(\w+)\(CU_pSuite", re.M)


def unit_tests(t):
    """Returns "SUITE: TEST" of all; a suite may have its tests in two
    files."""
    files = [t.read(path) for path in sorted(glob.glob(
        os.path.join(t.top, "tests/unit/**/*_test.c"), recursive=True))]
    found = set()
    for text in files:
        suite = SUITE.search(text)
        part = PART.search(text)
        if not suite and part:	# another file has the suite, and calls this one
            suite = next(filter(None, (
                SUITE.search(other) for other in files
                if "\t%s(suite);" % part[1] in other)), None)
        if suite:
            found |= {"%s: %s" % (suite[1], case)
                      for case in CASE.findall(text)}
    return found


def e2e_tests(t):
    listed = t.run([os.path.join(t.top, "tests/e2e/run"), "--list"])
    return set(listed.stdout.split())


def fuzz_targets(t):
    return {os.path.basename(path)[:-2] for path in glob.glob(
        os.path.join(t.top, "tests/fuzz/*.c"))} - {"replay"}


@test
def security_names_tests(t):
    there = {"e2e": e2e_tests(t), "unit": unit_tests(t),
             "fuzz": fuzz_targets(t),
             "packaging": {case.__name__ for case in CASES}}
    for kind, names in there.items():
        check(names, "no %s tests are found" % kind)
    named = [(kind, name) for kind, name in NAMED.findall(
        t.read("SECURITY.md")) if name not in ("X", "X: Y")]
    check(len(named) > 100, "only %d tests are named" % len(named))
    missing = ["%s %s" % (kind, name) for kind, name in named
               if name not in there[kind]]
    check(not missing, "there is no " + ", no ".join(missing))
