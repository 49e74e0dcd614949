/*
 * A bootnode's figures as lines for people. See figures.h.
 */
#include "ui/figures.h"

#include "ui/buf.h"
#include "ui/format.h"
#include "ui/ui.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define NEWS_INTERVAL (60 * USEC_PER_SEC)
#define LINE_MAX      128

struct lines {
	struct room *room;
	figures_line *put;
};

static void put_line(const struct lines *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put_line(const struct lines *l, const char *format, ...)
{
	char text[LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	l->put(l->room, text);
}

/* --- The table ------------------------------------------------------------ */

const struct figures_row figures_rows[FIGURES_COUNT] = {
#define X(field, values, kind, unit, modes, metric, json, words, news, help) \
	{ json, words, news, FIGURES_##unit },
	FIGURES_OF_STATS(X)
#undef X
};

void
figures_values(const struct ipc_stats *s, uint64_t values[FIGURES_COUNT])
{
#define X(field, ...) *values++ = s->field;
	FIGURES_OF_STATS(X)
#undef X
}

/* True if a view shows the figure, other than in the head of the line. */
static bool
is_told(const char *words)
{
	return words != NOT_TOLD && *words != '\0';
}

bool
figures_is_total(const struct figures_row *row)
{
	return is_told(row->words);
}

double
figures_per_second(uint64_t count, uint64_t ms)
{
	return ms == 0 ? 0 : (double)count * 1000 / (double)ms;
}

/* --- All of them ---------------------------------------------------------- */

/* Returns the first total from i on, or count. */
static size_t
next_total(const struct figures_row rows[], size_t count, size_t i)
{
	while (i < count && !figures_is_total(&rows[i]))
		i++;
	return i;
}

void
figures_totals(struct room *room, const struct figures_row rows[],
    const uint64_t values[], size_t count, figures_line *put)
{
	const struct lines l = { room, put };
	size_t left = next_total(rows, count, 0), right;

	while (left < count) {
		right = next_total(rows, count, left + 1);
		if (right < count)
			put_line(&l, "%-14s %16" PRIu64 "    %-14s %16" PRIu64,
			    rows[left].words, values[left], rows[right].words,
			    values[right]);
		else
			put_line(&l, "%-14s %16" PRIu64, rows[left].words,
			    values[left]);
		left = next_total(rows, count, right + 1);
	}
}

static void
put_drops(const struct lines *l, const struct ipc_stats *s)
{
	for (unsigned int i = 0; i < DROP_COUNT; i++)
		if (s->drops[i] > 0)
			put_line(l, "  %-15s %13llu    %s", drop_name(i),
			    (unsigned long long)s->drops[i],
			    format_drop_meaning(i));
}

static void
put_rejections(const struct lines *l, const struct ipc_stats *s)
{
	for (unsigned int i = 0; i < REJECTION_COUNT; i++)
		if (s->rejections[i] > 0)
			put_line(l, "  %-15s %13" PRIu64 "    %s",
			    rejection_name(i), s->rejections[i],
			    format_rejection_meaning(i));
}

static void
put_sources(const struct lines *l, const struct ipc_stats *s)
{
	char text[ADDR_BLOCK_TEXT_MAX];

	if (s->source_count == 0)
		return;
	put_line(l, "%-33s%16s%17s", "recent top sources", "received/s",
	    "dropped/s");
	for (size_t i = 0; i < s->source_count; i++)
		put_line(l, "  %-31s%16.1f%17.1f",
		    addr_block_format(&s->sources[i].block, text),
		    figures_per_second(s->sources[i].received, s->sources_ms),
		    figures_per_second(s->sources[i].dropped, s->sources_ms));
}

void
figures_all(struct room *room, const struct ipc_stats *s, figures_line *put)
{
	const struct lines l = { room, put };
	uint64_t values[FIGURES_COUNT];
	char age[FORMAT_AGE_MAX];

	room->figures.told = *s;
	figures_values(s, values);
	put_line(&l, "up %s, %" PRIu64 " sessions in %" PRIu64 " rooms",
	    format_age(age, s->uptime_ms), s->sessions, s->rooms);
	figures_totals(room, figures_rows, values, FIGURES_COUNT, put);
	put_rejections(&l, s);
	put_drops(&l, s);
	put_sources(&l, s);
}

/* --- News ----------------------------------------------------------------- */

static bool
is_news(const struct ipc_stats *a, const struct ipc_stats *b)
{
	uint64_t before[FIGURES_COUNT], now[FIGURES_COUNT];

	figures_values(a, before);
	figures_values(b, now);
	for (size_t i = 0; i < FIGURES_COUNT; i++)
		if (figures_rows[i].news != NOT_TOLD && before[i] != now[i])
			return true;
	return false;
}

static void
put_news(const struct lines *l, const struct ipc_stats *s)
{
	uint64_t values[FIGURES_COUNT];
	const char *between = "; ";
	struct buf line = { 0 };

	figures_values(s, values);
	buf_printf(&line, "%" PRIu64 " sessions in %" PRIu64 " rooms",
	    s->sessions, s->rooms);
	for (size_t i = 0; i < FIGURES_COUNT; i++) {
		if (!is_told(figures_rows[i].news))
			continue;
		buf_printf(&line, "%s%" PRIu64 " %s", between, values[i],
		    figures_rows[i].news);
		between = ", ";
	}
	buf_put(&line, "", 1);
	l->put(l->room, line.bytes);
	buf_free(&line);
}

void
figures_news(struct room *room, const struct ipc_stats *s, figures_line *put)
{
	const struct lines l = { room, put };
	struct figures *f = &room->figures;

	if (room->ui->now < f->next || !is_news(&f->told, s))
		return;
	f->told = *s;
	f->next = room->ui->now + NEWS_INTERVAL;
	put_news(&l, s);
}
