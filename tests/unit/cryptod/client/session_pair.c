/*
 * Two peer sessions back to back. See session_pair.h.
 */
#include "tests/unit/cryptod/client/session_pair.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
on_record(void *arg, const uint8_t *bytes, size_t len)
{
	struct end *end = arg;
	struct record *r;

	end->records++;
	if (end->discard)
		return;
	r = malloc(sizeof(*r) + len);
	if (r == NULL)
		abort();
	r->len = len;
	memcpy(r->bytes, bytes, len);
	STAILQ_INSERT_TAIL(&end->out, r, entry);
}

static void
on_keys(void *arg, uint8_t epoch, bool send_now, const struct peer_keys *keys,
    const struct packet_keys *packets)
{
	struct end *end = arg;

	/* These come only with the handshake. */
	CU_ASSERT_EQUAL(packets != NULL, end->epochs == 0);
	if (packets != NULL)
		end->packets = *packets;

	end->epochs++;
	end->epoch = epoch;
	end->send_now = send_now;
	end->keys = *keys;
}

static void
on_established(void *arg, const uint8_t static_key[32], const char *nick,
    size_t nick_len)
{
	struct end *end = arg;

	end->established++;
	memcpy(end->peer_key, static_key, 32);
	memcpy(end->peer_nick, nick, nick_len);
	end->peer_nick[nick_len] = '\0';
}

/* Texts grow with their number, so that they need more and less padding. */
static size_t
make_text(char text[1024], uint64_t number)
{
	size_t len = (size_t)snprintf(text, 1024, "text %llu ",
	    (unsigned long long)number);
	size_t more = (size_t)(number % 150);

	memset(text + len, 'x', more);
	return len + more;
}

static void
on_content(void *arg, enum session_type type, const uint8_t *content,
    size_t len)
{
	struct end *end = arg;
	char text[1024];
	struct getter g;

	get_init(&g, content, len);
	switch (type) {
	case SESSION_TEXT:
		end->heard++;
		if (get_u64(&g) != end->heard || get_u8(&g) != 0 ||
		    get_ref(&g, sizeof(struct chain_link)) == NULL ||
		    get_u8(&g) != 1 || get_u8(&g) != 'n' ||
		    make_text(text, end->heard) != g.left ||
		    memcmp(text, g.p, g.left) != 0)
			end->confused = true;
		break;
	case SESSION_RECEIPT:
		end->receipt = get_u64(&g);
		break;
	case SESSION_BYE:
		end->byes++;
		break;
	case SESSION_NICK:
		end->nicks++;
		break;
	default:
		CU_FAIL("content of a type for nobody outside");
	}
}

/* Makes a key and its id, which is lower than another one if that is given. */
static void
make_key(struct end *end, const struct end *higher)
{
	do {
		crypto_keypair(&end->key);
		crypto_random(&end->us, sizeof(end->us));
		claim_complete(&end->us, end->key.public_key);
	} while (higher != NULL &&
	    memcmp(&end->us.id, &higher->us.id, PEER_ID_LEN) > 0);
}

static void
end_init(struct end *end, const struct end *other, const char *nick)
{
	STAILQ_INIT(&end->out);
	memset(end->psk, 0x42, KEY_LEN);
	strcpy(end->nick, nick);
	end->config = (struct session_config){
		.identity = &end->key,
		.claim = &end->us.claim,
		.psk = end->psk,
		.tag = { { 1, 2, 3 } },
		.us = end->us.id,
		.them = other->us.id,
		.nick = end->nick,
		.nick_len = strlen(nick),
	};
	end->io = (struct session_io){
		.record = on_record,
		.keys = on_keys,
		.established = on_established,
		.content = on_content,
		.arg = end,
	};
}

void
pair_init(struct pair *p)
{
	memset(p, 0, sizeof(*p));
	p->now = 1000;
	make_key(&p->b, NULL);
	make_key(&p->a, &p->b);
	end_init(&p->a, &p->b, "anna");
	end_init(&p->b, &p->a, "bj\xc3\xb8rn");
}

void
pair_start(struct pair *p)
{
	p->a.session = session_new(&p->a.config, &p->a.io, p->now);
	p->b.session = session_new(&p->b.config, &p->b.io, p->now);
	CU_ASSERT_EQUAL(session_start(p->b.session), 0);
	CU_ASSERT(STAILQ_EMPTY(&p->b.out));
	CU_ASSERT_EQUAL(session_start(p->a.session), 0);
	CU_ASSERT_FALSE(STAILQ_EMPTY(&p->a.out));
}

void
pair_settle(struct pair *p)
{
	int a, b;

	do {
		a = pair_deliver(p, &p->a);
		b = pair_deliver(p, &p->b);
		CU_ASSERT_FATAL(a != -1 && b != -1);
	} while (a != 1 || b != 1);
}

void
pair_establish(struct pair *p)
{
	pair_init(p);
	pair_start(p);
	pair_settle(p);
	CU_ASSERT_TRUE_FATAL(session_established(p->a.session));
	CU_ASSERT_TRUE_FATAL(session_established(p->b.session));
}

static void
end_free(struct end *end)
{
	struct record *r;

	while ((r = pair_take(end)) != NULL)
		free(r);
	session_free(end->session);
}

void
pair_free(struct pair *p)
{
	end_free(&p->a);
	end_free(&p->b);
}

struct record *
pair_take(struct end *from)
{
	struct record *r = STAILQ_FIRST(&from->out);

	if (r != NULL)
		STAILQ_REMOVE_HEAD(&from->out, entry);
	return r;
}

int
pair_give(struct pair *p, struct end *to, const uint8_t *bytes, size_t len)
{
	return session_receive(to->session, p->now, bytes_guarded(bytes, len),
	    len);
}

int
pair_deliver(struct pair *p, struct end *from)
{
	struct record *r = pair_take(from);
	int result;

	if (r == NULL)
		return 1;
	result = pair_give(p, from == &p->a ? &p->b : &p->a, r->bytes, r->len);
	free(r);
	return result;
}

int
pair_say(struct pair *p, struct end *end)
{
	const size_t header = SESSION_TEXT_HEADER + 1;
	uint8_t content[SESSION_TEXT_HEADER + 1 + 1024] = { 0 };
	struct putter put;
	size_t len;

	put_init(&put, content, sizeof(content));
	put_u64(&put, ++end->said);
	put_u8(&put, 0);
	content[header - 2] = 1; /* the name under which it is said */
	content[header - 1] = 'n';
	len = make_text((char *)content + header, end->said);
	return session_send(end->session, p->now, SESSION_TEXT, content,
	    header + len);
}
