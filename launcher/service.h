/*
 * The services of a gochat that runs unattended: it tells systemd that it is
 * ready, and that all its processes are alive; it tells figures on the metrics
 * socket, and in the log on SIGUSR1. These cost nothing if nobody asks.
 */
#ifndef LAUNCHER_SERVICE_H
#define LAUNCHER_SERVICE_H

#include "common/clock.h"
#include "common/ipc.h"
#include "launcher/metrics.h"
#include "launcher/notify.h"
#include "launcher/options.h"

/* netd has this long to answer; then its figures are left out. */
#define FIGURES_PATIENCE (1 * USEC_PER_SEC)
/* The processes are asked this often whether they are alive, in the time in
 * which systemd wants to hear it. */
#define WATCHDOG_BEATS 4

struct supervised;
struct supervisor;

struct service {
	struct notify notify;
	struct metrics metrics;
	uint64_t started;
	/* Figures: somebody waits for them, and netd has been asked. */
	uint64_t figures_due; /* CLOCK_NEVER: nobody */
	uint64_t asked; /* the netds that have been, and have not answered; */
	uint64_t told_figures;		     /* those that have, with these: */
	struct ipc_figures netds[ROOMS_MAX]; /* by room */
	bool for_log;
	/* The watchdog. */
	uint64_t beat_at; /* CLOCK_NEVER: there are no beats */
	uint64_t silent; /* the children that have not answered the last PING */
	bool told;	 /* that one is silent */
};

/* Opens both sockets, if they are wanted, or takes a metrics socket that is
 * given; before anything is started. Returns 0, or -1 with one line in err. */
int service_open(struct service *, const struct options *, pid_t self,
    int *metrics, char *err, size_t errlen);

/* All are in their sandboxes; a process was started (its answers begin again);
 * gochat ends. The log and systemd are told of the first and the last. */
void service_ready(struct supervisor *);
void service_started(struct supervisor *, const struct supervised *);
void service_stopping(struct supervisor *);

/* The settings are read again; that is over, with a sentence for systemd of how
 * it ended. */
void service_reloading(struct supervisor *);
void service_reloaded(struct supervisor *, const char *status);

/* The descriptor to wait at for readers of the metrics, or -1. */
int service_poll(const struct supervisor *);
/* Figures were asked for: by SIGUSR1, or at the metrics socket. */
void service_signal(struct supervisor *);
void service_readers(struct supervisor *);
/* netd has told its figures. */
void service_figures(struct supervisor *, const struct supervised *,
    const struct ipc_figures *);

/* The child has answered. */
void service_pong(struct supervisor *, const struct supervised *);

/* Returns when service_timer() is to be called next, or CLOCK_NEVER. */
uint64_t service_deadline(const struct supervisor *);
void service_timer(struct supervisor *);

#endif
