/*
 * fleetd reads the engine's credentials.
 */
#include "fleetd/credentials.h"

#include <CUnit/CUnit.h>

#include <sys/mman.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void credentials_suite(void);

/* Makes the memory that the launcher makes, with len bytes of all of it. */
static int
make(const struct engine_access *a, const char *ca, size_t len)
{
	int fd = memfd_create("credentials", MFD_CLOEXEC);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(write(fd, a, sizeof(*a)), sizeof(*a));
	CU_ASSERT_EQUAL(write(fd, ca, strlen(ca)), (ssize_t)strlen(ca));
	CU_ASSERT_EQUAL(ftruncate(fd, (off_t)len), 0);
	return fd;
}

/* It may be read again, by the fleetd that is started after this one. */
static void
test_read(void)
{
	const struct engine_access a = { "user", "secret", { 0 }, 3 };
	int fd = make(&a, "PEM", sizeof(a) + 3);

	for (int i = 0; i < 2; i++) {
		struct credentials c;

		CU_ASSERT_EQUAL_FATAL(credentials_read(fd, &c), 0);
		CU_ASSERT_STRING_EQUAL(c.access.user, "user");
		CU_ASSERT_STRING_EQUAL(c.access.password, "secret");
		CU_ASSERT_EQUAL(c.ca_len, 3);
		CU_ASSERT_STRING_EQUAL(c.ca, "PEM");
		free(c.ca);
	}
	close(fd);
}

static void
refuse(const struct engine_access *a, size_t len)
{
	struct credentials c;
	int fd = make(a, "PEM", len);

	errno = 0;
	CU_ASSERT_EQUAL(credentials_read(fd, &c), -1);
	CU_ASSERT_EQUAL(errno, EINVAL);
	close(fd);
}

static void
test_refused(void)
{
	struct engine_access a = { "user", "secret", { 0 }, 3 };

	refuse(&a, sizeof(a) + 2);
	refuse(&a, sizeof(a) - 1);
	a.ca_len = ENGINE_CA_MAX + 1;
	refuse(&a, sizeof(a) + a.ca_len);
	a.ca_len = 3;
	memset(a.password, 'p', sizeof(a.password));
	refuse(&a, sizeof(a) + 3);
	a.password[0] = '\0';
	memset(a.user, 'u', sizeof(a.user));
	refuse(&a, sizeof(a) + 3);
}

void
credentials_suite(void)
{
	CU_pSuite suite = CU_add_suite("credentials", NULL, NULL);

	CU_add_test(suite, "read", test_read);
	CU_add_test(suite, "refused", test_refused);
}
