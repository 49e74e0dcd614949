/*
 * The sockets at which a bootnode is reached. See reachable.h.
 */
#include "launcher/reachable.h"

#include "launcher/ports.h"

#include <stdio.h>
#include <unistd.h>

static int
open_control(struct unix_socket *control, const struct options *o, int *given,
    char *err, size_t errlen)
{
	if (o->mode != MODE_BOOTNODE || o->control_socket[0] == '\0' ||
	    unix_socket_take(control, o->control_socket, given))
		return 0;
	return unix_socket_listen(control, "control", o->control_socket,
	    o->control_mode == CONTROL_OF_GROUP ? 0660 : 0600,
	    CONTROL_CONNECTIONS, err, errlen);
}

/* Without its state, that bootnode had better serve on. */
static int
take_over(struct supervisor *s, struct spawn_kit *kit,
    struct given_others *given, char *err, size_t errlen)
{
	kit->kept = takeover_open(s, given);
	kit->predecessor = s->takeover.predecessor;
	if (kit->predecessor == -1 || kit->kept != -1)
		return 0;
	(void)snprintf(err, errlen,
	    "the bootnode before has not handed its state over");
	return -1;
}

/* The ports come before the sockets with a path: nothing stays behind where a
 * port is taken. */
int
reachable_open(struct supervisor *s, struct spawn_kit *kit,
    struct unix_socket *control, struct given_others *given, char *err,
    size_t errlen)
{
	const struct options *o = s->options;
	int *fds = given->fds;

	if (o->mode == MODE_BOOTNODE && kit->sockets.count == 0 &&
	    ports_open(&kit->sockets, &o->listen, err, errlen) == -1)
		return -1;
	s->sockets_given = kit->sockets.count;
	if (service_open(&s->service, o, s->self, &fds[GIVEN_METRICS], err,
		errlen) == -1 ||
	    open_control(control, o, &fds[GIVEN_CONTROL], err, errlen) == -1)
		return -1;
	/* The paths have changed since. */
	for (int i = GIVEN_CONTROL; i <= GIVEN_METRICS; i++)
		if (fds[i] != -1)
			close(fds[i]);
	return take_over(s, kit, given, err, errlen);
}
