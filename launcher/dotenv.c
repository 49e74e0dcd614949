/*
 * Reader of a .env file: the whole file is read at once, then cut in place
 * into names and values. Called by options_parse(), before anything is forked.
 */
#include "launcher/dotenv.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *
skip_blanks(char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* True if nothing but a comment follows; p is just after the value. */
static bool
ends_here(char *p)
{
	char *rest = skip_blanks(p);

	return *rest == '\0' || (rest > p && *rest == '#');
}

/* Returns the end of the name at p, or p if there is no name. */
static char *
name_end(char *p)
{
	if (*p >= '0' && *p <= '9')
		return p;
	while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
	    (*p >= '0' && *p <= '9') || *p == '_')
		p++;
	return p;
}

/* Cuts out a quoted value at p, its opening quote; escapes shrink it in
 * place. */
static const char *
cut_quoted(char *p)
{
	char quote = *p++;
	char *value = p, *to = p;

	for (; *p != quote; p++) {
		if (*p == '\0')
			return NULL;
		if (quote == '"' && *p == '\\' && p[1] != '\0' &&
		    strchr("n\"\\", p[1]) != NULL) {
			p++;
			*to++ = *p == 'n' ? '\n' : *p;
		} else {
			*to++ = *p;
		}
	}
	if (!ends_here(p + 1))
		return NULL;
	*to = '\0';
	return value;
}

/* Cuts out a bare value; p is just after the equals sign. */
static const char *
cut_bare(char *p)
{
	char *value = p, *end = p;

	/* A # begins a comment only after a blank: a#b is a value. */
	while (*end != '\0' && !(*end == '#' && end > p && is_blank(end[-1])))
		end++;
	while (end > p && is_blank(end[-1]))
		end--;
	*end = '\0';
	return skip_blanks(value);
}

/*
 * Cuts one line, which has no end-of-line left. Returns 1 with name and value
 * set, 0 for a line without a value, -1 for a malformed line.
 */
static int
cut_line(char *line, struct dotenv_entry *e)
{
	char *p = skip_blanks(line), *end, *value;

	if (*p == '\0' || *p == '#')
		return 0;
	if (strncmp(p, "export", 6) == 0 && is_blank(p[6]) &&
	    *skip_blanks(p + 6) != '=')
		p = skip_blanks(p + 6);

	end = name_end(p);
	value = skip_blanks(end);
	if (end == p || *value != '=')
		return -1;
	value++;
	*end = '\0';
	e->name = p;

	p = skip_blanks(value);
	e->value = *p == '"' || *p == '\'' ? cut_quoted(p) : cut_bare(value);
	return e->value == NULL ? -1 : 1;
}

/* Opens and reads the file. Returns its size, or -1 with err filled. */
static ssize_t
read_file(int dirfd, char *text, char *err, size_t errlen)
{
	struct stat st;
	ssize_t n, size = -1, got = 0;
	int fd;

	/* O_NONBLOCK, so that a FIFO of that name cannot hang the start. */
	fd =
	    openat(dirfd, ".env", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1) {
		if (errno == ENOENT)
			return 0;
		(void)snprintf(err, errlen, ".env: %s", strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == -1) {
		(void)snprintf(err, errlen, ".env: %s", strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		(void)snprintf(err, errlen, ".env: expected a regular file");
		goto out;
	}
	/* The file decides where the log goes and whom to trust. */
	if ((st.st_uid != geteuid() && st.st_uid != 0) ||
	    (st.st_mode & 022) != 0) {
		(void)snprintf(err, errlen,
		    ".env: others can write it (user %u, mode %04o): chown and "
		    "chmod it, or start gochat elsewhere",
		    (unsigned int)st.st_uid,
		    (unsigned int)(st.st_mode & 07777));
		goto out;
	}
	/* One byte more than allowed is read, to see that a file is too
	 * long. */
	while (got <= DOTENV_FILE_MAX) {
		n = read(fd, text + got, (size_t)(DOTENV_FILE_MAX + 1 - got));
		if (n == -1) {
			(void)snprintf(err, errlen, ".env: %s",
			    strerror(errno));
			goto out;
		}
		if (n == 0)
			break;
		got += n;
	}
	if (got > DOTENV_FILE_MAX)
		(void)snprintf(err, errlen, ".env: expected at most %d bytes",
		    DOTENV_FILE_MAX);
	else
		size = got;
out:
	(void)close(fd);
	return size;
}

/* Cuts the text into entries. Returns 0, or -1 with err filled. */
static int
cut_text(struct dotenv *d, size_t size, char *err, size_t errlen)
{
	char *line = d->text, *last = d->text + size;
	unsigned int number = 1;

	for (; line < last; number++) {
		char *end = memchr(line, '\n', (size_t)(last - line));
		char *next = end == NULL ? last : end + 1;
		int kind;

		if (end == NULL)
			end = last;
		if (end > line && end[-1] == '\r')
			end--;
		*end = '\0';
		if (end - line > DOTENV_LINE_MAX) {
			(void)snprintf(err, errlen,
			    ".env line %u: expected at most %d bytes", number,
			    DOTENV_LINE_MAX);
			return -1;
		}
		/* A NUL inside would hide the rest of the line. */
		kind = strlen(line) != (size_t)(end - line)
		    ? -1
		    : cut_line(line, &d->entries[d->count]);
		if (kind == -1) {
			(void)snprintf(err, errlen,
			    ".env line %u: expected NAME=value", number);
			return -1;
		}
		if (kind == 1)
			d->entries[d->count++].line = number;
		line = next;
	}
	return 0;
}

int
dotenv_load(struct dotenv *d, int dirfd, char *err, size_t errlen)
{
	size_t lines = 1;
	ssize_t size;

	memset(d, 0, sizeof(*d));
	d->text = malloc(DOTENV_FILE_MAX + 1);
	if (d->text == NULL) {
		(void)snprintf(err, errlen, ".env: %s", strerror(errno));
		return -1;
	}
	size = read_file(dirfd, d->text, err, errlen);
	if (size == -1)
		goto fail;

	/* A byte order mark would be an invisible part of the first name. */
	if (size >= 3 && memcmp(d->text, "\xef\xbb\xbf", 3) == 0) {
		(void)snprintf(err, errlen,
		    ".env: it begins with a byte order mark, which is to be "
		    "taken out");
		goto fail;
	}
	for (ssize_t i = 0; i < size; i++)
		lines += d->text[i] == '\n';
	d->entries = calloc(lines, sizeof(*d->entries));
	if (d->entries == NULL) {
		(void)snprintf(err, errlen, ".env: %s", strerror(errno));
		goto fail;
	}
	if (cut_text(d, (size_t)size, err, errlen) == 0)
		return 0;
fail:
	dotenv_free(d);
	return -1;
}

const struct dotenv_entry *
dotenv_find(const struct dotenv *d, const char *name)
{
	for (size_t i = d->count; i > 0; i--)
		if (strcmp(d->entries[i - 1].name, name) == 0)
			return &d->entries[i - 1];
	return NULL;
}

void
dotenv_free(struct dotenv *d)
{
	free(d->entries);
	free(d->text);
	memset(d, 0, sizeof(*d));
}
