/*
 * Files of address prefixes. See prefix_file.h.
 */
#include "launcher/prefix_file.h"

#include "common/addr.h"
#include "launcher/option_value.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAPPED_BITS 96 /* an IPv4 address in its mapped form has before it */
#define TEXT_LEN    INET6_ADDRSTRLEN + 5

/* A line that is being read. */
struct line {
	enum prefix_list list;
	const char *name;
	unsigned int number; /* from 1 */
	char *err;
	size_t errlen;
};

static int fail(const struct line *, const char *word, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* word: what is wrong; NULL: it is missing. */
static int
fail(const struct line *l, const char *word, const char *format, ...)
{
	char what[256], quoted[OPTION_QUOTED_MAX] = "";
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (word != NULL)
		option_quote(word, strlen(word), quoted);
	(void)snprintf(l->err, l->errlen, "%s, line %u: %s%sexpected %s",
	    l->name, l->number, quoted, word != NULL ? ": " : "", what);
	return -1;
}

/* Returns the next word of a line, cut out, or NULL. */
static char *
next_word(char **rest)
{
	static const char blanks[] = " \t\r";
	char *word = *rest + strspn(*rest, blanks);

	if (*word == '\0' || *word == '#')
		return NULL;
	*rest = word + strcspn(word, blanks);
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

/* Reads digits alone, at most so much. Returns 0 or -1. */
static int
parse_number(const char *text, unsigned long max, unsigned long *number)
{
	if (*text == '\0' || strlen(text) > 9 ||
	    text[strspn(text, "0123456789")] != '\0')
		return -1;
	*number = strtoul(text, NULL, 10);
	return *number <= max ? 0 : -1;
}

/* Clears what comes after the bits. Returns true if that changes something. */
static bool
cut(struct ipc_prefix *p)
{
	bool changed = false;

	for (unsigned int bit = p->bits; bit < 128; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		changed = changed || (p->ip[bit / 8] & mask) != 0;
		p->ip[bit / 8] = (uint8_t)(p->ip[bit / 8] & ~mask);
	}
	return changed;
}

static bool
is_ipv4(const struct ipc_prefix *p)
{
	struct addr addr = { .port = 0 };

	memcpy(addr.ip, p->ip, sizeof(addr.ip));
	return p->bits >= MAPPED_BITS && addr_is_ipv4(&addr);
}

static const char *
format(const struct ipc_prefix *p, char text[TEXT_LEN])
{
	char ip[INET6_ADDRSTRLEN];

	if (is_ipv4(p))
		inet_ntop(AF_INET, p->ip + 12, ip, sizeof(ip));
	else
		inet_ntop(AF_INET6, p->ip, ip, sizeof(ip));
	(void)snprintf(text, TEXT_LEN, "%s/%d", ip,
	    is_ipv4(p) ? p->bits - MAPPED_BITS : p->bits);
	return text;
}

/* Reads the address before the slash. Returns the number of its bits, or 0. */
static unsigned int
parse_address(struct ipc_prefix *p, const char *text)
{
	if (inet_pton(AF_INET, text, p->ip + 12) == 1) {
		p->ip[10] = p->ip[11] = 0xff;
		return 32;
	}
	return inet_pton(AF_INET6, text, p->ip) == 1 ? 128 : 0;
}

/* A prefix that has all of IPv4 in its mapped form, too, was not meant to. */
static bool
has_all_ipv4(const struct ipc_prefix *p)
{
	static const struct addr mapped = { .ip = { [10] = 0xff, 0xff } };
	struct addr_prefix prefix = { .bits = p->bits };

	memcpy(prefix.ip, p->ip, sizeof(prefix.ip));
	return p->bits < MAPPED_BITS && addr_in_prefix(&mapped, &prefix);
}

static int
parse_prefix(const struct line *l, struct ipc_prefix *p, char *word)
{
	char quoted[OPTION_QUOTED_MAX], text[TEXT_LEN];
	char *slash = strchr(word, '/');
	unsigned int width;
	unsigned long bits;

	option_quote(word, strlen(word), quoted);
	if (slash != NULL)
		*slash = '\0';
	width = parse_address(p, word);
	bits = width;
	if (width == 0 ||
	    (slash != NULL && parse_number(slash + 1, width, &bits) == -1)) {
		if (slash != NULL)
			*slash = '/';
		return fail(l, word,
		    "an address or a prefix, such as 192.0.2.7, "
		    "192.0.2.0/24 or 2001:db8::/32");
	}
	p->bits = (uint8_t)(128 - width + bits);
	if (slash != NULL)
		*slash = '/';
	if (cut(p))
		return fail(l, word, "%s, or more bits", format(p, text));
	if (has_all_ipv4(p))
		return fail(l, word,
		    "a prefix of IPv6 without ::ffff:0:0/96, which is all of "
		    "IPv4: 2000::/3, and 0.0.0.0/0 if that is meant");
	if (l->list == PREFIXES_LIFTED && !is_ipv4(p) && p->bits > 64)
		return fail(l, word,
		    "at most 64 bits of IPv6, which are one source");
	return 0;
}

/* Reads a line. Returns 1, 0 if there is nothing in it, or -1. */
static int
parse_line(const struct line *l, struct ipc_prefix *p, char *text)
{
	char *word = next_word(&text);
	unsigned long sessions;

	memset(p, 0, sizeof(*p));
	if (word == NULL)
		return 0;
	if (parse_prefix(l, p, word) == -1)
		return -1;
	word = next_word(&text);
	if (l->list == PREFIXES_LIFTED) {
		if (word == NULL ||
		    parse_number(word, PREFIX_SESSIONS_MAX, &sessions) == -1 ||
		    sessions == 0)
			return fail(l, word,
			    "the number of sessions of each of its addresses, "
			    "1 to %d, after the prefix",
			    PREFIX_SESSIONS_MAX);
		p->sessions = (uint32_t)sessions;
		word = next_word(&text);
	}
	if (word != NULL)
		return fail(l, word, "the end of the line, or a comment");
	return 1;
}

static int
compare(const void *a, const void *b)
{
	const struct ipc_prefix *p = a, *q = b;
	int c = memcmp(p->ip, q->ip, sizeof(p->ip));

	return c != 0 ? c : (p->bits > q->bits) - (p->bits < q->bits);
}

/* Sorts the list. One that is there twice stays once; two numbers for it are
 * an error. */
static int
put_in_order(struct prefix_file *f, const struct line *l)
{
	uint32_t kept = 0;
	char text[TEXT_LEN];

	if (f->count > 0)
		qsort(f->at, f->count, sizeof(*f->at), compare);
	for (uint32_t i = 0; i < f->count; i++) {
		if (kept > 0 && compare(&f->at[kept - 1], &f->at[i]) == 0) {
			if (f->at[kept - 1].sessions == f->at[i].sessions)
				continue;
			(void)snprintf(l->err, l->errlen,
			    "%s: %s: expected one number of sessions, not two",
			    l->name, format(&f->at[i], text));
			return -1;
		}
		f->at[kept++] = f->at[i];
	}
	f->count = kept;
	return 0;
}

static int
parse_lines(struct prefix_file *f, struct line *l, char *text, char *end)
{
	char *line, *next;
	int kind;

	for (line = text; line < end; line = next) {
		char *stop = memchr(line, '\n', (size_t)(end - line));

		l->number++;
		next = stop != NULL ? stop + 1 : end;
		*(stop != NULL ? stop : end) = '\0';
		/* A NUL inside would hide the rest of the line. */
		if (line + strlen(line) != (stop != NULL ? stop : end))
			return fail(l, NULL, "text");
		if (f->count == PREFIXES_MAX) {
			kind = parse_line(l, &(struct ipc_prefix){ 0 }, line);
			if (kind == 1)
				return fail(l, NULL,
				    "at most %d addresses and prefixes; put "
				    "prefixes in place of addresses, or use a "
				    "packet filter",
				    PREFIXES_MAX);
		} else {
			kind = parse_line(l, &f->at[f->count], line);
		}
		if (kind == -1)
			return -1;
		f->count += kind == 1;
	}
	return 0;
}

int
prefix_file_parse(struct prefix_file *f, enum prefix_list list, char *text,
    size_t len, const char *name, char *err, size_t errlen)
{
	struct line l = { list, name, 0, err, errlen };

	*f = (struct prefix_file){ calloc(PREFIXES_MAX, sizeof(*f->at)), 0 };
	if (f->at == NULL) {
		(void)snprintf(err, errlen, "%s: %s", name, strerror(errno));
		return -1;
	}
	if (parse_lines(f, &l, text, text + len) == 0 &&
	    put_in_order(f, &l) == 0)
		return 0;
	prefix_file_free(f);
	return -1;
}

/* Reads an open file into memory with room for one byte more. Returns NULL, and
 * the reason in *why. */
static char *
read_all(int fd, size_t *len, const char **why)
{
	char *text = malloc(PREFIX_FILE_MAX + 2);
	struct stat st;
	ssize_t n = 1;

	*len = 0;
	*why = NULL;
	if (text == NULL || fstat(fd, &st) == -1)
		*why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "expected a regular file";
	else if ((st.st_mode & S_IWOTH) != 0)
		*why = "everybody can write it: chmod o-w";
	while (*why == NULL && n > 0 && *len <= PREFIX_FILE_MAX) {
		n = read(fd, text + *len, PREFIX_FILE_MAX + 1 - *len);
		if (n == -1)
			*why = strerror(errno);
		else
			*len += (size_t)n;
	}
	if (*why == NULL && *len > PREFIX_FILE_MAX)
		*why = "expected at most 1 MiB";
	if (*why == NULL)
		return text;
	free(text);
	return NULL;
}

int
prefix_file_read(struct prefix_file *f, enum prefix_list list, const char *path,
    char *err, size_t errlen)
{
	/* O_NONBLOCK, so that a FIFO cannot make us wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *why = NULL;
	char *text = NULL;
	size_t len;
	int result = -1;

	if (fd == -1)
		why = strerror(errno);
	else
		text = read_all(fd, &len, &why);
	if (text != NULL)
		result =
		    prefix_file_parse(f, list, text, len, path, err, errlen);
	else
		(void)snprintf(err, errlen, "%s: %s", path, why);
	free(text);
	if (fd != -1)
		close(fd);
	return result;
}

void
prefix_file_free(struct prefix_file *f)
{
	free(f->at);
	*f = (struct prefix_file){ NULL, 0 };
}
