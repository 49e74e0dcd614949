"""Every link of a document leads somewhere."""

import os
import re

from harness import TOP, check, test

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^( *)```.*?^\1```$", re.M | re.S)
HEADING = re.compile(r"^#+ (.+)$", re.M)
# Folders that building puts into the tree.
BUILT = {"build", "debian", ".git", "__pycache__"}


def documents():
    """Returns all .md of the tree, by their paths in it."""
    for folder, folders, files in os.walk(TOP):
        folders[:] = sorted(set(folders) - BUILT)
        for name in sorted(files):
            if name.endswith(".md"):
                yield os.path.relpath(os.path.join(folder, name), TOP)


def anchors(text):
    """Returns the names that a reader of Markdown gives to its headings."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in HEADING.findall(FENCED.sub("", text))}


def broken(t, path):
    """Returns the links of the document at PATH that lead nowhere."""
    for link in LINK.findall(FENCED.sub("", t.read(path))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), file)
                                  if file else path)
        if not os.path.exists(os.path.join(TOP, target)):
            yield "%s: %s is not there" % (path, link)
        elif anchor and anchor not in anchors(t.read(target)):
            yield "%s: %s has no heading %s" % (path, target, anchor)


@test
def links_lead_somewhere(t):
    found = list(documents())
    check("README.md" in found and "docs/options.md" in found,
          "documents are not found: %s" % found)
    wrong = [line for path in found for line in broken(t, path)]
    check(not wrong, "\n".join(wrong))


@test
def links_reach_all_documents(t):
    """Links lead from README.md to each document below docs/."""
    linked = {os.path.normpath(link.partition("#")[0])
              for link in LINK.findall(t.read("README.md"))}
    missed = [path for path in documents()
              if path.startswith("docs/") and path not in linked]
    check(not missed, "README.md does not lead to " + ", ".join(missed))
