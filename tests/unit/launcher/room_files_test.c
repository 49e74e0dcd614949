/*
 * The files of remembered rooms, and what the spawner keeps of rooms.
 */
#include "launcher/room_files.h"
#include "launcher/room_store.h"

#include "common/ipc_messages.h"

#include "tests/unit/folder.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void room_files_suite(void);

static struct folder folder;
static uint16_t numbers[4];

static int
list(void)
{
	memset(numbers, 0, sizeof(numbers));
	return room_files_list(folder.fd, numbers, 4, folder.err,
	    sizeof(folder.err));
}

static uint16_t
make(void)
{
	char name[ROOM_FILES_NEW];
	uint16_t number = 0;
	int fd = room_files_make(folder.fd, name);

	CU_ASSERT_NOT_EQUAL(fd, -1);
	close(fd);
	CU_ASSERT_EQUAL(room_files_name(folder.fd, name, &number), 0);
	return number;
}

static int
remove_file(uint16_t number)
{
	int fd = room_files_open(folder.fd, number);
	int result = room_files_remove(folder.fd, number, fd);
	int error = errno;

	if (fd != -1)
		close(fd);
	errno = error;
	return result;
}

static mode_t
mode_of(const char *path)
{
	struct stat st = { 0 };

	CU_ASSERT_EQUAL(fstatat(folder.fd, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

/* They are numbered in the order in which they are made, whatever else is
 * there, and a number that is free again is not used before the end. */
static void
test_numbers(void)
{
	folder_open(&folder);
	CU_ASSERT_EQUAL(list(), 0);
	CU_ASSERT_EQUAL(make(), 1);
	CU_ASSERT_EQUAL(make(), 2);
	CU_ASSERT_EQUAL(mode_of("rooms"), 0700);
	CU_ASSERT_EQUAL(mode_of("rooms/0001"), 0600);
	folder_put(&folder, "rooms/0042", "x", 1);
	folder_put(&folder, "rooms/43", "x", 1);
	folder_put(&folder, "rooms/0000", "x", 1);
	folder_put(&folder, "rooms/00440", "x", 1);
	folder_put(&folder, "rooms/004x", "x", 1);
	CU_ASSERT_EQUAL(remove_file(1), 0);
	CU_ASSERT_EQUAL(make(), 43);
	CU_ASSERT_EQUAL(list(), 3);
	CU_ASSERT(numbers[0] == 2 && numbers[1] == 42 && numbers[2] == 43);
	folder_put(&folder, "rooms/9999", "x", 1);
	CU_ASSERT_EQUAL(make(), 1);
	CU_ASSERT_EQUAL(make(), 3);
	CU_ASSERT_EQUAL(list(), 6);
	CU_ASSERT_EQUAL(numbers[3], 42);
	CU_ASSERT_EQUAL(remove_file(1), 0);
	CU_ASSERT_EQUAL(remove_file(1), -1);
	CU_ASSERT_EQUAL(errno, ENOENT);
	folder_remove(&folder);
}

/* What others can change is not used. */
static void
test_private(void)
{
	int fd;

	folder_open(&folder);
	CU_ASSERT_EQUAL(make(), 1);
	folder_put(&folder, "rooms/0002", "x", 1);
	CU_ASSERT_EQUAL(fchmodat(folder.fd, "rooms/0002", 0640, 0), 0);
	CU_ASSERT_EQUAL(symlinkat("0001", folder.fd, "rooms/0003"), 0);
	CU_ASSERT_EQUAL(mkdirat(folder.fd, "rooms/0004", 0700), 0);
	fd = room_files_open(folder.fd, 1);
	CU_ASSERT_NOT_EQUAL(fd, -1);
	close(fd);
	for (uint16_t number = 2; number <= 5; number++)
		CU_ASSERT_EQUAL(room_files_open(folder.fd, number), -1);
	CU_ASSERT_EQUAL(fchmodat(folder.fd, "rooms", 0770, 0), 0);
	CU_ASSERT_EQUAL(room_files_open(folder.fd, 1), -1);
	CU_ASSERT_EQUAL(errno, EPERM);
	CU_ASSERT_EQUAL(list(), -1);
	CU_ASSERT_STRING_EQUAL(folder.err,
	    "rooms in the state folder: others may write to it: make it yours "
	    "and run chmod 700 on it");
	folder_remove(&folder);
}

/* A room has one memory, until it is closed; the next room in its place, and
 * every other one, has another. */
static void
test_store(void)
{
	static const uint16_t none[ROOMS_MAX];
	struct room_store store;
	char text[8] = "";
	int fd;

	folder_open(&folder);
	room_store_init(&store, folder.fd, -1, -1, none);
	fd = room_store_file(&store, 3);
	CU_ASSERT_EQUAL(pwrite(fd, "secret", 6, 0), 6);
	CU_ASSERT_EQUAL(room_store_file(&store, 3), fd);
	CU_ASSERT_EQUAL(pread(room_store_file(&store, 2), text, 6, 0), 6);
	CU_ASSERT_EQUAL(text[0], '\0');
	room_store_forget(&store, 3);
	CU_ASSERT_EQUAL(pread(room_store_file(&store, 3), text, 6, 0), 6);
	CU_ASSERT_EQUAL(text[0], '\0');
	/* Nothing of a room is on the disk that is not to be remembered. */
	CU_ASSERT_EQUAL(list(), 0);
	room_store_forget(&store, 2);
	room_store_forget(&store, 3);
	folder_remove(&folder);
}

/* A room gets a copy of what another has by then, once; its own counts more,
 * and what it writes is not the other's. */
static void
test_access(void)
{
	static const uint16_t none[ROOMS_MAX];
	int first = memfd_create("access", MFD_CLOEXEC), fd;
	struct room_store store;
	char text[8] = "";

	CU_ASSERT_EQUAL(write(first, "key", 3), 3);
	room_store_init(&store, -1, -1, first, none);
	CU_ASSERT_EQUAL(room_store_access(&store, 0), first);
	room_store_share(&store, 1, 0);
	fd = room_store_access(&store, 1);
	CU_ASSERT(fd != -1 && fd != first);
	CU_ASSERT_EQUAL(pread(fd, text, sizeof(text), 0), 8);
	CU_ASSERT_STRING_EQUAL(text, "key");
	CU_ASSERT_EQUAL(write(fd, "other", 6), 6);
	CU_ASSERT_EQUAL(pread(first, text, sizeof(text), 0), 3);
	CU_ASSERT_EQUAL(memcmp(text, "key", 3), 0);
	room_store_share(&store, 1, 0);
	CU_ASSERT_EQUAL(pread(fd, text, sizeof(text), 0), 8);
	CU_ASSERT_STRING_EQUAL(text, "other");
	/* Another has none. */
	fd = room_store_access(&store, 2);
	CU_ASSERT_EQUAL(pread(fd, text, sizeof(text), 0), 8);
	CU_ASSERT_EQUAL(text[0], '\0');
	/* Nothing stays of one that is closed. */
	fd = dup(room_store_access(&store, 1));
	room_store_forget(&store, 1);
	CU_ASSERT_EQUAL(pread(fd, text, sizeof(text), 0), 8);
	CU_ASSERT_EQUAL(text[0], '\0');
	close(fd);
	room_store_share(&store, 1, 3);
	CU_ASSERT_EQUAL(store.access[1], -1);
	room_store_forget(&store, 0);
	room_store_forget(&store, 2);
}

/* How many bytes of rooms' memory a process has mapped: in fact, or locked. */
static unsigned long
mapped(pid_t pid, const char *what)
{
	char path[64], line[512];
	unsigned long kib, sum = 0;
	bool ours = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strchr(line, '-') != NULL && strchr(line, ':') != NULL &&
		    strchr(line, '-') < strchr(line, ' '))
			ours = strstr(line, "memfd:room") != NULL;
		else if (ours && strncmp(line, what, strlen(what)) == 0 &&
		    sscanf(line + strlen(what), ": %lu", &kib) == 1)
			sum += kib * 1024;
	}
	fclose(f);
	return sum;
}

/* Nothing of a room's secret stays when it is closed, and a process that forks
 * off, as the resolver does, never has it. */
static void
test_secret_goes(void)
{
	static const uint16_t none[ROOMS_MAX];
	static const char zeros[6];
	struct room_store store;
	char text[6] = "?";
	int release[2], fd, status;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe2(release, O_CLOEXEC), 0);
	room_store_init(&store, -1, -1, -1, none);
	fd = dup(room_store_file(&store, 3));
	CU_ASSERT_EQUAL(pwrite(fd, "secret", 6, 0), 6);
	CU_ASSERT_EQUAL(mapped(getpid(), "Size"), ROOM_FILE_BYTES);
#ifndef __SANITIZE_ADDRESS__ /* whose mlock() does nothing */
	CU_ASSERT_EQUAL(mapped(getpid(), "Locked"), ROOM_FILE_BYTES);
#endif
	pid = fork();
	if (pid == 0) {
		close(release[1]);
		_exit((int)read(release[0], text, 1));
	}
	CU_ASSERT_EQUAL(mapped(pid, "Size"), 0);
	close(release[0]);
	close(release[1]);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	room_store_forget(&store, 3);
	CU_ASSERT_EQUAL(mapped(getpid(), "Size"), 0);
	CU_ASSERT_EQUAL(pread(fd, text, 6, 0), 6);
	CU_ASSERT_EQUAL(memcmp(text, zeros, 6), 0);
	close(fd);
	/* That of the options is not of a whole page. */
	fd = memfd_create("room", MFD_CLOEXEC);
	CU_ASSERT_EQUAL(pwrite(fd, "secret", 6, 0), 6);
	room_store_init(&store, -1, dup(fd), -1, none);
	CU_ASSERT_EQUAL(mapped(getpid(), "Size"), ROOM_FILE_BYTES);
	room_store_forget(&store, 0);
	CU_ASSERT_EQUAL(mapped(getpid(), "Size"), 0);
	CU_ASSERT_EQUAL(pread(fd, text, 6, 0), 6);
	CU_ASSERT_EQUAL(memcmp(text, zeros, 6), 0);
	close(fd);
}

