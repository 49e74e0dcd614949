/*
 * Encoders and decoders of the messages in the bootnode's channel. See
 * bootmsg.h.
 */
#include "common/bootmsg.h"

/* The flags of a JOIN: HIDDEN, and the number of nodes to skip in the bits
 * above it. */
#define JOIN_SKIP_SHIFT 1
#define JOIN_FLAGS_MAX	(JOIN_HIDDEN | JOIN_SKIPS_MAX << JOIN_SKIP_SHIFT)

uint32_t
bootmsg_settle_ms(uint32_t timeout_ms, uint32_t interval_ms)
{
	uint32_t most = timeout_ms < SETTLE_MAX_MS ? timeout_ms : SETTLE_MAX_MS;

	if (interval_ms < most && most - interval_ms > SETTLE_JOIN_MS)
		return interval_ms + SETTLE_JOIN_MS;
	return most;
}

size_t
bootmsg_put_join(uint8_t *buf, size_t max, const struct bootmsg_join *j)
{
	struct putter p;

	put_init(&p, buf, max);
	put_bytes(&p, j->token, sizeof(j->token));
	put_bytes(&p, j->commitment, sizeof(j->commitment));
	put_bytes(&p, j->tag.bytes, sizeof(j->tag.bytes));
	put_u32(&p, j->attempt);
	put_u8(&p, j->flags | (unsigned int)j->skips.count << JOIN_SKIP_SHIFT);
	for (size_t i = 0; i < j->skips.count; i++)
		put_u32(&p, j->skips.names[i]);
	put_bytes(&p, j->card, j->card_len);
	return put_length(&p);
}

int
bootmsg_get_join(const uint8_t *buf, size_t len, struct bootmsg_join *j)
{
	unsigned int flags;
	struct getter g;

	get_init(&g, buf, len);
	get_bytes(&g, j->token, sizeof(j->token));
	get_bytes(&g, j->commitment, sizeof(j->commitment));
	get_bytes(&g, j->tag.bytes, sizeof(j->tag.bytes));
	j->attempt = get_u32(&g);
	flags = get_u8(&g);
	j->flags = flags & JOIN_HIDDEN;
	if (flags > JOIN_FLAGS_MAX)
		return -1;
	memset(&j->skips, 0, sizeof(j->skips));
	j->skips.count = (uint8_t)(flags >> JOIN_SKIP_SHIFT);
	for (size_t i = 0; i < j->skips.count; i++)
		j->skips.names[i] = get_u32(&g);
	j->card_len = g.left;
	j->card = get_ref(&g, g.left);
	if (!get_done(&g) || j->card_len == 0 || j->card_len > CARD_MAX)
		return -1;
	return 0;
}

size_t
bootmsg_put_welcome(uint8_t *buf, size_t max, const struct bootmsg_welcome *w)
{
	struct putter p;

	put_init(&p, buf, max);
	put_u64(&p, w->session);
	wire_put_addr(&p, &w->observed);
	put_u32(&p, w->timeout_ms);
	put_u32(&p, w->interval_ms);
	put_u32(&p, w->settle_ms);
	put_u32(&p, w->version);
	put_u32(&p, w->relay_rate);
	put_u16(&p, w->reflect_port);
	put_u64(&p, w->echo);
	return put_length(&p);
}

int
bootmsg_get_welcome(const uint8_t *buf, size_t len, struct bootmsg_welcome *w)
{
	struct getter g;

	get_init(&g, buf, len);
	w->session = get_u64(&g);
	wire_get_addr(&g, &w->observed);
	w->timeout_ms = get_u32(&g);
	w->interval_ms = get_u32(&g);
	w->settle_ms = get_u32(&g);
	w->version = get_u32(&g);
	w->relay_rate = get_u32(&g);
	w->reflect_port = get_u16(&g);
	w->echo = get_u64(&g);
	if (!get_done(&g) || w->session == 0 || w->timeout_ms == 0 ||
	    w->interval_ms == 0 || w->interval_ms > w->timeout_ms)
		return -1;
	return 0;
}

static void
put_addrs(struct putter *p, const struct addr *addrs, size_t count)
{
	put_u8(p, (unsigned int)count);
	for (size_t i = 0; i < count; i++)
		wire_put_addr(p, &addrs[i]);
}

/* Reads to the end. A client is never sent nowhere. */
static int
get_addrs(struct getter *g, struct addr addrs[NODE_ADDRS_MAX], size_t *count)
{
	*count = get_u8(g);
	if (*count == 0 || *count > NODE_ADDRS_MAX)
		return -1;
	for (size_t i = 0; i < *count; i++) {
		wire_get_addr(g, &addrs[i]);
		if (addr_is_unusable(&addrs[i]))
			return -1;
	}
	return get_done(g) ? 0 : -1;
}

/* Where a WELCOME has the number of a session, a REDIRECT has 0. */
size_t
bootmsg_put_redirect(uint8_t *buf, size_t max, const struct bootmsg_redirect *r)
{
	struct putter p;

	put_init(&p, buf, max);
	put_u64(&p, 0);
	wire_put_cookie(&p, &r->token);
	put_u32(&p, r->name);
	put_addrs(&p, r->addrs, r->count);
	return put_length(&p);
}

