/*
 * The first questions. See first_prompt.h.
 */
#include "launcher/first_prompt.h"

#include "launcher/ask_line.h"
#include "launcher/invitation.h"
#include "launcher/needs.h"
#include "launcher/passphrase.h"
#include "launcher/secret_child.h"
#include "precis/opaque_string.h"

#include <sys/mman.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#define INTRODUCTION                                                         \
	"To talk, gochat needs an invite, or a bootnode and a room. Ctrl-D " \
	"leaves."
#define HOW_TO_RUN_ONE                                                 \
	"To run a bootnode for others: gochat --mode bootnode. More: " \
	"gochat --help"

#define ASK_BOOTNODE "Bootnode (HOST or HOST:PORT): "

/* How a question ends, if not as a child does; the last two are how the child
 * does. */
#define NOT_USED    INVITATION_NONE /* and it was said why */
#define NOT_GIVEN   2U
#define USER_LEFT   3U
#define REMEMBERED  4U
#define NO_TERMINAL 5U

_Static_assert(NOT_USED != SECRET_GOT && NOT_USED < NOT_GIVEN &&
	NO_TERMINAL < SECRET_INTERRUPTED,
    "one number, two ends");

/* What the child tells the launcher, in memory that both have. Of what was
 * typed, the invitation has no key. */
struct report {
	struct invitation_report invite;
	enum secret_kind secret;
	bool remember;
};

/* The child's side of it. */
struct prompt {
	struct options *o; /* its own copy */
	struct report *report;
	struct asker asker;
	int to;	       /* the secret goes there, */
	int access_to; /* and the access key of an invite there */
	char line[ASK_LINE_MAX];
};

/* --- In the child --------------------------------------------------------- */

/* Asks. Returns SECRET_GOT, NOT_GIVEN for an empty line, or an end. */
static unsigned int
ask(struct prompt *p, const char *question, bool shown)
{
	enum ask_end end;

	for (;;) {
		end = ask_line(&p->asker, question, shown, invitation_goes_on,
		    p->line);
		if (end != ASK_TOO_LONG)
			break;
		ask_say(&p->asker, "that is longer than any answer can be");
	}
	if (end == ASK_ANSWERED)
		return *p->line == '\0' ? NOT_GIVEN : SECRET_GOT;
	return end == ASK_LEFT ? USER_LEFT : secret_call_failed();
}

/* What was written to memory is of no use. */
static int
forget(int fd)
{
	return ftruncate(fd, 0) == -1 || lseek(fd, 0, SEEK_SET) == -1 ? -1 : 0;
}

/* Takes the line as an invite. Returns NOT_USED after an error. */
static unsigned int
take_invite(struct prompt *p)
{
	struct invitation_report *report = &p->report->invite;
	char what[OPTION_ERROR_MAX];
	unsigned int outcome = invitation_take(p->line, strlen(p->line), p->to,
	    p->access_to, report);

	explicit_bzero(p->line, sizeof(p->line));
	if (outcome == NOT_USED)
		invitation_explain(report, outcome, what, sizeof(what));
	if (outcome == SECRET_GOT &&
	    options_invited(p->o, &report->invitation, what, sizeof(what)) ==
		-1)
		outcome = forget(p->to) == -1 || forget(p->access_to) == -1
		    ? secret_call_failed()
		    : NOT_USED;
	if (outcome == NOT_USED)
		ask_say(&p->asker, what);
	if (outcome == SECRET_GOT)
		p->report->secret = SECRET_INVITE;
	return outcome;
}

/* Asks, and shows nothing of what is typed, until it can be used: as an invite
 * if it begins like one, else as take_other() does. Returns NOT_GIVEN for an
 * empty line, SECRET_GOT, or an end. */
static unsigned int
ask_or_invite(struct prompt *p, const char *question,
    unsigned int (*take_other)(struct prompt *))
{
	unsigned int outcome;

	do {
		outcome = ask(p, question, false);
		if (outcome != SECRET_GOT)
			return outcome;
		outcome = invite_begins(p->line, strlen(p->line))
		    ? take_invite(p)
		    : take_other(p);
	} while (outcome == NOT_USED);
	return outcome;
}

/* An invite is taken at the other questions, too: as the name of a room it
 * would be a secret that everybody could guess. */
