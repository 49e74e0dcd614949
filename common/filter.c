/*
 * The way from the table of a process to its filter. libseccomp makes the
 * program; a few instructions of ours come before it, for what it cannot say:
 * that a number above a bound is a call that does not exist. See filter.h.
 */
#include "common/filter.h"

#include "common/filter_table.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Numbers from here on belong to the x32 ABI and are libseccomp's business. */
#define X32_CALLS 0x40000000

/*
 * On i386 this one call stands for all calls of sockets. libseccomp lets it
 * pass for each of them that is allowed, and cannot look at their arguments
 * there: so it is trapped earlier. socketcall.c does without it.
 */
#define I386_SOCKETCALL 102

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (field))
#define JUMP(test, k, yes, no) \
	BPF_JUMP(BPF_JMP | (test) | BPF_K, (k), (yes), (no))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define FIELD(name)    ((uint32_t)offsetof(struct seccomp_data, name))

/* --- What is allowed ------------------------------------------------------ */

static struct scmp_arg_cmp
compare(unsigned int arg, enum scmp_compare op, uint64_t a, uint64_t b)
{
	return (struct scmp_arg_cmp){ arg, op, a, b };
}

static int
allow(scmp_filter_ctx ctx, int nr, struct scmp_arg_cmp condition)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1, condition);
}

static int
allow_fds(scmp_filter_ctx ctx, int nr, unsigned int fds)
{
	int result = 0;

	for (unsigned int fd = 0; fd < 32 && result == 0; fd++)
		if ((fds & FD(fd)) != 0)
			result = allow(ctx, nr, compare(0, SCMP_CMP_EQ, fd, 0));
	return result;
}

/*
 * What tcgetattr(3) and tcsetattr(3) ask from glibc 2.42 on: TCGETS2 and so
 * on. The header that has them contradicts termios.h; struct termios2 of the
 * kernel has 44 bytes.
 */
#define REQUEST_TCGETS2	 _IOC(_IOC_READ, 'T', 0x2a, 44)
#define REQUEST_TCSETS2	 _IOC(_IOC_WRITE, 'T', 0x2b, 44)
#define REQUEST_TCSETSW2 _IOC(_IOC_WRITE, 'T', 0x2c, 44)
#define REQUEST_TCSETSF2 _IOC(_IOC_WRITE, 'T', 0x2d, 44)

static int
allow_terminal(scmp_filter_ctx ctx, int nr)
{
	static const unsigned long requests[] = { TCGETS, TCSETS, TCSETSW,
		TCSETSF, REQUEST_TCGETS2, REQUEST_TCSETS2, REQUEST_TCSETSW2,
		REQUEST_TCSETSF2, TIOCGWINSZ, TIOCGPGRP };
	int result = 0;

	for (size_t i = 0;
	     i < sizeof(requests) / sizeof(requests[0]) && result == 0; i++)
		result =
		    allow(ctx, nr, compare(1, SCMP_CMP_EQ, requests[i], 0));
	return result;
}

/* Several rules of one system call are alternatives, never conditions that
 * hold together: so each entry demands one thing of one argument. */