int
bootmsg_get_redirect(const uint8_t *buf, size_t len, struct bootmsg_redirect *r)
{
	struct getter g;

	get_init(&g, buf, len);
	if (get_u64(&g) != 0)
		return -1;
	wire_get_cookie(&g, &r->token);
	r->name = get_u32(&g);
	return get_addrs(&g, r->addrs, &r->count);
}

size_t
bootmsg_put_move(uint8_t *buf, size_t max, const struct addr *addrs,
    size_t count)
{
	const struct bootmsg_head head = { .kind = BOOTMSG_MOVE };
	struct putter p;

	put_init(&p, buf, max);
	bootmsg_put_head(&p, &head);
	put_addrs(&p, addrs, count);
	return put_length(&p);
}

int
bootmsg_get_move(struct getter *g, struct addr addrs[NODE_ADDRS_MAX],
    size_t *count)
{
	return get_addrs(g, addrs, count);
}

void
bootmsg_put_head(struct putter *p, const struct bootmsg_head *h)
{
	put_u8(p, h->kind);
	put_u8(p, h->flags);
	put_u32(p, h->version);
	if (h->kind == BOOTMSG_ROSTER)
		put_bytes(p, h->after.bytes, sizeof(h->after.bytes));
}

void
bootmsg_add_flag(uint8_t *head, uint8_t flag)
{
	head[1] |= flag;
}

int
bootmsg_get_head(struct getter *g, struct bootmsg_head *h)
{
	unsigned int kind = get_u8(g);

	memset(h, 0, sizeof(*h));
	h->flags = get_u8(g);
	h->version = get_u32(g);
	if (kind == BOOTMSG_ROSTER)
		get_bytes(g, h->after.bytes, sizeof(h->after.bytes));
	else if (kind == BOOTMSG_MOVE)
		g->bad |= h->flags != 0 || h->version != 0;
	else if (kind != BOOTMSG_EVENTS || (h->flags & BOOTMSG_LAST) != 0)
		return -1;
	if (g->bad || h->flags > BOOTMSG_LAST) /* one of the two, or none */
		return -1;
	h->kind = (enum bootmsg_kind)kind;
	return 0;
}

static bool
is_none(const struct addr *a)
{
	static const struct addr none = { .port = 0 };

	return addr_equal(a, &none);
}

/* A byte of zero in the place of the family means that there is no address. */
static void
put_observed(struct putter *p, const struct addr *a)
{
	if (is_none(a))
		put_u8(p, 0);
	else
		wire_put_addr(p, a);
}

static void
get_observed(struct getter *g, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	if (g->left > 0 && g->p[0] == 0) {
		get_u8(g);
		return;
	}
	wire_get_addr(g, a);
	if (is_none(a)) /* an absent address has one form only */
		g->bad = true;
}

void
bootmsg_put_entry(struct putter *p, const struct bootmsg_entry *e)
{
	put_u8(p, e->what);
	if (e->what == MEMBER_OVERTAKEN) {
		put_u16(p, e->count);
		return;
	}
	put_bytes(p, e->id.bytes, sizeof(e->id.bytes));
	switch (e->what) {
	case MEMBER_JOINED:
		put_observed(p, &e->observed);
		put_u8(p, (unsigned int)e->card_len);
		put_bytes(p, e->card, e->card_len);
		break;
	case MEMBER_MOVED:
		put_observed(p, &e->observed);
		break;
	case MEMBER_LEFT:
		put_u8(p, e->reason);
		break;
	case MEMBER_OVERTAKEN:
		break;
	}
}

int
bootmsg_get_entry(struct getter *g, enum bootmsg_kind kind,
    struct bootmsg_entry *e)
{
	unsigned int what = get_u8(g), reason;

	memset(e, 0, sizeof(*e));
	if (kind == BOOTMSG_ROSTER && what != MEMBER_JOINED)
		return -1;
	if (what == MEMBER_OVERTAKEN) {
		e->what = MEMBER_OVERTAKEN;
		e->count = get_u16(g);
		return g->bad || e->count == 0 ? -1 : 0;
	}
	get_bytes(g, e->id.bytes, sizeof(e->id.bytes));
	switch (what) {
	case MEMBER_JOINED:
		get_observed(g, &e->observed);
		e->card_len = get_u8(g);
		e->card = get_ref(g, e->card_len);
		if (e->card_len == 0)
			return -1;
		break;
	case MEMBER_MOVED:
		get_observed(g, &e->observed);
		break;
	case MEMBER_LEFT:
		reason = get_u8(g);
		if (reason != LEAVE_GRACEFUL && reason != LEAVE_TIMEOUT)
			return -1;
		e->reason = (enum leave_reason)reason;
		break;
	default:
		return -1;
	}
	e->what = (enum bootmsg_what)what;
	return g->bad ? -1 : 0;
}
