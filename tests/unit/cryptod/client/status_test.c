/*
 * cryptod's part of /status (cryptod/client/status.c): it asks netd one
 * question at a time, completes the answer and passes it on; and it answers
 * when there is no netd to ask.
 */
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/peer.h"
#include "cryptod/client/status.h"

#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void status_suite(void);

/* A client, and the other ends of its channels. */
struct fixture {
	struct client *c;
	struct ipc_channel netd, ui;
};

static const struct addr boot = { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	9595 };

static void
set_up(struct fixture *f)
{
	f->c = calloc(1, sizeof(*f->c));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->c);
	ipc_pair(&f->c->netd, ROLE_CRYPTOD, &f->netd, ROLE_NETD);
	ipc_pair(&f->c->ui, ROLE_CRYPTOD, &f->ui, ROLE_UI);
	f->c->boot.addr = boot;
}

static void
tear_down(struct fixture *f)
{
	ipc_close(&f->c->netd);
	ipc_close(&f->c->ui);
	ipc_close(&f->netd);
	ipc_close(&f->ui);
	free(f->c);
}

static bool
got(struct ipc_channel *ch, enum ipc_type type, struct ipc_message_in *in)
{
	return ipc_receive(ch, in) == IPC_GOT && in->type == type;
}

static bool
got_nothing(struct ipc_channel *ch)
{
	struct ipc_message_in in;

	return ipc_receive(ch, &in) == IPC_EMPTY;
}

/* Returns the only answer that ui gets. */
static struct ipc_status
answered(struct fixture *f)
{
	struct ipc_status status = { .boot_status = BOOT_STATUS_COUNT };
	struct ipc_message_in in;

	CU_ASSERT_TRUE_FATAL(got(&f->ui, IPC_STATUS, &in));
	memcpy(&status, in.body, sizeof(status));
	CU_ASSERT_TRUE(got_nothing(&f->ui));
	return status;
}

static void
test_answer(void)
{
	struct ipc_net_status net = { .mapping = NAT_DEPENDENT,
		.heard = 1,
		.heard_age_ms = 7,
		.addr = boot,
		.observed = boot };
	struct ipc_net_peer gone = { .handle = 0x1001 };
	struct ipc_message_in in;
	struct ipc_status s;
	struct fixture f;

	set_up(&f);
	/* Nobody asked, or the ui that asked has died. */
	status_net_peer(f.c, MESSAGE(f.c->now, &gone));
	status_net(f.c, MESSAGE(f.c->now, &net));
	CU_ASSERT_TRUE(got_nothing(&f.ui));
	status_ask(f.c, MESSAGE(f.c->now, NULL));
	status_ask(f.c, MESSAGE(f.c->now, NULL));
	CU_ASSERT_TRUE(got(&f.netd, IPC_NET_ASK, &in));
	CU_ASSERT_TRUE(got_nothing(&f.netd));
	CU_ASSERT_TRUE(got_nothing(&f.ui));
	/* The answer may speak of a peer that is gone by now. */
	status_net_peer(f.c, MESSAGE(f.c->now, &gone));
	status_net(f.c, MESSAGE(f.c->now, &net));
	s = answered(&f);
	CU_ASSERT_EQUAL(memcmp(&s.net, &net, sizeof(net)), 0);
	CU_ASSERT_EQUAL(s.boot_status, BOOT_UNREACHABLE);
	CU_ASSERT_EQUAL(s.has_key, 0);
	status_net(f.c, MESSAGE(f.c->now, &net));
	CU_ASSERT_TRUE(got_nothing(&f.ui));
	tear_down(&f);
}

/* The key is the one that the bootnode must have; JOINED stays, however often
 * it joins. */
static void
test_bootnode(void)
{
	struct ipc_net_status net = { .addr = boot };
	struct ipc_status s;
	struct fixture f;

	set_up(&f);
	f.c->boot.known = true;
	f.c->config.boot_key[0] = 7;
	f.c->boot.key[0] = 9; /* such as the key of a refused one */
	f.c->boot.status.status = BOOT_REJOINED;
	status_ask(f.c, MESSAGE(f.c->now, NULL));
	status_net(f.c, MESSAGE(f.c->now, &net));
	s = answered(&f);
	CU_ASSERT_EQUAL(s.boot_status, BOOT_JOINED);
	CU_ASSERT_EQUAL(s.has_key, 1);
	CU_ASSERT_EQUAL(s.key[0], 7);
	tear_down(&f);
}

/* netd is gone before the question or before its answer: cryptod says what it
 * knows, and nobody waits. */
static void
test_without_netd(void)
{
	struct ipc_status s;
	struct fixture f;

	set_up(&f);
	status_without_netd(f.c); /* nobody has asked */
	CU_ASSERT_TRUE(got_nothing(&f.ui));
	status_ask(f.c, MESSAGE(f.c->now, NULL));
	CU_ASSERT_TRUE(got_nothing(&f.ui));
	status_without_netd(f.c);
	s = answered(&f);
	CU_ASSERT_EQUAL(s.net.mapping, NAT_UNKNOWN);
	ipc_close(&f.c->netd);
	for (int i = 0; i < 3; i++) {
		status_ask(f.c, MESSAGE(f.c->now, NULL));
		s = answered(&f);
		CU_ASSERT_EQUAL(s.net.mapping, NAT_UNKNOWN);
		CU_ASSERT_EQUAL(s.net.heard, 0);
		CU_ASSERT_TRUE(addr_equal(&s.net.addr, &boot));
	}
	tear_down(&f);
}

void
status_suite(void)
{
	CU_pSuite suite = CU_add_suite("status", NULL, NULL);

	CU_add_test(suite, "an answer", test_answer);
	CU_add_test(suite, "the bootnode", test_bootnode);
	CU_add_test(suite, "without netd", test_without_netd);
}
