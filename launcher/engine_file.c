/*
 * The credentials of a fleet's engine. See engine_file.h.
 */
#include "launcher/engine_file.h"

#include "common/engine_access.h"
#include "launcher/needs.h"
#include "launcher/secret_child.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than a user, a blank, a password and the end of the line. */
#define LINE_SIZE (ENGINE_USER_MAX + ENGINE_PASSWORD_MAX + 4)

/* How the child ends if the file is not as it should be. */
enum fault {
	FAULT_EMPTY = 1,
	FAULT_LINES,
	FAULT_LONG,
	FAULT_BYTES,
	FAULT_WORDS
};

static const char *const faults[] = {
	[FAULT_EMPTY] = "it is empty",
	[FAULT_LINES] = "it has more than one line",
	[FAULT_LONG] = "it is too long: a user has up to 128 bytes, a password "
		       "up to 512",
	[FAULT_BYTES] = "it contains a control character",
	[FAULT_WORDS] = "expected a password, or a user, one blank and a "
			"password",
};

struct task {
	int from; /* -1: there is no file */
	uint32_t ca_len;
};

/* --- What the child does -------------------------------------------------- */

static unsigned int
split(char *line, size_t len, struct engine_access *a)
{
	char *blank = memchr(line, ' ', len);
	const char *password = blank != NULL ? blank + 1 : line;
	const size_t user = blank != NULL ? (size_t)(blank - line) : 0;
	const size_t rest = len - (size_t)(password - line);

	if ((blank != NULL && user == 0) || rest == 0 ||
	    memchr(password, ' ', rest) != NULL)
		return FAULT_WORDS;
	if (user > ENGINE_USER_MAX || rest > ENGINE_PASSWORD_MAX)
		return FAULT_LONG;
	memcpy(a->user, line, user);
	memcpy(a->password, password, rest);
	return SECRET_GOT;
}

static unsigned int
take_line(char *text, size_t len, struct engine_access *a)
{
	if (len == LINE_SIZE)
		return FAULT_LONG;
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len == 0)
		return FAULT_EMPTY;
	if (memchr(text, '\n', len) != NULL)
		return FAULT_LINES;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return FAULT_BYTES;
	return split(text, len, a);
}

static unsigned int
read_line(int from, struct engine_access *a)
{
	char text[LINE_SIZE];
	unsigned int outcome;
	ssize_t n = read(from, text, sizeof(text));

	if (n == -1)
		return secret_call_failed();
	outcome = take_line(text, (size_t)n, a);
	explicit_bzero(text, sizeof(text));
	return outcome;
}

static unsigned int
work(void *arg, int to)
{
	const struct task *task = arg;
	struct engine_access a = { .ca_len = task->ca_len };
	unsigned int outcome = SECRET_GOT;

	if (task->from != -1)
		outcome = read_line(task->from, &a);
	if (outcome == SECRET_GOT && write(to, &a, sizeof(a)) != sizeof(a))
		outcome = secret_call_failed();
	explicit_bzero(&a, sizeof(a));
	return outcome;
}

/* --- Certificates, which everybody may know ------------------------------- */

static int
say(const char *file, const char *why, char *err, size_t errlen)
{
	(void)snprintf(err, errlen, "file of certificates %s: %s", file, why);
	return -1;
}

/* Reads all of an open file. Returns its length, or -1 with errno set; EFBIG:
 * it is too long. */
static ssize_t
read_all(int fd, char *to)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len <= ENGINE_CA_MAX) {
		n = read(fd, to + len, ENGINE_CA_MAX + 1 - len);
		if (n == -1)
			return -1;
		len += (size_t)n;
	}
	errno = EFBIG;
	return len > ENGINE_CA_MAX ? -1 : (ssize_t)len;
}

/* Returns the length of what the file has, in *text, which the caller frees; or
 * -1 with one line in err. */
static ssize_t
read_ca(const char *file, char **text, char *err, size_t errlen)
{
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *why = NULL;
	ssize_t len = -1;

	*text = malloc(ENGINE_CA_MAX + 1);
	if (fd != -1 && *text != NULL)
		len = read_all(fd, *text);
	if (len == -1)
		why = fd != -1 && errno == EFBIG ? "it has more than 1 MiB"
						 : needs_reason(errno);
	else if (memmem(*text, (size_t)len, "-----BEGIN ", 11) == NULL)
		why = "expected certificates in PEM";
	if (fd != -1)
		close(fd);
	return why == NULL ? len : say(file, why, err, errlen);
}

/* --- Both ----------------------------------------------------------------- */

static void
explain(const char *file, unsigned int outcome, char *err, size_t errlen)
{
	(void)snprintf(err, errlen, "engine password file %s: %s", file,
	    outcome <= FAULT_WORDS ? faults[outcome]
		: outcome < SECRET_CALL_FAILED
		? "interrupted"
		: needs_reason((int)(outcome - SECRET_CALL_FAILED)));
}

static int
make(int *fd, const char *file, const char *ca, uint32_t ca_len, char *err,
    size_t errlen)
{
	struct task task = { .from = -1, .ca_len = ca_len };
	unsigned int outcome;

	if (*file != '\0')
		task.from =
		    secret_file_open("engine password file", file, err, errlen);
	if (*file != '\0' && task.from == -1)
		return -1;
	outcome = secret_by_child(fd, work, &task);
	if (outcome == SECRET_GOT &&
	    pwrite(*fd, ca, ca_len, sizeof(struct engine_access)) !=
		(ssize_t)ca_len) {
		outcome = secret_call_failed();
		close(*fd);
		*fd = -1;
	}
	if (outcome != SECRET_GOT)
		explain(file, outcome, err, errlen);
	if (task.from != -1)
		close(task.from);
	return outcome == SECRET_GOT ? 0 : -1;
}

int
engine_file_open(int *fd, const char *auth_file, const char *ca_file, char *err,
    size_t errlen)
{
	char *ca = NULL;
	ssize_t len = 0;
	int result = -1;

	*fd = -1;
	if (*ca_file != '\0')
		len = read_ca(ca_file, &ca, err, errlen);
	if (len != -1)
		result = make(fd, auth_file, ca, (uint32_t)len, err, errlen);
	free(ca);
	return result;
}
