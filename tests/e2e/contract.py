"""The contract of the json interface, gochat-json(5), as a check.

Every line that any gochat writes in any test goes through parse() and
violation(): other programs rely on these events exactly as they stand.
"""

import datetime
import json
import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
TAG = re.compile(r"[0-9a-f]{8}")
CHAIN = re.compile(r"[0-9a-f]{32}")
# These characters stand in no line as they are, but only as \uXXXX: controls,
# and those that hide text or turn its direction.
RAW = re.compile("[\0-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e"
                 "\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")

TEXT = str
COUNT = int
NUMBER = (int, float)

PEER = {"nick": TEXT, "fingerprint": TEXT, "path": TEXT, "address": TEXT,
        "rtt_ms": NUMBER, "verified": bool}

# event, or event/state: the fields it must have, and those it may have.
EVENTS = {
    "ready": ({"nick": TEXT, "fingerprint": TEXT, "port": COUNT}, {}),
    "room/opened": ({"bootnode": TEXT}, {"identity": TEXT}),
    "room/closed": ({"bootnode": TEXT}, {"identity": TEXT}),
    "bootnode/joined": ({"address": TEXT, "key": TEXT}, {}),
    "bootnode/rejoined": ({"address": TEXT, "key": TEXT}, {}),
    "bootnode/lost": ({"address": TEXT}, {"key": TEXT}),
    "bootnode/refused": ({"address": TEXT}, {"key": TEXT}),
    "peer/connecting": ({"id": TEXT}, PEER),
    "peer/connected": (dict(PEER, id=TEXT), {}),
    "peer/path": (dict(PEER, id=TEXT), {}),
    "peer/failed": ({"id": TEXT, "reason": TEXT}, PEER),
    "peer/left": ({"id": TEXT, "reason": TEXT}, PEER),
    "message": ({"id": TEXT, "nick": TEXT, "text": TEXT},
                {"private": bool, "action": bool}),
    "nick": ({"nick": TEXT, "before": TEXT}, {"id": TEXT}),
    "key_changed": ({"id": TEXT, "nick": TEXT, "fingerprint": TEXT,
                     "known": list}, {}),
    "claim": ({"id": TEXT, "fingerprint": TEXT}, {"address": TEXT}),
    "fork": ({"id": TEXT, "nick": TEXT, "seq": COUNT}, {}),
    "gap": ({"id": TEXT, "nick": TEXT, "seq": COUNT}, {}),
    "stranger": ({"id": TEXT, "others": COUNT}, {}),
    "safety": ({"id": TEXT, "nick": TEXT, "number": TEXT, "own": TEXT,
                "fingerprint": TEXT, "verified": bool}, {}),
    "verified": ({"id": TEXT, "verified": bool}, {}),
    "invite": ({"uri": TEXT}, {}),
    "recalled": ({"seq": COUNT, "said": TEXT, "sent": bool, "peers": COUNT,
                  "delivered": COUNT, "text": TEXT},
                 {"open": bool, "others": COUNT}),
    "sent": ({"seq": COUNT, "peers": COUNT},
             {"open": bool, "unknown": bool}),
    "delivered": ({"seq": COUNT, "id": TEXT}, {}),
    "undelivered": ({"seq": COUNT, "id": TEXT, "reason": TEXT}, {}),
    "listening": ({"address": TEXT, "key": TEXT}, {}),
    "joined": ({"peer": TEXT, "room": TEXT}, {}),
    "left": ({"peer": TEXT, "room": TEXT, "reason": TEXT}, {}),
    "status": ({"bootnode": dict, "nat": dict, "peers": list,
                "strangers": COUNT}, {"texts": dict}),
    "stats": (dict.fromkeys(
        ("sessions", "rooms", "joins", "heartbeats", "rejected", "dropped",
         "received", "sent", "relayed", "relayed_bytes", "crowded",
         "redirects", "fleet_nodes", "fleet_foreign", "fleet_moved",
         "fleet_engine_us", "fleet_failures"), COUNT,
    ) | {"uptime_s": NUMBER, "fleet_lease_s": NUMBER, "drops": dict,
         "relay_dropped": dict, "rejections": dict},
              {"sources": list, "sources_s": NUMBER}),
    "room": ({"members": COUNT}, {}),
    "session": ({"peer": TEXT, "room": TEXT, "address": TEXT,
                 "heard_s": NUMBER}, {}),
    "node": ({"id": TEXT, "state": TEXT, "self": bool, "addresses": list,
              "version": TEXT, "heard_s": NUMBER} |
             dict.fromkeys(("capacity", "sessions", "rooms"), COUNT), {}),
    "line": ({"text": TEXT}, {}),
    "end": ({"count": COUNT}, {}),
    "check": ({"ok": bool},
              dict.fromkeys(("address", "key", "reason"), TEXT) |
              dict.fromkeys(("name_ms", "cookie_ms", "welcome_ms",
                             "total_ms"), NUMBER) | {"redirects": COUNT}),
    "error": ({"text": TEXT}, {}),
    "bye": ({}, {}),
}

# All others have "room", the name of the room; an error only in a client.
WITHOUT_ROOM = {"listening", "joined", "left", "stats", "session", "node",
                "line", "end", "check", "bye"}

# The parts of "status".
BOOTNODE = ({"state": TEXT},
            {"address": TEXT, "key": TEXT, "heartbeat_age_s": NUMBER})
