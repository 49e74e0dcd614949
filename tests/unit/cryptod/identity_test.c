/*
 * The file of the long-term key pair: it is made once, loaded again, and
 * refused with an error that says what to do. identity_load() ends the process
 * on errors, so every attempt is a child of its own.
 */
#include "cryptod/identity.h"

#include "common/log.h"
#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <dirent.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void identity_suite(void);

#define AT_ONCE	 8  /* processes */
#define FILE_LEN 78 /* "gochat-key-1 ", 64 digits, newline */

/* A folder for the files, and the child's report, in shared memory. */
static char folder_name[32];
static int folder = -1, home = -1;
static struct outcome {
	struct x25519_key key;
	bool made;
	bool left;	/* a descriptor, or something in the heap for keys */
	char told[128]; /* the last that is no error */
	char error[512];
} * outcome;

static int
set_up(void)
{
	strcpy(folder_name, "/tmp/gochat-test-XXXXXX");
	if (crypto_setup() != 0 || mkdtemp(folder_name) == NULL)
		return -1;
	folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return folder == -1 || outcome == MAP_FAILED ? -1 : 0;
}

static int
tear_down(void)
{
	munmap(outcome, sizeof(*outcome));
	close(folder);
	close(home);
	return rmdir(folder_name); /* the folder must be empty */
}

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)event;
	if (level == LOG_ERROR)
		snprintf(outcome->error, sizeof(outcome->error), "%s", text);
	else
		snprintf(outcome->told, sizeof(outcome->told), "%s", text);
}

/* What a child does before it loads it; or NULL. */
static void (*prepare)(void);

/* In a child: what it leaves behind is what there is more than before. */
static void
load_here(const char *file)
{
	size_t used = CRYPTO_secure_used();
	int free_fd = dup(folder);

	close(free_fd);
	outcome->made = identity_load(&outcome->key, folder, file);
	outcome->left = CRYPTO_secure_used() != used || dup(folder) != free_fd;
}

/* Returns whether the key was loaded; otherwise there is an error. */
static bool
load(const char *file)
{
	int status = -1;
	pid_t pid;

	memset(outcome, 0, sizeof(*outcome));
	pid = fork();
	if (pid == 0) {
		log_to_function(on_log);
		if (prepare != NULL)
			prepare();
		load_here(file);
		_exit(0);
	}
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_TRUE(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status) == 0, outcome->error[0] == '\0');
	CU_ASSERT_FALSE(outcome->left);
	return WEXITSTATUS(status) == 0;
}

/* Checks that the file is refused, with an error that names it and has these
 * words. */
static void
check_refused(const char *words)
{
	CU_ASSERT_FALSE(load("key"));
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome->error, "key in the state"));
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome->error, words));
	if (strstr(outcome->error, words) == NULL)
		fprintf(stderr, "\n  got \"%s\"\n", outcome->error);
}

