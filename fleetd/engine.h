/*
 * The connection to an engine, and what is done there: a round writes the
 * record of our node, with a lease, and reads those of all nodes.
 *
 *	take	[TLS]  AUTH  SELECT		if they are needed
 *	round	SET  SADD  PEXPIRE  SRANDMEMBER	in one go
 *		MGET				of the nodes that were named
 *		SREM				of those that have no record
 *	the end	DEL  SREM			in place of all this
 *
 * Whatever the engine does that it should not, an error or an answer that is
 * late among it, ends the connection: another one is asked for, with a pause
 * (want.h), and may find a better engine.
 */
#ifndef FLEETD_ENGINE_H
#define FLEETD_ENGINE_H

#include "fleetd/command.h"
#include "fleetd/replies.h"

#include "common/clock.h"

/* The engine has so much time for a round, and for what comes before it. */
#define ENGINE_PATIENCE (2 * USEC_PER_SEC)
/* A record that is not written again is gone after so many milliseconds, and
 * the index of a fleet of which nothing is left. */
#define ENGINE_LEASE_MS "6000"
#define ENGINE_INDEX_MS "60000"

/* Who we are to the engine; all of it is the caller's. */
struct engine_setup {
	const struct tls_trust *trust; /* NULL: no TLS */
	const char *user;	       /* "": none is named */
	const char *password;	       /* "": there is no AUTH */
	uint32_t db;
};

/* What is told of it. None of these may call the engine. */
struct engine_calls {
	/* There is a record of this node, which says it itself. */
	void (
	    *found)(void *self, uint64_t id, const uint8_t *sealed, size_t len);
	/* A round is over. */
	void (*over)(void *self, const struct ipc_fleet_round *);
	/* The connection is over, after the round if there was one. */
	void (*lost)(void *self, const char *why);
};

enum engine_state {
	ENGINE_NONE,   /* there is no connection */
	ENGINE_GREETS, /* AUTH or SELECT is not answered yet */
	ENGINE_IDLE,
	ENGINE_WRITES, /* a round: the record is written, nodes are named */
	ENGINE_READS,  /* their records are read */
	ENGINE_CLEANS, /* those without one are taken away */
	ENGINE_ENDS    /* our own record is deleted */
};

struct engine_record {
	struct ipc_fleet_record head;
	size_t len;
	uint8_t sealed[FLEET_RECORD_SEALED_MAX];
};

struct engine {
	const struct engine_setup *setup;
	const struct engine_calls *calls;
	void *self; /* of the calls */
	enum engine_state state;
	uint64_t now;
	uint64_t due; /* the connection is given up then */
	struct stream stream;
	struct replies replies;
	struct replies_want want_records; /* of so many nodes */
	struct engine_record record;	  /* of the round */
	bool waits;			  /* there is one for the next: */
	struct engine_record next;
	uint64_t began;
	uint32_t rtt_us;
	size_t id_count; /* the nodes that were named */
	uint64_t ids[COMMAND_IDS_MAX];
	size_t read; /* so many of their records were looked at */
	size_t stale_count;
	uint64_t stale[COMMAND_IDS_MAX]; /* those that have none */
	uint16_t found;
};

void engine_init(struct engine *, const struct engine_setup *,
    const struct engine_calls *, void *self);
/* Begins with a connection, which is the engine's from now on; there is none
 * yet. */
void engine_take(struct engine *, int fd, uint64_t now);
/*
 * Begins a round, or lets it wait for the one under way. One that waits already
 * is forgotten. Otherwise over() is called for each, once; but once for both if
 * the connection is lost. Without a connection, it is called at once.
 */
void engine_round(struct engine *, const struct engine_record *, uint64_t now);
/* Closes the connection, if there is one, and tells nobody. */
void engine_close(struct engine *);

/* What poll(2) is to wait for, with fd -1 if there is no connection; and until
 * when. */
int engine_fd(const struct engine *);
short engine_events(const struct engine *);
uint64_t engine_deadline(const struct engine *);
/* It is ready for one of these. */
void engine_ready(struct engine *, uint64_t now);
/* To be called often: gives up when the time has come. */
void engine_work(struct engine *, uint64_t now);

#endif
