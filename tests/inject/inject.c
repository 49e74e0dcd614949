/*
 * Failures on demand, for tests/e2e/test_shortage.py: a library to be put
 * before the C library with LD_PRELOAD. The file that INJECT_FILE names is
 * mapped by the launcher, and so by all that are forked from it; programs that
 * are executed have another environment, and are left alone.
 *
 * The test reads in the file how often each function was called, in the
 * launcher (generation 0), the spawner (1), and in what they fork before it
 * becomes another program (2 and so on). It writes there which call is to fail
 * next, and with what error; with 0 the process hangs there, until it is told
 * to go on.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GENERATIONS 4
#define FUNCTIONS   64
#define NAMES_SIZE  2048

#ifdef __GLIBC__
typedef __rlimit_resource_t resource;
#else
typedef int resource;
#endif

/* Result, name, parameters, arguments of each function. */
#define PLAIN(X)                                                               \
	X(int, socketpair, (int a, int b, int c, int d[2]), (a, b, c, d))      \
	X(int, socket, (int a, int b, int c), (a, b, c))                       \
	X(int, setsockopt, (int a, int b, int c, const void *d, socklen_t e),  \
	    (a, b, c, d, e))                                                   \
	X(int, bind, (int a, const struct sockaddr *b, socklen_t c),           \
	    (a, b, c))                                                         \
	X(int, connect, (int a, const struct sockaddr *b, socklen_t c),        \
	    (a, b, c))                                                         \
	X(int, listen, (int a, int b), (a, b))                                 \
	X(ssize_t, sendmsg, (int a, const struct msghdr *b, int c), (a, b, c)) \
	X(ssize_t, recvmsg, (int a, struct msghdr *b, int c), (a, b, c))       \
	X(int, dup2, (int a, int b), (a, b))                                   \
	X(int, execve, (const char *a, char *const *b, char *const *c),        \
	    (a, b, c))                                                         \
	X(int, setrlimit, (resource a, const struct rlimit *b), (a, b))        \
	X(int, getrlimit, (resource a, struct rlimit * b), (a, b))             \
	X(int, ppoll,                                                          \
	    (struct pollfd * a, nfds_t b, const struct timespec *c,            \
		const sigset_t *d),                                            \
	    (a, b, c, d))                                                      \
	X(pid_t, waitpid, (pid_t a, int *b, int c), (a, b, c))                 \
	X(int, unshare, (int a), (a))                                          \
	X(int, access, (const char *a, int b), (a, b))                         \
	X(int, fstat, (int a, struct stat *b), (a, b))                         \
	X(ssize_t, write, (int a, const void *b, size_t c), (a, b, c))

/* Result, name, parameters that are always there, their names, the last of
 * them. */
#define VARIADIC(X)                                                         \
	X(int, open, (const char *a, int b, ...), (a, b, V), b)             \
	X(int, openat, (int a, const char *b, int c, ...), (a, b, c, V), c) \
	X(int, fcntl, (int a, int b, ...), (a, b, V), b)                    \
	X(int, prctl, (int a, ...), (a, V), a)

enum function {
#define X(result, name, ...) F_##name,
	PLAIN(X) VARIADIC(X) F_fork,
	F_syscall
#undef X
};

static const char names[] =
#define X(result, name, ...) #name "\n"
    PLAIN(X) VARIADIC(X) "fork\nsyscall\n";
#undef X

/* The content of the file. */
struct shared {
	uint32_t generation, function, error; /* the call that is to fail */
	uint32_t nth;			      /* call from now on; 0: none */
	uint32_t failed;		      /* 1 once it has failed */
	uint32_t zero[3];
	uint32_t counts[GENERATIONS][FUNCTIONS];
	char names[NAMES_SIZE];
};

static struct shared *shared;
static unsigned int generation;

/* Finds the next function of that name. On some systems its name has a 64 at
 * its end: that depends on how the program and the C library are compiled. */
static void *
real(const char *name)
{
	char longer[64];
	void *function = NULL;

	snprintf(longer, sizeof(longer), "%s64", name);
#ifdef __USE_FILE_OFFSET64
	function = dlsym(RTLD_NEXT, longer);
#endif
	if (function == NULL)
		function = dlsym(RTLD_NEXT, name);
	if (function == NULL)
		abort();
	return function;
}

static void __attribute__((constructor)) map_file(void)
{
	const char *path = getenv("INJECT_FILE");
	int (*real_open)(const char *, int, ...);
	int fd;
	void *at;

	*(void **)&real_open = real("open");
	fd = path != NULL ? real_open(path, O_RDWR | O_CLOEXEC) : -1;

	if (fd == -1)
		return;
	at = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	close(fd);
	if (at == MAP_FAILED)
		abort();
	shared = at;
	strcpy(shared->names, names);
}

/* Counts the call. Returns true with errno set if it is to fail; if it is to
 * hang, it hangs here. */
static bool
fails(enum function function)
{
	if (shared == NULL || generation >= GENERATIONS)
		return false;
	__atomic_add_fetch(&shared->counts[generation][function], 1,
	    __ATOMIC_SEQ_CST);
	if (shared->generation != generation || shared->function != function ||
	    shared->nth == 0 ||
	    __atomic_sub_fetch(&shared->nth, 1, __ATOMIC_SEQ_CST) != 0)
		return false;
	shared->failed = 1;
	errno = (int)shared->error;
	while (shared->failed == 1 && shared->error == 0)
		usleep(10000);
	return shared->error != 0;
}

#define X(result, name, parameters, arguments)     \
	result name parameters                     \
	{                                          \
		result(*real_one) parameters;      \
                                                   \
		if (fails(F_##name))               \
			return -1;                 \
		*(void **)&real_one = real(#name); \
		return real_one arguments;         \
	}
PLAIN(X)
#undef X

/* A function gets more arguments than it takes, which does no harm. */
#define V more[0], more[1], more[2], more[3]
#define X(result, name, parameters, arguments, last) \
	result name parameters                       \
	{                                            \
		result(*real_one) parameters;        \
		long more[4];                        \
		va_list ap;                          \
                                                     \
		va_start(ap, last);                  \
		for (int i = 0; i < 4; i++)          \
			more[i] = va_arg(ap, long);  \
		va_end(ap);                          \
		if (fails(F_##name))                 \
			return -1;                   \
		*(void **)&real_one = real(#name);   \
		return real_one arguments;           \
	}
VARIADIC(X)
#undef X

pid_t
fork(void)
{
	pid_t (*real_one)(void);
	pid_t pid;

	if (fails(F_fork))
		return -1;
	*(void **)&real_one = real("fork");
	pid = real_one();
	if (pid == 0)
		generation++;
	return pid;
}

long
syscall(long nr, ...)
{
	long (*real_one)(long, ...);
	long a[6], result;
	va_list ap;

	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (fails(F_syscall))
		return -1;
	*(void **)&real_one = real("syscall");
	result = real_one(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (nr == SYS_clone && result == 0)
		generation++;
	return result;
}
