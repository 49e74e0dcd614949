/*
 * The room's passphrase, on its way to cryptod. Called by the launcher after
 * the options are known and before the processes are started.
 */
#include "launcher/passphrase.h"

#include "launcher/needs.h"
#include "precis/opaque_string.h"
#include "launcher/secret_child.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/readpassphrase.h>

/* Bytes that are looked at: the one form may be far shorter than what was
 * given. */
#define GIVEN_MAX 4096
/* The size of what an error begins with: the reason after it fits, too. */
#define SOURCE_MAX 384
#define LINE_END   "\r\n"

/* What an editor may put first, to say that the file is UTF-8. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

/* How the child that gets the passphrase ends: so, or with NOT_OPAQUE and what
 * is wrong with it, or as every such child. */
enum outcome {
	GOT_IT = SECRET_GOT,
	NO_TERMINAL,
	NOTHING_TYPED,
	MANY_LINES,
	NOT_OPAQUE
};

static const char *
why_not(unsigned int outcome)
{
	if (outcome >= SECRET_CALL_FAILED)
		return needs_reason((int)(outcome - SECRET_CALL_FAILED));
	switch (outcome) {
	case NO_TERMINAL:
		return "no terminal to ask on, use --passphrase-file";
	case NOTHING_TYPED:
		return "nothing was typed";
	case SECRET_INTERRUPTED:
		return "interrupted";
	case MANY_LINES:
		return "expected one line";
	case NOT_OPAQUE + (unsigned int)OPAQUE_TOO_LONG:
		return "expected at most 1024 bytes";
	default:
		return opaque_fault_text(outcome - NOT_OPAQUE);
	}
}

/* What somebody types, with a NUL. */
static unsigned int
ask(char text[GIVEN_MAX + 1], size_t *len)
{
	if (readpassphrase("Passphrase of the room: ", text, GIVEN_MAX + 1,
		RPP_REQUIRE_TTY) == NULL)
		return errno == ENOTTY ? NO_TERMINAL
		    : errno == EINTR   ? SECRET_INTERRUPTED
				       : secret_call_failed();
	*len = strlen(text);
	return *len == 0 ? NOTHING_TYPED : GOT_IT;
}

/* The one line of a file, without its end and without the mark of an editor
 * that is no part of the text. */
static unsigned int
read_line(int fd, char text[GIVEN_MAX + 1], size_t *len)
{
	size_t mark = sizeof(byte_order_mark) - 1;
	ssize_t n;

	for (*len = 0; *len < GIVEN_MAX; *len += (size_t)n) {
		n = read(fd, text + *len, GIVEN_MAX - *len);
		if (n == -1)
			return secret_call_failed();
		if (n == 0)
			break;
	}
	if (*len == GIVEN_MAX)
		return NOT_OPAQUE + (unsigned int)OPAQUE_TOO_LONG;
	if (*len >= mark && memcmp(text, byte_order_mark, mark) == 0) {
		*len -= mark;
		memmove(text, text + mark, *len);
	}
	while (*len > 0 && memchr(LINE_END, text[*len - 1], 2) != NULL)
		(*len)--;
	if (memchr(text, LINE_END[0], *len) != NULL ||
	    memchr(text, LINE_END[1], *len) != NULL)
		return MANY_LINES;
	return GOT_IT;
}

/* What the child does: reads or asks, writes and forgets. arg leads to the
 * descriptor that it reads, -1 to ask. */
static unsigned int
work(void *arg, int to)
{
	char given[GIVEN_MAX + 1], text[PASSPHRASE_MAX + 1];
	const int *from = arg;
	unsigned int outcome;
	uint32_t culprit;
	size_t len = 0;

	outcome =
	    *from == -1 ? ask(given, &len) : read_line(*from, given, &len);
	if (outcome == GOT_IT) {
		outcome =
		    opaque_string(text, PASSPHRASE_MAX, given, len, &culprit);
		if (outcome != OPAQUE_OK)
			outcome += NOT_OPAQUE;
		else if (write(to, text, strlen(text)) != (ssize_t)strlen(text))
			outcome = secret_call_failed();
	}
	explicit_bzero(given, sizeof(given));
	explicit_bzero(text, sizeof(text));
	return outcome;
}

/* Reads the passphrase from an open file or, if from is -1, by asking, as
 * passphrase_open() does. source is what an error begins with. */
static int
get(int *fd, int from, const char *source, char *err, size_t errlen)
{
	unsigned int outcome = secret_by_child(fd, work, &from);

	if (outcome == GOT_IT)
		return 0;
	(void)snprintf(err, errlen, "%s: %s", source, why_not(outcome));
	return -1;
}

int
passphrase_open(int *fd, const char *file, bool asks, char *err, size_t errlen)
{
	char source[SOURCE_MAX];
	int from, result;

	*fd = -1;
	if (file == NULL || *file == '\0')
		return asks ? get(fd, -1, "--passphrase", err, errlen) : 0;
	if (asks) {
		(void)snprintf(err, errlen,
		    "--passphrase: expected without a passphrase file");
		return -1;
	}
	from = secret_file_open("passphrase file", file, err, errlen);
	if (from == -1)
		return -1;
	(void)snprintf(source, sizeof(source), "passphrase file %s", file);
	result = get(fd, from, source, err, errlen);
	(void)close(from);
	return result;
}
