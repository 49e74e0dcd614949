/*
 * Invites, on their way to cryptod. See invitation.h.
 */
#include "launcher/invitation.h"

#include "launcher/ask_line.h"
#include "launcher/needs.h"
#include "launcher/secret_child.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

/* Bytes that are looked at: there may be blanks in them. */
#define GIVEN_MAX 8192
/* The size of what an error begins with: the reason after it fits, too. */
#define SOURCE_MAX 384

struct task {
	const char *text;		  /* the invite, or NULL: */
	int from;			  /* it is read from there */
	int access_to;			  /* for an access key */
	struct invitation_report *report; /* in memory that both have */
};

/* A line: byte by byte, since what comes after it is for ui. Of a file, all
 * lines, which an editor may have broken it into. */
static unsigned int
read_text(int from, char text[GIVEN_MAX + 1], size_t *len)
{
	const bool line = from == STDIN_FILENO;
	ssize_t n;

	for (*len = 0; *len < GIVEN_MAX; *len += (size_t)n) {
		n = read(from, text + *len, line ? 1 : GIVEN_MAX - *len);
		if (n == -1)
			return secret_call_failed();
		if (n == 0 || (line && text[*len] == '\n'))
			break;
	}
	return SECRET_GOT;
}

bool
invitation_goes_on(const char *text, size_t len)
{
	struct invite invite;
	size_t at;
	enum invite_fault fault = invite_parse(&invite, text, len, &at);

	explicit_bzero(&invite, sizeof(invite));
	return fault != INVITE_SOUND && fault != INVITE_NO_SCHEME && at > len;
}

unsigned int
invitation_too_long(struct invitation_report *report)
{
	report->fault = INVITE_LENGTH;
	report->at = 0;
	return INVITATION_NONE;
}

/* Asks on the terminal. */
static unsigned int
ask(const struct task *task, char text[GIVEN_MAX + 1], size_t *len)
{
	struct asker asker;

	_Static_assert(GIVEN_MAX >= ASK_LINE_MAX, "an answer has a place");
	if (ask_open(&asker) == -1)
		return secret_call_failed();
	switch (ask_line(&asker, "Invite (not shown): ", false,
	    invitation_goes_on, text)) {
	case ASK_ANSWERED:
		*len = strlen(text);
		return SECRET_GOT;
	case ASK_TOO_LONG:
		return invitation_too_long(task->report);
	case ASK_LEFT:
		return SECRET_INTERRUPTED;
	case ASK_FAILED:
		break;
	}
	return secret_call_failed();
}

static unsigned int
get_text(const struct task *task, char text[GIVEN_MAX + 1], size_t *len)
{
	if (task->text != NULL) {
		*len = strlcpy(text, task->text, GIVEN_MAX + 1);
		*len = *len < GIVEN_MAX ? *len : GIVEN_MAX;
		return SECRET_GOT;
	}
	return isatty(task->from) == 1 ? ask(task, text, len)
				       : read_text(task->from, text, len);
}

static bool
write_access(const struct invite *invite, int to)
{
	struct access_key key = { .name = "invite" };
	char line[ACCESS_LINE_MAX + 1];
	size_t len;
	bool written;

	memcpy(key.key, invite->access, sizeof(key.key));
	len = access_format(line, &key);
	written = write(to, line, len) == (ssize_t)len;
	explicit_bzero(&key, sizeof(key));
	explicit_bzero(line, sizeof(line));
	return written;
}

unsigned int
invitation_take(const char *text, size_t len, int to, int access_to,
    struct invitation_report *report)
{
	unsigned int outcome = SECRET_GOT;
	struct invite invite;

	report->fault = invite_parse(&invite, text, len, &report->at);
	if (report->fault != INVITE_SOUND)
		outcome = INVITATION_NONE;
	else if (write(to, invite.secret, sizeof(invite.secret)) !=
		(ssize_t)sizeof(invite.secret) ||
	    (invite.has_access && !write_access(&invite, access_to)))
		outcome = secret_call_failed();
	if (outcome == SECRET_GOT) {
		strlcpy(report->invitation.bootnode, invite.bootnode,
		    sizeof(report->invitation.bootnode));
		strlcpy(report->invitation.room, invite.room,
		    sizeof(report->invitation.room));
		memcpy(report->invitation.key, invite.key, sizeof(invite.key));
		report->invitation.has_access = invite.has_access;
	}
	explicit_bzero(&invite, sizeof(invite));
	return outcome;
}

