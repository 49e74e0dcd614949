/*
 * Options: flags, environment, .env and defaults become one checked struct
 * options. This is the first step of the launcher, before it forks or jails
 * anything.
 *
 * Texts are collected for each option, the strongest source first. Then the
 * mode is read, since the other options depend on it, and then all others.
 * Rules about several options together come last.
 */
#include "launcher/options.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "launcher/dotenv.h"
#include "launcher/option_flags.h"
#include "launcher/option_names.h"
#include "launcher/option_rules.h"
#include "launcher/option_value.h"
#include "launcher/options_parse.h"

const struct option_spec option_specs[OPT_COUNT] = { OPTIONS_TABLE(
    OPTION_ROW) };

static_assert(ENGINE_URL_WHY_MAX <= OPTION_WHY_MAX &&
	FLEET_ADDRESSES_WHY_MAX <= OPTION_WHY_MAX,
    "each has room");
static_assert(OPT_MODE == 0 && OPT_BOOTNODE_UDP_PORT < OPT_BOOTNODE &&
	OPT_BOOTNODE_UDP_PORT < OPT_LISTEN,
    "options that others depend on are read first");
/* A choice is stored in its enum as an unsigned int. */
#define STORES_CHOICE(id, variable, flag, kind, field, ...) \
	static_assert(KIND_##kind != KIND_CHOICE ||         \
		sizeof(((struct options *)NULL)->field) ==  \
		    sizeof(unsigned int),                   \
	    #field " is not as large as an unsigned int");
OPTIONS_TABLE(STORES_CHOICE)
#undef STORES_CHOICE

int
options_fail(const struct options_parse *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p->err, p->errlen, fmt, ap);
	va_end(ap);
	return -1;
}

const char *
options_name(const struct options *o, enum option_id id, char *buf, size_t len)
{
	const struct option_origin *origin = &o->origin[id];
	const char *variable = option_specs[id].variable,
		   *flag = option_specs[id].flag;
	const char *prefix = origin->prefixed ? OPTION_PREFIX : "";

	if (origin->source == SOURCE_FLAG)
		(void)snprintf(buf, len, "--%s", flag);
	else if (origin->source == SOURCE_ENVIRONMENT)
		(void)snprintf(buf, len, "%s%s in the environment", prefix,
		    variable);
	else if (origin->source == SOURCE_DOTENV)
		(void)snprintf(buf, len, "%s%s in .env line %u", prefix,
		    variable, origin->line);
	else
		(void)snprintf(buf, len, "%s%s by default",
		    flag != NULL ? "--" : "", flag != NULL ? flag : variable);
	return buf;
}

int
options_fail_at(const struct options_parse *p, enum option_id id,
    const char *fmt, ...)
{
	const struct option_origin *origin = &p->o->origin[id];
	const char *variable = option_specs[id].variable,
		   *flag = option_specs[id].flag;
	char name[OPTION_NAME_MAX], what[OPTION_ERROR_MAX], hint[128] = "";
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (origin->source == SOURCE_ENVIRONMENT && !origin->prefixed)
		(void)snprintf(hint, sizeof(hint),
		    "; if it is another program's, use %s%s%s" OPTION_PREFIX
		    "%s",
		    flag != NULL ? "--" : "", flag != NULL ? flag : "",
		    flag != NULL ? " or " : "", variable);
	return options_fail(p, "%s: %s%s",
	    options_name(p->o, id, name, sizeof(name)), what, hint);
}

/* ---- Sources ---- */

/* Values that no flag gave come from the environment, else from .env, else from
 * the default. */
static void
collect_rest(struct options_parse *p, char *const envp[],
    const struct dotenv *dotenv)
{
	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		const char *name = option_specs[id].variable, *text;
		struct option_text *raw = &p->raw[id];

		if (raw->text != NULL)
			continue;
		text = name == NULL
		    ? NULL
		    : option_names_find(name, envp, dotenv, &raw->origin);
		raw->text = text != NULL ? text : option_specs[id].value;
	}
}

/* ---- Values ---- */

static int
take_text(struct options_parse *p, unsigned int id, const char *text)
{
	const struct option_spec *spec = &option_specs[id];
	char quoted[OPTION_QUOTED_MAX], why[OPTION_WHY_MAX];

	if (option_parse(p->o, spec, text, why) == 0)
		return 0;
	return options_fail_at(p, id, "%s: %s%sexpected %s",
	    option_quote(text, strlen(text), quoted), why,
	    *why != '\0' ? "; " : "", spec->want);
}

/* One of several rooms was read. */
static void
keep_room(struct options *o)
{
	memcpy(o->more_rooms[o->more_room_count++], o->room, sizeof(o->room));
}

/* Each room is another one, in the form in which they are compared. */
static int
check_rooms(const struct options_parse *p)
{
	const struct options *o = p->o;
	char quoted[OPTION_QUOTED_MAX];

	for (unsigned int i = 0; i < o->more_room_count; i++)
		for (unsigned int k = 0; k <= i; k++)
			if (strcmp(o->more_rooms[i],
				k == i ? o->room : o->more_rooms[k]) == 0)
				return options_fail_at(p, OPT_ROOM,
				    "%s: given twice",
				    option_quote(o->more_rooms[i],
					strlen(o->more_rooms[i]), quoted));
	return 0;
}

static void
take_mode(struct options *o)
{
	o->mode = o->run_as == AS_BOOTNODE ? MODE_BOOTNODE : MODE_CLIENT;
	o->check = o->run_as == AS_CHECK;
}

