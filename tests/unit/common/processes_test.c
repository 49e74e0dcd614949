/*
 * The rows of the table of processes agree with each other, and the filters
 * with them.
 */
#include "common/processes.h"
#include "tests/unit/common/all_filters.h"

#include <CUnit/CUnit.h>

#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void processes_suite(void);

/* No two processes have the same role in one mode, or the same program. */
static void
test_rows(void)
{
	for (enum process_id a = 0; a < PROCESS_COUNT; a++) {
		const struct process_row *p = &process_table[a];

		CU_ASSERT(p->modes != 0 && (p->modes & ~IN_BOTH) == 0);
		CU_ASSERT(p->role < ROLE_COUNT);
		for (enum process_id b = 0; b < a; b++) {
			const struct process_row *q = &process_table[b];

			CU_ASSERT_STRING_NOT_EQUAL(p->program, q->program);
			if (p->role == q->role)
				CU_ASSERT_EQUAL(p->modes & q->modes, 0);
		}
	}
}

/* The first 15 characters, all that ps and top show, tell the role. */
static void
test_names(void)
{
	for (enum process_id a = 0; a < PROCESS_COUNT; a++) {
		const struct process_row *p = &process_table[a];
		const char *name = role_name(p->role);

		CU_ASSERT(strlen(name) <= 15);
		CU_ASSERT_EQUAL(strncmp(p->program, name, strlen(name)), 0);
		for (enum role other = 0; other < ROLE_COUNT; other++)
			if (other != p->role && other != ROLE_LAUNCHER)
				CU_ASSERT_NOT_EQUAL(strncmp(p->program,
							role_name(other),
							strlen(
							    role_name(other))),
				    0);
	}
}

static void
test_neighbours(void)
{
	CU_ASSERT_TRUE(roles_are_neighbours(ROLE_NETD, ROLE_CRYPTOD));
	CU_ASSERT_TRUE(roles_are_neighbours(ROLE_CRYPTOD, ROLE_NETD));
	CU_ASSERT_TRUE(roles_are_neighbours(ROLE_CRYPTOD, ROLE_UI));
	CU_ASSERT_FALSE(roles_are_neighbours(ROLE_NETD, ROLE_UI));
	CU_ASSERT_FALSE(roles_are_neighbours(ROLE_CRYPTOD, ROLE_CRYPTOD));
	CU_ASSERT_FALSE(roles_are_neighbours(ROLE_LAUNCHER, ROLE_UI));
	CU_ASSERT_TRUE(roles_are_neighbours(ROLE_FLEETD, ROLE_NETD));
	CU_ASSERT_FALSE(roles_are_neighbours(ROLE_FLEETD, ROLE_CRYPTOD));
	CU_ASSERT_FALSE(roles_are_neighbours(ROLE_FLEETD, ROLE_UI));
}

/* The launcher finds the channels of all rooms by the children that have the
 * first role of a row. */
static void
test_first_roles(void)
{
	for (size_t i = 0; i < CHANNEL_COUNT; i++)
		CU_ASSERT_TRUE(
		    role_is_for_each_room(channel_table[i].roles[0]));
	CU_ASSERT_TRUE(role_is_for_each_room(ROLE_CRYPTOD));
	CU_ASSERT_FALSE(role_is_for_each_room(ROLE_UI));
	CU_ASSERT_FALSE(role_is_for_each_room(ROLE_LAUNCHER));
}

static bool
is_in(enum role role, unsigned int modes)
{
	bool is = false;

	for (enum process_id id = 0; id < PROCESS_COUNT; id++)
		is = is ||
		    (process_table[id].role == role &&
			(process_table[id].modes & modes) != 0);
	return is;
}

/* Returns the set of the descriptor that an end is in a process; nothing, if it
 * is another's, or comes later, for which there has to be a number. */
static uint32_t
end_of(enum process_id process, size_t channel, int end, uint32_t others)
{
	const struct process_row *p = &process_table[process];
	const enum role *roles = channel_table[channel].roles;
	int number = channel_table[channel].numbers[end];

	if (roles[end] != p->role || !is_in(roles[1 - end], p->modes))
		return 0;
	if (number == FD_COMES_LATER) {
		CU_ASSERT(
		    p->fds_later > (p->modes == IN_CLIENT ? ROOMS_MAX : 1));
		return 0;
	}
	CU_ASSERT_EQUAL(others & FD(number), 0);
	return FD(number);
}

/* Each end of a channel is a descriptor of the process that has that role, and
 * nothing else there. */
static void
test_channels(void)
{
	for (enum process_id process = 0; process < PROCESS_COUNT; process++) {
		const struct process_row *p = &process_table[process];
		uint32_t ends = FD(FD_CONTROL);

		if (process == PROCESS_LAUNCHER)
			continue;
		for (size_t i = 0; i < CHANNEL_COUNT; i++)
			for (int end = 0; end < 2; end++)
				ends |= end_of(process, i, end, ends);
		CU_ASSERT_EQUAL(p->fds & ends, ends);
		CU_ASSERT_EQUAL(p->fds >> FD_END, 0);
	}
}

