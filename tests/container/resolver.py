"""A name server that knows one name, for clients that must ask one."""

import struct
import threading

HEADER = 12
TYPE_A = 1


def name_of(query):
    """Returns the name asked for, and where the question ends."""
    labels, at = [], HEADER
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    return ".".join(labels), at + 5


def answer(query, name, address):
    """Returns the reply to QUERY: NAME has ADDRESS, no other name exists."""
    asked, end = name_of(query)
    kind = struct.unpack_from("!H", query, end - 4)[0]
    found = asked == name and kind == TYPE_A
    flags = 0x8180 if asked == name else 0x8183	# NXDOMAIN
    reply = query[:2] + struct.pack("!HHHHH", flags, 1, int(found), 0, 0)
    reply += query[HEADER:end]
    if found:
        reply += struct.pack("!HHHIH", 0xc00c, TYPE_A, 1, 60, 4)
        reply += bytes(int(part) for part in address.split("."))
    return reply


def serve(test, host, name, address):
    """Answers on port 53 of HOST until the test is over."""
    sock = host.udp(53, host.address)
    test.cleanup(sock.close)

    def run():
        while True:
            try:
                query, sender = sock.recvfrom(512)
                sock.sendto(answer(query, name, address), sender)
            except OSError:
                return		# the socket was closed
    threading.Thread(target=run, daemon=True).start()
