/*
 * The launcher's end of a ui. See launcher_end.h.
 */
#include "tests/unit/ui/launcher_end.h"

#include "ui/rooms.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

struct ipc_room_open
launcher_expect_open(struct fixture *f, const char *bootnode, const char *name)
{
	struct ipc_room_open open;
	struct ipc_message_in in;
	char tail[ROOM_TEXTS_MAX + 1];

	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f->launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_ROOM_OPEN);
	memcpy(&open, in.body, sizeof(open));
	snprintf(tail, sizeof(tail), "%s%s", bootnode, name);
	CU_ASSERT_EQUAL(open.bootnode_len, strlen(bootnode));
	CU_ASSERT_EQUAL(open.room_len, strlen(name));
	CU_ASSERT(in.tail_len == strlen(tail) &&
	    memcmp(in.tail, tail, in.tail_len) == 0);
	return open;
}

void
launcher_expect_nothing(struct fixture *f)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(ipc_receive(&f->launcher, &in), IPC_EMPTY);
}

void
launcher_expect_number(struct fixture *f, enum ipc_type type,
    unsigned int number)
{
	const struct ipc_room_number *body;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f->launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, type);
	body = in.body;
	CU_ASSERT_EQUAL(body->room, number);
}

int
launcher_tell(struct fixture *f, struct ipc_room room, const char *bootnode,
    const char *name, struct room **closed)
{
	struct ipc_message_in in = { .type = IPC_ROOM, .body = &room };
	char tail[ROOM_TEXTS_MAX + 1];

	room.bootnode_len = (uint16_t)strlen(bootnode);
	room.room_len = (uint16_t)strlen(name);
	snprintf(tail, sizeof(tail), "%s%s", bootnode, name);
	in.tail = (const uint8_t *)tail;
	in.tail_len = strlen(tail);
	CU_ASSERT(ipc_check(&in));
	return rooms_told(f->ui, &in, closed);
}

struct room *
launcher_open_as(struct fixture *f, unsigned int number, uint32_t ticket,
    enum secret_kind kind, const char *name)
{
	struct ipc_room room = {
		.room = (uint8_t)number,
		.state = ROOM_OPENED,
		.ticket = ticket,
		.secret = (uint8_t)kind,
	};
	struct room *closed;

	CU_ASSERT_EQUAL(launcher_tell(f, room, "b.example:9595", name, &closed),
	    0);
	CU_ASSERT_PTR_NULL(closed);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui->rooms[number]);
	return f->ui->rooms[number];
}

struct room *
launcher_open_at(struct fixture *f, uint32_t serial, bool namesake,
    const char *name, const char *bootnode)
{
	struct ipc_room room = { .room = (uint8_t)serial,
		.serial = serial,
		.state = ROOM_OPENED,
		.namesake = namesake };
	struct room *closed;

	launcher_tell(f, room, bootnode, name, &closed);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui->rooms[serial]);
	return f->ui->rooms[serial];
}

struct room *
launcher_close(struct fixture *f, unsigned int number)
{
	struct ipc_room room = { .room = (uint8_t)number,
		.state = ROOM_CLOSED };
	struct room *closed;

	CU_ASSERT_EQUAL(launcher_tell(f, room, "", "", &closed), 0);
	return closed;
}