/* A filter allows nothing with a descriptor that the process does not have. A
 * new end of a channel comes as another number, and is put in its place. */
static void
test_filters(void)
{
	for (enum process_id process = 0; process < PROCESS_COUNT; process++) {
		const struct process_row *p = &process_table[process];
		const struct filter_table *table = all_filters[process];
		uint32_t has = p->fds, later = 0;

		if (process == PROCESS_UI_CLIENT)
			later = (FD(ROOMS_MAX) - 1) << FD_ROOMS;
		if (process == PROCESS_UI_BOOTNODE)
			later = FD(FD_ROOMS) |
			    (FD(CONTROL_CONNECTIONS + 1) - 1)
				<< (FD_LISTENER + 1);
		if (process == PROCESS_CRYPTOD_CLIENT)
			later = FD(FD_ARRIVED);
		if ((p->needs & NEEDS_TERMINAL) != 0)
			has |= FD(STDIN_FILENO) | FD(STDOUT_FILENO);
		for (size_t i = 0; i < table->count; i++) {
			const struct filter_entry *e = &table->entries[i];

			if (e->demand != FDS)
				continue;
			if (e->nr == SCMP_SYS(close) ||
			    e->nr == SCMP_SYS(dup3)) {
				CU_ASSERT(p->fds_later > 0);
				continue;
			}
			CU_ASSERT_EQUAL(e->fds & ~(has | later), 0);
		}
	}
}

/* The calls of each process, in the order of the names. */
static const char *const calls[PROCESS_COUNT] = {
	[PROCESS_LAUNCHER] = "accept4 brk clock_gettime close exit_group ioctl "
			     "kill mmap munmap pidfd_send_signal ppoll recvmsg "
			     "rt_sigreturn sendmsg setitimer wait4 write ",
	[PROCESS_NETD_CLIENT] = "brk clock_gettime exit_group getrandom mmap "
				"mremap munmap ppoll recvmmsg recvmsg sendmmsg "
				"sendmsg ",
	[PROCESS_NETD_BOOTNODE] = "brk clock_gettime close dup3 exit_group "
				  "getrandom mmap "
				  "mremap munmap ppoll recvmmsg recvmsg "
				  "sendmmsg sendmsg ",
	[PROCESS_CRYPTOD_CLIENT] = "brk clock_gettime close dup3 exit_group "
				   "getpid getrandom mmap mremap munmap ppoll "
				   "pread64 recvmsg sendmsg write ",
	[PROCESS_CRYPTOD_BOOTNODE] = "brk clock_gettime close dup3 exit_group "
				     "getpid getrandom mmap munmap ppoll "
				     "pread64 recvmmsg recvmsg sendmmsg "
				     "sendmsg ",
	[PROCESS_UI_CLIENT] =
	    "brk clock_gettime close dup3 exit_group ioctl mmap "
	    "mremap munmap ppoll read recvmsg rt_sigreturn sendmsg "
	    "write ",
	[PROCESS_UI_BOOTNODE] =
	    "accept4 brk clock_gettime close dup3 "
	    "exit_group ioctl mmap mremap munmap ppoll read "
	    "recvmsg rt_sigreturn sendmsg write ",
	[PROCESS_FLEETD] = "brk clock_gettime close dup3 exit_group getpid "
			   "getrandom mmap munmap ppoll read recvmsg "
			   "sendmsg write ",
};

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Writes the names of the calls that a table lists, sorted, with a blank after
 * each. */
static void
list_calls(const struct filter_table *table, char *text, size_t size)
{
	char *names[32] = { NULL };

	CU_ASSERT_FATAL(table->count <= 32);
	for (size_t i = 0; i < table->count; i++) {
		names[i] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
		    table->entries[i].nr);
		CU_ASSERT_PTR_NOT_NULL_FATAL(names[i]);
	}
	qsort(names, table->count, sizeof(names[0]), compare_names);
	text[0] = '\0';
	for (size_t i = 0; i < table->count; i++) {
		strlcat(text, names[i], size);
		strlcat(text, " ", size);
		free(names[i]);
	}
}

/* Another call is a decision that is made here, too. */
static void
test_calls(void)
{
	char text[1024];

	for (enum process_id process = 0; process < PROCESS_COUNT; process++) {
		list_calls(all_filters[process], text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, calls[process]);
		if (strcmp(text, calls[process]) != 0)
			printf("\n%s: %s\n", process_table[process].program,
			    text);
	}
}

void
processes_suite(void)
{
	CU_pSuite suite = CU_add_suite("processes", NULL, NULL);

	CU_add_test(suite, "rows", test_rows);
	CU_add_test(suite, "names", test_names);
	CU_add_test(suite, "neighbours", test_neighbours);
	CU_add_test(suite, "channels", test_channels);
	CU_add_test(suite, "first roles of channels", test_first_roles);
	CU_add_test(suite, "filters", test_filters);
	CU_add_test(suite, "system calls", test_calls);
}
