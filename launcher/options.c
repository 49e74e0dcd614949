/*
 * Options: flags, environment, .env and defaults become one checked struct
 * options. First step of the launcher, before it forks or jails anything.
 *
 * Texts are collected per option, the strongest source first. Then the mode
 * is read, since it says which options count, and then all the others.
 */
#include "launcher/options.h"

#include <sys/types.h>

#include <assert.h>
#include <pwd.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "launcher/dotenv.h"
#include "launcher/option_value.h"

#define QUOTED_MAX 64 /* how much of a value an error shows */

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

static_assert(OPT_MODE == 0 && OPT_BOOTNODE_UDP_PORT < OPT_BOOTNODE &&
	OPT_BOOTNODE_UDP_PORT < OPT_LISTEN,
    "options that others depend on are read first");
static_assert(sizeof(enum mode) == sizeof(unsigned int) &&
	sizeof(enum ui_kind) == sizeof(unsigned int) &&
	sizeof(enum notify_how) == sizeof(unsigned int) &&
	sizeof(enum notify_for) == sizeof(unsigned int) &&
	sizeof(enum mouse) == sizeof(unsigned int) &&
	sizeof(enum relay) == sizeof(unsigned int) &&
	sizeof(enum log_level) == sizeof(unsigned int) &&
	sizeof(enum log_addresses) == sizeof(unsigned int),
    "choices are stored as unsigned int");

/* What the user wrote for an option, not yet checked. */
struct raw {
	const char *text;   /* NULL: nothing yet */
	const char *second; /* KIND_LISTEN: of the flag's second time */
	struct option_origin origin;
};

/* What is handed down while parsing. */
struct parse {
	struct options *o;
	struct raw raw[OPT_COUNT];
	char *err;
	size_t errlen;
};

/* Fill in the error. Returns -1. */
static int __attribute__((format(printf, 2, 3)))
fail(const struct parse *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p->err, p->errlen, fmt, ap);
	va_end(ap);
	return -1;
}

/*
 * A value in quotes for an error, printable ASCII: a .env in somebody else's
 * folder must not send escapes to the terminal.
 */
static const char *
quote(const char *text, char out[QUOTED_MAX])
{
	size_t n = 0;

	out[n++] = '"';
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (n > QUOTED_MAX - 9) {
			n += strlcpy(out + n, "...", 4);
			break;
		}
		if (c >= ' ' && c <= '~' && c != '"' && c != '\\')
			out[n++] = *text;
		else
			n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
	}
	out[n++] = '"';
	out[n] = '\0';
	return out;
}

const char *
options_name(const struct options *o, enum option_id id, char *buf, size_t len)
{
	const struct option_origin *origin = &o->origin[id];
	const char *variable = specs[id].variable, *flag = specs[id].flag;

	if (origin->source == SOURCE_FLAG)
		(void)snprintf(buf, len, "--%s", flag);
	else if (origin->source == SOURCE_ENVIRONMENT)
		(void)snprintf(buf, len, "%s in the environment", variable);
	else if (origin->source == SOURCE_DOTENV)
		(void)snprintf(buf, len, "%s in .env line %u", variable,
		    origin->line);
	else
		(void)snprintf(buf, len, "%s%s by default",
		    flag != NULL ? "--" : "", flag != NULL ? flag : variable);
	return buf;
}

/* ---- Sources ---- */

/* The option of a flag, which ends at len. Returns OPT_COUNT if none. */
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

/* Take the flag at argv[*i], and its value. Returns as options_parse(). */
static int
collect_flag(struct parse *p, char *const argv[], int *i)
{
	const char *arg = argv[*i];
	size_t len = strcspn(arg, "=");
	char word[QUOTED_MAX], quoted[QUOTED_MAX];
	unsigned int id = OPT_COUNT;
	const char **text;
	struct raw *raw;

	if (strncmp(arg, "--", 2) == 0 && len > 2)
		id = find_flag(arg + 2, len - 2);
	if (id == OPT_COUNT) {
		/* Do not repeat what may be a passphrase. */
		if (*arg != '-' && p->raw[OPT_PASSPHRASE].text != NULL)
			return fail(p, "--passphrase: expected no value");
		(void)snprintf(word, sizeof(word), "%.*s", (int)len, arg);
		return fail(p, "%s: %s", quote(word, quoted),
		    *arg == '-' ? "unknown flag" : "expected a flag");
	}
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

/* The value of a variable, or NULL. */
static const char *
find_variable(char *const envp[], const char *name)
{
	size_t len = strlen(name);

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	return NULL;
}

/* What no flag gave: from the environment, else .env, else the default. */
static void
collect_rest(struct parse *p, char *const envp[], const struct dotenv *dotenv)
{
	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		const char *name = specs[id].variable, *text;
		const struct dotenv_entry *e;
		struct raw *raw = &p->raw[id];

		if (raw->text != NULL)
			continue;
		raw->text = specs[id].value;
		if (name == NULL)
			continue;
		text = find_variable(envp, name);
		e = dotenv_find(dotenv, name);
		if (text != NULL && *text != '\0') {
			raw->text = text;
			raw->origin.source = SOURCE_ENVIRONMENT;
		} else if (e != NULL && *e->value != '\0') {
			raw->text = e->value;
			raw->origin.source = SOURCE_DOTENV;
			raw->origin.line = e->line;
		}
	}
}

/* ---- Values ---- */