static unsigned int
ask_option(struct prompt *p, const char *question, enum option_id id)
{
	char what[OPTION_ERROR_MAX];
	unsigned int outcome;

	for (;;) {
		outcome = ask(p, question, true);
		if (outcome != SECRET_GOT && outcome != NOT_GIVEN)
			return outcome;
		if (invite_begins(p->line, strlen(p->line))) {
			ask_say(&p->asker,
			    "that is an invite, and the terminal shows it now");
			outcome = take_invite(p);
			if (outcome != NOT_USED)
				return outcome;
		} else if (options_set(p->o, id, p->line, what, sizeof(what)) ==
		    0) {
			return SECRET_GOT;
		} else {
			ask_say(&p->asker, what);
		}
	}
}

/* Takes the line as a bootnode. It was not shown, as it could have been an
 * invite: what is wrong may be a part of one, and what is right is said. */
static unsigned int
take_bootnode(struct prompt *p)
{
	char what[OPTION_ERROR_MAX + ENDPOINTS_TEXT_MAX];
	char text[ENDPOINTS_TEXT_MAX];

	if (options_set(p->o, OPT_BOOTNODE, p->line, what, sizeof(what)) ==
	    -1) {
		explicit_bzero(p->line, sizeof(p->line));
		ask_say(&p->asker,
		    "expected gochat://... for an invite, or " WANT_HOST
		    " for a bootnode");
		return NOT_USED;
	}
	(void)snprintf(what, sizeof(what), "Bootnode: %s",
	    endpoints_format(&p->o->bootnode, text));
	ask_say(&p->asker, what);
	return SECRET_GOT;
}

/* Offers the rooms that are remembered. Returns REMEMBERED, SECRET_GOT for an
 * invite or a bootnode, or an end. */
static unsigned int
ask_offered(struct prompt *p)
{
	char text[80] = "Enter opens the remembered room. Ctrl-D leaves.";
	unsigned int outcome;

	if (p->o->offered > 1)
		(void)snprintf(text, sizeof(text),
		    "Enter opens the %u remembered rooms. Ctrl-D leaves.",
		    p->o->offered);
	ask_say(&p->asker, text);
	ask_say(&p->asker, HOW_TO_RUN_ONE);
	outcome = ask_or_invite(p,
	    "Enter, or an invite or a bootnode for another room (not shown): ",
	    take_bootnode);
	return outcome == NOT_GIVEN ? REMEMBERED : outcome;
}

/* Takes the line as a passphrase. Returns NOT_USED after an error. */
static unsigned int
take_passphrase(struct prompt *p)
{
	char text[PASSPHRASE_MAX + 1];
	unsigned int outcome = SECRET_GOT;
	enum opaque_fault fault;
	uint32_t culprit;

	fault = opaque_string(text, PASSPHRASE_MAX, p->line, strlen(p->line),
	    &culprit);
	explicit_bzero(p->line, sizeof(p->line));
	if (fault != OPAQUE_OK) {
		ask_say(&p->asker, opaque_fault_text(fault));
		return NOT_USED;
	}
	if (write(p->to, text, strlen(text)) != (ssize_t)strlen(text))
		outcome = secret_call_failed();
	p->report->secret = SECRET_PASSPHRASE;
	explicit_bzero(text, sizeof(text));
	return outcome;
}

static unsigned int
ask_passphrase(struct prompt *p)
{
	unsigned int outcome = ask_or_invite(p,
	    "Passphrase (not shown, Enter for none): ", take_passphrase);

	return outcome == NOT_GIVEN ? SECRET_GOT : outcome;
}

static bool
has_passphrase(const struct options *o)
{
	return o->passphrase_file[0] != '\0' || o->passphrase_ask;
}

/* Asks for the rest of a room that is entered by name: all but its bootnode. */
static unsigned int
ask_by_name(struct prompt *p)
{
	struct invitation *typed = &p->report->invite.invitation;
	unsigned int outcome = ask_option(p, "Room: ", OPT_ROOM);

	if (outcome == SECRET_GOT && p->report->secret == SECRET_NONE &&
	    !has_passphrase(p->o))
		outcome = ask_passphrase(p);
	if (p->report->secret == SECRET_INVITE)
		return outcome;
	(void)endpoints_format(&p->o->bootnode, typed->bootnode);
	(void)strlcpy(typed->room, p->o->room, sizeof(typed->room));
	return outcome;
}

