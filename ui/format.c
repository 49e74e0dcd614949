/*
 * Small values as text. See format.h.
 */
#include "ui/format.h"

#include <stdio.h>
#include <time.h>

/* Writes groups of 4 digits, of an even number of bytes, for people to read
 * out. */
static char *
format_groups(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += 2) {
		format_hex(out + i / 2 * 5, bytes + i, 2);
		out[i / 2 * 5 + 4] = i + 2 < len ? ' ' : '\0';
	}
	return out;
}

char *
format_fingerprint(char out[FORMAT_FINGERPRINT_MAX],
    const uint8_t fingerprint[FINGERPRINT_LEN])
{
	return format_groups(out, fingerprint, FINGERPRINT_LEN);
}

char *
format_chain(char out[FORMAT_CHAIN_MAX], const uint8_t chain[CHAIN_LEN])
{
	return format_groups(out, chain, CHAIN_LEN);
}

/* strftime(3) can look at the time zone's file, which the sandbox does not
 * allow. */
char *
format_utc(char out[FORMAT_UTC_MAX], int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	snprintf(out, FORMAT_UTC_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, (int)(wall_ms % 1000));
	return out;
}

char *
format_clock(char out[FORMAT_CLOCK_MAX], int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	snprintf(out, FORMAT_CLOCK_MAX, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
	return out;
}

char *
format_age(char out[FORMAT_AGE_MAX], uint64_t msec)
{
	unsigned long long s = msec / 1000, m = s / 60, h = m / 60, d = h / 24;

	if (m == 0)
		snprintf(out, FORMAT_AGE_MAX, "%llu s", s);
	else if (h == 0)
		snprintf(out, FORMAT_AGE_MAX, "%llum%02llus", m, s % 60);
	else if (d == 0)
		snprintf(out, FORMAT_AGE_MAX, "%lluh%02llum", h, m % 60);
	else
		snprintf(out, FORMAT_AGE_MAX, "%llud%02lluh", d, h % 24);
	return out;
}

unsigned int
format_loss(const struct ipc_net_peer *p)
{
	return p->sent == 0
	    ? 0
	    : (unsigned int)((double)p->lost * 1000 / (double)p->sent + 0.5);
}

const char *
format_boot_status(unsigned int status)
{
	static const char *const words[BOOT_STATUS_COUNT] = {
		[BOOT_UNREACHABLE] = "unreachable",
		[BOOT_JOINED] = "joined",
		[BOOT_LOST] = "lost",
		[BOOT_REJOINED] = "rejoined",
		[BOOT_REFUSED] = "refused",
	};

	return words[status];
}

const char *
format_boot_words(unsigned int status)
{
	if (status == BOOT_JOINED || status == BOOT_REJOINED)
		return "connected";
	return status == BOOT_LOST ? "connection lost"
				   : format_boot_status(status);
}

const char *
format_peer_state(unsigned int state)
{
	static const char *const words[PEER_STATE_COUNT] = {
		[PEER_CONNECTING] = "connecting",
		[PEER_CONNECTED] = "connected",
		[PEER_PATH] = "path",
		[PEER_FAILED] = "failed",
		[PEER_LEFT] = "left",
	};

	return words[state];
}

const char *
format_presence(unsigned int state)
{
	return format_peer_state(state == PEER_PATH ? PEER_CONNECTED : state);
}

const char *
format_path(unsigned int kind)
{
	static const char *const words[PATH_KIND_COUNT] = {
		[PATH_NONE] = "none",
		[PATH_LAN] = "lan",
		[PATH_DIRECT] = "direct",
		[PATH_RELAY] = "relay",
	};

	return words[kind];
}

const char *
format_mapping(unsigned int mapping)
{
	static const char *const words[NAT_MAPPING_COUNT] = {
		[NAT_UNKNOWN] = "unknown",
		[NAT_NEAR] = "unknown",
		[NAT_NONE] = "none",
		[NAT_INDEPENDENT] = "endpoint-independent",
		[NAT_DEPENDENT] = "endpoint-dependent",
	};

	return words[mapping];
}

const char *
format_nat_meaning(const struct ipc_net_status *net)
{
	static const char *const texts[NAT_MAPPING_COUNT] = {
		[NAT_UNKNOWN] =
		    "You are behind a NAT, and one look does not show what it "
		    "does: it takes a bootnode with a second port, or a direct "
		    "connection to somebody outside.",
		[NAT_NEAR] =
		    "Not known: the bootnode is on your own network and sees "
		    "your address there, which says nothing about a NAT "
		    "between that network and others.",
		[NAT_NONE] =
		    "The bootnode sees your own address: direct connections "
		    "work, unless a firewall drops UDP to your port.",
		[NAT_INDEPENDENT] =
		    "Your NAT keeps one port for everybody: direct connections "
		    "work with all but symmetric NATs, and with those, too, if "
		    "your router forwards the UDP port of --port to you.",
		[NAT_DEPENDENT] =
		    "Your NAT takes another port for each destination "
		    "(symmetric): direct connections work with people who have "
		    "no NAT or a permissive one; for the others leave --relay at "
		    "auto, or have them forward a UDP port.",
	};

	if (net->observed.port == 0)
		return "No bootnode reports at the moment which address it "
		       "sees, so nothing is known about a NAT.";
	return texts[net->mapping];
}

const char *
format_failure(unsigned int failure)
{
	static const char *const clauses[PATH_FAILURE_COUNT] = {
		[FAILURE_NONE] = "",
		[FAILURE_RELAY_NEVER] =
		    "no direct path, and our --relay is never",
		[FAILURE_RELAY_REFUSED] =
		    "no direct path, and the bootnode does not relay",
		[FAILURE_NO_BOOTNODE] =
		    "no direct path, and no bootnode to relay",
		[FAILURE_RELAY_ONLY] = "no answer through the relay",
		[FAILURE_UNANSWERED] =
		    "no answer, neither directly nor through the relay",
		[FAILURE_PROTOCOL] = "it violated the protocol",
		[FAILURE_HANDSHAKE] =
		    "there is a path, but the handshake was not answered",
		[FAILURE_STALLED] = "its path carries probes, but no data",
	};

	return clauses[failure];
}

const char *
format_drop_meaning(unsigned int cause)
{
	static const char *const words[DROP_COUNT] = {
#define X(cause, name, words) [DROP_##cause] = words,
		DROP_TABLE(X)
#undef X
	};

	return words[cause];
}

const char *
format_rejection_meaning(unsigned int cause)
{
	static const char *const words[REJECTION_COUNT] = {
#define X(cause, name, words) [REJECTION_##cause] = words,
		REJECTION_TABLE(X)
#undef X
	};

	return words[cause];
}

static const struct {
	const char *word;
	const char *meaning;
} lefts[LEFT_REASON_COUNT] = {
	[LEFT_NONE] = { "", "" },
	[LEFT_GOODBYE] = { "goodbye", "" },
	[LEFT_UNLISTED] = { "not listed", "the bootnode no longer lists it" },
	[LEFT_LOST] = { "lost", "its path is dead" },
	[LEFT_SILENT] = { "silent",
	    "its path is dead, and there is no bootnode to ask" },
	[LEFT_PROTOCOL] = { "protocol error", "its session broke" },
	[LEFT_NOT_BACK] = { "not back", "it did not come back" },
};

const char *
format_left(unsigned int reason)
{
	return lefts[reason].word;
}

const char *
format_left_meaning(unsigned int reason)
{
	return lefts[reason].meaning;
}

const char *
format_undelivered(unsigned int reason)
{
	static const char *const words[UNDELIVERED_COUNT] = {
		[UNDELIVERED_LEFT] = "left",
		[UNDELIVERED_NO_PATH] = "no path",
		[UNDELIVERED_PROTOCOL] = "protocol error",
		[UNDELIVERED_QUIT] = "quit",
		[UNDELIVERED_SLOW] = "too slow",
		[UNDELIVERED_HANDSHAKE] = "no handshake",
	};

	return words[reason];
}

const char *
format_leave(unsigned int reason)
{
	return reason == LEAVE_TIMEOUT ? "timeout" : "leave";
}

const char *
format_refusal(unsigned int refusal)
{
	static const char *const texts[BOOT_REFUSAL_COUNT] = {
		[REFUSAL_NONE] = "it was refused",
		[REFUSAL_KEY_PINNED] =
		    "its key is not that of --bootnode-key or "
		    "of the invite; ask its operator for the right key",
		[REFUSAL_KEY_CHANGED] =
		    "its key is not the one remembered in "
		    "known_bootnodes; if the operator changed it, remove its "
		    "line from that file",
		[REFUSAL_ROOM_FULL] =
		    "the room is full, by the --max-peers of its operator; try "
		    "again when somebody has left",
		[REFUSAL_ADDRESS_FULL] =
		    "it has too many clients from your address, by the "
		    "--max-sessions-per-address of its operator, who may raise "
		    "it; else end some of them",
		[REFUSAL_BOOTNODE_FULL] = "it is full; try again later or use "
					  "another bootnode",
	};

	return texts[refusal];
}

void
format_argument(struct buf *out, const char *name)
{
	if (strpbrk(name, " \"\\") == NULL) {
		buf_puts(out, name);
		return;
	}
	buf_puts(out, "\"");
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			buf_puts(out, "\\");
		buf_put(out, name, 1);
	}
	buf_puts(out, "\"");
}
