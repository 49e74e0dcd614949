/*
 * Keys that are typed ahead. See ahead.h.
 */
#include "ui/tui/ahead.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

/* The header of each event. Its place on the screen does not matter: scrolling
 * does not wait. */
struct head {
	uint32_t len;
	uint32_t cut; /* as much as it can hold */
	uint8_t kind;
	bool bare;
};

static void
make_room(struct ahead *a, size_t more)
{
	size_t size = a->size > 0 ? a->size : 4096;

	if (a->start > 0)
		memmove(a->bytes, a->bytes + a->start, a->len);
	a->start = 0;
	while (a->len + more > size)
		size *= 2;
	if (size == a->size)
		return;
	a->bytes = realloc(a->bytes, size);
	if (a->bytes == NULL)
		fatal("no memory for what is typed");
	a->size = size;
}

void
ahead_add(struct ahead *a, const struct key_event *event)
{
	struct head head = {
		.kind = (uint8_t)event->kind,
		.len = (uint32_t)event->len,
		.cut =
		    event->cut < UINT32_MAX ? (uint32_t)event->cut : UINT32_MAX,
		.bare = event->bare,
	};

	make_room(a, sizeof(head) + event->len);
	memcpy(a->bytes + a->len, &head, sizeof(head));
	a->len += sizeof(head);
	if (event->len > 0)
		memcpy(a->bytes + a->len, event->bytes, event->len);
	a->len += event->len;
	a->lines += event->kind == KEY_ENTER;
}

bool
ahead_first(const struct ahead *a, struct key_event *event)
{
	struct head head;

	if (a->len == 0)
		return false;
	memcpy(&head, a->bytes + a->start, sizeof(head));
	*event = (struct key_event){
		.kind = (enum key_kind)head.kind,
		.bytes = a->bytes + a->start + sizeof(head),
		.len = head.len,
		.cut = head.cut,
		.bare = head.bare,
	};
	return true;
}

bool
ahead_take(struct ahead *a, struct key_event *event)
{
	if (!ahead_first(a, event)) {
		ahead_drop(a);
		return false;
	}
	a->start += sizeof(struct head) + event->len;
	a->len -= sizeof(struct head) + event->len;
	a->lines -= event->kind == KEY_ENTER;
	return true;
}

void
ahead_move(struct ahead *to, struct ahead *from)
{
	bool waiting = from->waiting;
	struct key_event event;

	while (ahead_take(from, &event))
		ahead_add(to, &event);
	from->waiting = waiting;
}

/* True for keys that only add to a line. */
static bool
are_characters(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < ' ' || bytes[i] == 0x7f)
			return false;
	return true;
}

static void
cut(struct ahead *a, size_t from, size_t to)
{
	char *bytes = a->bytes + a->start;

	memmove(bytes + from, bytes + to, a->len - to);
	a->len -= to - from;
	a->lines--;
}

bool
ahead_take_line(struct ahead *a,
    bool (*is_wanted)(const void *arg, const char *line, size_t len),
    const void *arg, struct buf *line)
{
	const char *bytes = a->bytes + a->start, *event;
	size_t begin = 0, next;
	bool typed = true;
	struct head head;

	for (size_t at = 0; at < a->len; at = next) {
		memcpy(&head, bytes + at, sizeof(head));
		event = bytes + at + sizeof(head);
		next = at + sizeof(head) + head.len;
		if (head.kind == KEY_BYTES && are_characters(event, head.len))
			buf_put(line, event, head.len);
		else if (head.kind != KEY_ENTER)
			typed = false;
		if (head.kind != KEY_ENTER)
			continue;
		if (typed && line->len > 0 &&
		    is_wanted(arg, line->bytes, line->len)) {
			cut(a, begin, next);
			return true;
		}
		line->len = 0;
		typed = true;
		begin = next;
	}
	line->len = 0;
	return false;
}

bool
ahead_full(const struct ahead *a)
{
	return a->len > AHEAD_BYTES_MAX;
}

void
ahead_drop(struct ahead *a)
{
	if (a->bytes != NULL)
		explicit_bzero(a->bytes, a->size);
	free(a->bytes);
	memset(a, 0, sizeof(*a));
}
