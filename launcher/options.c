/*
 * Options: flags, environment, .env and defaults become one checked struct
 * options. This is the first step of the launcher, before it forks or jails
 * anything.
 *
 * Texts are collected for each option, the strongest source first. Then the
 * mode is read, since the other options depend on it, and then all others.
 */
#include "launcher/options.h"

#include <sys/types.h>

#include <assert.h>
#include <pwd.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "common/edit_distance.h"
#include "common/invite.h"
#include "launcher/dotenv.h"
#include "launcher/option_names.h"
#include "launcher/option_value.h"

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

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

/* The text that the user wrote for an option, not yet checked. */
struct raw {
	const char *text;   /* NULL: nothing yet */
	const char *second; /* KIND_LISTEN: of the flag's second time */
	struct option_origin origin;
};

/* Arguments that are handed down while parsing. */
struct parse {
	struct options *o;
	struct raw raw[OPT_COUNT];
	char *err;
	size_t errlen;
};

/* Fills in the error. Returns -1. */
static int __attribute__((format(printf, 2, 3)))
fail(const struct parse *p, const char *fmt, ...)
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
	const char *variable = specs[id].variable, *flag = specs[id].flag;
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

/*
 * Writes what is wrong with the value of an option, after its name as it was
 * given. A variable of the environment that anybody might use can be another
 * program's. Returns -1.
 */
static int __attribute__((format(printf, 3, 4)))
fail_at(const struct parse *p, enum option_id id, const char *fmt, ...)
{
	const struct option_origin *origin = &p->o->origin[id];
	const char *variable = specs[id].variable, *flag = specs[id].flag;
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
	return fail(p, "%s: %s%s", options_name(p->o, id, name, sizeof(name)),
	    what, hint);
}

/* ---- Sources ---- */

/* Returns the option of a flag, whose name ends at len. Returns OPT_COUNT if
 * there is none. */
static unsigned int
find_flag(const char *flag, size_t len)
{
	unsigned int id;

	for (id = 0; id < OPT_COUNT; id++)
		if (specs[id].flag != NULL &&
		    strncmp(specs[id].flag, flag, len) == 0 &&
		    specs[id].flag[len] == '\0')
			break;
	return id;
}

/* Returns the same for a flag of one letter. */
static unsigned int
find_letter(char letter)
{
#define LETTER(c, id) { c, OPT_##id },
	static const struct {
		char letter;
		enum option_id id;
	} letters[] = { OPTION_LETTERS(LETTER) };
#undef LETTER

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter)
			return letters[i].id;
	return OPT_COUNT;
}

/* Returns the flag that is nearest to this text, which has no dashes; NULL if
 * none is near. */
static const char *
nearest_flag(const char *name, size_t len)
{
	const char *best = NULL;
	size_t best_d = EDIT_DISTANCE_FAR, d;

	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		if (specs[id].flag == NULL)
			continue;
		d = edit_distance_of_name(name, len, specs[id].flag);
		if (d < best_d) {
			best = specs[id].flag;
			best_d = d;
		}
	}
	return best;
}

/* Writes the error about an argument that is no flag of ours. */
static int
fail_unknown(struct parse *p, const char *arg, size_t len)
{
	char quoted[OPTION_QUOTED_MAX];
	const char *near = NULL;

	/* The text may be a passphrase, so it is not repeated. */
	if (*arg != '-' && p->raw[OPT_PASSPHRASE].text != NULL)
		return fail(p, "--passphrase: expected no value");
	option_quote(arg, len, quoted);
	if (*arg != '-')
		return fail(p, "%s: expected a flag", quoted);
	if (strncmp(arg, "--", 2) == 0)
		near = nearest_flag(arg + 2, len - 2);
	if (near != NULL)
		return fail(p, "%s: unknown flag; did you mean --%s?", quoted,
		    near);
	return fail(p, "%s: unknown flag", quoted);
}

/* An invite alone is one, too. */
static int
collect_invite(struct parse *p, const char *arg)
{
	struct raw *raw = &p->raw[OPT_INVITE];

	if (raw->text != NULL)
		return fail(p, "--invite: given twice");
	*raw = (struct raw){ arg, NULL, { .source = SOURCE_FLAG } };
	return 0;
}

