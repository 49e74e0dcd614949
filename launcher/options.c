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

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "common/utf8.h"
#include "launcher/dotenv.h"

#define QUOTED_MAX 64 /* how much of a value an error shows */

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

static_assert(OPT_MODE == 0 && OPT_BOOTNODE_UDP_PORT < OPT_BOOTNODE &&
	OPT_BOOTNODE_UDP_PORT < OPT_LISTEN,
    "options that others depend on are read first");
static_assert(sizeof(enum mode) == sizeof(unsigned int) &&
	sizeof(enum ui_kind) == sizeof(unsigned int) &&
	sizeof(enum relay) == sizeof(unsigned int) &&
	sizeof(enum log_level) == sizeof(unsigned int),
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

/* Code points without control characters; -1 if there are, or no UTF-8. */
static int
count_columns(const char *text)
{
	size_t len = strlen(text), n;
	uint32_t c;
	int count = 0;

	for (; len > 0; text += n, len -= n, count++) {
		n = utf8_decode(text, len, &c);
		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
			return -1;
	}
	return count;
}

/* Digits and nothing else: no sign, no blank, as strtonum(3) would allow. */
static int
parse_number(const struct option_spec *spec, const char *text,
    unsigned int *number)
{
	const char *reason = NULL;

	if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
		return -1;
	*number = (unsigned int)strtonum(text, spec->min, spec->max, &reason);
	return reason == NULL ? 0 : -1;
}

/* The index of text among words separated by '|'. */
static int
parse_choice(const char *choices, const char *text, unsigned int *number)
{
	size_t len = strlen(text), word;

	for (*number = 0;; (*number)++, choices += word + 1) {
		word = strcspn(choices, "|");
		if (word == len && memcmp(choices, text, len) == 0)
			return 0;
		if (choices[word] == '\0')
			return -1;
	}
}

static int
parse_endpoint(const struct options *o, const struct option_spec *spec,
    const char *text, struct endpoint *e)
{
	if (endpoint_parse(e, text, (uint16_t)o->bootnode_udp_port) == -1)
		return -1;
	return e->port >= spec->min ? 0 : -1;
}

/* The addresses in a text, with a comma or blanks between them, are added to
 * those that are there. */
static int
parse_listen(const struct options *o, const struct option_spec *spec,
    const char *text, struct listen *l)
{
	static const char blanks[] = " \t";
	char copy[BINDS_MAX * ENDPOINT_TEXT_MAX], *word = copy, *end, *next;
	struct endpoint *e;
	bool comma;

	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy))
		return -1;
	for (;; word = next) {
		word += strspn(word, blanks);
		end = word + strcspn(word, ", \t");
		next = end + strspn(end, blanks);
		comma = *next == ',';
		next += comma;
		*end = '\0';
		if (l->count == BINDS_MAX)
			return -1;
		e = &l->at[l->count++];
		if (parse_endpoint(o, spec, word, e) == -1 ||
		    !endpoint_is_numeric(e))
			return -1;
		if (!comma && *next == '\0')
			return 0;
	}
}

/* Check a text and store it in its field. Returns 0 or -1. */
static int
parse_value(struct options *o, const struct option_spec *spec, const char *text)
{
	void *field = (char *)o + spec->offset;
	size_t len = strlen(text);
	int columns;

	switch (spec->kind) {
	case KIND_CHOICE:
		return parse_choice(spec->choices, text, field);
	case KIND_NUMBER:
		return parse_number(spec, text, field);
	case KIND_HOST:
		return parse_endpoint(o, spec, text, field);
	case KIND_LISTEN:
		return parse_listen(o, spec, text, field);
	case KIND_KEY:
		return bootnode_key_parse(field, text, len);
	case KIND_SWITCH:
		*(bool *)field = true;
		return 0;
	case KIND_NICK:
		columns = count_columns(text);
		if (columns < (int)spec->min || columns > (int)spec->max)
			return -1;
		break;
	case KIND_TEXT:
		if (!utf8_valid(text, len))
			return -1;
		/* FALLTHROUGH */
	case KIND_PATH:
		if (len < spec->min || len > spec->max)
			return -1;
		break;
	}
	return strlcpy(field, text, spec->size) < spec->size ? 0 : -1;
}

/* Read one option into *o, unless it means nothing in the mode. */
static int
take(struct parse *p, unsigned int id)
{
	const struct option_spec *spec = &specs[id];
	struct raw *raw = &p->raw[id];
	const char *texts[] = { raw->text, raw->second };
	char name[OPTION_NAME_MAX], quoted[QUOTED_MAX];

	if ((spec->modes & 1U << p->o->mode) == 0) {
		if (raw->origin.source == SOURCE_FLAG)
			return fail(p, "--%s: expected in mode %s only",
			    spec->flag, mode_name(1 - p->o->mode));
		texts[0] = spec->value;
		raw->origin = (struct option_origin){ SOURCE_DEFAULT, 0 };
	}
	p->o->origin[id] = raw->origin;
	for (size_t i = 0; i < 2; i++)
		if (texts[i] != NULL && parse_value(p->o, spec, texts[i]) == -1)
			return fail(p, "%s: %s: expected %s",
			    options_name(p->o, id, name, sizeof(name)),
			    quote(texts[i], quoted), spec->want);
	return 0;
}

/* ---- Checks of several options together ---- */

static void
set_nick_from_login(struct options *o)
{
	const struct passwd *pw = getpwuid(getuid());

	if (pw == NULL || parse_value(o, &specs[OPT_NICK], pw->pw_name) == -1)
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

int
options_parse(struct options *o, int argc, char *const argv[],
    char *const envp[], int dotenv_dirfd, char *err, size_t errlen)
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
	if (o->mode == MODE_CLIENT && o->nick[0] == '\0')
		set_nick_from_login(o);
	o->local_udp_port_asked =
	    o->origin[OPT_LOCAL_UDP_PORT].source != SOURCE_DEFAULT;
	o->bootnode_key_given =
	    o->origin[OPT_BOOTNODE_KEY].source != SOURCE_DEFAULT;
	dotenv_free(&dotenv);
	return result;
}
