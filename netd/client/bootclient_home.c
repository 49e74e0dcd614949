/*
 * A client in a fleet: one node has its room, the home. The others send it
 * there, by REDIRECT in place of a WELCOME, or by MOVE in a session: section
 * 2.18 of PROTOCOL.md. See bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

#include "common/log.h"
#include "netd/random.h"

#include <string.h>

bool
boot_in_session(const struct bootclient *b)
{
	return b->phase == BOOT_SESSION || (b->moving && b->has_session);
}

void
boot_stop_homing(struct bootclient *b)
{
	b->homing = b->moving = false;
	memset(&b->skips, 0, sizeof(b->skips));
	b->redirects = 0;
	boot_mark(b, BOOT_GOAL | BOOT_VIA, NULL, 0);
}

/* --- On the way ------------------------------------------------------- */

/* From now on only the addresses of the goal are asked. */
static void
set_out(struct bootclient *b, uint64_t now, uint64_t wait)
{
	boot_forget_attempts(b);
	boot_new_round(b, now);
	b->homing = true;
	b->home_hellos = HOME_HELLOS;
	b->home_until = now + clock_max(wait, 2 * bootclient_pto(b));
	b->port_at = b->silent_at = CLOCK_NEVER;
}

/* Asks by a JOIN with the token where that is good: it is for our address as
 * the node before has seen it, so one of the same family. */
static bool
show_token(struct bootclient *b, const struct ipc_boot_node *node)
{
	struct boot_pass pass = { .cookie = node->token, .token = true };
	struct putter p;

	put_init(&p, pass.nonce, sizeof(pass.nonce));
	put_u64(&p, random_u64());
	for (size_t i = 0; i < node->count; i++)
		if (addr_is_ipv4(&node->addrs[i]) == addr_is_ipv4(&b->addr))
			return boot_want_join(b, &pass, &node->addrs[i]) == 0;
	return false;
}

static void
follow(struct bootclient *b, uint64_t now, const struct ipc_boot_node *node)
{
	const struct addr from = b->addr;

	log_debug("the bootnode names the home of the room, and we go there");
	boot_mark(b, BOOT_VIA, &from, 1);
	boot_mark(b, BOOT_GOAL, node->addrs, node->count);
	b->goal = node->name;
	set_out(b, now, REDIRECT_WAIT);
	if (!show_token(b, node))
		boot_say_hello(b, now);
}

/* A JOIN says that we cannot reach this node. */
static void
skip_node(struct bootclient *b, uint32_t name)
{
	if (b->skips.count < JOIN_SKIPS_MAX)
		b->skips.names[b->skips.count++] = name;
}

/* The node that sent us on is to serve us, or to send us elsewhere: what opened
 * the last JOIN is good for another one. */
static void
ask_again(struct bootclient *b, uint64_t now)
{
	const struct boot_pass pass = b->pass;
	const struct addr at = b->addr;

	if (boot_want_join(b, &pass, &at) == -1)
		boot_say_hello(b, now);
}

static void
ask_for_next(struct bootclient *b, uint64_t now, uint32_t name)
{
	skip_node(b, name);
	ask_again(b, now);
}

static void
ask_to_be_served(struct bootclient *b, uint64_t now)
{
	b->skips.count = JOIN_SKIPS_MAX;
	ask_again(b, now);
}

/* It does not serve us even so: it is asked later, like one that is full. */
static void
give_up(struct bootclient *b, uint64_t now)
{
	log_debug("the bootnode sends us on and on: we ask later");
	boot_stop_homing(b);
	boot_forget_attempts(b);
	boot_new_round(b, now);
	b->phase = BOOT_HELLO;
	b->retry_at = b->round_at = boot_later(now, JOIN_RETRY_MAX);
}

