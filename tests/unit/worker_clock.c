/*
 * The clock of a worker: the real one, plus the time that the test says has
 * passed. The main loop reads it by clock_gettime(), which is therefore
 * here.
 */
#include "tests/unit/worker.h"

#include <sys/mman.h>

#include <CUnit/CUnit.h>

#include <dlfcn.h>
#include <string.h>
#include <time.h>

/* In the worker: seconds, which the test adds to. */
static volatile time_t *passed;

/* At most so long at once, so that it is not taken for a suspension. */
#define STEP 1 /* second */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	static int (*real)(clockid_t, struct timespec *);
	void *found;
	int result;

	if (real == NULL) {
		found = dlsym(RTLD_NEXT, "clock_gettime");
		memcpy(&real, &found, sizeof(real));
	}
	result = real(id, ts);
	if (result == 0 && passed != NULL && id == CLOCK_BOOTTIME)
		ts->tv_sec += *passed;
	return result;
}

void
worker_clock_open(struct worker *w)
{
	w->passed = mmap(NULL, sizeof(*w->passed), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_PTR_NOT_EQUAL_FATAL(w->passed, MAP_FAILED);
}

void
worker_clock_use(const struct worker *w)
{
	passed = w->passed;
}

void
worker_clock_close(struct worker *w)
{
	munmap((void *)w->passed, sizeof(*w->passed));
}

/* Takes all that it says to the launcher, up to the answer. */
static void
ping(struct worker *w)
{
	struct ipc_message_in in;

	ipc_send(&w->launcher, IPC_PING, NULL, NULL, 0);
	do {
		worker_hear(&w->launcher, &in);
		w->said[in.type] = true;
	} while (in.type != IPC_PONG);
	worker_settles(w);
}

static void
pass(struct worker *w, unsigned int seconds)
{
	ping(w); /* what came before is done */
	*w->passed += seconds;
	ping(w);
}

void
worker_sleeps(struct worker *w, unsigned int seconds)
{
	pass(w, seconds);
}

void
worker_waits(struct worker *w, unsigned int seconds)
{
	ping(w);
	for (unsigned int i = 0; i < seconds; i++)
		pass(w, STEP);
}
