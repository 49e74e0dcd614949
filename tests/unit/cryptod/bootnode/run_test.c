/*
 * A bootnode's cryptod: JOINs and their answers, and what becomes of them and
 * of what is sealed when netd or ui is restarted.
 */
#include "tests/unit/cryptod/bootnode/boot_scene.h"

#include "cryptod/access.h"
#include "tests/unit/bytes.h"
#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void cryptod_bootnode_suite(void);

/* JOINs that cryptod has at a time. */
#define PENDING_MAX 512

static void
test_keys(void)
{
	struct scene s;

	boot_begin(&s, true);
	worker_stop(&s.w);
	boot_begin(&s, false);
	worker_stop(&s.w);
}

#define ZEROS "00000000000000000000000000000000"
#define KEY_0 ZEROS ZEROS
#define KEY_7                              \
	"07070707070707070707070707070707" \
	"07070707070707070707070707070707"

static void
check_access(struct scene *s, const char *first, const char *second,
    uint8_t byte)
{
	uint8_t mac_key[SIPHASH_KEY], key[ACCESS_KEY_LEN];
	const struct ipc_access_keys *keys;
	struct ipc_message_in in;

	memset(key, byte, sizeof(key));
	access_derive(mac_key, key);
	keys = worker_says(boot_netd(s), IPC_ACCESS_KEYS, &in);
	CU_ASSERT(keys->private == 1 && keys->count == 2);
	CU_ASSERT_STRING_EQUAL(keys->at[0].name, first);
	CU_ASSERT_STRING_EQUAL(keys->at[1].name, second);
	CU_ASSERT_EQUAL(memcmp(keys->at[1].mac_key, mac_key, SIPHASH_KEY), 0);
}

/* A private one tells netd so before it tells anything else, and each netd
 * that comes. netd does not get the keys themselves. Others may come later. */
static void
test_private(void)
{
	static const char before[] = "anna " KEY_0 "\nbert " KEY_7 "\n",
			  after[] = "carl " KEY_7 "\ndora " KEY_0 "\n";
	struct ipc_access_again again = { .access = 1 };
	const struct ipc_access_keys *keys;
	struct scene s = { .fresh = false };
	struct ipc_message_in in;
	struct folder folder;
	char path[300];

	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/keys", folder.path);
	folder_put(&folder, "keys", before, strlen(before));
	s.access = path;
	boot_start(&s);
	for (int i = 0; i < 2; i++) {
		check_access(&s, "anna", "bert", 7);
		boot_check_keys(&s, false);
		worker_replace(&s.w, ROLE_NETD);
	}
	check_access(&s, "anna", "bert", 7);
	boot_check_keys(&s, false);
	folder_put(&folder, "keys", after, strlen(after));
	ipc_send(&s.w.launcher, IPC_ACCESS_AGAIN, &again, NULL, 0);
	check_access(&s, "carl", "dora", 0);
	worker_replace(&s.w, ROLE_NETD);
	check_access(&s, "carl", "dora", 0);
	boot_check_keys(&s, false);
	folder_put(&folder, "keys", "", 0);
	again.access = 0;
	ipc_send(&s.w.launcher, IPC_ACCESS_AGAIN, &again, NULL, 0);
	keys = worker_says(boot_netd(&s), IPC_ACCESS_KEYS, &in);
	CU_ASSERT(keys->private == 0 && keys->count == 0);
	worker_stop(&s.w);
	folder_remove(&folder);
}

static void
test_join(void)
{
	struct scene s;
	struct guest g;

	boot_begin(&s, false);
	boot_join(&s, &g, 0);
	boot_join(&s, &g, 1);
	boot_join(&s, &g, SLOTS_MAX - 1);
	worker_stop(&s.w);
}

/* A JOIN that was changed on the way, or is something else, is refused, and
 * nothing is left of it. */
static void
test_no_join(void)
{
	const struct ipc_join_failed *failed;
	struct ipc_message_in in;
	struct guest g, bad;
	struct scene s;

	boot_begin(&s, false);
	boot_write_join(&s, &g, 5);
	for (int i = 0; i < 3; i++) {
		bad = g;
		if (i == 0)
			bad.message[bad.len - 1] ^= 1;
		else if (i == 1)
			bad.start[0] ^= 1; /* the cookie of another JOIN */
		else
			bad.len = 10;
		boot_send_join(&s, &bad, 5);
		failed = worker_says(boot_netd(&s), IPC_JOIN_FAILED, &in);
		CU_ASSERT_EQUAL(failed->slot, 5);
	}
	/* The handshake is right, and there is nothing in it. */
	join_handshake(&bad.noise, true, g.start, NULL, s.key.public_key);
	memcpy(bad.start, g.start, sizeof(bad.start));
	bad.len =
	    noise_write(&bad.noise, boot_card, sizeof(boot_card), bad.message);
	boot_send_join(&s, &bad, 5);
	worker_says(boot_netd(&s), IPC_JOIN_FAILED, &in);
	boot_send_join(&s, &g, 5);
	boot_check_opened(&s, &g);
	worker_stop(&s.w);
}