/* Asks for an invite, or a bootnode. */
static unsigned int
ask_for_any(struct prompt *p)
{
	unsigned int outcome = NOT_GIVEN;

	ask_say(&p->asker, INTRODUCTION);
	ask_say(&p->asker, HOW_TO_RUN_ONE);
	if (!has_passphrase(p->o) && !p->o->bootnode_key_given)
		outcome = ask_or_invite(p,
		    "Invite (not shown, Enter for none): ", take_invite);
	return outcome == NOT_GIVEN ? ask_option(p, ASK_BOOTNODE, OPT_BOOTNODE)
				    : outcome;
}

static unsigned int
ask_remember(struct prompt *p)
{
	static const char *const answers[] = { "n", "no", "y", "yes" };
	unsigned int outcome;

	for (;;) {
		outcome = ask(p,
		    "Remember this room for the next start? (y, Enter for "
		    "no): ",
		    true);
		if (outcome == NOT_GIVEN)
			return SECRET_GOT;
		if (outcome != SECRET_GOT)
			return outcome;
		for (size_t i = 0; i < 4; i++)
			if (strcasecmp(p->line, answers[i]) == 0) {
				p->report->remember = i >= 2;
				return SECRET_GOT;
			}
		ask_say(&p->asker, "expected y or n");
	}
}

static unsigned int
ask_all(struct prompt *p)
{
	unsigned int outcome =
	    p->o->offered > 0 ? ask_offered(p) : ask_for_any(p);

	if (outcome == SECRET_GOT && p->report->secret == SECRET_NONE)
		outcome = ask_by_name(p);
	if (outcome == SECRET_GOT && !p->o->remember)
		outcome = ask_remember(p);
	return outcome;
}

static unsigned int
work(void *arg, int to)
{
	struct prompt *p = arg;
	unsigned int outcome;

	p->to = to;
	if (ask_open(&p->asker) == -1)
		return errno == ENXIO ? NO_TERMINAL : secret_call_failed();
	outcome = ask_all(p);
	explicit_bzero(p->line, sizeof(p->line));
	return outcome;
}

/* --- In the launcher ------------------------------------------------------ */

/* Takes what the child tells. It was checked there, and is again. */
static int
take(struct options *o, const struct report *report, char *err, size_t errlen)
{
	const struct invitation *said = &report->invite.invitation;

	o->secret = report->secret;
	o->remember_first = report->remember;
	if (report->secret == SECRET_INVITE)
		return options_invited(o, said, err, errlen);
	if (options_set(o, OPT_BOOTNODE, said->bootnode, err, errlen) == -1)
		return -1;
	return options_set(o, OPT_ROOM, said->room, err, errlen);
}

static const char *
why_not(unsigned int outcome)
{
	if (outcome == NO_TERMINAL)
		return "no terminal to ask on; see --help";
	return outcome >= SECRET_CALL_FAILED
	    ? needs_reason((int)(outcome - SECRET_CALL_FAILED))
	    : "interrupted";
}

static int
ask_by_child(int *fd, int access, struct options *o, struct report *report,
    char *err, size_t errlen)
{
	static struct prompt p;
	unsigned int outcome;

	p.o = o;
	p.report = report;
	p.access_to = access;
	outcome = secret_by_child(fd, work, &p);
	if (outcome == USER_LEFT)
		return FIRST_PROMPT_LEFT;
	if (outcome == REMEMBERED)
		return FIRST_PROMPT_REMEMBERED;
	if (outcome != SECRET_GOT) {
		(void)snprintf(err, errlen, "the first questions: %s",
		    why_not(outcome));
		return -1;
	}
	if (report->secret == SECRET_NONE) {
		(void)close(*fd);
		*fd = -1;
	}
	return take(o, report, err, errlen);
}

int
first_prompt(int *fd, int *access, struct options *o, char *err, size_t errlen)
{
	struct report *report = mmap(NULL, sizeof(*report),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int result;

	*fd = -1;
	*access = invitation_access_memory();
	if (report == MAP_FAILED || *access == -1) {
		(void)snprintf(err, errlen, "the first questions: %s",
		    needs_reason(errno));
		return -1;
	}
	result = ask_by_child(fd, *access, o, report, err, errlen);
	if (result != 0 || report->secret != SECRET_INVITE ||
	    !report->invite.invitation.has_access) {
		(void)close(*access);
		*access = -1;
	}
	(void)munmap(report, sizeof(*report));
	return result;
}
