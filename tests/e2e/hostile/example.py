"""Reads the worked example of PROTOCOL.md (its section 8). In its blocks, a
line that is not indented is a title, and the lines below it are its bytes in
hexadecimal; a comment begins with ; and 00*3 means three zeros."""

import re

TIMES = re.compile(r"([0-9a-f]{2})\*(\d+)")


def read_example(path):
    """{title: bytes}"""
    with open(path, encoding="utf-8") as file:
        text = file.read().partition("\n## 8. ")[2]
    found = {}
    for block in text.split("```")[1::2]:
        for line in block.strip("\n").splitlines():
            if not line.startswith(" "):
                title = line.strip()
                found[title] = b""
            else:
                found[title] += read_hex(line.partition(";")[0])
    return found


def read_hex(text):
    whole = TIMES.sub(lambda m: m[1] * int(m[2]), text)
    return bytes.fromhex("".join(whole.split()))