/* At most so many JOINs are open at a time. One that is dropped makes room. */
static void
test_many(void)
{
	struct ipc_message_in in;
	struct scene s;
	struct guest g;

	boot_begin(&s, false);
	for (uint32_t slot = 0; slot < PENDING_MAX; slot++) {
		boot_write_join(&s, &g, slot);
		boot_send_join(&s, &g, slot);
		boot_check_opened(&s, &g);
	}
	boot_write_join(&s, &g, PENDING_MAX);
	boot_send_join(&s, &g, PENDING_MAX);
	worker_says(boot_netd(&s), IPC_JOIN_FAILED, &in);
	boot_say_slot(&s, IPC_JOIN_DROP, 9);
	boot_send_join(&s, &g, PENDING_MAX);
	boot_check_opened(&s, &g);
	boot_send_join(&s, &g, 9);
	worker_says(boot_netd(&s), IPC_JOIN_FAILED, &in);
	worker_stop(&s.w);
}

/* netd may not say these things of a slot. */
static void
test_faults(void)
{
	const struct ipc_join_reply reply = { .slot = 3 };
	struct scene s;
	struct guest g;

	boot_begin(&s, false);
	boot_say(&s, IPC_JOIN_REPLY, &reply, boot_card, sizeof(boot_card));
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_REPLY);
	boot_begin(&s, false);
	boot_say_slot(&s, IPC_JOIN_DROP, 3);
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_DROP);
	boot_begin(&s, false);
	boot_write_join(&s, &g, 3);
	boot_send_join(&s, &g, 3);
	boot_send_join(&s, &g, 3);
	boot_check_opened(&s, &g);
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_OPEN);
	/* A JOIN gets only one answer. */
	boot_begin(&s, false);
	boot_join(&s, &g, 3);
	boot_say(&s, IPC_JOIN_REPLY, &reply, boot_card, sizeof(boot_card));
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_REPLY);
}

/* --- netd and ui ---------------------------------------------------------- */

static void
listening(struct scene *s, uint16_t port)
{
	const struct ipc_listening body = { .addr.port = port };

	boot_say(s, IPC_LISTENING, &body, NULL, 0);
}

static void
check_ready(struct scene *s, uint16_t port)
{
	const struct ipc_bootnode_ready *ready;
	struct ipc_message_in in;

	ready = worker_says(boot_ui(s), IPC_BOOTNODE_READY, &in);
	CU_ASSERT_EQUAL(ready->addr.port, port);
	CU_ASSERT_EQUAL(memcmp(ready->key, s->key.public_key, X25519_LEN), 0);
}

static void
test_listening(void)
{
	struct scene s;

	boot_begin(&s, false);
	listening(&s, 1000);
	listening(&s, 1001);
	check_ready(&s, 1000);
	check_ready(&s, 1001);
	/* A restarted ui is told the same. */
	worker_replace(&s.w, ROLE_UI);
	check_ready(&s, 1000);
	check_ready(&s, 1001);
	worker_is_silent(&s.w, boot_ui(&s));
	/* A restarted netd has to say again where it listens. */
	worker_replace(&s.w, ROLE_NETD);
	boot_check_keys(&s, false);
	worker_lose(&s.w, ROLE_UI);
	worker_replace(&s.w, ROLE_UI);
	worker_is_silent(&s.w, boot_ui(&s));
	listening(&s, 1002);
	check_ready(&s, 1002);
	for (int i = 1; i < BINDS_MAX + 1; i++)
		listening(&s, 1003);
	worker_blames(&s.w, ROLE_NETD, IPC_LISTENING);
}

/* When netd is gone, so are all sessions and all JOINs that were begun. */
static void
test_netd_gone(void)
{
	struct scene s;
	struct guest g, other;

	for (int seen = 0; seen < 2; seen++) {
		boot_begin(&s, true);
		boot_join(&s, &g, 4);
		boot_write_join(&s, &other, 5);
		boot_send_join(&s, &other, 5);
		boot_check_opened(&s, &other);
		if (seen)
			worker_lose(&s.w, ROLE_NETD);
		worker_replace(&s.w, ROLE_NETD);
		boot_check_keys(&s, false);
		boot_send_join(&s, &other, 5);
		boot_check_opened(&s, &other);
		boot_seal(&s, &g, 1, 1);
		worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
	}
}

