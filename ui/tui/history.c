/*
 * The scrollback. See history.h.
 */
#include "ui/tui/history.h"

#include "ui/ascii.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void
history_init(struct history *h)
{
	h->oldest = h->next = 1;
}

static struct entry **
slot(const struct history *h, uint64_t number)
{
	return (struct entry **)&h->entries[number % HISTORY_ENTRIES_MAX];
}

static size_t
bytes_of(const struct entry *e)
{
	return sizeof(*e) + e->len + strlen(e->name) + strlen(e->to);
}

static void
forget_oldest(struct history *h)
{
	struct entry *e = *slot(h, h->oldest);

	*slot(h, h->oldest++) = NULL;
	if (e->seq != 0)
		h->own_first++;
	h->bytes -= bytes_of(e);
	for (size_t i = 0; i < e->mark.missed_count; i++)
		free(e->mark.missed[i].who_and_why);
	free(e->mark.missed);
	free(e);
}

void
history_free(struct history *h)
{
	while (!history_empty(h))
		forget_oldest(h);
}

bool
history_empty(const struct history *h)
{
	return h->oldest == h->next;
}

struct entry *
history_entry(const struct history *h, uint64_t number)
{
	if (number < h->oldest || number >= h->next)
		return NULL;
	return *slot(h, number);
}

struct entry *
history_own(const struct history *h, uint64_t seq)
{
	uint64_t low = h->own_first, high = h->own_next, middle;
	struct entry *e;

	while (low < high) {
		middle = low + (high - low) / 2;
		e = *slot(h, h->own[middle % HISTORY_ENTRIES_MAX]);
		if (e->seq == seq)
			return e;
		if (e->seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The entry and its strings are one piece of memory. */
static struct entry *
make(const struct history_new *new)
{
	const char *name = new->name != NULL ? new->name : "";
	const char *to = new->to != NULL ? new->to : "";
	size_t name_size = strlen(name) + 1, to_size = strlen(to) + 1;
	struct entry *e =
	    malloc(sizeof(*e) + name_size + to_size + new->len + 1);

	if (e == NULL)
		fatal("no memory for the scrollback");
	memset(e, 0, sizeof(*e));
	e->kind = new->kind;
	e->wall_ms = new->wall_ms;
	e->flags = new->flags;
	e->mention = new->mention;
	e->hang = new->hang;
	e->name_style = new->name_style;
	e->seq = new->seq;
	if (new->fingerprint != NULL)
		memcpy(e->tag, new->fingerprint, sizeof(e->tag));
	e->name = memcpy((char *)(e + 1), name, name_size);
	e->to = memcpy(e->name + name_size, to, to_size);
	e->text = e->to + to_size;
	memcpy(e->text, new->text, new->len);
	e->text[new->len] = '\0';
	e->len = new->len;
	return e;
}

static struct entry *
append(struct history *h, const struct history_new *new)
{
	struct entry *e = make(new);

	while (!history_empty(h) &&
	    (h->next - h->oldest == HISTORY_ENTRIES_MAX ||
		h->bytes + bytes_of(e) > HISTORY_BYTES_MAX))
		forget_oldest(h);
	e->number = h->next++;
	if (e->kind == ENTRY_HEARD)
		h->messages++;
	e->messages = h->messages;
	h->bytes += bytes_of(e);
	h->appended += bytes_of(e);
	*slot(h, e->number) = e;
	if (e->seq != 0)
		h->own[h->own_next++ % HISTORY_ENTRIES_MAX] = e->number;
	return e;
}

static bool
same_day(int64_t a_ms, int64_t b_ms)
{
	time_t a = (time_t)(a_ms / 1000), b = (time_t)(b_ms / 1000);
	struct tm ta, tb;

	localtime_r(&a, &ta);
	localtime_r(&b, &tb);
	return ta.tm_yday == tb.tm_yday && ta.tm_year == tb.tm_year;
}

static void
append_day(struct history *h, int64_t wall_ms)
{
	struct history_new day = { .kind = ENTRY_DAY, .wall_ms = wall_ms };
	time_t t = (time_t)(wall_ms / 1000);
	char text[80];
	struct tm tm;

	localtime_r(&t, &tm);
	day.len = strftime(text, sizeof(text), "%A, %Y-%m-%d", &tm);
	day.text = text;
	append(h, &day);
}

struct entry *
history_add(struct history *h, const struct history_new *new)
{
	const struct entry *last = history_entry(h, h->next - 1);
	struct history_new in_ascii = *new;
	struct entry *added;
	struct buf text = { 0 };

	if (last == NULL || !same_day(last->wall_ms, new->wall_ms))
		append_day(h, new->wall_ms);
	if (!h->ascii)
		return append(h, new);
	ascii_put(&text, new->text, new->len);
	in_ascii.text = text.bytes;
	in_ascii.len = text.len;
	added = append(h, &in_ascii);
	buf_free(&text);
	return added;
}

void
history_missed(struct entry *e, const struct peer_id *id,
    const char *who_and_why)
{
	struct entry_mark *m = &e->mark;
	struct missed *one;

	e->rows = 0;
	m->undelivered++;
	if (m->missed_count == HISTORY_MISSED_MAX)
		return;
	if (m->missed == NULL)
		m->missed = calloc(HISTORY_MISSED_MAX, sizeof(*m->missed));
	if (m->missed == NULL)
		fatal("no memory for the scrollback");
	one = &m->missed[m->missed_count++];
	one->id = *id;
	one->who_and_why = strdup(who_and_why);
	if (one->who_and_why == NULL)
		fatal("no memory for the scrollback");
}

void
history_not_missed(struct entry *e, const struct peer_id *id)
{
	struct entry_mark *m = &e->mark;

	e->rows = 0;
	m->delivered++;
	if (m->undelivered > 0)
		m->undelivered--;
	for (size_t i = 0; i < m->missed_count; i++) {
		if (memcmp(&m->missed[i].id, id, sizeof(*id)) != 0)
			continue;
		free(m->missed[i].who_and_why);
		m->missed_count--;
		memmove(&m->missed[i], &m->missed[i + 1],
		    (m->missed_count - i) * sizeof(m->missed[0]));
		return;
	}
}
