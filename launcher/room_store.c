/*
 * The room files that the spawner keeps. See room_store.h.
 */
#include "launcher/room_store.h"

#include "common/ipc_messages.h"
#include "launcher/room_files.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A secret stays out of swap for as long as it is kept. */
static void
pin(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) == -1 || st.st_size <= 0)
		return;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED && mlock(p, (size_t)st.st_size) == 0)
		madvise(p, (size_t)st.st_size, MADV_DONTDUMP);
}

/* Memory for a room's secret, which is still to come. */
static int
make_room_file(void)
{
	int fd = memfd_create("room", MFD_CLOEXEC);

	if (fd != -1 && ftruncate(fd, ROOM_FILE_BYTES) == -1) {
		close(fd);
		return -1;
	}
	if (fd != -1)
		pin(fd);
	return fd;
}

void
room_store_init(struct room_store *store, int state_dir, int first,
    const uint16_t numbers[ROOMS_MAX])
{
	store->state_dir = state_dir;
	for (unsigned int room = 0; room < ROOMS_MAX; room++)
		store->files[room] = room == 0 ? first : -1;
	memcpy(store->numbers, numbers, sizeof(store->numbers));
	pin(first);
}

int
room_store_file(struct room_store *store, unsigned int room)
{
	int *file = &store->files[room];

	if (*file == -1 && store->numbers[room] != 0)
		*file = room_files_open(store->state_dir, store->numbers[room]);
	else if (*file == -1)
		*file = make_room_file();
	return *file;
}

void
room_store_forget(struct room_store *store, unsigned int room)
{
	if (store->files[room] != -1)
		close(store->files[room]);
	store->files[room] = -1;
	store->numbers[room] = 0;
}

int
room_store_keep(struct room_store *store, unsigned int room)
{
	uint16_t number = 0;
	int fd = room_files_make(store->state_dir, &number);

	if (fd != -1)
		store->numbers[room] = number;
	return fd;
}

int
room_store_remove(struct room_store *store, unsigned int room)
{
	if (store->numbers[room] == 0)
		return ENOENT;
	return room_files_remove(store->state_dir, store->numbers[room]) == -1
	    ? errno
	    : 0;
}