static int
allow_call(scmp_filter_ctx ctx, int nr, const struct filter_entry *e)
{
	switch (e->demand) {
	case ANY:
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0);
	case FDS:
		return allow_fds(ctx, nr, e->fds);
	case NOT_EXEC:
		return allow(ctx, nr,
		    compare(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	case TERMINAL:
		return allow_terminal(ctx, nr);
	case SELF:
		return allow(ctx, nr,
		    compare(0, SCMP_CMP_EQ, (uint64_t)getpid(), 0));
	}
	return -EINVAL;
}

static int
allow_entry(scmp_filter_ctx ctx, const struct filter_entry *e, bool narrow)
{
	const struct narrow_call *other = NULL;
	int result = 0;

	for (size_t i = 0; narrow && i < filter_narrow_count; i++)
		if (filter_narrow_calls[i].nr == e->nr)
			other = &filter_narrow_calls[i];
	if (other == NULL || !other->only)
		result = allow_call(ctx, e->nr, e);
	if (other != NULL && result == 0)
		result = allow_call(ctx, other->narrow, e);
	return result;
}

static int
allow_all(scmp_filter_ctx ctx, const struct filter_table *table, uint32_t arch)
{
	bool narrow = (arch & __AUDIT_ARCH_64BIT) == 0;
	int result = 0;

	for (size_t i = 0; i < table->count && result == 0; i++)
		result = allow_entry(ctx, &table->entries[i], narrow);
#ifdef GOCHAT_SANITIZE
	for (size_t i = 0; i < filter_sanitizer_count; i++)
		seccomp_rule_add(ctx, SCMP_ACT_ALLOW, filter_sanitizer_calls[i],
		    0);
#endif
	return result;
}

/* --- The program ---------------------------------------------------------- */

/* Another architecture than the native one, for tests. */
static int
set_arch(scmp_filter_ctx ctx, uint32_t arch)
{
	int result = 0;

	if (arch == seccomp_arch_native())
		return 0;
	result = seccomp_arch_add(ctx, arch);
	return result != 0 ? result
			   : seccomp_arch_remove(ctx, seccomp_arch_native());
}

static int
describe(scmp_filter_ctx ctx, const struct filter_table *table, uint32_t arch)
{
	int result = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);

	if (result == 0)
		result = set_arch(ctx, arch);
	if (result == 0)
		result = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS,
		    SCMP_SYS(ptrace), 0);
	return result != 0 ? result : allow_all(ctx, table, arch);
}

/* Instructions that come before libseccomp's program, and their number. */
static size_t
put_prologue(struct sock_filter *out, uint32_t arch)
{
	uint8_t more = arch == SCMP_ARCH_X86 ? 2 : 0;
	const struct sock_filter prologue[] = {
		LOAD(FIELD(arch)),
		JUMP(BPF_JEQ, arch, 0, (uint8_t)(4 + more)),
		LOAD(FIELD(nr)),
		JUMP(BPF_JGE, X32_CALLS, (uint8_t)(2 + more), 0),
		JUMP(BPF_JGT, FILTER_NEWEST_CALL, 0, 1),
		RETURN(SECCOMP_RET_ERRNO | ENOSYS),
		JUMP(BPF_JEQ, I386_SOCKETCALL, 0, 1),
		RETURN(SECCOMP_RET_TRAP),
	};
	size_t len = sizeof(prologue) / sizeof(prologue[0]) - 2 + more;

	memcpy(out, prologue, len * sizeof(*out));
	return len;
}

/* libseccomp writes its program to a descriptor only. */
static int
export_program(scmp_filter_ctx ctx, struct sock_fprog *out)
{
	const size_t size = BPF_MAXINSNS * sizeof(*out->filter);
	int fd = memfd_create("filter", MFD_CLOEXEC), result;
	ssize_t n = -1;

	if (fd == -1)
		return -errno;
	result = seccomp_export_bpf(ctx, fd);
	if (result == 0) {
		n = pread(fd, out->filter + out->len,
		    size - out->len * sizeof(*out->filter), 0);
		result = n > 0 ? 0 : -EIO;
	}
	close(fd);
	if (result == 0)
		out->len = (unsigned short)(out->len +
		    (size_t)n / sizeof(*out->filter));
	return result;
}

int
filter_build(const struct filter_table *table, uint32_t arch,
    struct sock_fprog *out)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_TRAP);
	int result = -ENOMEM;

	if (arch == SCMP_ARCH_NATIVE)
		arch = seccomp_arch_native();
	out->filter = calloc(BPF_MAXINSNS, sizeof(*out->filter));
	if (ctx != NULL && out->filter != NULL) {
		out->len = (unsigned short)put_prologue(out->filter, arch);
		result = describe(ctx, table, arch);
		if (result == 0)
			result = export_program(ctx, out);
	}
	if (ctx != NULL)
		seccomp_release(ctx);
	if (result == 0)
		return 0;
	free(out->filter);
	out->filter = NULL;
	errno = -result;
	return -1;
}
