/*
 * For builds with the sanitizers only: their defaults, since the processes get
 * no environment. Leaks are looked for with ptrace(2), which no sandbox allows;
 * the unit tests, which are not in a sandbox, turn that on.
 */
#ifdef GOCHAT_SANITIZE

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0:symbolize=0:abort_on_error=0";
}

const char *
__ubsan_default_options(void)
{
	return "print_stacktrace=1:symbolize=0";
}

#else

/* A translation unit may not be empty. */
typedef int sanitize_unused;

#endif
