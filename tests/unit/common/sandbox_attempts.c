/*
 * The attempts in the jail, one to a child, and their outcome for each role.
 * Most are bare system calls, since a library would make other calls first, and
 * one of those would be noticed.
 */
#include "tests/unit/common/sandbox_attempts.h"

#include "common/filter.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <linux/audit.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define MIB  (1024 * 1024UL)

/* --- Attempts that take more than one line -------------------------------- */

static long
send_message(int fd)
{
	struct iovec iov = { (char[]){ 'y' }, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static long
receive_message(int fd)
{
	char bytes[16];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return recvmsg(fd, &msg, MSG_DONTWAIT);
}

/* The discard port of the loopback interface. */
static const struct sockaddr_in discard = {
	.sin_family = AF_INET,
	.sin_port = 9 << 8,
	.sin_addr = { .s_addr = 0x0100007f },
};

static long
send_messages(int fd)
{
	struct sockaddr_in to = discard;
	struct iovec iov = { (char[]){ 'y' }, 1 };
	struct mmsghdr msg = { .msg_hdr = { .msg_name = &to,
				   .msg_namelen = sizeof(to),
				   .msg_iov = &iov,
				   .msg_iovlen = 1 } };

	return sendmmsg(fd, &msg, 1, 0);
}

static long
send_batch(int fd)
{
	struct iovec iov = { (char[]){ 'y' }, 1 };
	struct mmsghdr msg = { .msg_hdr = { .msg_iov = &iov,
				   .msg_iovlen = 1 } };

	return sendmmsg(fd, &msg, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static long
receive_messages(int fd)
{
	char bytes[16];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct mmsghdr msg = { .msg_hdr = { .msg_iov = &iov,
				   .msg_iovlen = 1 } };

	return recvmmsg(fd, &msg, 1, MSG_DONTWAIT, NULL);
}

static long
read_memory(pid_t pid, bool write)
{
	char here[8], there[8] = "there";
	struct iovec local = { here, sizeof(here) };
	struct iovec remote = { there, sizeof(there) }; /* forked: same there */

	return syscall(write ? SYS_process_vm_writev : SYS_process_vm_readv,
	    pid, &local, 1, &remote, 1, 0);
}

/* The new process says nothing and ends. */
static long
forked(long pid)
{
	if (pid == 0)
		_exit(0);
	return pid;
}

static long
clone3_process(void)
{
	/* flags, pidfd, child_tid, parent_tid, exit_signal, ... */
	uint64_t args[8] = { [4] = SIGCHLD };

	return forked(syscall(SYS_clone3, args, sizeof(args)));
}

static long
execute(void)
{
	char *none[] = { NULL };
	char *argv[] = { (char[]){ "true" }, NULL };

	return syscall(SYS_execve, "/bin/true", argv, none);
}

static long
map(size_t len, int protection)
{
	uint8_t *p =
	    mmap(NULL, len, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	if ((protection & PROT_WRITE) != 0)
		for (size_t i = 0; i < len; i += PAGE)
			p[i] = 1;
	return munmap(p, len);
}

static long
protect(int nr)
{
	static _Alignas(PAGE) uint8_t page[PAGE];

	return syscall(nr, page, PAGE, PROT_READ | PROT_EXEC, -1);
}

/* Allocates small and large blocks, and grows them. Blocks that other suites
 * freed raise the size from which malloc() asks the kernel, and may be used
 * instead. */
static long
allocate(bool grow)
{
	static void *volatile kept;
	void *p;

	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	for (size_t len = 100; len <= MIB; len *= 10) {
		kept = calloc(1, len);
		if (kept == NULL)
			return -1;
		free(kept);
	}
	kept = calloc(1, grow ? 32 * MIB : MIB);
	if (kept == NULL || !grow) {
		free(kept);
		return kept == NULL ? -1 : 0;
	}
	p = realloc(kept, 40 * MIB);
	free(p);
	return p == NULL ? -1 : 0;
}

static int
compare_bytes(const void *a, const void *b)
{
	return *(const uint8_t *)a - *(const uint8_t *)b;
}

static long
sort_much(void)
{
	uint8_t bytes[4096] = { 1 };

	qsort(bytes, sizeof(bytes), 1, compare_bytes);
	return bytes[sizeof(bytes) - 1] == 1 ? 0 : -1;
}

static long
reseed(void)
{
	uint8_t byte;

	return EVP_RAND_reseed(RAND_get0_primary(NULL), 1, NULL, 0, NULL, 0) &&
		EVP_RAND_reseed(RAND_get0_public(NULL), 1, NULL, 0, NULL, 0) &&
		RAND_bytes(&byte, 1) == 1
	    ? 0
	    : -1;
}

static long
wait_short(void)
{
	struct pollfd pfd = { .fd = FD_CRYPTOD, .events = POLLIN };
	struct timespec ts = { 0, 1000000 };

	return ppoll(&pfd, 1, &ts, NULL);
}

static long
read_clock(void)
{
	struct timespec ts;

	if (syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &ts) == -1 ||
	    clock_gettime(CLOCK_BOOTTIME, &ts) == -1)
		return -1;
	return clock_gettime(CLOCK_REALTIME, &ts);
}

static long
terminal_attributes(void)
{
	struct termios t;
	struct winsize size;

	if (tcgetattr(STDIN_FILENO, &t) == -1 ||
	    ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == -1)
		return -1;
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

static long
wait_status(pid_t pid)
{
	int status;

	return wait4(pid, &status, WNOHANG, NULL);
}

static long
address_call(int nr, int fd)
{
	return syscall(nr, fd, &discard, sizeof(discard));
}

static long
capability_set(void)
{
	uint32_t header[2] = { 0x20080522, 0 }, data[6] = { 0 };

	return syscall(SYS_capset, header, data);
}

#ifdef __x86_64__
static long
old_abi(void)
{
	long result = 20; /* getpid of i386 */

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	return result;
}

static long
x32_abi(void)
{
	return syscall(0x40000000 | SYS_getpid);
}
#endif

/* --- The table ------------------------------------------------------------ */

#define X(name, number, outcomes, deed)                \
	static int try_##name(const struct inmate *in) \
	{                                              \
		(void)in;                              \
		errno = 0;                             \
		return (deed) == -1 ? errno : 0;       \
	}
#include "tests/unit/common/sandbox_attempts.inc"
#undef X

const struct attempt attempts[] = {
#define X(name, number, outcomes, deed) { #name, number, outcomes, try_##name },
#include "tests/unit/common/sandbox_attempts.inc"
#undef X
};
const size_t attempt_count = sizeof(attempts) / sizeof(attempts[0]);