/* Takes the flag at argv[*i], and its value. Returns as options_parse(). */
static int
collect_flag(struct parse *p, char *const argv[], int *i)
{
	const char *arg = argv[*i];
	size_t len = strcspn(arg, "=");
	unsigned int id = OPT_COUNT;
	const char **text;
	struct raw *raw;

	if (strncmp(arg, "--", 2) == 0 && len > 2)
		id = find_flag(arg + 2, len - 2);
	else if (arg[0] == '-' && arg[1] != '\0' && arg[2] == '\0')
		id = find_letter(arg[1]);
	if (strncmp(arg, INVITE_SCHEME, strlen(INVITE_SCHEME)) == 0)
		return collect_invite(p, arg);
	if (id == OPT_COUNT)
		return fail_unknown(p, arg, len);
	raw = &p->raw[id];
	text = &raw->text;
	if (raw->text != NULL && specs[id].kind == KIND_LISTEN)
		text = &raw->second;
	if (*text != NULL)
		return fail(p, "--%s: given %s", specs[id].flag,
		    text == &raw->text ? "twice" : "more than twice");

	raw->origin.source = SOURCE_FLAG;
	if (specs[id].kind == KIND_SWITCH) {
		if (arg[len] == '=')
			return fail(p, "--%s: expected no value",
			    specs[id].flag);
		*text = "";
	} else if (arg[len] == '=') {
		*text = arg + len + 1;
	} else {
		*text = argv[*i + 1];
		if (*text == NULL || strncmp(*text, "--", 2) == 0)
			return fail(p, "--%s: expected a value after it: %s",
			    specs[id].flag, specs[id].want);
		(*i)++;
	}
	return id == OPT_HELP	? OPTIONS_HELP
	    : id == OPT_VERSION ? OPTIONS_VERSION
				: 0;
}

/* Values that no flag gave come from the environment, else from .env, else from
 * the default. */
static void
collect_rest(struct parse *p, char *const envp[], const struct dotenv *dotenv)
{
	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		const char *name = specs[id].variable, *text;
		struct raw *raw = &p->raw[id];

		if (raw->text != NULL)
			continue;
		text = name == NULL
		    ? NULL
		    : option_names_find(name, envp, dotenv, &raw->origin);
		raw->text = text != NULL ? text : specs[id].value;
	}
}

/* ---- Values ---- */

/* Reads one option into *o, unless it means nothing in the mode. */
static int
take(struct parse *p, unsigned int id)
{
	const struct option_spec *spec = &specs[id];
	struct raw *raw = &p->raw[id];
	const char *texts[] = { raw->text, raw->second };
	char quoted[OPTION_QUOTED_MAX], why[OPTION_WHY_MAX];

	if ((spec->modes & 1U << p->o->mode) == 0) {
		if (raw->origin.source == SOURCE_FLAG)
			return fail(p, "--%s: expected in mode %s only",
			    spec->flag, mode_name(1 - p->o->mode));
		texts[0] = spec->value;
		raw->origin =
		    (struct option_origin){ .source = SOURCE_DEFAULT };
	}
	p->o->origin[id] = raw->origin;
	for (size_t i = 0; i < 2; i++)
		if (texts[i] != NULL &&
		    option_parse(p->o, spec, texts[i], why) == -1)
			return fail_at(p, id, "%s: %s%sexpected %s",
			    option_quote(texts[i], strlen(texts[i]), quoted),
			    why, *why != '\0' ? "; " : "", spec->want);
	return 0;
}

/* ---- Checks of several options together ---- */

static void
set_nick_from_login(struct options *o)
{
	const struct passwd *pw = getpwuid(getuid());
	char why[OPTION_WHY_MAX];

	if (pw == NULL ||
	    option_parse(o, &specs[OPT_NICK], pw->pw_name, why) == -1)
		(void)strlcpy(o->nick, "anonymous", sizeof(o->nick));
}

static bool
is_given(const struct parse *p, enum option_id id)
{
	return p->raw[id].text != NULL &&
	    p->o->origin[id].source != SOURCE_DEFAULT;
}

/* Forgets what an option says, because another counts in its place. */
static void
drop(struct parse *p, enum option_id id)
{
	p->raw[id].text = NULL;
	p->o->origin[id] = (struct option_origin){ .source = SOURCE_DEFAULT };
	memset((char *)p->o + specs[id].offset, 0, specs[id].size);
}

/*
 * Lets an option count in place of others. Of a flag and a variable, the flag
 * counts; two flags are an error; of two variables, the option counts.
 */
static int
replace(struct parse *p, enum option_id id, const enum option_id *others,
    size_t count)
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
			return fail(p,
			    "--%s: expected alone, but --%s is given too",
			    specs[id].flag, specs[others[i]].flag);
	}
	for (size_t i = 0; i < count; i++)
		drop(p, others[i]);
	return 0;
}

/* Which room, in which of the four ways. */
static int
check_way_in(struct parse *p)
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
is_replaced(const struct parse *p, enum option_id id)
{
	return is_given(p, OPT_INVITE) || is_given(p, OPT_INVITE_FILE) ||
	    (id == OPT_ROOM && is_given(p, OPT_NEW_ROOM));
}

