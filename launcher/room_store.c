/*
 * The room files that the spawner keeps. See room_store.h.
 */
#include "launcher/room_store.h"

#include "common/ipc_messages.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A process that only forks, as the resolver does, does not have it. */
void
room_memory_pin(struct room_memory *memory, int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) == -1 || st.st_size <= 0)
		return;
	memory->len = (size_t)st.st_size;
	p = mmap(NULL, memory->len, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return;
	memory->pinned = p;
	(void)mlock(p, memory->len);
	(void)madvise(p, memory->len, MADV_DONTDUMP);
	(void)madvise(p, memory->len, MADV_DONTFORK);
}

/* Through the descriptor: what is written to memory that is about to go, a
 * compiler may leave out, and it is mapped to be read. */
void
room_memory_wipe(struct room_memory *memory, int fd)
{
	static const char zeros[ROOM_FILE_BYTES];
	size_t at = 0;

	while (at < memory->len) {
		size_t rest = memory->len - at;
		ssize_t n = pwrite(fd, zeros,
		    rest < sizeof(zeros) ? rest : sizeof(zeros), (off_t)at);

		if (n <= 0)
			break;
		at += (size_t)n;
	}
	if (memory->pinned != NULL)
		munmap(memory->pinned, memory->len);
	*memory = (struct room_memory){ 0 };
}

/* Memory for a secret, which is still to come. */
static int
make_memory(struct room_memory *memory, const char *name, off_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd != -1 && ftruncate(fd, size) == -1) {
		close(fd);
		return -1;
	}
	if (fd != -1)
		room_memory_pin(memory, fd);
	return fd;
}

void
room_store_init(struct room_store *store, int state_dir, int first, int access,
    const uint16_t numbers[ROOMS_MAX])
{
	store->state_dir = state_dir;
	for (unsigned int room = 0; room < ROOMS_MAX; room++) {
		store->files[room] = room == 0 ? first : -1;
		store->access[room] = room == 0 ? access : -1;
		store->kept[room] = -1;
	}
	memcpy(store->numbers, numbers, sizeof(store->numbers));
	memset(store->new, 0, sizeof(store->new));
	memset(store->memory, 0, sizeof(store->memory));
	memset(store->access_memory, 0, sizeof(store->access_memory));
	room_memory_pin(&store->memory[0], first);
	room_memory_pin(&store->access_memory[0], access);
}

int
room_store_file(struct room_store *store, unsigned int room)
{
	int *file = &store->files[room];

	if (*file == -1 && store->numbers[room] != 0)
		*file = room_files_open(store->state_dir, store->numbers[room]);
	else if (*file == -1)
		*file =
		    make_memory(&store->memory[room], "room", ROOM_FILE_BYTES);
	return *file;
}

int
room_store_access(struct room_store *store, unsigned int room)
{
	int *fd = &store->access[room];

	if (*fd == -1)
		*fd = make_memory(&store->access_memory[room], "access",
		    room == 0 ? ACCESS_PARTS * ACCESS_TEXT_MAX
			      : ROOM_FILE_BYTES);
	return *fd;
}

/* The kernel copies it. */
void
room_store_share(struct room_store *store, unsigned int room,
    unsigned int other)
{
	off_t from = 0;
	int to;

	if (store->access[room] != -1 || store->access[other] == -1)
		return;
	to = room_store_access(store, room);
	if (to == -1)
		return;
	(void)sendfile(to, store->access[other], &from, ROOM_FILE_BYTES);
	(void)lseek(to, 0, SEEK_SET);
}

/* Closes the file, and removes it if it is not written. */
static void
drop(struct room_store *store, unsigned int room)
{
	if (store->kept[room] != -1)
		close(store->kept[room]);
	store->kept[room] = -1;
	if (store->new[room][0] != '\0')
		room_files_drop(store->state_dir, store->new[room]);
	store->new[room][0] = '\0';
}

void
room_store_forget(struct room_store *store, unsigned int room)
{
	room_memory_wipe(&store->memory[room], store->files[room]);
	room_memory_wipe(&store->access_memory[room], store->access[room]);
	if (store->files[room] != -1)
		close(store->files[room]);
	if (store->access[room] != -1)
		close(store->access[room]);
	store->files[room] = store->access[room] = -1;
	store->numbers[room] = 0;
	drop(store, room);
}

int
room_store_keep(struct room_store *store, unsigned int room)
{
	int fd;

	drop(store, room);
	fd = room_files_make(store->state_dir, store->new[room]);
	if (fd == -1)
		store->new[room][0] = '\0';
	else
		store->kept[room] = fd;
	return fd;
}

int
room_store_name(struct room_store *store, unsigned int room)
{
	uint16_t number;

	if (store->new[room][0] == '\0')
		return ENOENT;
	if (room_files_name(store->state_dir, store->new[room], &number) == -1)
		return errno;
	store->new[room][0] = '\0';
	store->numbers[room] = number;
	return 0;
}

void
room_store_end(struct room_store *store)
{
	for (unsigned int room = 0; room < ROOMS_MAX; room++)
		drop(store, room);
}

int
room_store_remove(struct room_store *store, unsigned int room)
{
	const int kept = store->kept[room];

	if (store->new[room][0] != '\0') {
		drop(store, room);
		return 0;
	}
	if (store->numbers[room] == 0)
		return ENOENT;
	return room_files_remove(store->state_dir, store->numbers[room],
		   kept != -1 ? kept : store->files[room]) == -1
	    ? errno
	    : 0;
}