/* Read one option into *o, unless it means nothing in the mode. */
static int
take(struct parse *p, unsigned int id)
{
	const struct option_spec *spec = &specs[id];
	struct raw *raw = &p->raw[id];
	const char *texts[] = { raw->text, raw->second };
	char name[OPTION_NAME_MAX], quoted[QUOTED_MAX], why[OPTION_WHY_MAX];

	if ((spec->modes & 1U << p->o->mode) == 0) {
		if (raw->origin.source == SOURCE_FLAG)
			return fail(p, "--%s: expected in mode %s only",
			    spec->flag, mode_name(1 - p->o->mode));
		texts[0] = spec->value;
		raw->origin = (struct option_origin){ SOURCE_DEFAULT, 0 };
	}
	p->o->origin[id] = raw->origin;
	for (size_t i = 0; i < 2; i++)
		if (texts[i] != NULL &&
		    option_parse(p->o, spec, texts[i], why) == -1)
			return fail(p, "%s: %s: %s%sexpected %s",
			    options_name(p->o, id, name, sizeof(name)),
			    quote(texts[i], quoted), why,
			    *why != '\0' ? "; " : "", spec->want);
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

static int
check_client(const struct parse *p)
{
	static const enum option_id required[] = { OPT_BOOTNODE, OPT_ROOM };

	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++) {
		const struct option_spec *spec = &specs[required[i]];

		if (p->raw[required[i]].text == NULL)
			return fail(p, "--%s or %s: not given: expected %s",
			    spec->flag, spec->variable, spec->want);
	}
	return 0;
}

/* Any port is another one each time. */
static bool
endpoint_is_same(const struct endpoint *a, const struct endpoint *b)
{
	return strcmp(a->host, b->host) == 0 && a->port == b->port &&
	    a->port != 0;
}

static int
check_together(struct parse *p)
{
	struct options *o = p->o;
	const struct endpoint *l = o->listen.at;
	char name[OPTION_NAME_MAX], other[OPTION_NAME_MAX];
	char text[ENDPOINT_TEXT_MAX];

	if (o->peer_timeout <= o->heartbeat_interval)
		return fail(p, "%s: \"%u\": expected more than %s, \"%u\"",
		    options_name(o, OPT_PEER_TIMEOUT, name, sizeof(name)),
		    o->peer_timeout,
		    options_name(o, OPT_HEARTBEAT_INTERVAL, other,
			sizeof(other)),
		    o->heartbeat_interval);
	if (o->listen.count == 2 && endpoint_is_same(&l[0], &l[1]))
		return fail(p, "%s: \"%s\": expected two different addresses",
		    options_name(o, OPT_LISTEN, name, sizeof(name)),
		    endpoint_format(&l[1], text));
	if (o->mode == MODE_BOOTNODE && o->relay == RELAY_ONLY)
		return fail(p, "%s: only: a bootnode expects auto or never",
		    options_name(o, OPT_RELAY, name, sizeof(name)));
	if (o->passphrase_ask && o->passphrase_file[0] != '\0') {
		if (o->origin[OPT_PASSPHRASE_FILE].source == SOURCE_FLAG)
			return fail(p,
			    "--passphrase: expected alone, but "
			    "--passphrase-file is given too");
		/* A flag is stronger than a variable, here too. */
		o->passphrase_file[0] = '\0';
		o->origin[OPT_PASSPHRASE_FILE] =
		    (struct option_origin){ SOURCE_DEFAULT, 0 };
	}
	return 0;
}

/* The obvious guess, and ignoring it would open the room to everybody. */
static int
refuse_passphrase(struct parse *p, char *const envp[],
    const struct dotenv *dotenv)
{
	static const char name[] = "PASSPHRASE=";
	const char *source =
	    dotenv_find(dotenv, "PASSPHRASE") != NULL ? ".env" : NULL;

	for (size_t i = 0; envp[i] != NULL; i++)
		if (strncmp(envp[i], name, sizeof(name) - 1) == 0)
			source = "the environment";
	if (source == NULL)
		return 0;
	(void)snprintf(p->err, p->errlen,
	    "PASSPHRASE in %s: a passphrase is not read from there: use "
	    "--passphrase or PASSPHRASE_FILE",
	    source);
	return -1;
}

/* The tui where it works, unless another was asked for. */
static int
choose_ui(struct parse *p, char *const envp[], bool terminal)
{
	const char *term = find_variable(envp, "TERM");
	struct options *o = p->o;
	char name[OPTION_NAME_MAX];

	if (term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		terminal = false;
	if (o->origin[OPT_UI].source == SOURCE_DEFAULT)
		o->ui = terminal ? UI_TUI : UI_PLAIN;
	if (o->ui != UI_TUI || terminal)
		return 0;
	return fail(p,
	    "%s: \"tui\": expected a terminal at standard input and output, "
	    "and its name in TERM",
	    options_name(o, OPT_UI, name, sizeof(name)));
}

int
options_parse(struct options *o, int argc, char *const argv[],
    char *const envp[], int dotenv_dirfd, bool terminal, char *err,
    size_t errlen)
{
	struct parse p = { .o = o, .err = err, .errlen = errlen };
	struct dotenv dotenv = { 0 };
	int result = 0;

	memset(o, 0, sizeof(*o));
	for (int i = 1; i < argc; i++) {
		if ((result = collect_flag(&p, argv, &i)) != 0)
			return result;
	}
	if (dotenv_dirfd != -1 &&
	    dotenv_load(&dotenv, dotenv_dirfd, err, errlen) == -1)
		return -1;
	collect_rest(&p, envp, &dotenv);
	if (refuse_passphrase(&p, envp, &dotenv) == -1) {
		dotenv_free(&dotenv);
		return -1;
	}

	for (unsigned int id = 0; id < OPT_COUNT && result == 0; id++)
		result = take(&p, id);
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