int
bootclient_redirect(void *self, const struct ipc_message_in *in)
{
	const struct ipc_boot_node *node = in->body;
	struct bootclient *b = self;

	/* Another JOIN is being written, or it is not for us any more. */
	if (b->join_len == 0 ||
	    (b->phase != BOOT_JOINING && b->phase != BOOT_HELLO))
		return 0;
	b->join_len = 0;
	if (b->leave_asked)
		b->phase = BOOT_GONE;
	else if (b->skips.count == JOIN_SKIPS_MAX)
		give_up(b, in->now);
	else if (b->redirects++ >= REDIRECTS_MAX)
		ask_to_be_served(b, in->now);
	else if (boot_are_silent(b, in->now, SILENT_REST, node->addrs,
		     node->count))
		ask_for_next(b, in->now, node->name);
	else
		follow(b, in->now, node);
	return 0;
}

/* --- MOVE ------------------------------------------------------------- */

void
boot_go_home(struct bootclient *b, uint64_t now)
{
	b->rejoin_at = CLOCK_NEVER;
	b->asked_from = 0;
	set_out(b, now, MOVE_WAIT);
	boot_say_hello(b, now);
}

/* It is said every second, while the node waits for us to go. */
int
bootclient_move(void *self, const struct ipc_message_in *in)
{
	const struct ipc_boot_node *node = in->body;
	struct bootclient *b = self;

	if (b->phase != BOOT_SESSION || b->moving || b->leave_asked ||
	    boot_are_silent(b, in->now, MOVE_REST, node->addrs, node->count))
		return 0;
	log_debug("the room moves to another bootnode, and we go there");
	b->moving = true;
	boot_mark(b, BOOT_GOAL, node->addrs, node->count);
	/* A bootnode cannot have us join as often as it likes. */
	if (boot_must_wait_more(b, in->now))
		b->rejoin_at = clock_min(b->rejoin_at, b->join_after);
	else
		boot_go_home(b, in->now);
	return 0;
}

void
boot_leave_behind(struct bootclient *b, uint64_t now)
{
	if (b->has_session && boot_in_session(b))
		boot_send_control(b, now, WIRE_LEAVE);
}

/* --- There, or not --------------------------------------------------- */

void
boot_arrived(struct bootclient *b)
{
	struct addr home[NODE_ADDRS_MAX];
	struct boot_target *t = boot_target_at(b, &b->session_addr);
	uint8_t what = t == NULL ? 0 : t->is & (BOOT_GOAL | BOOT_HOME);
	size_t count = 0;

	if ((what & BOOT_GOAL) != 0)
		what = BOOT_GOAL;
	for (size_t i = 0; i < b->target_count; i++)
		if ((b->targets[i].is & what) != 0 && count < NODE_ADDRS_MAX)
			home[count++] = b->targets[i].addr;
	boot_mark(b, BOOT_HOME, home, count);
	boot_stop_homing(b);
	boot_not_silent(b, &b->session_addr);
}

/* The node where we are serves us on, if it still does. */
static void
stay(struct bootclient *b)
{
	log_debug("the home of the room does not answer: we stay");
	boot_stop_homing(b);
	b->phase = BOOT_SESSION;
}

/* The node that sent us there, or any other, is asked for the next one. */
static void
go_back(struct bootclient *b, uint64_t now)
{
	log_debug("the home of the room does not answer: we ask for another");
	b->homing = b->moving = false;
	skip_node(b, b->goal);
	for (size_t i = 0; i < b->target_count; i++)
		if ((b->targets[i].is & BOOT_GOAL) != 0)
			b->targets[i].rests_until = now + REFUSED_REST;
	boot_mark(b, BOOT_GOAL, NULL, 0);
	boot_new_round(b, now);
	b->silent_at =
	    b->has_session || b->lost_told ? CLOCK_NEVER : now + JOIN_SILENT;
	boot_say_hello(b, now);
}

uint64_t
boot_homing_deadline(const struct bootclient *b)
{
	return b->homing ? b->home_until : CLOCK_NEVER;
}

void
boot_homing_timer(struct bootclient *b, uint64_t now)
{
	if (now < boot_homing_deadline(b))
		return;
	boot_silent_goal(b, now);
	if (boot_in_session(b))
		stay(b);
	else
		go_back(b, now);
}
