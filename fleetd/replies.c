/*
 * Answers of an engine. See replies.h. The reader calls the functions below
 * for each element; one that returns NULL ends the reading.
 */
#include "fleetd/replies.h"

#include <hiredis/hiredis.h>

#include <stdio.h>
#include <string.h>

/* hiredis has no objects of ours: this stands for each. */
static char taken;

/* What a list's length is to the reader differs between the versions. */
#if HIREDIS_MAJOR >= 1
typedef size_t list_length;
#else
typedef int list_length;
#endif

/* --- What is wrong -------------------------------------------------------- */

static void *
refuse(struct replies *r, const char *why)
{
	(void)snprintf(r->why, sizeof(r->why), "%s", why);
	return NULL;
}

static bool
is_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* An error begins with a word in capitals, which is all that is told of it. The
 * rest is for people, may name keys or addresses, and is not ours to vouch
 * for. */
static void *
refuse_by_word(struct replies *r, const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && n < REPLIES_WORD_MAX && is_word(line[n]))
		n++;
	if (n == 0)
		return refuse(r, "the engine answered with an error");
	(void)snprintf(r->why, sizeof(r->why), "the engine answered %.*s",
	    (int)n, line);
	return NULL;
}

/* --- Functions of the reader ---------------------------------------------- */

static void *
unasked(struct replies *r)
{
	return refuse(r, "the engine answered without a question");
}

/* Returns what an answer, or an element of it, is compared with; NULL: nothing
 * is waited for. */
static const struct replies_want *
wanted(struct replies *r)
{
	return r->want_count == 0 ? unasked(r) : r->wants[0];
}

static void *
wrong_type(struct replies *r)
{
	return refuse(r, "the engine's answer has the wrong type");
}

static void *
hand_on(struct replies *r, const struct replies_want *want, const char *bytes,
    size_t len)
{
	r->elements--;
	if (want->element(r->self, bytes, len) == -1)
		return refuse(r, "the engine's answer has a wrong element");
	return &taken;
}

static void *
take_element(struct replies *r, const struct replies_want *want,
    const redisReadTask *task, const char *bytes, size_t len)
{
	if (task->type != REDIS_REPLY_STRING)
		return wrong_type(r);
	if (len < want->len_min || len > want->len_max)
		return refuse(r, "the engine's answer has a wrong length");
	return hand_on(r, want, bytes, len);
}

static void *
take_status(struct replies *r, const struct replies_want *want,
    const redisReadTask *task, const char *line, size_t len)
{
	if (task->type != REDIS_REPLY_STATUS || want->type != REPLIES_OK ||
	    len != 2 || memcmp(line, "OK", 2) != 0)
		return wrong_type(r);
	r->seen = true;
	return &taken;
}

static void *
on_string(const redisReadTask *task, char *bytes, size_t len)
{
	struct replies *r = task->privdata;
	const struct replies_want *want = wanted(r);

	if (want == NULL)
		return NULL;
	if (task->parent != NULL)
		return take_element(r, want, task, bytes, len);
	if (task->type == REDIS_REPLY_ERROR)
		return refuse_by_word(r, bytes, len);
	return take_status(r, want, task, bytes, len);
}

static void *
on_list(const redisReadTask *task, list_length length)
{
	struct replies *r = task->privdata;
	const struct replies_want *want = wanted(r);
	size_t count = (size_t)length;

	if (want == NULL)
		return NULL;
	if (task->parent != NULL || task->type != REDIS_REPLY_ARRAY ||
	    want->type != REPLIES_LIST)
		return wrong_type(r);
	if (count < want->count_min || count > want->count_max)
		return refuse(r,
		    "the engine's answer has a wrong number of "
		    "elements");
	r->seen = true;
	r->elements = count;
	return &taken;
}

static void *
on_number(const redisReadTask *task, long long number)
{
	struct replies *r = task->privdata;
	const struct replies_want *want = wanted(r);

	(void)number;
	if (want == NULL)
		return NULL;
	if (task->parent != NULL || want->type != REPLIES_NUMBER)
		return wrong_type(r);
	r->seen = true;
	return &taken;
}

static void *
on_nil(const redisReadTask *task)
{
	struct replies *r = task->privdata;
	const struct replies_want *want = wanted(r);

	if (want == NULL)
		return NULL;
	if (task->parent == NULL || task->type != REDIS_REPLY_STRING ||
	    !want->nil)
		return wrong_type(r);
	return hand_on(r, want, NULL, 0);
}

/* --- Reading -------------------------------------------------------------- */

int
replies_open(struct replies *r, void *self)
{
	static redisReplyObjectFunctions functions = {
		.createString = on_string,
		.createArray = on_list,
		.createInteger = on_number,
		.createNil = on_nil,
	};

	memset(r, 0, sizeof(*r));
	r->self = self;
	r->reader = redisReaderCreateWithFunctions(&functions);
	if (r->reader == NULL)
		return -1;
	r->reader->privdata = r;
	return 0;
}

void
replies_close(struct replies *r)
{
	if (r->reader != NULL)
		redisReaderFree(r->reader);
	r->reader = NULL;
	r->want_count = 0;
}

void
replies_expect(struct replies *r, const struct replies_want *want)
{
	if (r->want_count == REPLIES_WANTS_MAX)
		__builtin_trap(); /* one too many */
	r->wants[r->want_count++] = want;
}

bool
replies_pending(const struct replies *r)
{
	return r->want_count > 0;
}

/* An answer is complete. Types that an older engine does not have pass no
 * function of ours, and so count for nothing. */
static int
complete(struct replies *r)
{
	if (!r->seen || r->elements > 0) {
		wrong_type(r);
		return -1;
	}
	r->seen = false;
	r->want_count--;
	memmove(r->wants, r->wants + 1, r->want_count * sizeof(r->wants[0]));
	return 0;
}

/* Takes all answers whose end has come. */
static int
take_complete(struct replies *r)
{
	void *reply;

	do {
		reply = NULL;
		if (redisReaderGetReply(r->reader, &reply) != REDIS_OK) {
			if (r->why[0] == '\0')
				refuse(r, "the engine does not speak RESP");
			return -1;
		}
		if (reply != NULL && complete(r) == -1)
			return -1;
	} while (reply != NULL);
	return 0;
}

/* Looks at what is left of an answer whose end has not come. (Its first byte
 * alone does not count: the reader has taken that.) */
static int
check_rest(struct replies *r)
{
	size_t rest = r->reader->len - r->reader->pos;

	if (rest > 0 && !replies_pending(r))
		unasked(r);
	else if (rest > REPLIES_ELEMENT_MAX)
		refuse(r, "the engine's answer is too long");
	else
		return 0;
	return -1;
}

static int
feed_some(struct replies *r, const uint8_t *bytes, size_t len)
{
	if (redisReaderFeed(r->reader, (const char *)bytes, len) != REDIS_OK) {
		refuse(r, "there is no memory for the engine's answer");
		return -1;
	}
	return take_complete(r) == -1 ? -1 : check_rest(r);
}

int
replies_feed(struct replies *r, const uint8_t *bytes, size_t len)
{
	size_t n;

	if (!replies_pending(r)) {
		unasked(r);
		return -1;
	}
	for (; len > 0; bytes += n, len -= n) {
		n = len < REPLIES_ELEMENT_MAX ? len : REPLIES_ELEMENT_MAX;
		if (feed_some(r, bytes, n) == -1)
			return -1;
	}
	return 0;
}