/* What the child does. */
static unsigned int
work(void *arg, int to)
{
	const struct task *task = arg;
	char text[GIVEN_MAX + 1];
	unsigned int outcome;
	size_t len = 0;

	outcome = get_text(task, text, &len);
	if (outcome == SECRET_GOT)
		outcome = invitation_take(text, len, to, task->access_to,
		    task->report);
	explicit_bzero(text, sizeof(text));
	return outcome;
}

void
invitation_explain(const struct invitation_report *report, unsigned int outcome,
    char *what, size_t size)
{
	const char *fault = invite_fault_text(report->fault);

	if (outcome == SECRET_INTERRUPTED)
		(void)snprintf(what, size, "interrupted");
	else if (outcome >= SECRET_CALL_FAILED)
		(void)snprintf(what, size, "%s",
		    needs_reason((int)(outcome - SECRET_CALL_FAILED)));
	else if (report->at == 0)
		(void)snprintf(what, size, "the invite %s", fault);
	else if (report->fault == INVITE_CHECKSUM)
		(void)snprintf(what, size,
		    "the invite %s; character %zu looks wrong", fault,
		    report->at);
	else
		(void)snprintf(what, size, "the invite %s: see character %zu",
		    fault, report->at);
}

/* Has a child read an invite. source is what an error begins with. */
static int
get(int *fd, struct invitation *invitation, struct task *task,
    const char *source, char *err, size_t errlen)
{
	char what[128];
	unsigned int outcome;

	task->report = mmap(NULL, sizeof(*task->report), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (task->report == MAP_FAILED) {
		(void)snprintf(err, errlen, "%s: %s", source,
		    needs_reason(errno));
		return -1;
	}
	outcome = secret_by_child(fd, work, task);
	if (outcome == SECRET_GOT) {
		*invitation = task->report->invitation;
	} else {
		invitation_explain(task->report, outcome, what, sizeof(what));
		(void)snprintf(err, errlen, "%s: %s", source, what);
	}
	munmap(task->report, sizeof(*task->report));
	return outcome == SECRET_GOT ? 0 : -1;
}

int
invitation_access_memory(void)
{
	return memfd_create("access", MFD_CLOEXEC);
}

/* Reads it from where the task says, or from a file. */
static int
open_source(int *fd, struct invitation *invitation, struct task task,
    const struct invitation_source *source, char *err, size_t errlen)
{
	char name[SOURCE_MAX] = "--invite";
	int result;

	if (source->text != NULL) {
		if (strcmp(source->text, "-") == 0)
			task.text = NULL;
		return get(fd, invitation, &task, name, err, errlen);
	}
	task.from = secret_file_open("invite file", source->file, err, errlen);
	if (task.from == -1)
		return -1;
	(void)snprintf(name, sizeof(name), "invite file %s", source->file);
	result = get(fd, invitation, &task, name, err, errlen);
	(void)close(task.from);
	return result;
}

int
invitation_open(int *fd, int *access, struct invitation *invitation,
    const struct invitation_source *source, char *err, size_t errlen)
{
	const struct task task = {
		.text = source->text,
		.from = STDIN_FILENO,
		.access_to = invitation_access_memory(),
	};
	int result;

	*fd = *access = -1;
	if (task.access_to == -1) {
		(void)snprintf(err, errlen, "--invite: %s",
		    needs_reason(errno));
		return -1;
	}
	result = open_source(fd, invitation, task, source, err, errlen);
	if (result == 0 && invitation->has_access)
		*access = task.access_to;
	else
		(void)close(task.access_to);
	return result;
}

static unsigned int
make_secret(void *arg, int to)
{
	uint8_t secret[INVITE_SECRET_LEN];
	unsigned int outcome = SECRET_GOT;

	(void)arg;
	if (getentropy(secret, sizeof(secret)) == -1 ||
	    write(to, secret, sizeof(secret)) != (ssize_t)sizeof(secret))
		outcome = secret_call_failed();
	explicit_bzero(secret, sizeof(secret));
	return outcome;
}

int
invitation_new(int *fd, char *err, size_t errlen)
{
	unsigned int outcome = secret_by_child(fd, make_secret, NULL);

	if (outcome == SECRET_GOT)
		return 0;
	(void)snprintf(err, errlen, "--new-room: %s",
	    outcome >= SECRET_CALL_FAILED
		? needs_reason((int)(outcome - SECRET_CALL_FAILED))
		: "interrupted");
	return -1;
}
