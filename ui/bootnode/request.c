/*
 * Requests of a bootnode's operator. See request.h.
 */
#include "ui/bootnode/request.h"

#include <arpa/inet.h>

#include <stdlib.h>
#include <string.h>

enum takes {
	TAKES_BARE,
	TAKES_OPTIONAL,
	TAKES_NEEDED
};

struct row {
	const char *name;
	const char *member; /* that its argument has in json; NULL: none */
	enum takes takes;
};

static const struct row rows[] = {
#define X(command, name, member, takes, ...) \
	[REQUEST_##command] = { name, member, TAKES_##takes },
	OPERATOR_COMMANDS(X)
#undef X
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* also: another command that there is, or NULL. */
static void
put_names(struct buf *out, const char *also)
{
	for (size_t i = 0; i < ROWS; i++)
		buf_printf(out, "%s\"%s\"",
		    i == 0				? ""
			: i + 1 == ROWS && also == NULL ? " or "
							: ", ",
		    rows[i].name);
	if (also != NULL)
		buf_printf(out, " or \"%s\"", also);
}

/* --- Arguments ------------------------------------------------------------ */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The first digits of an id, or all of them. */
static int
read_peer(struct ipc_operate *o, const char *text)
{
	const size_t len = strlen(text);

	if (len * 4 < OPERATE_ID_BITS_MIN || len > 2 * sizeof(o->id.bytes))
		return -1;
	for (size_t i = 0; i < len; i++) {
		int digit = hex_digit(text[i]);

		if (digit == -1)
			return -1;
		o->id.bytes[i / 2] |= (uint8_t)(digit << (i % 2 == 0 ? 4 : 0));
	}
	o->what = OPERATE_KICK_PEER;
	o->bits = (uint8_t)(len * 4);
	return 0;
}

/* Reads a number without a sign, up to max. Returns -1 if it is none. */
static long
read_number(const char *text, long max)
{
	char *end;
	long n;

	if (*text < '0' || *text > '9')
		return -1;
	n = strtol(text, &end, 10);
	return *end == '\0' && n <= max ? n : -1;
}

static int
read_ip(struct ipc_operate *o, const char *text, bool *v4)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	*v4 = strchr(text, ':') == NULL;
	if (!*v4)
		return inet_pton(AF_INET6, text, o->addr.ip) == 1 ? 0 : -1;
	memcpy(o->addr.ip, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, o->addr.ip + 12) == 1 ? 0 : -1;
}

/* Cuts what is behind the last c off, if there is one. */
static char *
cut(char *text, char c)
{
	char *at = strrchr(text, c);

	if (at == NULL)
		return NULL;
	*at = '\0';
	return at + 1;
}

/* v4, v4:port, v6, [v6]:port, or an address and the length of a prefix. */
static int
read_address(struct ipc_operate *o, const char *argument)
{
	char text[64], *ip = text, *prefix, *port = NULL;
	long bits, number = 0;
	size_t len;
	bool v4;

	if (strlen(argument) >= sizeof(text))
		return -1;
	strcpy(text, argument);
	prefix = cut(text, '/');
	if (*text == '[') {
		ip = text + 1;
		port = cut(text, ']');
		if (port == NULL || *port++ != ':')
			return -1;
	} else if (strchr(text, ':') == strrchr(text, ':')) {
		port = cut(text, ':');
	}
	len = strlen(ip);
	if (len == 0 || read_ip(o, ip, &v4) == -1 ||
	    (port != NULL && prefix != NULL) ||
	    (port != NULL && (number = read_number(port, 65535)) < 1))
		return -1;
	bits = prefix != NULL ? read_number(prefix, v4 ? 32 : 128)
			      : (v4 ? 32 : 128);
	if (bits == -1)
		return -1;
	o->what = OPERATE_KICK_ADDRESS;
	o->bits = (uint8_t)(v4 ? 96 + bits : bits);
	o->addr.port = (uint16_t)number;
	return 0;
}

static int
read_kick(struct request *r, const char *argument, struct buf *why)
{
	struct ipc_operate *o = &r->operate;

	if (read_peer(o, argument) == 0)
		return 0;
	memset(o, 0, sizeof(*o));
	if (read_address(o, argument) == 0)
		return 0;
	buf_puts(why,
	    "\"kick\" takes a peer's id, or its first 8 digits or more, or an "
	    "address: v4, v4:port, v6, [v6]:port, or a prefix as in "
	    "192.0.2.0/24");
	return -1;
}

/* Nothing comes after its bits, and it has not all of IPv4 in it by mistake:
 * as in the file of those who are denied. */
static bool
is_meant(const struct ipc_operate *o)
{
	static const struct addr mapped = { .ip = { [10] = 0xff, 0xff } };
	struct addr_prefix prefix = { .bits = o->bits };

	memcpy(prefix.ip, o->addr.ip, sizeof(prefix.ip));
	for (unsigned int bit = o->bits; bit < 128; bit++)
		if ((o->addr.ip[bit / 8] & 0x80 >> bit % 8) != 0)
			return false;
	return o->bits >= 96 || !addr_in_prefix(&mapped, &prefix);
}

static int
read_deny(struct request *r, const char *argument, struct buf *why)
{
	struct ipc_operate *o = &r->operate;

	if (read_address(o, argument) == 0 && o->addr.port == 0 &&
	    is_meant(o)) {
		o->what = OPERATE_DENY;
		return 0;
	}
	buf_puts(why,
	    "\"deny\" takes an address, or a prefix with nothing after its "
	    "bits: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32; and none of IPv6 "
	    "with ::ffff:0:0/96, which is all of IPv4");
	return -1;
}

static int
read_drain(struct request *r, const char *argument, struct buf *why)
{
	long seconds = DRAIN_SECONDS;

	r->operate.what = OPERATE_DRAIN;
	if (argument != NULL && strcmp(argument, "off") == 0) {
		r->operate.what = OPERATE_REFILL;
		return 0;
	}
	if (argument != NULL)
		seconds = read_number(argument, DRAIN_SECONDS_MAX);
	if (seconds == -1) {
		buf_printf(why,
		    "\"drain\" takes a number of seconds, at most %d, or off",
		    DRAIN_SECONDS_MAX);
		return -1;
	}
	r->seconds = (unsigned int)seconds;
	return 0;
}

static int
read_argument(struct request *r, const char *argument, struct buf *why)
{
	switch (r->command) {
	case REQUEST_ROOMS:
		r->operate.what = OPERATE_ROOMS;
		return 0;
	case REQUEST_SESSIONS:
		r->operate.what = OPERATE_SESSIONS;
		return 0;
	case REQUEST_FLEET:
		r->operate.what = OPERATE_FLEET;
		return 0;
	case REQUEST_KICK:
		return read_kick(r, argument, why);
	case REQUEST_DENY:
		return read_deny(r, argument, why);
	case REQUEST_DRAIN:
		return read_drain(r, argument, why);
	case REQUEST_STATUS:
	case REQUEST_RELOAD:
		break;
	}
	return 0;
}

/* --- Requests ------------------------------------------------------------- */

static const struct row *
find(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static int
read_words(struct request *r, const char *name, const char *argument,
    const char *also, struct buf *why)
{
	const struct row *row = find(name);

	memset(r, 0, sizeof(*r));
	if (row == NULL) {
		buf_printf(why, "there is no command \"%.40s\"; it can be ",
		    name);
		put_names(why, also);
		return -1;
	}
	r->command = (enum request_command)(row - rows);
	if (argument != NULL && row->member == NULL) {
		buf_printf(why, "\"%s\" takes no argument", row->name);
		return -1;
	}
	if (argument == NULL && row->takes == TAKES_NEEDED) {
		buf_printf(why, "\"%s\" needs \"%s\", a string", row->name,
		    row->member);
		return -1;
	}
	return read_argument(r, argument, why);
}

int
request_words(struct request *r, const char *name, const char *argument,
    struct buf *why)
{
	return read_words(r, name, argument, NULL, why);
}

/* Returns false, after an error, if there is a member that the command does not
 * have: it may have been meant to narrow down what is done. */
static bool
check_members(json_t *line, const char *name, struct buf *why)
{
	const struct row *row = find(name);
	const char *key;
	json_t *value;

	json_object_foreach(line, key, value)
	{
		if (strcmp(key, "cmd") == 0 || strcmp(key, "form") == 0 ||
		    row == NULL ||
		    (row->member != NULL && strcmp(key, row->member) == 0))
			continue;
		buf_printf(why, "\"%s\" has no \"%.40s\"; nothing done", name,
		    key);
		return false;
	}
	return true;
}

int
request_object(struct request *r, json_t *line, const char *also,
    struct buf *why)
{
	const char *name = json_string_value(json_object_get(line, "cmd"));
	const json_t *form = json_object_get(line, "form"), *given = NULL;
	const struct row *row;

	if (name == NULL) {
		buf_puts(why, "the line is no object with \"cmd\", a string");
		return -1;
	}
	if (!check_members(line, name, why))
		return -1;
	row = find(name);
	if (row != NULL && row->member != NULL)
		given = json_object_get(line, row->member);
	if ((form != NULL && !json_is_string(form)) ||
	    (given != NULL && !json_is_string(given))) {
		buf_puts(why, "a value is not a string; nothing done");
		return -1;
	}
	if (read_words(r, name, json_string_value(given), also, why) == -1)
		return -1;
	r->text = form != NULL && strcmp(json_string_value(form), "text") == 0;
	return 0;
}

int
request_line(struct request *r, const char *line, size_t len, struct buf *why)
{
	json_error_t error;
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	int result = -1;

	if (object == NULL)
		buf_printf(why, "the line is not JSON: %s (column %d)",
		    error.text, error.column);
	else
		result = request_object(r, object, NULL, why);
	json_decref(object);
	return result;
}
