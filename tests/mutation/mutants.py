"""Finds the lines of C that can be changed a little, and the changes.

A mutant is the program with one such change. Only the bodies of functions are
changed, by the layout that .clang-format gives them: they begin and end with a
brace in the first column.
"""

import re
from collections import namedtuple

Mutant = namedtuple("Mutant", "path line old new kind")

# (kind, pattern, replacement); group 1 of a match is replaced.
SWAPS = [
    ("boundary", r"\s(<)\s", "<="), ("boundary", r"\s(<=)\s", "<"),
    ("boundary", r"\s(>)\s", ">="), ("boundary", r"\s(>=)\s", ">"),
    ("relation", r"\s(<)\s", ">="), ("relation", r"\s(<=)\s", ">"),
    ("relation", r"\s(>)\s", "<="), ("relation", r"\s(>=)\s", "<"),
    ("equality", r"\s(==)\s", "!="), ("equality", r"\s(!=)\s", "=="),
    ("logic", r"\s(&&)(?:\s|$)", "||"), ("logic", r"\s(\|\|)(?:\s|$)", "&&"),
    ("arithmetic", r"\s(\+)\s", "-"), ("arithmetic", r"\s(-)\s", "+"),
    ("arithmetic", r"\s(\*)\s", "/"), ("arithmetic", r"\s(/)\s", "*"),
    ("arithmetic", r"\s(\+=)\s", "-="), ("arithmetic", r"\s(-=)\s", "+="),
    ("bits", r"\s(&)\s", "|"), ("bits", r"\s(\|)\s", "&"),
    ("bits", r"\s(\|=)\s", "&="), ("bits", r"\s(<<)\s", ">>"),
    ("step", r"(\+\+)", "--"), ("step", r"(--)", "++"),
    ("negation", r"(!)[A-Za-z_(]", ""),
    ("truth", r"\b(true)\b", "false"), ("truth", r"\b(false)\b", "true"),
    ("number", r"(?<![\w.])(0)(?![\w.])", "1"),
    ("number", r"(?<![\w.])(1)(?![\w.])", "0"),
    ("number", r"(?<![\w.])([2-9]|[1-9]\d+)(?![\w.])", None),
]
STATEMENT = re.compile(r"^\t+(?!return\b|case\b|default\b)[A-Za-z_*(][^{}]*;$")
CONDITION = re.compile(r"^\t+(?:\} else )?(?:if|while) \((.*)\)(?: \{)?$")


def blank(text):
    """Returns the text with spaces for comments, strings and characters."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                  r"|'(?:\\.|[^'\\\n])*'", spaces, text, flags=re.S)


def bodies(code):
    """Returns the numbers of the lines that are within a function."""
    inside = False
    for number, line in enumerate(code):
        if line.startswith("{"):
            inside = True
        elif line.startswith("}"):
            inside = False
        elif inside and not line.startswith("#"):
            yield number


def swaps(code):
    for kind, pattern, new in SWAPS:
        for match in re.finditer(pattern, code):
            text = match.group(1)
            yield kind, match.span(1), \
                str(int(text) + 1) if new is None else new


def balanced(text):
    depth = 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0


def begins_statement(code, number):
    while number > 0:
        number -= 1
        before = code[number].rstrip()
        if before:
            return before[-1] in ";{}:" or \
                (before[-1] == ")" and CONDITION.match(before) is not None) \
                or before.endswith("else")
    return False


def of_file(path, text):
    """Returns all mutants of a source file."""
    lines = text.split("\n")
    code = [line.rstrip() for line in blank(text).split("\n")]
    for number in bodies(code):
        def mutant(new, kind):
            return Mutant(path, number + 1, lines[number], new, kind)
        for kind, (start, end), new in swaps(code[number]):
            yield mutant(lines[number][:start] + new + lines[number][end:],
                         kind)
        condition = CONDITION.match(code[number])
        if condition and balanced(condition.group(1)):
            start, end = condition.span(1)
            for kind, new in (("always", "1"), ("never", "0")):
                yield mutant(lines[number][:start] + new + " /* " + kind +
                             " */" + lines[number][end:], kind)
        if STATEMENT.match(code[number]) and \
                begins_statement(code, number):
            indent = re.match(r"\t+", lines[number]).group(0)
            yield mutant(indent + ";", "statement")
