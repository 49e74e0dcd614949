/*
 * Files of access keys. See access_file.h.
 */
#include "launcher/access_file.h"

#include "launcher/needs.h"
#include "launcher/secret_child.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How the child ends if the file is not as it should be. */
#define NOT_SOUND 1U

struct report { /* in memory that both have */
	enum access_fault fault;
	unsigned int line;
};

struct task {
	int from;
	size_t max;
	struct report *report;
};

static unsigned int
read_text(int from, char text[ACCESS_FILE_MAX + 1], size_t *len)
{
	ssize_t n;

	for (*len = 0; *len <= ACCESS_FILE_MAX; *len += (size_t)n) {
		n = read(from, text + *len, ACCESS_FILE_MAX + 1 - *len);
		if (n == -1)
			return secret_call_failed();
		if (n == 0)
			break;
	}
	return SECRET_GOT;
}

static unsigned int
write_keys(const struct access_keys *keys, int to)
{
	char line[ACCESS_LINE_MAX + 1];
	unsigned int outcome = SECRET_GOT;
	size_t len;

	for (size_t i = 0; i < keys->count && outcome == SECRET_GOT; i++) {
		len = access_format(line, &keys->at[i]);
		if (write(to, line, len) != (ssize_t)len)
			outcome = secret_call_failed();
	}
	explicit_bzero(line, sizeof(line));
	return outcome;
}

/* What the child does. */
static unsigned int
work(void *arg, int to)
{
	const struct task *task = arg;
	char text[ACCESS_FILE_MAX + 1];
	struct access_keys keys;
	unsigned int outcome;
	size_t len;

	outcome = read_text(task->from, text, &len);
	if (outcome == SECRET_GOT) {
		task->report->fault = access_parse(&keys, task->max, text, len,
		    &task->report->line);
		outcome = task->report->fault == ACCESS_SOUND
		    ? write_keys(&keys, to)
		    : NOT_SOUND;
		explicit_bzero(&keys, sizeof(keys));
	}
	explicit_bzero(text, sizeof(text));
	return outcome;
}

static void
explain(const char *file, unsigned int outcome, const struct report *report,
    char *err, size_t errlen)
{
	const char *fault = access_fault_text(report->fault);

	if (outcome == NOT_SOUND && report->line > 0)
		(void)snprintf(err, errlen, "access key file %s, line %u: %s",
		    file, report->line, fault);
	else
		(void)snprintf(err, errlen, "access key file %s: %s", file,
		    outcome == NOT_SOUND ? fault
			: outcome < SECRET_CALL_FAILED
			? "interrupted"
			: needs_reason((int)(outcome - SECRET_CALL_FAILED)));
}

/* Somebody gave the key in place of the file: errors must not repeat it. */
static bool
is_key(const char *file)
{
	return strlen(file) == 2 * ACCESS_KEY_LEN &&
	    strspn(file, "0123456789abcdefABCDEF") == 2 * ACCESS_KEY_LEN;
}

int
access_file_open(int *fd, const char *file, size_t max, char *err,
    size_t errlen)
{
	struct task task = { .max = max };
	unsigned int outcome;

	*fd = -1;
	if (is_key(file)) {
		(void)snprintf(err, errlen,
		    "access key file: expected a file that holds the key, not "
		    "the key");
		return -1;
	}
	task.from = secret_file_open("access key file", file, err, errlen);
	if (task.from == -1)
		return -1;
	task.report = mmap(NULL, sizeof(*task.report), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (task.report == MAP_FAILED) {
		(void)snprintf(err, errlen, "access key file %s: %s", file,
		    needs_reason(errno));
		close(task.from);
		return -1;
	}
	outcome = secret_by_child(fd, work, &task);
	/* Room for other keys later, which is locked from the start. */
	if (outcome == SECRET_GOT && max > 1 &&
	    ftruncate(*fd, ACCESS_PARTS * ACCESS_TEXT_MAX) == -1) {
		outcome = secret_call_failed();
		close(*fd);
		*fd = -1;
	}
	if (outcome != SECRET_GOT)
		explain(file, outcome, task.report, err, errlen);
	munmap(task.report, sizeof(*task.report));
	close(task.from);
	return outcome == SECRET_GOT ? 0 : -1;
}

/* Replaces all of the part. */
static int
put_text(int memory, unsigned int part, int from)
{
	static char text[ACCESS_TEXT_MAX];
	ssize_t n = 0;
	int result;

	memset(text, 0, sizeof(text));
	if (from != -1)
		n = pread(from, text, sizeof(text), 0);
	result = n != -1 &&
		pwrite(memory, text, sizeof(text),
		    (off_t)(part * sizeof(text))) == (ssize_t)sizeof(text)
	    ? 0
	    : -1;
	explicit_bzero(text, sizeof(text));
	return result;
}

int
access_file_again(int memory, unsigned int part, const char *file, char *err,
    size_t errlen)
{
	int fd = -1, result;

	if (*file != '\0' &&
	    access_file_open(&fd, file, ACCESS_KEYS_MAX, err, errlen) == -1)
		return -1;
	result = put_text(memory, part, fd);
	if (result == -1)
		(void)snprintf(err, errlen, "access key file %s: %s", file,
		    needs_reason(errno));
	if (fd != -1)
		close(fd);
	return result;
}

int
access_file_new(int to, const char *name)
{
	char line[ACCESS_LINE_MAX + 1];
	struct access_key key = { 0 };
	size_t len;
	int result;

	if (getentropy(key.key, sizeof(key.key)) == -1)
		return -1;
	memcpy(key.name, name, strnlen(name, ACCESS_NAME_MAX));
	len = access_format(line, &key);
	errno = ENOSPC;
	result = write(to, line, len) == (ssize_t)len ? 0 : -1;
	explicit_bzero(line, sizeof(line));
	explicit_bzero(&key, sizeof(key));
	return result;
}
