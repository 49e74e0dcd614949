/*
 * Packing of rosters and events. See roster.h.
 */
#include "netd/bootnode/roster.h"

/* Puts the entry if all of it fits. */
static bool
put_entry_whole(struct putter *p, const struct bootmsg_entry *entry)
{
	uint8_t buf[BOOTMSG_ENTRY_MAX];
	struct putter one;

	put_init(&one, buf, sizeof(buf));
	bootmsg_put_entry(&one, entry);
	if (put_length(&one) > p->left)
		return false;
	put_bytes(p, buf, put_length(&one));
	return true;
}

/* Puts what its peers may know about its address. */
static struct addr
told_address(const struct session *s)
{
	static const struct addr none = { .port = 0 };

	return s->hidden ? none : s->at.addr;
}

static struct bootmsg_entry
joined_entry(const struct session *s)
{
	return (struct bootmsg_entry){
		.what = MEMBER_JOINED,
		.id = s->peer,
		.observed = told_address(s),
		.card = s->card,
		.card_len = s->card_len,
	};
}

size_t
roster_put(uint8_t *buf, size_t max, struct room *room, uint32_t version,
    uint32_t until, struct peer_id *after, bool *last)
{
	struct bootmsg_head head = {
		.kind = BOOTMSG_ROSTER,
		.version = version,
		.after = *after,
	};
	uint32_t next = registry_after(room, after), first = next;
	const struct session *s;
	struct bootmsg_entry entry;
	struct putter p;

	put_init(&p, buf, max);
	bootmsg_put_head(&p, &head);
	for (; next < room->count; next++) {
		s = room->members[next];
		if (room->version - s->joined < room->version - until)
			continue;
		entry = joined_entry(s);
		if (!put_entry_whole(&p, &entry))
			break;
		*after = s->peer;
	}
	*last = next == room->count;
	if (*last)
		bootmsg_add_flag(buf, BOOTMSG_LAST);
	return *last || next != first ? put_length(&p) : 0;
}

/*
 * Returns the change that made a version in the form that is told now, with
 * *count versions in all: addresses and cards are the current ones, and of
 * overtaken changes only the number is told, up to the version of until.
 */
static struct bootmsg_entry
change_entry(struct room *room, uint32_t version, uint32_t until,
    uint16_t *count)
{
	const struct change *c = registry_change(room, version);
	const struct session *s = NULL;
	struct bootmsg_entry entry;

	*count = 0;
	while (version != until + 1 &&
	    registry_change(room, version)->what == MEMBER_OVERTAKEN) {
		version++;
		(*count)++;
	}
	if (*count > 0)
		return (struct bootmsg_entry){
			.what = MEMBER_OVERTAKEN,
			.count = *count,
		};
	*count = 1;
	if (c->what != MEMBER_LEFT)
		s = registry_member(room, &c->id);
	if (s == NULL)
		return (struct bootmsg_entry){
			.what = MEMBER_LEFT,
			.id = c->id,
			.reason = (enum leave_reason)c->reason,
		};
	entry = joined_entry(s);
	entry.what = (enum bootmsg_what)c->what;
	return entry;
}

size_t
roster_put_events(uint8_t *buf, size_t max, struct room *room, uint32_t until,
    uint32_t *version)
{
	struct bootmsg_head head = {
		.kind = BOOTMSG_EVENTS,
		.version = *version,
	};
	uint32_t first = *version;
	struct bootmsg_entry entry;
	struct putter p;
	uint16_t count;

	put_init(&p, buf, max);
	bootmsg_put_head(&p, &head);
	for (; *version != until + 1; *version += count) {
		entry = change_entry(room, *version, until, &count);
		if (!put_entry_whole(&p, &entry))
			break;
	}
	return *version != first ? put_length(&p) : 0;
}
