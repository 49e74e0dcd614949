/*
 * Rules about several options together. See option_rules.h.
 */
#include "launcher/option_rules.h"

#include <sys/types.h>

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "launcher/option_names.h"
#include "launcher/option_value.h"

/* Seconds between two heartbeats, where nothing else is said. */
#define FLEET_HEARTBEAT 5

void
option_rules_nick(struct options *o)
{
	const struct passwd *pw = getpwuid(getuid());
	char why[OPTION_WHY_MAX];

	if (pw == NULL ||
	    option_parse(o, &option_specs[OPT_NICK], pw->pw_name, why) == -1)
		(void)strlcpy(o->nick, "anonymous", sizeof(o->nick));
}

static bool
is_given(const struct options_parse *p, enum option_id id)
{
	return p->raw[id].text != NULL &&
	    p->o->origin[id].source != SOURCE_DEFAULT;
}

/* Forgets what an option says, because another counts in its place. */
static void
drop(struct options_parse *p, enum option_id id)
{
	p->raw[id].text = NULL;
	p->o->origin[id] = (struct option_origin){ .source = SOURCE_DEFAULT };
	memset((char *)p->o + option_specs[id].offset, 0,
	    option_specs[id].size);
	if (id == OPT_ROOM)
		p->o->more_room_count = 0;
}

/*
 * Lets an option count in place of others. Of a flag and a variable, the flag
 * counts; two flags are an error; of two variables, the option counts.
 */
static int
replace(struct options_parse *p, enum option_id id,
    const enum option_id *others, size_t count)
{
	const struct option_origin *origin = p->o->origin;

	if (!is_given(p, id))
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (!is_given(p, others[i]))
			continue;
		if (origin[others[i]].source > origin[id].source) {
			drop(p, id);
			return 0;
		}
		if (origin[others[i]].source == SOURCE_FLAG)
			return options_fail(p,
			    "--%s: expected alone, but --%s is given too",
			    option_specs[id].flag,
			    option_specs[others[i]].flag);
	}
	for (size_t i = 0; i < count; i++)
		drop(p, others[i]);
	return 0;
}

/* Which room, in which of the four ways. */
static int
check_way_in(struct options_parse *p)
{
	static const enum option_id in_invite[] = { OPT_INVITE_FILE,
		OPT_NEW_ROOM, OPT_BOOTNODE, OPT_ROOM, OPT_BOOTNODE_KEY,
		OPT_PASSPHRASE_FILE, OPT_PASSPHRASE };
	static const enum option_id in_new[] = { OPT_ROOM, OPT_PASSPHRASE_FILE,
		OPT_PASSPHRASE };
	const size_t count = sizeof(in_invite) / sizeof(in_invite[0]);

	if (replace(p, OPT_INVITE, in_invite, count) == -1 ||
	    replace(p, OPT_INVITE_FILE, in_invite + 1, count - 1) == -1 ||
	    replace(p, OPT_NEW_ROOM, in_new,
		sizeof(in_new) / sizeof(in_new[0])) == -1)
		return -1;
	if (p->o->new_room[0] != '\0')
		(void)strlcpy(p->o->room, p->o->new_room, sizeof(p->o->room));
	return 0;
}

/* Whether another option says what this one would. */
static bool
is_replaced(const struct options_parse *p, enum option_id id)
{
	return is_given(p, OPT_INVITE) || is_given(p, OPT_INVITE_FILE) ||
	    (id == OPT_ROOM && is_given(p, OPT_NEW_ROOM));
}

/* Who has a bootnode in .env may still mean the rooms that are remembered. */
static bool
lacks_only_a_room(const struct options_parse *p)
{
	return p->raw[OPT_ROOM].text == NULL && is_given(p, OPT_BOOTNODE) &&
	    p->o->origin[OPT_BOOTNODE].source != SOURCE_FLAG;
}

/* Checks that a client can enter a room: by an invite, or by name, and has all
 * that this takes. Returns 0, or -1, or OPTIONS_NOTHING if all is missing, or
 * OPTIONS_NO_ROOM. */
static int
check_client(const struct options_parse *p)
{
	size_t by_name = 0, missing = 0, n;
	char names[OPTION_ERROR_MAX] = "";

	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		const struct option_spec *spec = &option_specs[id];

		if (!option_is_by_name(spec))
			continue;
		by_name++;
		if (p->raw[id].text != NULL || is_replaced(p, id))
			continue;
		n = strlen(names);
		(void)snprintf(names + n, sizeof(names) - n,
		    "%s--%s or %s: not given: expected %s",
		    missing++ > 0 ? "; " : "", spec->flag, spec->variable,
		    spec->want);
	}
	if (missing == 0)
		return 0;
	(void)options_fail(p, "%s%s", names,
	    missing == by_name
		? "; an invite takes the place of both: --invite-file FILE or "
		  "--invite -"
		: "");
	return missing == by_name  ? OPTIONS_NOTHING
	    : lacks_only_a_room(p) ? OPTIONS_NO_ROOM
				   : -1;
}

/* A check is a client in a room of its own, at any port. It says what it finds
 * in one line, and its log has nothing to add when all is well. */