static void
write_file(const void *bytes, size_t len, mode_t mode)
{
	int fd = openat(folder, "key", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(write(fd, bytes, len), (ssize_t)len);
	CU_ASSERT_EQUAL(fchmod(fd, mode), 0);
	close(fd);
}

static size_t
read_file(char text[FILE_LEN + 1])
{
	int fd = openat(folder, "key", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	n = read(fd, text, FILE_LEN + 1);
	close(fd);
	CU_ASSERT_FATAL(n >= 0);
	return (size_t)n;
}

static void
remove_file(void)
{
	CU_ASSERT_EQUAL(unlinkat(folder, "key", 0), 0);
}

static unsigned int
count_files(void)
{
	DIR *dir = opendir(folder_name);
	unsigned int count = 0;
	struct dirent *d;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((d = readdir(dir)) != NULL)
		count += d->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void
test_made_and_loaded(void)
{
	char text[FILE_LEN + 1];
	struct x25519_key first;
	uint8_t private_key[32];
	struct stat st;
	mode_t mask;

	mask = umask(0); /* the mode does not depend on it */
	CU_ASSERT_TRUE(load("key"));
	umask(mask);
	first = outcome->key;
	CU_ASSERT_TRUE(outcome->made);
	CU_ASSERT_STRING_EQUAL(outcome->told,
	    "made a new key: key in the state folder");
	CU_ASSERT_EQUAL(fstatat(folder, "key", &st, AT_SYMLINK_NOFOLLOW), 0);
	CU_ASSERT_EQUAL(st.st_mode, S_IFREG | 0600);
	CU_ASSERT_EQUAL(count_files(), 1); /* no temporary file is left */

	CU_ASSERT_EQUAL(read_file(text), FILE_LEN);
	CU_ASSERT_EQUAL(memcmp(text, "gochat-key-1 ", 13), 0);
	CU_ASSERT_EQUAL(text[FILE_LEN - 1], '\n');
	text[FILE_LEN - 1] = '\0';
	CU_ASSERT_EQUAL(bytes_hex(private_key, 32, text + 13), 32);
	CU_ASSERT_EQUAL(memcmp(private_key, first.private_key, 32), 0);
	crypto_public_key(&first);
	CU_ASSERT_EQUAL(memcmp(&first, &outcome->key, sizeof(first)), 0);

	CU_ASSERT_TRUE(load("key"));
	CU_ASSERT_FALSE(outcome->made);
	CU_ASSERT_STRING_EQUAL(outcome->told, "");
	CU_ASSERT_EQUAL(memcmp(&first, &outcome->key, sizeof(first)), 0);
	remove_file();
	CU_ASSERT_TRUE(load("key"));
	CU_ASSERT_NOT_EQUAL(memcmp(&first, &outcome->key, sizeof(first)), 0);
	remove_file();
}

static void
load_named(void)
{
	struct x25519_key one, other;

	identity_load_named(&one, folder, "");
	identity_load_named(&other, folder, "work_2-678901234567890123456789A");
	if (memcmp(&one, &other, sizeof(one)) == 0)
		_exit(1);
}

/* One with a name has a key and a file of its own, by the longest name, too;
 * each is made once. */
static void
test_named(void)
{
	static const char *const files[] = { "identity",
		"identity-work_2-678901234567890123456789A" };
	struct x25519_key first;

	for (size_t i = 0; i < 2; i++) {
		prepare = load_named;
		CU_ASSERT_TRUE(load(files[i]));
		CU_ASSERT_FALSE(outcome->made);
		first = outcome->key;
		prepare = NULL;
		CU_ASSERT_TRUE(load(files[i]));
		CU_ASSERT_FALSE(outcome->made);
		CU_ASSERT_EQUAL(memcmp(&first, &outcome->key, sizeof(first)),
		    0);
	}
	CU_ASSERT_EQUAL(count_files(), 2);
	for (size_t i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(unlinkat(folder, files[i], 0), 0);
}

static const char good[] =
    "gochat-key-1 "
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a\n";

static void
test_known(void)
{
	write_file(good, FILE_LEN, 0600);
	CU_ASSERT_TRUE(load("key"));
	CU_ASSERT(bytes_are(outcome->key.public_key, 32,
	    "8520f0098930a754748b7ddcb43ef75a"
	    "0dbf3a0d26381af4eba4a98eaa9b4e6a"));
	write_file(good, FILE_LEN, 0400);
	CU_ASSERT_TRUE(load("key"));
	remove_file();
}

static void
test_open_to_others(void)
{
	for (mode_t bit = 01; bit <= 040; bit <<= 1) {
		write_file(good, FILE_LEN, 0600 | bit);
		check_refused("chmod 600");
	}
	remove_file();
	if (geteuid() != 0)
		return;
	write_file(good, FILE_LEN, 0600);
	CU_ASSERT_EQUAL(fchownat(folder, "key", 12345, 12345, 0), 0);
	check_refused("belongs to user 12345");
	remove_file();
}

static void
test_no_file(void)
{
	write_file(good, FILE_LEN, 0600);
	CU_ASSERT_EQUAL(renameat(folder, "key", folder, "elsewhere"), 0);
	CU_ASSERT_EQUAL(symlinkat("elsewhere", folder, "key"), 0);
	check_refused("is a symbolic link, which is not followed: put the ");
	remove_file();
	CU_ASSERT_EQUAL(unlinkat(folder, "elsewhere", 0), 0);
	/* A link to nothing does not make a key at its end. */
	CU_ASSERT_EQUAL(symlinkat("elsewhere", folder, "key"), 0);
	check_refused("is a symbolic link, which is not followed: put the ");
	CU_ASSERT_EQUAL(count_files(), 1);
	remove_file();
	CU_ASSERT_EQUAL(mkdirat(folder, "key", 0700), 0);
	check_refused("not a file");
	CU_ASSERT_EQUAL(unlinkat(folder, "key", AT_REMOVEDIR), 0);
	CU_ASSERT_EQUAL(mkfifoat(folder, "key", 0600), 0);
	check_refused("not a file"); /* it does not hang, either */
	remove_file();
}

static void
no_room(void)
{
	const struct rlimit limit = { FILE_LEN - 1, FILE_LEN - 1 };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void
other_user(void)
{
	if (setuid(12345) == -1)
		_exit(99);
}

/* The system does not let it be read, or written; nothing is left of what was
 * begun. */
static void
test_system(void)
{
	const struct sockaddr_un sun = { .sun_family = AF_UNIX,
		.sun_path = "key" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	prepare = no_room;
	check_refused("cannot write key in the state folder: ");
	CU_ASSERT_EQUAL(count_files(), 0);
	prepare = NULL;
	/* What is there cannot be opened. */
	CU_ASSERT_EQUAL_FATAL(fchdir(folder), 0);
	CU_ASSERT_EQUAL(bind(fd, (const struct sockaddr *)&sun, sizeof(sun)),
	    0);
	CU_ASSERT_EQUAL_FATAL(fchdir(home), 0);
	close(fd);
	check_refused("cannot open key in the state folder: No such device");
	remove_file();
	if (geteuid() != 0)
		return;
	prepare = other_user; /* who may not look into the folder */
	check_refused("cannot open key in the state folder: Permission");
	CU_ASSERT_EQUAL(count_files(), 0);
	prepare = NULL;
}

/* Several start at once where there is no key: one makes it, and all have the
 * same. */
static void
test_at_once(void)
{
	static struct outcome *all;
	const size_t size = AT_ONCE * sizeof(*all);
	unsigned int made = 0;
	int start[2], status;

	all = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(all != MAP_FAILED && pipe(start) == 0);
	for (int i = 0; i < AT_ONCE; i++) {
		if (fork() != 0)
			continue;
		close(start[1]);
		(void)!read(start[0], &status, 1); /* until it is closed */
		all[i].made = identity_load(&all[i].key, folder, "key");
		_exit(0);
	}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < AT_ONCE; i++)
		CU_ASSERT(wait(&status) > 0 && status == 0);
	for (int i = 0; i < AT_ONCE; i++) {
		made += all[i].made;
		CU_ASSERT_EQUAL(memcmp(&all[i].key, &all[0].key,
				    sizeof(all[0].key)),
		    0);
	}
	CU_ASSERT_EQUAL(made, 1);
	CU_ASSERT_EQUAL(count_files(), 1);
	munmap(all, size);
	remove_file();
}

static void
test_damaged(void)
{
	char bad[FILE_LEN + 1];

	for (size_t len = 0; len < FILE_LEN; len++) {
		write_file(good, len, 0600);
		check_refused("damaged");
	}
	memcpy(bad, good, FILE_LEN);
	bad[FILE_LEN] = '\n';
	write_file(bad, FILE_LEN + 1, 0600);
	check_refused("damaged");
	for (size_t i = 0; i < FILE_LEN; i++) {
		memcpy(bad, good, FILE_LEN);
		bad[i] = i < 13 ? 'X' : 'G'; /* neither a digit nor a newline */
		write_file(bad, FILE_LEN, 0600);
		check_refused("damaged");
		/* The damaged file is left as it was, for the user to look
		 * at. */
		CU_ASSERT_EQUAL(read_file(bad), FILE_LEN);
	}
	memset(bad, 0, FILE_LEN);
	write_file(bad, FILE_LEN, 0600);
	check_refused("damaged");
	remove_file();
}

static void
test_fingerprint(void)
{
	uint8_t key[32], out[FINGERPRINT_LEN], other[FINGERPRINT_LEN];

	for (uint8_t i = 0; i < 32; i++)
		key[i] = i;
	/* The value was computed with Python's hashlib. */
	identity_fingerprint(out, key);
	CU_ASSERT(bytes_are(out, sizeof(out),
	    "b41cf9700b1449965efdccfcacc0dd68662a3558"));
	key[31] ^= 1;
	identity_fingerprint(other, key);
	CU_ASSERT_NOT_EQUAL(memcmp(out, other, sizeof(out)), 0);
}

void
identity_suite(void)
{
	CU_pSuite suite = CU_add_suite("identity", set_up, tear_down);

	CU_add_test(suite, "made and loaded", test_made_and_loaded);
	CU_add_test(suite, "with a name", test_named);
	CU_add_test(suite, "a known key", test_known);
	CU_add_test(suite, "open to others", test_open_to_others);
	CU_add_test(suite, "not a file", test_no_file);
	CU_add_test(suite, "the system refuses", test_system);
	CU_add_test(suite, "several at once", test_at_once);
	CU_add_test(suite, "damaged", test_damaged);
	CU_add_test(suite, "fingerprint", test_fingerprint);
}
