/*
 * The launcher's part in a fleet. See fleet.h.
 */
#include "launcher/fleet.h"

#include "common/clock.h"
#include "common/log.h"
#include "launcher/engine_file.h"
#include "launcher/logfile.h"
#include "launcher/options.h"
#include "launcher/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int
find_addresses(struct supervisor *s, const struct spawn_kit *kit, char *err,
    size_t errlen)
{
	char name[OPTION_NAME_MAX], text[ADDR_TEXT_MAX];

	s->fleet.addresses = s->options->fleet_addresses;
	if (fleet_addresses_complete(&s->fleet.addresses, kit->sockets.fds,
		kit->sockets.count, text) == 0)
		return 0;
	(void)snprintf(err, errlen,
	    "%s: expected --fleet-address or FLEET_ADDRESS, too: the bootnode "
	    "listens on %s, which does not say at which address clients "
	    "reach it",
	    options_name(s->options, OPT_FLEET, name, sizeof(name)), text);
	return -1;
}

static int
read_files(struct supervisor *s, struct spawn_kit *kit, char *err,
    size_t errlen)
{
	const struct options *o = s->options;

	return engine_file_open(&kit->credentials, o->fleet_auth_file,
	    o->fleet.kind == ENGINE_TLS ? o->fleet_ca_file : "", err, errlen);
}

void
fleet_init(struct fleet *f)
{
	f->connector = -1;
	f->due = f->start_at = f->again_at = f->ping_at = CLOCK_NEVER;
}

int
fleet_open(struct supervisor *s, struct spawn_kit *kit, char *err,
    size_t errlen)
{
	char url[ENGINE_URL_MAX], addresses[FLEET_ADDRESSES_TEXT_MAX];

	if (!s->options->fleet.given)
		return 0;
	if (find_addresses(s, kit, err, errlen) == -1 ||
	    read_files(s, kit, err, errlen) == -1)
		return -1;
	log_info("one of the fleet of %s, for clients at %s",
	    logfile_address(engine_url_format(&s->options->fleet, url)),
	    logfile_address(
		fleet_addresses_format(&s->fleet.addresses, addresses)));
	return 0;
}

/* A netd that is started later is a later one, whatever the clock says. */
void
fleet_configure(struct supervisor *s, struct ipc_config_netd *c)
{
	struct fleet *f = &s->fleet;
	struct timespec ts;

	if (!s->options->fleet.given)
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	f->incarnation = clock_max(f->incarnation + 1,
	    (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000);
	c->fleet = 1;
	c->fleet_incarnation = f->incarnation;
	c->fleet_addr_count = (uint8_t)f->addresses.count;
	memcpy(c->fleet_addrs, f->addresses.at,
	    f->addresses.count * sizeof(c->fleet_addrs[0]));
}