static int
check_check(struct options_parse *p)
{
	struct options *o = p->o;

	if (p->raw[OPT_BOOTNODE].text == NULL)
		return options_fail(p,
		    "--bootnode or BOOTNODE: not given: expected %s",
		    option_specs[OPT_BOOTNODE].want);
	if (o->ui == UI_TUI && o->origin[OPT_UI].source == SOURCE_FLAG)
		return options_fail_at(p, OPT_UI,
		    "\"tui\": expected plain or json in mode check");
	if (o->ui == UI_TUI)
		o->ui = UI_PLAIN;
	if (o->origin[OPT_LOG_LEVEL].source != SOURCE_FLAG)
		o->log_level = LOG_WARN;
	o->local_udp_port = 0;
	(void)strlcpy(o->nick, "check", sizeof(o->nick));
	return 0;
}

/* With several rooms nobody could tell whose passphrase it is, and a wrong one
 * is no error but another room. */
static int
check_one_room(struct options_parse *p)
{
	static const enum option_id ids[] = { OPT_PASSPHRASE_FILE,
		OPT_PASSPHRASE };

	for (size_t i = 0; i < 2; i++)
		if (is_given(p, ids[i]) && p->o->more_room_count > 0)
			return options_fail_at(p, ids[i],
			    "expected one --room only, as it would be the "
			    "passphrase of one of them; /join asks for that of "
			    "another room");
	return 0;
}

/* Who has a fleet's option, and no fleet, may think that there is one; and who
 * has certificates, that the connection is encrypted. */
static int
check_fleet(struct options_parse *p)
{
	static const enum option_id others[] = { OPT_FLEET_AUTH_FILE,
		OPT_FLEET_CA_FILE, OPT_FLEET_ADDRESS };
	struct options *o = p->o;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!o->fleet.given && is_given(p, others[i]))
			return options_fail_at(p, others[i],
			    "expected --fleet or FLEET, too");
	if (o->fleet.given && o->fleet.kind != ENGINE_TLS &&
	    is_given(p, OPT_FLEET_CA_FILE))
		return options_fail_at(p, OPT_FLEET_CA_FILE,
		    "expected --fleet or FLEET with rediss://, as another "
		    "connection is not encrypted");
	/* Who loses its bootnode is to notice within 10 s. */
	if (o->fleet.given && !is_given(p, OPT_HEARTBEAT_INTERVAL))
		o->heartbeat_interval = FLEET_HEARTBEAT;
	return 0;
}

static int
check_together(struct options_parse *p)
{
	static const enum option_id in_passphrase[] = { OPT_PASSPHRASE_FILE };
	struct options *o = p->o;
	const struct endpoint *l = o->listen.at;
	char other[OPTION_NAME_MAX];
	char text[ENDPOINT_TEXT_MAX];

	if (check_fleet(p) == -1)
		return -1;
	if (o->peer_timeout <= o->heartbeat_interval)
		return options_fail_at(p, OPT_PEER_TIMEOUT,
		    "\"%u\": expected more than %s, \"%u\"", o->peer_timeout,
		    options_name(o, OPT_HEARTBEAT_INTERVAL, other,
			sizeof(other)),
		    o->heartbeat_interval);
	/* Port 0 is another port each time. */
	if (o->listen.count == 2 && l[0].port != 0 &&
	    endpoint_is_same(&l[0], &l[1]))
		return options_fail_at(p, OPT_LISTEN,
		    "\"%s\": expected two different addresses",
		    endpoint_format(&l[1], text));
	if (o->mode == MODE_BOOTNODE && o->relay == RELAY_ONLY)
		return options_fail_at(p, OPT_RELAY,
		    "only: a bootnode expects auto or never");
	/* A part of the burst is for probes alone: it has to fit. */
	if (o->relay_rate_per_address != 0 &&
	    o->relay_rate_per_address < o->relay_rate)
		return options_fail_at(p, OPT_RELAY_RATE_PER_ADDRESS,
		    "\"%u\": expected at least %s, \"%u\"",
		    o->relay_rate_per_address,
		    options_name(o, OPT_RELAY_RATE, other, sizeof(other)),
		    o->relay_rate);
	if (check_one_room(p) == -1)
		return -1;
	return replace(p, OPT_PASSPHRASE, in_passphrase, 1);
}

/* The tui is taken where it works, unless another view was asked for. */
static int
choose_ui(struct options_parse *p, char *const envp[], bool terminal)
{
	const char *term = option_names_environment(envp, "TERM");
	struct options *o = p->o;

	if (term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		terminal = false;
	if (o->origin[OPT_UI].source == SOURCE_DEFAULT)
		o->ui = terminal ? UI_TUI : UI_PLAIN;
	if (o->ui != UI_TUI || terminal)
		return 0;
	return options_fail_at(p, OPT_UI,
	    "\"tui\": expected a terminal at standard input and output, and "
	    "its name in TERM");
}

int
option_rules_check(struct options_parse *p, char *const envp[], bool terminal)
{
	int client = 0;

	if (p->o->check)
		return check_check(p);
	if (p->o->mode == MODE_CLIENT && check_way_in(p) == -1)
		return -1;
	if (p->o->mode == MODE_CLIENT)
		client = check_client(p);
	/* Who is asked for what is missing needs all other options. */
	if (client == -1 || check_together(p) == -1 ||
	    choose_ui(p, envp, terminal) == -1)
		return -1;
	return client;
}
