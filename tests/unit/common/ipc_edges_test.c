/*
 * The edges of what the launcher and the others may say to each other: of each
 * field that has a highest value, that is taken, and one more is not.
 */
#include "common/log.h"
#include "common/sandbox.h"
#include "tests/unit/ipc_build.h"

#include <CUnit/CUnit.h>

#include <stddef.h>
#include <stdio.h>

void ipc_edges_suite(void);

#define FIELD(type, body, field, highest)                                 \
	{                                                                 \
		IPC_##type, offsetof(struct body, field), highest, #field \
	}

/* Fields of one byte. */
static const struct edge {
	enum ipc_type type;
	size_t at; /* in the body */
	uint8_t highest;
	const char *name;
} edges[] = {
	FIELD(PRIVILEGES, ipc_privileges, drop, 1),
	FIELD(CONFIG_NETD, ipc_config_netd, mode, MODE_BOOTNODE),
	FIELD(CONFIG_NETD, ipc_config_netd, port_asked_for, 1),
	FIELD(CONFIG_NETD, ipc_config_netd, boot_addr_count, BOOT_ADDRS_MAX),
	FIELD(CONFIG_NETD, ipc_config_netd, relay, RELAY_ONLY),
	FIELD(CONFIG_NETD, ipc_config_netd, bind_count, 1),
	FIELD(CONFIG_NETD, ipc_config_netd, restores, 0),
	FIELD(CONFIG_CRYPTOD, ipc_config_cryptod, mode, MODE_BOOTNODE),
	FIELD(CONFIG_CRYPTOD, ipc_config_cryptod, secret,
	    SECRET_KIND_COUNT - 1),
	FIELD(CONFIG_CRYPTOD, ipc_config_cryptod, pinned, 1),
	FIELD(CONFIG_CRYPTOD, ipc_config_cryptod, remembered, 1),
	FIELD(CONFIG_CRYPTOD, ipc_config_cryptod, hidden, 1),
	FIELD(CONFIG_UI, ipc_config_ui, mode, MODE_BOOTNODE),
	FIELD(CONFIG_UI, ipc_config_ui, kind, UI_TUI),
	FIELD(CONFIG_UI, ipc_config_ui, notify, NOTIFY_OSC9),
	FIELD(CONFIG_UI, ipc_config_ui, notify_for, NOTIFY_ALL),
	FIELD(CONFIG_UI, ipc_config_ui, mouse, MOUSE_OFF),
	FIELD(CONFIG_UI, ipc_config_ui, secret, SECRET_KIND_COUNT - 1),
	FIELD(CONFIG_UI, ipc_config_ui, restarted, 1),
	FIELD(CONFIG_UI, ipc_config_ui, show_invite, 1),
	FIELD(BOOT_ADDRS, ipc_boot_addrs, count, BOOT_ADDRS_MAX),
	FIELD(CHANNEL, ipc_channel_end, role, ROLE_FLEETD),
	FIELD(CHANNEL, ipc_channel_end, room, ROOMS_MAX - 1),
	FIELD(NOTICE, ipc_notice, level, LOG_DEBUG),
	FIELD(NOTICE, ipc_notice, room, ROOMS_MAX),
	FIELD(LOG, ipc_log, level, LOG_DEBUG),
	FIELD(LOG, ipc_log, event, 1),
	FIELD(READY, ipc_ready, degraded, SANDBOX_STEPS),
	FIELD(FAULT, ipc_fault, role, ROLE_COUNT - 1),
	FIELD(FAULT, ipc_fault, room, ROOMS_MAX - 1),
};

static void
check(const struct edge *e, unsigned int value, int want)
{
	static struct ipc_built m;
	int got;

	ipc_build(&m, e->type, ipc_shortest_tail(e->type));
	m.body.bytes[e->at] = (uint8_t)value;
	got = ipc_parse_built(&m);
	CU_ASSERT_EQUAL(got, want);
	if (got != want)
		printf("\n  %s, %s of %u: %d\n", ipc_type_name(e->type),
		    e->name, value, got);
}

static void
test_bytes(void)
{
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		check(&edges[i], edges[i].highest, 0);
		check(&edges[i], edges[i].highest + 1U, -1);
		check(&edges[i], UINT8_MAX, -1);
	}
}

/* A bootnode may have two addresses, and a state that comes. */
static void
test_bootnode(void)
{
	static struct ipc_built m;
	struct ipc_config_netd *n = &m.body.config_netd;

	for (unsigned int restores = 0; restores <= 2; restores++) {
		ipc_build(&m, IPC_CONFIG_NETD, 0);
		n->mode = MODE_BOOTNODE;
		n->bind_count = BINDS_MAX;
		n->restores = (uint8_t)restores;
		CU_ASSERT_EQUAL(ipc_parse_built(&m), restores <= 1 ? 0 : -1);
	}
	/* The timeout is longer than what it waits for. */
	for (uint32_t more = 0; more <= 1; more++) {
		ipc_build(&m, IPC_CONFIG_NETD, 0);
		n->limits.timeout_ms = n->limits.heartbeat_ms + more;
		CU_ASSERT_EQUAL(ipc_parse_built(&m), more > 0 ? 0 : -1);
	}
}

void
ipc_edges_suite(void)
{
	CU_pSuite suite = CU_add_suite("ipc_edges", NULL, NULL);

	CU_add_test(suite, "the highest of each field", test_bytes);
	CU_add_test(suite, "a bootnode's", test_bootnode);
}
