/*
 * The list of figures, and how they are told. See figures.h.
 */
#include "launcher/figures.h"

#include "common/clock.h"
#include "common/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum figure_type {
	COUNTER, /* only grows, until netd or gochat is started anew */
	GAUGE
};

/* One or more values of one meaning, told apart by labels. */
struct figure {
	const char *name; /* without "gochat_" */
	enum figure_type type;
	const char *help;
	const char *labels[2]; /* their names, or NULL */
};

/* Where values go: the first of each figure, or of a label, comes first. */
struct sink {
	void (*value)(struct sink *, const struct figure *,
	    const char *const labels[2], uint64_t value);
	const struct figure *last; /* that value() was called with */
	char *text;		   /* of FIGURES_TEXT_MAX bytes */
	size_t len;
};

static void
put(struct sink *to, const struct figure *f, uint64_t value)
{
	to->value(to, f, (const char *const[2]){ NULL, NULL }, value);
}

static void
put_labelled(struct sink *to, const struct figure *f, const char *label,
    uint64_t value)
{
	to->value(to, f, (const char *const[2]){ label, NULL }, value);
}

/* --- The list ------------------------------------------------------------- */

static void
put_build(struct sink *to, const struct figures *figures)
{
	static const struct figure build = { "build_info", GAUGE,
		"The program's version and mode.", { "version", "mode" } };
	static const struct figure uptime = { "uptime_seconds", GAUGE,
		"Time since gochat was started.", { NULL } };

	to->value(to, &build,
	    (const char *const[2]){ GOCHAT_VERSION, mode_name(figures->mode) },
	    1);
	put(to, &uptime, figures->uptime / USEC_PER_SEC);
}

static void
put_processes(struct sink *to, const struct figures *figures)
{
	static const struct figure up = { "process_up", GAUGE,
		"Whether the process runs.", { "child" } };
	static const struct figure restarts = { "process_restarts_total",
		COUNTER,
		"How often the process was started anew; netd goes with "
		"cryptod.",
		{ "child" } };

	for (enum role role = ROLE_NETD; role < ROLE_COUNT; role++)
		put_labelled(to, &up, role_short_name(role),
		    figures->children[role].up);
	put_labelled(to, &up, "spawner", figures->spawner);
	for (enum role role = ROLE_NETD; role < ROLE_COUNT; role++)
		put_labelled(to, &restarts, role_short_name(role),
		    figures->children[role].restarts);
}

static void
put_queues(struct sink *to, const struct figures *figures)
{
	static const struct figure bytes = { "queue_bytes", GAUGE,
		"Messages that wait for a process to read them, in bytes.",
		{ "from", "to" } };
	static const struct figure dropped = { "queue_dropped_total", COUNTER,
		"Messages that found their queue full.", { "from", "to" } };
	const char *netd = role_short_name(ROLE_NETD);
	const char *cryptod = role_short_name(ROLE_CRYPTOD);

	for (enum role role = ROLE_NETD; role < ROLE_COUNT; role++)
		to->value(to, &bytes,
		    (const char *const[2]){ role_short_name(ROLE_LAUNCHER),
			role_short_name(role) },
		    figures->children[role].queued);
	if (figures->netd == NULL)
		return;
	to->value(to, &bytes, (const char *const[2]){ netd, cryptod },
	    figures->netd->queued);
	to->value(to, &dropped, (const char *const[2]){ netd, cryptod },
	    figures->netd->queue_dropped);
}

static void
put_traffic(struct sink *to, const struct figure *packets,
    const struct figure *bytes, const struct ipc_traffic *t)
{
	for (unsigned int i = 0; i < WIRE_TYPE_COUNT; i++)
		put_labelled(to, packets, wire_type_name((enum wire_type)i),
		    t[i].packets);
	for (unsigned int i = 0; i < WIRE_TYPE_COUNT; i++)
		put_labelled(to, bytes, wire_type_name((enum wire_type)i),
		    t[i].bytes);
}

static void
put_packets(struct sink *to, const struct ipc_figures *netd)
{
	static const struct figure uptime = { "netd_uptime_seconds", GAUGE,
		"Time since netd was started; what follows is counted from "
		"then on.",
		{ NULL } };
	static const struct figure received = { "received_packets_total",
		COUNTER, "UDP datagrams received, by type.", { "type" } };
	static const struct figure received_bytes = { "received_bytes_total",
		COUNTER, "Payload of the datagrams received.", { "type" } };
	static const struct figure sent = { "sent_packets_total", COUNTER,
		"UDP datagrams to be sent, by type.", { "type" } };
	static const struct figure sent_bytes = { "sent_bytes_total", COUNTER,
		"Payload of the datagrams to be sent.", { "type" } };
	static const struct figure unsent = { "unsent_packets_total", COUNTER,
		"Of those, what the kernel refused.", { NULL } };

	put(to, &uptime, netd->stats.uptime_ms / 1000);
	put_traffic(to, &received, &received_bytes, netd->received);
	put_traffic(to, &sent, &sent_bytes, netd->sent);
	put(to, &unsent, netd->unsent);
}