/* Checks that a client has all that it must have. Returns 0, or -1, or
 * OPTIONS_NOTHING if all of it is missing. */
static int
check_client(const struct parse *p)
{
	size_t required = 0, missing = 0, n;
	char names[OPTION_ERROR_MAX] = "";

	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		const struct option_spec *spec = &specs[id];

		if (!option_is_required(spec))
			continue;
		required++;
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
	(void)fail(p, "%s", names);
	return missing == required ? OPTIONS_NOTHING : -1;
}

/* Port 0 is another port each time. */
static bool
endpoint_is_same(const struct endpoint *a, const struct endpoint *b)
{
	return strcmp(a->host, b->host) == 0 && a->port == b->port &&
	    a->port != 0;
}

static int
check_together(struct parse *p)
{
	static const enum option_id in_passphrase[] = { OPT_PASSPHRASE_FILE };
	struct options *o = p->o;
	const struct endpoint *l = o->listen.at;
	char other[OPTION_NAME_MAX];
	char text[ENDPOINT_TEXT_MAX];

	if (o->peer_timeout <= o->heartbeat_interval)
		return fail_at(p, OPT_PEER_TIMEOUT,
		    "\"%u\": expected more than %s, \"%u\"", o->peer_timeout,
		    options_name(o, OPT_HEARTBEAT_INTERVAL, other,
			sizeof(other)),
		    o->heartbeat_interval);
	if (o->listen.count == 2 && endpoint_is_same(&l[0], &l[1]))
		return fail_at(p, OPT_LISTEN,
		    "\"%s\": expected two different addresses",
		    endpoint_format(&l[1], text));
	if (o->mode == MODE_BOOTNODE && o->relay == RELAY_ONLY)
		return fail_at(p, OPT_RELAY,
		    "only: a bootnode expects auto or never");
	return replace(p, OPT_PASSPHRASE, in_passphrase, 1);
}

/* The tui is taken where it works, unless another view was asked for. */
static int
choose_ui(struct parse *p, char *const envp[], bool terminal)
{
	const char *term = option_names_environment(envp, "TERM");
	struct options *o = p->o;

	if (term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		terminal = false;
	if (o->origin[OPT_UI].source == SOURCE_DEFAULT)
		o->ui = terminal ? UI_TUI : UI_PLAIN;
	if (o->ui != UI_TUI || terminal)
		return 0;
	return fail_at(p, OPT_UI,
	    "\"tui\": expected a terminal at standard input and output, and "
	    "its name in TERM");
}

int
options_parse(struct options *o, int argc, char *const argv[],
    char *const envp[], int dotenv_dirfd, bool terminal, char *err,
    size_t errlen)
{
	struct parse p = { .o = o, .err = err, .errlen = errlen };
	struct dotenv dotenv = { 0 };
	bool given[OPT_COUNT];
	int result = 0;

	memset(o, 0, sizeof(*o));
	for (int i = 1; i < argc; i++) {
		if ((result = collect_flag(&p, argv, &i)) != 0)
			return result;
	}
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
	if (result == 0 && o->mode == MODE_CLIENT)
		result = check_way_in(&p);
	if (result == 0 && o->mode == MODE_CLIENT)
		result = check_client(&p);
	if (result == 0)
		result = check_together(&p);
	if (result == 0)
		result = choose_ui(&p, envp, terminal);
	if (o->mode == MODE_CLIENT && o->nick[0] == '\0')
		set_nick_from_login(o);
	o->local_udp_port_asked =
	    o->origin[OPT_LOCAL_UDP_PORT].source != SOURCE_DEFAULT;
	o->bootnode_key_given =
	    o->origin[OPT_BOOTNODE_KEY].source != SOURCE_DEFAULT;
	dotenv_free(&dotenv);
	return result;
}

int
options_invited(struct options *o, const struct invitation *invitation,
    char *err, size_t errlen)
{
	char why[OPTION_WHY_MAX], quoted[OPTION_QUOTED_MAX];
	const struct {
		enum option_id id;
		const char *what, *text;
	} parts[] = { { OPT_BOOTNODE, "bootnode", invitation->bootnode },
		{ OPT_ROOM, "room", invitation->room } };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *text = parts[i].text;

		if (option_parse(o, &specs[parts[i].id], text, why) == 0)
			continue;
		(void)snprintf(err, errlen,
		    "the invite's %s, %s: %s%sexpected %s", parts[i].what,
		    option_quote(text, strlen(text), quoted), why,
		    *why != '\0' ? "; " : "", specs[parts[i].id].want);
		return -1;
	}
	memcpy(o->bootnode_key, invitation->key, sizeof(o->bootnode_key));
	o->bootnode_key_given = true;
	return 0;
}
