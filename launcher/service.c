/*
 * systemd, the metrics socket, SIGUSR1. See service.h.
 */
#include "launcher/service.h"

#include "common/log.h"
#include "launcher/figures.h"
#include "launcher/supervised.h"

int
service_open(struct service *v, const struct options *o, pid_t self, char *err,
    size_t errlen)
{
	v->started = clock_now();
	v->figures_due = v->beat_at = CLOCK_NEVER;
	v->metrics.fd = v->notify.fd = -1;
	/* A client is not a service, whatever it was started from. */
	if (o->mode == MODE_CLIENT)
		return 0;
	if (notify_open(&v->notify, self, err, errlen) == -1)
		return -1;
	if (o->metrics_socket[0] == '\0')
		return 0;
	return metrics_open(&v->metrics, o->metrics_socket, err, errlen);
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
	if (child->role == ROLE_NETD)
		s->service.netd_asked = false;
}

void
service_stopping(struct supervisor *s)
{
	log_event(LOG_INFO, "stopping", NULL);
	notify_send(&s->service.notify, "STOPPING=1\nSTATUS=Ending.");
}

/* --- Figures -------------------------------------------------------------- */

static void
tell(struct supervisor *s, const struct ipc_figures *netd)
{
	static char text[FIGURES_TEXT_MAX];
	struct service *v = &s->service;
	struct figures figures = {
		.mode = s->options->mode,
		.uptime = kernel_now(&s->kernel) - v->started,
		.spawner = s->spawner != -1,
		.netd = netd,
	};

	FOREACH_CHILD (child, s)
		figures.children[figures.child_count++] =
		    (struct child_figures){
			    .role = child->role,
			    .up = child->pid != 0,
			    .restarts = child->restarts,
			    .queued = child->channel.queued,
		    };
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
	if (s->service.figures_due != CLOCK_NEVER)
		return;
	s->service.figures_due = kernel_now(&s->kernel) + FIGURES_PATIENCE;
	/* netd may still owe an answer, which is as good as a new one. */
	if (s->service.netd_asked)
		return;
	s->service.netd_asked =
	    ipc_send(&supervised_of(s, ROLE_NETD, 0)->channel, IPC_FIGURES_ASK,
		NULL, NULL, 0) == 0;
}

void
service_signal(struct supervisor *s)
{
	s->service.for_log = true;
	ask(s);
}

void
service_readers(struct supervisor *s)
{
	if (metrics_accept(&s->service.metrics))
		ask(s);
}

void
service_figures(struct supervisor *s, const struct ipc_figures *netd)
{
	s->service.netd_asked = false;
	if (s->service.figures_due != CLOCK_NEVER) /* else it is too late */
		tell(s, netd);
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
			log_warn("%s does not answer", role_name(child->role));
	v->told = silent != 0;
	if (silent == 0)
		notify_send(&v->notify, "WATCHDOG=1");
	/* Only one question is asked at a time, or its queue would grow. */
	FOREACH_CHILD (child, s)
		if ((silent & supervised_bit(s, child)) == 0)
			ipc_send(&child->channel, IPC_PING, NULL, NULL, 0);
	v->silent = family_all(&s->family);
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
		tell(s, NULL);
	if (s->service.beat_at <= now)
		beat(s);
}
