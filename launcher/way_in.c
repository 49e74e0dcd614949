/*
 * The first room, or those that are remembered. See way_in.h.
 */
#include "launcher/way_in.h"

#include "common/hex.h"
#include "common/log.h"
#include "launcher/access_file.h"
#include "launcher/die.h"
#include "launcher/first_prompt.h"
#include "launcher/house.h"
#include "launcher/invitation.h"
#include "launcher/passphrase.h"
#include "launcher/room_files.h"
#include "launcher/state_dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns how many rooms are remembered, up to those that are opened. A
 * passphrase is for another. */
static unsigned int
count_remembered(const struct options *o)
{
	char err[ERROR_MAX];
	uint16_t first;
	int dir, count;

	if (o->passphrase_ask || o->passphrase_file[0] != '\0')
		return 0;
	dir = state_dir_look(o->state_dir, getenv("XDG_STATE_HOME"),
	    getenv("HOME"));
	if (dir == -1)
		return 0;
	count = room_files_list(dir, &first, 1, err, sizeof(err));
	if (count == -1)
		die(EXIT_FAILURE, "%s", err);
	close(dir);
	return count < ROOMS_MAX ? (unsigned int)count : ROOMS_MAX;
}

bool
way_in_find(struct options *o, bool can_ask, bool has_flags)
{
	const unsigned int count = count_remembered(o);

	if (can_ask && !has_flags && !o->bootnode_key_given)
		o->offered = count;
	o->remembered = count > o->offered;
	o->prompt = can_ask && !o->remembered;
	return o->remembered || o->prompt;
}

void
way_in_check(const struct options *o)
{
	if (o->remembered && o->origin[OPT_IDENTITY].source == SOURCE_FLAG)
		die(EXIT_USAGE,
		    "--identity: expected --room, too: rooms that are "
		    "remembered keep the identity that each was remembered "
		    "with (see --help)");
}

/* Reads the invite, and forgets it if it was an argument. */
static int
enter_by_invite(struct spawn_kit *kit, struct options *o, char *err,
    size_t errlen)
{
	const struct invitation_source source = {
		.text = o->invite[0] != '\0' ? o->invite : NULL,
		.file = o->invite_file,
	};
	struct invitation invitation;
	int result;

	result = invitation_open(&kit->secret, &kit->access, &invitation,
	    &source, err, errlen);
	explicit_bzero(o->invite, sizeof(o->invite));
	if (result == -1)
		return -1;
	return options_invited(o, &invitation, err, errlen);
}

/* Asks which room, and for its secret unless an option says where that is. Or
 * those that are remembered are wanted. */
static int
enter_by_prompt(struct spawn_kit *kit, struct options *o, char *err,
    size_t errlen)
{
	int result = first_prompt(&kit->secret, &kit->access, o, err, errlen);

	if (result == FIRST_PROMPT_LEFT)
		exit(EXIT_SUCCESS);
	o->remembered = result == FIRST_PROMPT_REMEMBERED;
	if (o->remembered)
		return 0;
	if (result == -1 || o->secret != SECRET_NONE)
		return result;
	return passphrase_open(&kit->secret, o->passphrase_file,
	    o->passphrase_ask, err, errlen);
}

/* Nobody else is in the room of a check: its name is random, too. */
static void
name_check(struct options *o)
{
	uint8_t random[16];

	_Static_assert(sizeof(o->room) > 2 * sizeof(random),
	    "no room for the name of a room");

	if (getentropy(random, sizeof(random)) == -1)
		die(EXIT_FAILURE, "no random numbers: %s", strerror(errno));
	format_hex(o->room, random, sizeof(random));
}

/* The room's secret, and with an invite all that says which room it is. */
static void
open_secret(struct spawn_kit *kit, struct options *o)
{
	const bool by_invite =
	    o->invite[0] != '\0' || o->invite_file[0] != '\0';
	char err[ERROR_MAX];
	int result;

	if (o->prompt)
		result = enter_by_prompt(kit, o, err, sizeof(err));
	else if (by_invite)
		result = enter_by_invite(kit, o, err, sizeof(err));
	else if (o->new_room[0] != '\0' || o->check)
		result = invitation_new(&kit->secret, err, sizeof(err));
	else
		result = passphrase_open(&kit->secret, o->passphrase_file,
		    o->passphrase_ask, err, sizeof(err));
	if (result == -1)
		die(EXIT_FAILURE, "%s", err);
	if (o->check)
		name_check(o);
	if (by_invite || o->new_room[0] != '\0' || o->check)
		o->secret = SECRET_INVITE;
	else if (kit->secret != -1 && o->secret == SECRET_NONE)
		o->secret = SECRET_PASSPHRASE;
}

/* The access keys of a bootnode, or that of a client. That of an invite is for
 * its bootnode, and counts before a variable. */
static void
open_access(struct spawn_kit *kit, const struct options *o)
{
	const size_t max = o->mode == MODE_BOOTNODE ? ACCESS_KEYS_MAX : 1;
	const bool by_flag =
	    o->origin[OPT_ACCESS_KEY_FILE].source == SOURCE_FLAG;
	char err[ERROR_MAX];

	if (kit->access != -1 && by_flag) {
		close(kit->access);
		kit->access = -1;
	}
	if (o->access_key_file[0] != '\0' && kit->access == -1 &&
	    access_file_open(&kit->access, o->access_key_file, max, err,
		sizeof(err)) == -1)
		die(EXIT_FAILURE, "%s", err);
}

/* Takes the rooms that are remembered, but for those whose files could be
 * somebody else's. */
static void
open_remembered(struct supervisor *s, struct spawn_kit *kit)
{
	uint16_t numbers[ROOM_FILES_MAX];
	size_t count = 0;
	char err[ERROR_MAX];
	int all, fd;

	all = room_files_list(kit->state_dir, numbers, ROOM_FILES_MAX, err,
	    sizeof(err));
	if (all == -1)
		die(EXIT_FAILURE, "%s", err);
	for (int i = 0; i < all && count < ROOMS_MAX; i++) {
		fd = room_files_open(kit->state_dir, numbers[i]);
		if (fd == -1)
			log_error("rooms/%04u in the state folder: %s; this "
				  "room is left out, and the file stays as it "
				  "is",
			    numbers[i],
			    errno == EPERM ? "expected a file of mode 0600 "
					     "that is yours"
					   : strerror(errno));
		else
			kit->files[count++] = numbers[i];
		if (fd != -1)
			close(fd);
	}
	if (count == 0)
		die(EXIT_FAILURE,
		    "none of the rooms that are remembered in "
		    "the state folder can be opened");
	if (count == ROOMS_MAX && all > ROOMS_MAX)
		log_warn("%d rooms are remembered, and the first %d are opened",
		    all, ROOMS_MAX);
	house_remembered(s, kit->files, count);
}

void
way_in_open(struct supervisor *s, struct spawn_kit *kit, struct options *o)
{
	char err[ERROR_MAX];

	if (!o->remembered)
		open_secret(kit, o);
	open_access(kit, o);
	s->access = o->mode == MODE_CLIENT && kit->access != -1;
	if (o->mode == MODE_CLIENT && !o->check &&
	    known_bootnodes_open(&s->known, kit->state_dir, err, sizeof(err)) ==
		-1)
		die(EXIT_FAILURE, "%s", err);
	if (o->remembered) {
		open_remembered(s, kit);
		return;
	}
	if (house_first(s, err, sizeof(err)) == -1)
		die(EXIT_FAILURE, "%s", err);
	house_others(s);
}