static void
put_client(struct sink *to, const struct ipc_figures *netd)
{
	static const struct figure strays = { "dropped_packets_total", COUNTER,
		"Datagrams dropped: neither the bootnode's nor a peer's.",
		{ NULL } };

	put(to, &strays, netd->strays);
}

static void
put_drops(struct sink *to, const struct ipc_stats *s)
{
	static const struct figure dropped = { "dropped_packets_total", COUNTER,
		"Datagrams dropped, by cause.", { "cause" } };
	static const char *const causes[DROP_COUNT] = {
#define X(cause, name, words) [DROP_##cause] = (name),
		DROP_TABLE(X)
#undef X
	};

	for (size_t i = 0; i < DROP_COUNT; i++)
		put_labelled(to, &dropped, causes[i], s->drops[i]);
}

static void
put_bootnode(struct sink *to, const struct ipc_stats *s)
{
	static const struct figure sessions = { "sessions", GAUGE,
		"Clients that are here.", { NULL } };
	static const struct figure rooms = { "rooms", GAUGE,
		"Rooms that somebody is in.", { NULL } };
	static const struct figure joins = { "joins_total", COUNTER,
		"Clients that joined.", { NULL } };
	static const struct figure rejected = { "rejected_joins_total", COUNTER,
		"Joins that a limit forbade.", { NULL } };
	static const struct figure heartbeats = { "heartbeats_total", COUNTER,
		"Heartbeats that were answered.", { NULL } };
	static const struct figure relayed = { "relayed_packets_total", COUNTER,
		"Datagrams relayed between clients.", { NULL } };
	static const struct figure relayed_bytes = { "relayed_bytes_total",
		COUNTER, "Payload of the datagrams relayed.", { NULL } };

	put(to, &sessions, s->sessions);
	put(to, &rooms, s->rooms);
	put(to, &joins, s->joins);
	put(to, &rejected, s->rejected);
	put(to, &heartbeats, s->heartbeats);
	put(to, &relayed, s->relayed);
	put(to, &relayed_bytes, s->relayed_bytes);
	put_drops(to, s);
}

static void
put_all(struct sink *to, const struct figures *figures)
{
	put_build(to, figures);
	put_processes(to, figures);
	put_queues(to, figures);
	if (figures->netd == NULL)
		return;
	put_packets(to, figures->netd);
	if (figures->mode == MODE_BOOTNODE)
		put_bootnode(to, &figures->netd->stats);
	else
		put_client(to, figures->netd);
}

/* --- Text ----------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
append(struct sink *to, const char *format, ...)
{
	size_t room = FIGURES_TEXT_MAX - to->len;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(to->text + to->len, room, format, ap);
	va_end(ap);
	if (n > 0)
		to->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* No label's value has a character that would need escaping. */
static void
text_value(struct sink *to, const struct figure *f, const char *const labels[2],
    uint64_t value)
{
	static const char *const types[] = { "counter", "gauge" };

	if (f != to->last)
		append(to, "# HELP gochat_%s %s\n# TYPE gochat_%s %s\n",
		    f->name, f->help, f->name, types[f->type]);
	append(to, "gochat_%s", f->name);
	if (labels[0] != NULL)
		append(to, "{%s=\"%s\"", f->labels[0], labels[0]);
	if (labels[1] != NULL)
		append(to, ",%s=\"%s\"", f->labels[1], labels[1]);
	append(to, "%s %" PRIu64 "\n", labels[0] != NULL ? "}" : "", value);
	to->last = f;
}

size_t
figures_text(char buf[FIGURES_TEXT_MAX], const struct figures *figures)
{
	struct sink to = { .value = text_value, .text = buf };

	put_all(&to, figures);
	return to.len;
}

/* --- Log ------------------------------------------------------------------ */

static void
log_value(struct sink *to, const struct figure *f, const char *const labels[2],
    uint64_t value)
{
	char shown[128] = "";

	(void)to;
	if (labels[0] != NULL && value == 0)
		return;
	if (labels[1] != NULL)
		(void)snprintf(shown, sizeof(shown), "%s=%s %s=%s ",
		    f->labels[0], labels[0], f->labels[1], labels[1]);
	else if (labels[0] != NULL)
		(void)snprintf(shown, sizeof(shown), "%s=%s ", f->labels[0],
		    labels[0]);
	log_event(LOG_INFO, "figure", "name=gochat_%s %svalue=%" PRIu64,
	    f->name, shown, value);
}

void
figures_log(const struct figures *figures)
{
	struct sink to = { .value = log_value };

	put_all(&to, figures);
}
