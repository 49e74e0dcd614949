/*
 * systemd, the metrics socket, SIGUSR1. See service.h.
 */
#include "launcher/service.h"

#include "common/log.h"
#include "launcher/figures.h"
#include "launcher/supervised.h"

#include <stdio.h>
#include <time.h>

int
service_open(struct service *v, const struct options *o, pid_t self,
    int *metrics, char *err, size_t errlen)
{
	v->started = clock_now();
	v->figures_due = v->beat_at = CLOCK_NEVER;
	v->metrics.socket.fd = v->notify.fd = -1;
	/* A client is not a service, whatever it was started from. */
	if (o->mode == MODE_CLIENT)
		return 0;
	if (notify_open(&v->notify, self, err, errlen) == -1)
		return -1;
	if (o->metrics_socket[0] == '\0')
		return 0;
	return metrics_open(&v->metrics, o->metrics_socket, metrics, err,
	    errlen);
}

void
service_ready(struct supervisor *s)
{
	struct service *v = &s->service;

	log_event(LOG_INFO, "ready", NULL);
	notify_send_surely(&v->notify,
	    "READY=1\nSTATUS=All processes are in their "
	    "sandboxes.");
	if (v->notify.watchdog != 0)
		v->beat_at = kernel_now(&s->kernel);
}

void
service_started(struct supervisor *s, const struct supervised *child)
{
	service_pong(s, child);
	s->service.asked &= ~supervised_bit(s, child);
}

void
service_stopping(struct supervisor *s)
{
	log_event(LOG_INFO, "stopping", NULL);
	notify_send(&s->service.notify, "STOPPING=1\nSTATUS=Ending.");
}

/* systemd compares its own time with this one, to tell an answer to this reload
 * from one to an earlier one: sd_notify(3). */
void
service_reloading(struct supervisor *s)
{
	char lines[96];
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	(void)snprintf(lines, sizeof(lines),
	    "RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=Reloading.",
	    (unsigned long long)ts.tv_sec * USEC_PER_SEC +
		(unsigned long long)ts.tv_nsec / 1000);
	notify_send_surely(&s->service.notify, lines);
}

void
service_reloaded(struct supervisor *s, const char *status)
{
	char lines[128];

	(void)snprintf(lines, sizeof(lines), "READY=1\nSTATUS=%s", status);
	notify_send_surely(&s->service.notify, lines);
}

/* --- Figures -------------------------------------------------------------- */

static void
add_child(struct supervisor *s, const struct supervised *child,
    struct figures *figures)
{
	const unsigned int room = s->family.at[child - s->children].room;
	const bool told =
	    (s->service.told_figures & supervised_bit(s, child)) != 0;

	figures->children[figures->child_count++] = (struct child_figures){
		.role = child->role,
		.room = role_is_for_each_room(child->role) ? room : 0,
		.up = child->pid != 0,
		.restarts = child->restarts,
		.queued = child->channel.queued,
		.netd = told ? &s->service.netds[room] : NULL,
	};
}

static void
tell(struct supervisor *s)
{
	static char text[FIGURES_TEXT_MAX];
	struct service *v = &s->service;
	const uint64_t wanted = supervised_wanted(s);
	struct figures figures = {
		.mode = s->options->mode,
		.uptime = kernel_now(&s->kernel) - v->started,
		.spawner = s->spawner != -1,
	};

	FOREACH_CHILD (child, s)
		if ((wanted & supervised_bit(s, child)) != 0)
			add_child(s, child, &figures);
	if (v->for_log)
		figures_log(&figures);
	metrics_answer(&v->metrics, text, figures_text(text, &figures));
	v->for_log = false;
	v->figures_due = CLOCK_NEVER;
}

/* Only one question is asked at a time: readers that come meanwhile get the
 * same answer. */
static void
ask(struct supervisor *s)
{
	struct service *v = &s->service;

	if (v->figures_due != CLOCK_NEVER)
		return;
	v->figures_due = kernel_now(&s->kernel) + FIGURES_PATIENCE;
	v->told_figures = 0;
	FOREACH_CHILD (child, s) {
		const uint64_t bit = supervised_bit(s, child);

		/* It may still owe an answer, which is as good as a new one.
		 * One that has not come up yet has nothing to tell, and may not
		 * be configured before its room is known. */
		if (child->role == ROLE_NETD && (v->asked & bit) == 0 &&
		    child->channel.state == AT_WORK &&
		    ipc_send(&child->channel, IPC_FIGURES_ASK, NULL, NULL, 0) ==
			0)
			v->asked |= bit;
	}
}

void
service_signal(struct supervisor *s)
{
	s->service.for_log = true;
	ask(s);
}

/* While the bootnode before us waits, its figures are the true ones. */
int
service_poll(const struct supervisor *s)
{
	return s->takeover.predecessor != -1
	    ? -1
	    : metrics_poll(&s->service.metrics);
}

void
service_readers(struct supervisor *s)
{
	if (metrics_accept(&s->service.metrics))
		ask(s);
}

void
service_figures(struct supervisor *s, const struct supervised *netd,
    const struct ipc_figures *figures)
{
	struct service *v = &s->service;

	v->asked &= ~supervised_bit(s, netd);
	if (v->figures_due == CLOCK_NEVER) /* it is too late */
		return;
	v->netds[s->family.at[netd - s->children].room] = *figures;
	v->told_figures |= supervised_bit(s, netd);
	if (v->asked == 0)
		tell(s);
}

/* --- The watchdog --------------------------------------------------------- */

void
service_pong(struct supervisor *s, const struct supervised *child)
{
	s->service.silent &= ~supervised_bit(s, child);
}

/*
 * Tells systemd when all have answered since the last beat. If a process is
 * stuck, or cannot be restarted, the launcher keeps quiet, and in the end
 * systemd restarts the whole of gochat.
 */
static void
beat(struct supervisor *s)
{
	struct service *v = &s->service;
	const uint64_t silent = v->silent;

	FOREACH_CHILD (child, s)
		if ((silent & supervised_bit(s, child)) != 0 && !v->told)
			log_warn("%s does not answer",
			    supervised_name(s, child));
	v->told = silent != 0;
	if (silent == 0)
		notify_send(&v->notify, "WATCHDOG=1");
	/* Only one question is asked at a time, or its queue would grow. */
	FOREACH_CHILD (child, s)
		if ((silent & supervised_bit(s, child)) == 0 &&
		    child->role != ROLE_FLEETD)
			ipc_send(&child->channel, IPC_PING, NULL, NULL, 0);
	v->silent = supervised_wanted(s) & ~fleet_bit(s);
	v->beat_at =
	    kernel_now(&s->kernel) + v->notify.watchdog / WATCHDOG_BEATS;
}

/* --- Time ----------------------------------------------------------------- */

uint64_t
service_deadline(const struct supervisor *s)
{
	return clock_min(s->service.figures_due, s->service.beat_at);
}

void
service_timer(struct supervisor *s)
{
	uint64_t now = kernel_now(&s->kernel);

	if (s->service.figures_due <= now)
		tell(s);
	if (s->service.beat_at <= now)
		beat(s);
}
