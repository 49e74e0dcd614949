/*
 * Connections to the engine of a fleet, as fleetd asks for them. See fleet.h.
 */
#include "launcher/fleet.h"

#include "common/log.h"
#include "launcher/children.h"
#include "launcher/logfile.h"
#include "launcher/needs.h"
#include "launcher/supervised.h"

#include <bsd/string.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* More than a connector takes by itself. */
#define PATIENCE (CONNECT_PATIENCE + 2 * USEC_PER_SEC)

static struct ipc_channel *
channel(struct supervisor *s)
{
	return &supervised_of(s, ROLE_FLEETD, 0)->channel;
}

static const char *
engine(const struct supervisor *s)
{
	static char url[ENGINE_URL_MAX];

	return logfile_address(engine_url_format(&s->options->fleet, url));
}

/* What fails every few seconds for one reason is said once. */
static void
failed(struct supervisor *s, const char *why)
{
	struct fleet *f = &s->fleet;

	if (f->reached || strcmp(f->why, why) != 0)
		log_warn("cannot reach the engine %s: %s; still trying",
		    engine(s), why);
	f->reached = false;
	(void)strlcpy(f->why, why, sizeof(f->why));
	if (f->wanted)
		ipc_send(channel(s), IPC_NO_ENGINE, NULL, NULL, 0);
	f->wanted = false;
}

static void
succeeded(struct supervisor *s, int fd)
{
	struct fleet *f = &s->fleet;

	if (!f->reached)
		log_info("connected to the engine %s", engine(s));
	f->reached = true;
	f->why[0] = '\0';
	/* fleetd may have died meanwhile; the next one asks, too. */
	if (f->wanted)
		(void)ipc_send_fd(channel(s), IPC_ENGINE, NULL, fd);
	f->wanted = false;
}

void
fleet_connect(struct supervisor *s)
{
	struct fleet *f = &s->fleet;

	f->start_at = CLOCK_NEVER;
	f->next_at = kernel_now(&s->kernel) + CONNECT_SPACING;
	if (s->spawner == -1)
		failed(s, "the spawner is gone");
	else
		children_connect(s);
}

void
fleet_want(struct supervisor *s)
{
	struct fleet *f = &s->fleet;

	f->wanted = true;
	if (f->starting || f->connector != -1)
		return; /* the one that comes is as good */
	f->start_at = f->next_at;
	if (kernel_now(&s->kernel) >= f->start_at)
		fleet_connect(s);
}

void
fleet_connector(struct supervisor *s, int fd, int error)
{
	struct fleet *f = &s->fleet;

	f->starting = false;
	if (fd == -1) {
		failed(s, needs_reason(error));
		return;
	}
	f->connector = fd;
	f->due = kernel_now(&s->kernel) + PATIENCE;
}

void
fleet_without_spawner(struct supervisor *s)
{
	if (s->fleet.starting)
		fleet_connector(s, -1, ESRCH);
}

int
fleet_poll(const struct supervisor *s)
{
	return s->fleet.connector;
}

static void
end_connector(struct fleet *f)
{
	close(f->connector);
	f->connector = -1;
	f->due = CLOCK_NEVER;
}

void
fleet_heard(struct supervisor *s)
{
	struct fleet *f = &s->fleet;
	struct connected c;
	int fd, result;

	if (f->connector == -1)
		return;
	result = connect_hear(f->connector, &c, &fd);
	if (result == 0)
		return;
	end_connector(f);
	if (fd != -1) {
		succeeded(s, fd);
		close(fd);
	} else {
		failed(s, result == 1 ? c.why : "it takes too long");
	}
}

void
fleet_give_up_connector(struct supervisor *s)
{
	end_connector(&s->fleet);
	failed(s, "it takes too long");
}
