/*
 * How figures are told: the launcher's own, which are listed here, and those
 * that netd counts, of figures_table.h. See figures.h.
 */
#include "launcher/figures.h"

#include "common/clock.h"
#include "common/figures_table.h"
#include "common/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum figure_type {
	COUNTER, /* only grows, until netd or gochat is restarted */
	GAUGE
};

/* One or more values of one meaning, told apart by labels. */
struct figure {
	const char *name; /* without "gochat_" */
	enum figure_type type;
	const char *help;
	const char *labels[2]; /* their names, or NULL */
};

/* The sink of the values: the first value of each figure, or of a label, comes
 * first. */
struct sink {
	void (*value)(struct sink *, const struct figure *,
	    const char *const labels[2], uint64_t value);
	unsigned int room;	   /* of what comes; 0: the first, or none */
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

/* --- What the launcher knows ---------------------------------------------- */

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
		"How often the process was replaced; netd is always replaced "
		"with cryptod.",
		{ "child" } };

	for (unsigned int i = 0; i < figures->child_count; i++) {
		to->room = figures->children[i].room;
		put_labelled(to, &up,
		    role_short_name(figures->children[i].role),
		    figures->children[i].up);
	}
	to->room = 0;
	put_labelled(to, &up, "spawner", figures->spawner);
	for (unsigned int i = 0; i < figures->child_count; i++) {
		to->room = figures->children[i].room;
		put_labelled(to, &restarts,
		    role_short_name(figures->children[i].role),
		    figures->children[i].restarts);
	}
}

static void
put_queues(struct sink *to, const struct figures *figures)
{
	static const struct figure bytes = { "queue_bytes", GAUGE,
		"Messages that wait for a process to read them, in bytes.",
		{ "from", "to" } };
	static const struct figure dropped = { "queue_dropped_total", COUNTER,
		"Messages that found their queue full.", { "from", "to" } };
	const char *const between[2] = { role_short_name(ROLE_NETD),
		role_short_name(ROLE_CRYPTOD) };
	const struct child_figures *child = figures->children;
	const struct child_figures *last = child + figures->child_count;

	for (; child < last; child++) {
		to->room = child->room;
		to->value(to, &bytes,
		    (const char *const[2]){ role_short_name(ROLE_LAUNCHER),
			role_short_name(child->role) },
		    child->queued);
	}
	for (child = figures->children; child < last; child++) {
		to->room = child->room;
		if (child->netd == NULL)
			continue;
		to->value(to, &bytes, between, child->netd->queued);
		to->value(to, &dropped, between, child->netd->queue_dropped);
	}
}

/* --- What netd counts ----------------------------------------------------- */

/* A row of the table: the figure, and where its values are. */
struct counted {
	struct figure figure;
	unsigned int modes; /* bits 1 << enum mode */
	unsigned int scale; /* what is told is so many times less */
	const uint64_t *first;
	size_t step; /* from a value to the next one */
	size_t count;
	const char *(*label)(size_t); /* of a value; NULL: it has none */
};

static const char *
type_label(size_t type)
{
	return wire_type_name((enum wire_type)type);
}

/* The words of the table, as members of struct counted. */
/* clang-format off */
#define MODES_ANY	   (MODES_CLIENT | MODES_BOOTNODE)
#define MODES_CLIENT	   (1U << MODE_CLIENT)
#define MODES_BOOTNODE	   (1U << MODE_BOOTNODE)
#define SCALE_NUMBER	   1
#define SCALE_DATAGRAMS	   1
#define SCALE_BYTES	   1
#define SCALE_MILLISECONDS 1000
#define TRAFFIC_DATAGRAMS  packets
#define TRAFFIC_BYTES	   bytes
#define LABEL_ALONE	   NULL
#define LABEL_TYPE	   "type"
#define LABEL_CAUSE	   "cause"
#define LABEL_REASON	   "reason"
#define VALUES_ALONE(in, field, unit)  &(in)->field, 0, 1, NULL
#define VALUES_TYPE(in, field, unit)					\
	&netd->field[0].TRAFFIC_##unit,					\
	sizeof(struct ipc_traffic) / sizeof(uint64_t), WIRE_TYPE_COUNT,	\
	type_label
#define VALUES_CAUSE(in, field, unit)  (in)->drops, 1, DROP_COUNT, drop_name
#define VALUES_REASON(in, field, unit)					\
	(in)->rejections, 1, REJECTION_COUNT, rejection_name
#define ROW(in, field, values, kind, unit, modes, metric, help)		\
	{ { metric, kind, help, { LABEL_##values, NULL } },		\
	  MODES_##modes, SCALE_##unit, VALUES_##values(in, field, unit) },
#define ROW_OF_STATS(field, values, kind, unit, modes, metric, json,	\
    words, news, help)							\
	ROW(&netd->stats, field, values, kind, unit, modes, metric, help)
#define ROW_OF_NETD(field, values, kind, unit, modes, metric, json,	\
    words, news, help)							\
	ROW(netd, field, values, kind, unit, modes, metric, help)
/* clang-format on */

static void
put_counted(struct sink *to, const struct ipc_figures *netd, enum mode mode)
{
	const struct counted table[] = { FIGURES_OF_STATS(ROW_OF_STATS)
		    FIGURES_OF_NETD(ROW_OF_NETD) };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct counted *row = &table[i];

		if (!(row->modes & 1U << mode))
			continue;
		for (size_t k = 0; k < row->count; k++)
			put_labelled(to, &row->figure,
			    row->label != NULL ? row->label(k) : NULL,
			    row->first[k * row->step] / row->scale);
	}
}

static void
put_all(struct sink *to, const struct figures *figures)
{
	put_build(to, figures);
	put_processes(to, figures);
	put_queues(to, figures);
	for (unsigned int i = 0; i < figures->child_count; i++) {
		to->room = figures->children[i].room;
		if (figures->children[i].netd != NULL)
			put_counted(to, figures->children[i].netd,
			    figures->mode);
	}
	to->room = 0;
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
	char shown[128] = "", room[16] = "";

	if (to->room != 0)
		(void)snprintf(room, sizeof(room), "room=%u ", to->room + 1);
	if (labels[0] != NULL && value == 0)
		return;
	if (labels[1] != NULL)
		(void)snprintf(shown, sizeof(shown), "%s=%s %s=%s ",
		    f->labels[0], labels[0], f->labels[1], labels[1]);
	else if (labels[0] != NULL)
		(void)snprintf(shown, sizeof(shown), "%s=%s ", f->labels[0],
		    labels[0]);
	log_event(LOG_INFO, "figure", "name=gochat_%s %s%svalue=%" PRIu64,
	    f->name, shown, room, value);
}

void
figures_log(const struct figures *figures)
{
	struct sink to = { .value = log_value };

	put_all(&to, figures);
}