static void
test_figures(void)
{
	struct ipc_stats stats = { .asked = 1 };
	const struct ipc_stats *shown;
	struct ipc_message_in in;
	struct scene s;

	boot_begin(&s, false);
	ipc_send(boot_ui(&s), IPC_STATUS_ASK, NULL, NULL, 0);
	worker_says(boot_netd(&s), IPC_NET_ASK, &in);
	/* The netd that was asked has died: the next one is asked. */
	worker_replace(&s.w, ROLE_NETD);
	boot_check_keys(&s, false);
	worker_says(boot_netd(&s), IPC_NET_ASK, &in);
	boot_say(&s, IPC_STATS, &stats, NULL, 0);
	shown = worker_says(boot_ui(&s), IPC_STATS_SHOW, &in);
	CU_ASSERT_TRUE(shown->asked);
	/* cryptod has answered, so the next netd is not asked. */
	worker_replace(&s.w, ROLE_NETD);
	boot_check_keys(&s, false);
	worker_is_silent(&s.w, boot_netd(&s));
	stats.asked = 0;
	boot_say(&s, IPC_STATS, &stats, NULL, 0);
	shown = worker_says(boot_ui(&s), IPC_STATS_SHOW, &in);
	CU_ASSERT_FALSE(shown->asked);
	worker_stop(&s.w);
}

/* An answer that could not be sent to ui comes with the next figures. */
static void
test_figures_late(void)
{
	struct ipc_stats stats = { .asked = 1 };
	const struct ipc_stats *shown;
	struct ipc_message_in in;
	struct scene s;

	boot_begin(&s, false);
	worker_lose(&s.w, ROLE_UI);
	worker_is_silent(&s.w, boot_netd(&s));
	boot_say(&s, IPC_STATS, &stats, NULL, 0);
	worker_is_silent(&s.w, boot_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	stats.asked = 0;
	worker_is_silent(&s.w, boot_ui(&s));
	for (int i = 0; i < 2; i++) {
		boot_say(&s, IPC_STATS, &stats, NULL, 0);
		shown = worker_says(boot_ui(&s), IPC_STATS_SHOW, &in);
		CU_ASSERT_EQUAL(shown->asked, i == 0);
	}
	worker_stop(&s.w);
}

static void
test_members(void)
{
	const struct ipc_member member = { .what = MEMBER_JOINED,
		.id = { { 1, 2 } } };
	const struct ipc_member *shown;
	struct ipc_message_in in;
	struct scene s;

	boot_begin(&s, false);
	boot_say(&s, IPC_MEMBER, &member, NULL, 0);
	shown = worker_says(boot_ui(&s), IPC_MEMBER_SHOW, &in);
	CU_ASSERT_EQUAL(memcmp(shown, &member, sizeof(member)), 0);
	worker_stop(&s.w);
}

/* Each ui gets GOODBYE once, whichever ui has asked for the end. */
static void
test_quit(void)
{
	struct ipc_message_in in;
	struct scene s;

	boot_begin(&s, false);
	ipc_send(boot_ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(boot_ui(&s), IPC_GOODBYE, &in);
	worker_replace(&s.w, ROLE_UI);
	worker_says(boot_ui(&s), IPC_GOODBYE, &in);
	ipc_send(boot_ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_is_silent(&s.w, boot_ui(&s));
	worker_stop(&s.w);
}

static void
test_other_channel(void)
{
	struct scene s;

	boot_begin(&s, false);
	worker_pass(&s.w, ROLE_CRYPTOD);
	worker_blames(&s.w, ROLE_LAUNCHER, IPC_CHANNEL);
}

void
cryptod_bootnode_suite(void)
{
	CU_pSuite s = CU_add_suite("cryptod_bootnode", crypto_setup, NULL);

	CU_add_test(s, "keys", test_keys);
	CU_add_test(s, "a private bootnode", test_private);
	CU_add_test(s, "a JOIN", test_join);
	CU_add_test(s, "no JOIN", test_no_join);
	CU_add_test(s, "many JOINs", test_many);
	CU_add_test(s, "answers without a JOIN", test_faults);
	CU_add_test(s, "LISTENING", test_listening);
	CU_add_test(s, "another netd", test_netd_gone);
	CU_add_test(s, "figures", test_figures);
	CU_add_test(s, "figures that are late", test_figures_late);
	CU_add_test(s, "members", test_members);
	CU_add_test(s, "QUIT", test_quit);
	CU_add_test(s, "a channel to nobody", test_other_channel);
}