/* The file of one that is remembered stays open when it is removed. */
static void
test_remembered(void)
{
	uint16_t remembered[ROOMS_MAX] = { 0, 7 };
	struct room_store store;
	char text[8] = "";
	int fd;

	folder_open(&folder);
	CU_ASSERT_EQUAL(make(), 1);
	folder_put(&folder, "rooms/0007", "text", 4);
	room_store_init(&store, folder.fd, -1, -1, remembered);
	CU_ASSERT_EQUAL(pread(room_store_file(&store, 1), text, 4, 0), 4);
	CU_ASSERT_STRING_EQUAL(text, "text");
	/* To close it is not to forget it. */
	room_store_forget(&store, 1);
	room_store_init(&store, folder.fd, -1, -1, remembered);
	CU_ASSERT_EQUAL(pread(room_store_file(&store, 1), text, 4, 0), 4);
	CU_ASSERT_STRING_EQUAL(text, "text");
	CU_ASSERT_EQUAL(room_store_remove(&store, 1), 0);
	CU_ASSERT_EQUAL(pread(room_store_file(&store, 1), text, 4, 0), 4);
	CU_ASSERT_EQUAL(room_store_remove(&store, 1), ENOENT);
	fd = room_store_keep(&store, 0);
	CU_ASSERT_EQUAL(write(fd, "x", 1), 1);
	CU_ASSERT_EQUAL(list(), 1); /* it is not there yet */
	CU_ASSERT_EQUAL(room_store_name(&store, 0), 0);
	CU_ASSERT_EQUAL(room_store_name(&store, 0), ENOENT);
	CU_ASSERT_EQUAL(list(), 2);
	CU_ASSERT_EQUAL(numbers[1], 2);
	CU_ASSERT_EQUAL(room_store_remove(&store, 0), 0);
	room_store_forget(&store, 1);
	CU_ASSERT_EQUAL(room_store_remove(&store, 1), ENOENT);
	folder_remove(&folder);
}

