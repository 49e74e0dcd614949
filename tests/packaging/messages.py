"""Collects the messages that a bootnode can log or die with from the C
code."""

import glob
import os
import re

FILES = ("launcher/*.c", "fleetd/*.c", "netd/*.c", "netd/bootnode/*.c", "cryptod/*.c",
         "cryptod/bootnode/*.c", "common/*.c", "ui/*.c", "ui/json/*.c",
         "ui/tui/*.c")
# Only clients use these files; and the errors of options explain themselves.
NOT_OF_A_BOOTNODE = ("launcher/known_bootnodes.c", "launcher/passphrase.c",
                     "launcher/invitation.c", "launcher/first_prompt.c",
                     "launcher/secret_child.c", "launcher/ask_line.c",
                     "launcher/resolve.c", "launcher/dotenv.c",
                     "launcher/option*.c", "launcher/house*.c",
                     "launcher/remember.c", "launcher/room_files.c",
                     "launcher/prefix_file.c", "launcher/settings.c",
                     "ui/gen_confusables.c")
ONLY_OF_A_CLIENT = {
    "cannot start a resolver: …",
    "cannot resolve the bootnode …: …; still trying",
    "the bootnode … has … addresses too many: the first … are tried",
    "an invite that is an argument can be seen by others in ps, and stays in "
    "the shell's history: use --invite-file, or --invite - to paste it",
    "rooms/… in the state folder: …; this room is left out, and the file stays "
    "as it is",
    "none of the rooms that are remembered in the state folder can be opened",
    "… rooms are remembered, and the first … are opened",
    "--identity: expected --room, too: rooms that are remembered keep the "
    "identity that each was remembered with (see --help)",
    "… ended before it worked",
    "more than … restarts in … s: giving the room up",
    "… is ended instead: … has other rooms, too",
    "the bootnode … of room … has another key than the one that is known",
    "no skeleton of a nickname",
    "no case folding of a nickname",
    "a name is not UTF-8",
    "more messages than receipts",
}
# These places put a line together that goes into the log as it is.
OWN_LINES = {"logfile.c": "text, sizeof(text)",
             "reload.c": "text, sizeof(text)"}
IN_FRONT_OF_OTHERS = {"… (see --help)"}
TEXT = (r'(?P<text>"(?:[^"\\]|\\.)*"(?:\s*(?:[A-Z_]+\s*)?'
        r'"(?:[^"\\]|\\.)*")*)')
CALL = re.compile(
    r'\b(?:log_error|log_warn|fatal|die|snprintf)\s*\((?P<before>[^";]*?)'
    + TEXT, re.S)
# The sentence of an event.
EVENT = re.compile(r'\blog_event\((?:LOG_ERROR|LOG_WARN),\s*"\w+",\s*' + TEXT,
                   re.S)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%[-+ #0-9.*]*(?:hh|h|ll|l|z|j|t)?[a-zA-Z]")


def plain(text):
    """Returns a format as a reader sees it: … stands for what varies."""
    pieces, at = [], 0
    for literal in LITERAL.finditer(text):
        if text[at:literal.start()].strip():	# a macro in between
            pieces.append("…")
        pieces.append(literal[1])
        at = literal.end()
    return CONVERSION.sub("…", "".join(pieces).replace('\\"', '"'))


def of_bootnode(top):
    """Returns {message: file}, without dots at the end."""
    skipped = {path for pattern in NOT_OF_A_BOOTNODE
               for path in glob.glob(os.path.join(top, pattern))}
    found = {}
    for pattern in FILES:
        for path in sorted(set(glob.glob(os.path.join(top, pattern)))
                           - skipped):
            with open(path) as file:
                code = file.read()
            for call in CALL.finditer(code):
                if call[0].startswith("snprintf") and \
                        not call["before"].lstrip().startswith(
                            OWN_LINES.get(os.path.basename(path), "err,")):
                    continue
                message = plain(call["text"])
                if re.search("[a-z]", message):
                    found[message] = os.path.relpath(path, top)
            for call in EVENT.finditer(code):
                message = plain(call["text"]).partition("msg=")[2]
                if message:
                    found[message] = os.path.relpath(path, top)
    left_out = ONLY_OF_A_CLIENT | IN_FRONT_OF_OTHERS
    if not left_out <= set(found):
        raise AssertionError("nobody says %s" % (left_out - set(found)))
    return {ending_cut(message): path for message, path in found.items()
            if message not in left_out}


def ending_cut(message):
    """Drops … at the end: the text after a macro is not seen."""
    return message.rstrip(" …")
