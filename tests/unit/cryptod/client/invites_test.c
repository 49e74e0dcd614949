/*
 * The answer to /invite (cryptod/client/invites.c): the invite to the room, or
 * why there is none.
 */
#include "cryptod/client/invites.h"

#include "tests/unit/bytes.h"
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void invites_suite(void);

struct fixture {
	struct client *c;
	struct ipc_channel ui; /* its other end */
};

static void
set_up(struct fixture *f)
{
	f->c = calloc(1, sizeof(*f->c));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->c);
	f->c->secrets = calloc(1, sizeof(*f->c->secrets));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->c->secrets);
	ipc_pair(&f->c->ui, ROLE_CRYPTOD, &f->ui, ROLE_UI);
	memcpy(f->c->config.room, "kitchen", 7);
	f->c->config.room_len = 7;
	(void)snprintf(f->c->config.bootnode, sizeof(f->c->config.bootnode),
	    "b.example:9595");
	memset(f->c->secrets->room_key, 3, X25519_LEN);
	memset(f->c->secrets->invite_secret, 4, INVITE_SECRET_LEN);
}

static void
tear_down(struct fixture *f)
{
	ipc_close(&f->c->ui);
	ipc_close(&f->ui);
	free(f->c->secrets);
	free(f->c);
}

/* Asks, and asserts which answer comes. */
static void
check_answer(struct fixture *f, enum invite_state want,
    struct ipc_message_in *in)
{
	const struct ipc_invite *answer;

	CU_ASSERT_EQUAL(invites_ask(f->c, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f->ui, in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in->type, IPC_INVITE);
	answer = in->body;
	CU_ASSERT_EQUAL(answer->state, want);
}

/* There is one as soon as the bootnode's key is known: because the user has it,
 * or because the bootnode has proved it. */
static void
test_made(void)
{
	struct ipc_message_in in;
	struct invite invite;
	struct fixture f;
	size_t at;

	set_up(&f);
	f.c->secrets->invited = true;
	check_answer(&f, INVITE_NO_KEY, &in);
	f.c->boot.ever_joined = true;
	check_answer(&f, INVITE_MADE, &in);
	CU_ASSERT_EQUAL_FATAL(invite_parse(&invite, (const char *)in.tail,
				  in.tail_len, &at),
	    INVITE_SOUND);
	CU_ASSERT_STRING_EQUAL(invite.bootnode, "b.example:9595");
	CU_ASSERT_STRING_EQUAL(invite.room, "kitchen");
	CU_ASSERT_EQUAL(memcmp(invite.key, f.c->secrets->room_key, X25519_LEN),
	    0);
	CU_ASSERT_EQUAL(memcmp(invite.secret, f.c->secrets->invite_secret,
			    INVITE_SECRET_LEN),
	    0);
	CU_ASSERT_FALSE(invite.has_access);
	f.c->secrets->has_access = true;
	memset(f.c->secrets->access, 5, ACCESS_KEY_LEN);
	check_answer(&f, INVITE_MADE, &in);
	CU_ASSERT_EQUAL_FATAL(invite_parse(&invite, (const char *)in.tail,
				  in.tail_len, &at),
	    INVITE_SOUND);
	CU_ASSERT_TRUE(invite.has_access);
	CU_ASSERT_EQUAL(memcmp(invite.access, f.c->secrets->access,
			    ACCESS_KEY_LEN),
	    0);
	f.c->boot.ever_joined = false;
	f.c->boot.known = true;
	check_answer(&f, INVITE_MADE, &in);
	tear_down(&f);
}

/* A room that people enter by a passphrase, or without one. */
static void
test_no_secret(void)
{
	struct ipc_message_in in;
	struct fixture f;

	set_up(&f);
	f.c->boot.known = true;
	check_answer(&f, INVITE_NO_SECRET, &in);
	tear_down(&f);
}

void
invites_suite(void)
{
	CU_pSuite suite = CU_add_suite("invites", crypto_setup, NULL);

	CU_add_test(suite, "an invite", test_made);
	CU_add_test(suite, "a room without", test_no_secret);
}