NAT = ({"mapping": TEXT, "meaning": TEXT}, {"address": TEXT})
OTHER = ({"id": TEXT, "state": TEXT}, {"nick": TEXT})
CONNECTED = ({"id": TEXT, "state": TEXT, "nick": TEXT, "path": TEXT,
              "address": TEXT, "rtt_ms": NUMBER, "loss": NUMBER,
              "session_age_s": NUMBER, "rekey_age_s": NUMBER},
             {"texts": dict})
OWN_TEXTS = ({"seq": COUNT, "chain": TEXT}, {})
TEXTS = ({"seq": COUNT, "chain": TEXT, "gaps": COUNT, "forks": COUNT}, {})
SOURCE = ({"address": TEXT, "received": COUNT, "dropped": COUNT}, {})
LEFT = ("goodbye", "not listed", "lost", "silent", "protocol error",
        "not back")
MAPPINGS = ("none", "endpoint-independent", "endpoint-dependent", "unknown")


class Event(dict):
    """One event; at is its arrival (monotonic), index its place."""

    at = 0.0
    index = 0


def no_duplicates(pairs):
    event = Event(pairs)
    if len(event) != len(pairs):
        raise ValueError("a field twice")
    return event


def parse(line):
    """Returns an Event from one line of bytes; ValueError says what is
    wrong."""
    text = line.decode("utf-8")
    if RAW.search(text):
        raise ValueError("%r is not escaped" % RAW.search(text).group())
    event = json.loads(text, object_pairs_hook=no_duplicates)
    if not isinstance(event, Event):
        raise ValueError("not an object")
    return event


def is_a(value, kind):
    return (isinstance(value, kind)
            and (kind is bool or not isinstance(value, bool)))


def kind_of(event):
    name = event.get("event")
    if name == "room" and "members" in event:
        return name		# of a bootnode
    if name in ("bootnode", "peer", "room"):
        return "%s/%s" % (name, event.get("state"))
    return name


def fields_violation(event, kind):
    given = {k: v for k, v in event.items()
             if k not in ("event", "time")
             and not (k == "state" and "/" in kind)}
    if kind not in WITHOUT_ROOM and not isinstance(
            given.pop("room", "" if kind == "error" else None), str):
        return kind + " lacks room"
    return given_violation(given, kind, *EVENTS[kind])


def given_violation(given, kind, must, may):
    allowed = dict(may, **must)
    for name in must:
        if name not in given:
            return "%s lacks %s" % (kind, name)
    for name, value in given.items():
        if name not in allowed:
            return "%s has a field %s" % (kind, name)
        if not is_a(value, allowed[name]):
            return "%s: %s is %r" % (kind, name, value)
    return None


def texts_violation(given, fields):
    if "texts" not in given:
        return None
    wrong = given_violation(given["texts"], "status.texts", *fields)
    if not wrong and not CHAIN.fullmatch(given["texts"]["chain"]):
        wrong = "chain is %r" % given["texts"]["chain"]
    return wrong


def status_violation(event):
    wrong = (given_violation(event["bootnode"], "status.bootnode", *BOOTNODE)
             or given_violation(event["nat"], "status.nat", *NAT))
    if not wrong and event["nat"]["mapping"] not in MAPPINGS:
        wrong = "mapping is %r" % event["nat"]["mapping"]
    wrong = wrong or texts_violation(event, OWN_TEXTS)
    for peer in event["peers"]:
        wrong = wrong or texts_violation(peer, TEXTS)
        connected = peer.get("state") == "connected"
        wrong = wrong or given_violation(peer, "status.peers",
                                         *(CONNECTED if connected else OTHER))
        if not wrong and connected and not (
                0 <= peer["loss"] <= 1
                and 0 <= peer["rekey_age_s"] <= peer["session_age_s"]):
            wrong = "figures of %r" % peer
    return wrong


def stats_violation(event):
    drops = event["drops"]
    if not all(is_a(n, COUNT) for n in drops.values()):
        return "drops are %r" % drops
    if sum(drops.values()) != event["dropped"]:
        return "%r drops are not %d" % (drops, event["dropped"])
    for cause, number in event["relay_dropped"].items():
        if drops.get("relay_" + cause) != number:
            return "%d of relay_%s, or %r" % (number, cause, drops)
    if ("sources" in event) != ("sources_s" in event):
        return "sources without their time, or the other way"
    for source in event.get("sources", []):
        wrong = given_violation(source, "stats.sources", *SOURCE)
        if wrong or not 0 <= source["dropped"] <= source["received"]:
            return wrong or "figures of %r" % source
    return None


def violation(event):
    """Returns what in EVENT is not as the contract says, or None."""
    kind = kind_of(event)
    time = event.get("time")
    if not isinstance(time, str) or not TIME.fullmatch(time):
        return "time is %r" % (time,)
    if kind not in EVENTS:
        return "there is no event %s" % kind
    wrong = fields_violation(event, kind)
    if not wrong and kind == "status":
        wrong = status_violation(event)
    if not wrong and kind == "stats":
        wrong = stats_violation(event)
    if wrong:
        return wrong
    if event.get("path", "lan") not in ("lan", "direct", "relay", ""):
        return "path is %r" % event["path"]
    if kind in ("joined", "left") and not TAG.fullmatch(event["room"]):
        return "room is %r" % event["room"]
    if kind == "peer/left" and event["reason"] not in LEFT:
        return "reason is %r" % event["reason"]
    if kind == "left" and event["reason"] not in ("leave", "timeout"):
        return "reason is %r" % event["reason"]
    return None


def seconds_off(event):
    """Returns how far the event's time is from now, in seconds."""
    text = event["time"].replace("Z", "+00:00")
    then = datetime.datetime.fromisoformat(text)
    now = datetime.datetime.now(datetime.timezone.utc)
    return abs((now - then).total_seconds())