/* Another gochat may have removed a file, and made one of the same number. */
static void
test_another(void)
{
	uint16_t remembered[ROOMS_MAX] = { 0, 1 };
	struct room_store store;

	folder_open(&folder);
	CU_ASSERT_EQUAL(make(), 1);
	room_store_init(&store, folder.fd, -1, -1, remembered);
	CU_ASSERT_NOT_EQUAL(room_store_file(&store, 1), -1);
	CU_ASSERT_NOT_EQUAL(room_store_keep(&store, 0), -1);
	CU_ASSERT_EQUAL(room_store_name(&store, 0), 0);
	CU_ASSERT_EQUAL(remove_file(1), 0);
	CU_ASSERT_EQUAL(remove_file(2), 0);
	CU_ASSERT_EQUAL(make(), 1);
	CU_ASSERT_EQUAL(make(), 2);
	CU_ASSERT_EQUAL(room_store_remove(&store, 0), ENOENT);
	CU_ASSERT_EQUAL(room_store_remove(&store, 1), ENOENT);
	CU_ASSERT_EQUAL(list(), 2);
	room_store_forget(&store, 0);
	room_store_forget(&store, 1);
	folder_remove(&folder);
}

static unsigned int
count_files(void)
{
	int fd = openat(folder.fd, "rooms", O_RDONLY | O_CLOEXEC);
	DIR *dir = fdopendir(fd);
	unsigned int count = 0;
	const struct dirent *e;

	while ((e = readdir(dir)) != NULL)
		count += e->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* Whatever happens before a file is written, none stays; one that was left
 * behind goes when the next one is made. */
static void
test_not_written(void)
{
	static const uint16_t none[ROOMS_MAX];
	struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct room_store store;

	folder_open(&folder);
	room_store_init(&store, folder.fd, -1, -1, none);
	for (unsigned int i = 0; i < 4; i++) {
		CU_ASSERT_NOT_EQUAL(room_store_keep(&store, 3), -1);
		CU_ASSERT_EQUAL(count_files(), 1);
		CU_ASSERT_EQUAL(list(), 0);
		if (i == 0)
			room_store_remove(&store, 3);
		else if (i == 1)
			room_store_forget(&store, 3);
		else if (i == 2)
			room_store_end(&store);
		CU_ASSERT_EQUAL(count_files(), i == 3 ? 1 : 0);
	}
	CU_ASSERT_NOT_EQUAL(room_store_keep(&store, 3),
	    -1); /* in place of the other */
	CU_ASSERT_EQUAL(count_files(), 1);
	room_store_end(&store);
	folder_put(&folder, "rooms/new-1", "x", 1);
	folder_put(&folder, "rooms/new-2", "x", 1);
	CU_ASSERT_EQUAL(utimensat(folder.fd, "rooms/new-1", old, 0), 0);
	CU_ASSERT_EQUAL(make(), 1);
	CU_ASSERT_EQUAL(count_files(), 2);
	folder_remove(&folder);
}

void
room_files_suite(void)
{
	CU_pSuite s = CU_add_suite("room_files", NULL, NULL);

	CU_add_test(s, "numbers", test_numbers);
	CU_add_test(s, "nobody else's", test_private);
	CU_add_test(s, "a room's memory", test_store);
	CU_add_test(s, "access keys", test_access);
	CU_add_test(s, "a secret goes with its room", test_secret_goes);
	CU_add_test(s, "a room that is remembered", test_remembered);
	CU_add_test(s, "another file of its number", test_another);
	CU_add_test(s, "a file that is not written", test_not_written);
}