/* The flag means nothing in the mode. */
static int
fail_in_mode(const struct options_parse *p, const struct option_spec *spec)
{
	const bool client = (spec->modes & FOR_CLIENT) != 0;
	const bool bootnode = (spec->modes & FOR_BOOTNODE) != 0;

	return options_fail(p, "--%s: expected in mode %s%s%s only", spec->flag,
	    client ? mode_name(MODE_CLIENT) : "",
	    client && bootnode ? " or " : "",
	    bootnode ? mode_name(MODE_BOOTNODE) : "");
}

/* Reads one option into *o, unless it means nothing in the mode. */
static int
take(struct options_parse *p, unsigned int id)
{
	const struct option_spec *spec = &option_specs[id];
	struct option_text *raw = &p->raw[id];

	if ((spec->modes & 1U << p->o->run_as) == 0) {
		if (raw->origin.source == SOURCE_FLAG)
			return fail_in_mode(p, spec);
		*raw = (struct option_text){ .text = spec->value };
	}
	p->o->origin[id] = raw->origin;
	/* Of several rooms the first is taken last, and stays. */
	for (unsigned int i = 0; i < raw->more_count && id == OPT_ROOM; i++)
		if (take_text(p, id, raw->more[i]) == -1)
			return -1;
		else
			keep_room(p->o);
	if (raw->text != NULL && take_text(p, id, raw->text) == -1)
		return -1;
	for (unsigned int i = 0; i < raw->more_count && id != OPT_ROOM; i++)
		if (take_text(p, id, raw->more[i]) == -1)
			return -1;
	if (id == OPT_MODE)
		take_mode(p->o);
	return id == OPT_ROOM ? check_rooms(p) : 0;
}

/* The tool takes nothing from anywhere but its flags. */
static int
take_control(struct options_parse *p)
{
	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		if (p->raw[id].text == NULL)
			continue;
		if (id != OPT_CONTROL && id != OPT_UI)
			return options_fail(p,
			    "--%s: expected without "
			    "--control",
			    option_specs[id].flag);
		p->o->origin[id] = p->raw[id].origin;
		if (take_text(p, id, p->raw[id].text) == -1)
			return -1;
	}
	if (p->o->ui == UI_TUI)
		return options_fail(p,
		    "--ui: \"tui\": expected plain or json with --control");
	return OPTIONS_CONTROL;
}

int
options_parse(struct options *o, int argc, char *const argv[],
    char *const envp[], int dotenv_dirfd, bool terminal, char *err,
    size_t errlen)
{
	struct options_parse p = { .o = o, .err = err, .errlen = errlen };
	struct dotenv dotenv = { 0 };
	bool given[OPT_COUNT];
	int result = 0;

	memset(o, 0, sizeof(*o));
	result = option_flags_collect(&p, argc, argv);
	if (result == OPTIONS_CONTROL)
		return take_control(&p);
	if (result == OPTIONS_NEW_KEY && take(&p, OPT_NEW_ACCESS_KEY) == -1)
		return -1;
	if (result != 0)
		return result;
	if (dotenv_dirfd != -1 &&
	    dotenv_load(&dotenv, dotenv_dirfd, err, errlen) == -1)
		return -1;
	for (unsigned int id = 0; id < OPT_COUNT; id++)
		given[id] = p.raw[id].text != NULL;
	result = option_names_check(given, envp, &dotenv, err, errlen);
	if (result == 0)
		collect_rest(&p, envp, &dotenv);
	for (unsigned int id = 0; id < OPT_COUNT && result == 0; id++)
		result = take(&p, id);
	if (result == 0)
		result = option_rules_check(&p, envp, terminal);
	if (o->mode == MODE_CLIENT && o->nick[0] == '\0')
		option_rules_nick(o);
	o->local_udp_port_asked =
	    o->origin[OPT_LOCAL_UDP_PORT].source != SOURCE_DEFAULT;
	o->bootnode_key_given =
	    o->origin[OPT_BOOTNODE_KEY].source != SOURCE_DEFAULT;
	dotenv_free(&dotenv);
	return result;
}

int
options_set(struct options *o, enum option_id id, const char *text, char *err,
    size_t errlen)
{
	const struct option_spec *spec = &option_specs[id];
	char why[OPTION_WHY_MAX], quoted[OPTION_QUOTED_MAX];

	if (option_parse(o, spec, text, why) == 0)
		return 0;
	(void)snprintf(err, errlen, "%s: %s%sexpected %s",
	    option_quote(text, strlen(text), quoted), why,
	    *why != '\0' ? "; " : "", spec->want);
	return -1;
}

int
options_invited(struct options *o, const struct invitation *invitation,
    char *err, size_t errlen)
{
	char what[OPTION_ERROR_MAX];
	const struct {
		enum option_id id;
		const char *name, *text;
	} parts[] = { { OPT_BOOTNODE, "bootnode", invitation->bootnode },
		{ OPT_ROOM, "room", invitation->room } };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (options_set(o, parts[i].id, parts[i].text, what,
			sizeof(what)) == 0)
			continue;
		(void)snprintf(err, errlen, "the invite's %s, %s",
		    parts[i].name, what);
		return -1;
	}
	memcpy(o->bootnode_key, invitation->key, sizeof(o->bootnode_key));
	o->bootnode_key_given = true;
	return 0;
}
