/*
 * The text on the metrics socket. It is parsed as Prometheus would: each sample
 * comes after the help and the type of its name, each name once.
 */
#include "launcher/figures.h"

#include "common/clock.h"

#include <CUnit/CUnit.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void figures_suite(void);

#define NAMES_MAX 64

static char text[FIGURES_TEXT_MAX + 1];

/* Figures as netd might have counted them, each with another number. */
static struct ipc_figures
counted(void)
{
	struct ipc_figures f = { .unsent = 1, .queued = 2, .queue_dropped = 3 };
	uint64_t n = 100;

	f.stats.uptime_ms = 61999;
	f.stats.sessions = 5;
	f.stats.rooms = 4;
	f.stats.joins = 6;
	f.stats.rejected = 7;
	f.stats.rejections[REJECTION_ADDRESS_FULL] = 7;
	f.stats.heartbeats = 8;
	f.stats.relayed = 9;
	f.stats.relayed_bytes = 10;
	f.strays = 11;
	for (size_t i = 0; i < DROP_COUNT; i++)
		f.stats.dropped += f.stats.drops[i] = n++;
	for (size_t i = 0; i < WIRE_TYPE_COUNT; i++) {
		f.received[i] = (struct ipc_traffic){ n, n + 1 };
		f.sent[i] = (struct ipc_traffic){ n + 2, n + 3 };
		n += 4;
	}
	return f;
}

static void
make_text(enum mode mode, const struct ipc_figures *netd)
{
	struct figures f = { .mode = mode, .uptime = 125 * USEC_PER_SEC + 1 };

	f.child_count = 3;
	f.children[0] = (struct child_figures){ .role = ROLE_NETD,
		.up = netd != NULL,
		.restarts = 3,
		.netd = netd };
	f.children[1] =
	    (struct child_figures){ .role = ROLE_CRYPTOD, .up = true };
	f.children[2] =
	    (struct child_figures){ .role = ROLE_UI, .up = true, .queued = 77 };
	f.spawner = true;
	memset(text, 'x', sizeof(text));
	text[figures_text(text, &f)] = '\0';
}

static bool
has_line(const char *line)
{
	size_t len = strlen(line);
	const char *p = text;

	while ((p = strstr(p, line)) != NULL) {
		if ((p == text || p[-1] == '\n') && p[len] == '\n')
			return true;
		p += len;
	}
	return false;
}

/* Each of its lines is a HELP, the TYPE of the same name, or a sample of that
 * name with a number; no name comes twice. Returns the number of samples. */
static unsigned int
parse(void)
{
	static char copy[sizeof(text)];
	char names[NAMES_MAX][64], name[64] = "", type[16], *line, *save;
	unsigned int samples = 0, count = 0;
	int end;

	memcpy(copy, text, sizeof(copy));
	CU_ASSERT_EQUAL(text[strlen(text) - 1], '\n');
	for (line = strtok_r(copy, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "# HELP %63[a-z_] %n", name, &end) == 1) {
			CU_ASSERT(strlen(line + end) > 5);
			for (unsigned int i = 0; i < count; i++)
				CU_ASSERT_STRING_NOT_EQUAL(names[i], name);
			CU_ASSERT_FATAL(count < NAMES_MAX);
			strcpy(names[count++], name);
			line = strtok_r(NULL, "\n", &save);
			CU_ASSERT_FATAL(line != NULL &&
			    strncmp(line, "# TYPE ", 7) == 0 &&
			    strncmp(line + 7, name, strlen(name)) == 0 &&
			    sscanf(line + 7 + strlen(name), " %15s", type) ==
				1);
			CU_ASSERT(strcmp(type, "counter") == 0 ||
			    strcmp(type, "gauge") == 0);
			CU_ASSERT_EQUAL(strcmp(type, "counter") == 0,
			    strstr(name, "_total") != NULL);
			continue;
		}
		CU_ASSERT_EQUAL(strncmp(line, name, strlen(name)), 0);
		line += strlen(name);
		if (*line == '{')
			line = strchr(line, '}') + 1;
		CU_ASSERT_EQUAL(*line, ' ');
		(void)strtoull(line + 1, &line, 10);
		CU_ASSERT_EQUAL(*line, '\0');
		samples++;
	}
	return samples;
}

static void
test_text(void)
{
	struct ipc_figures netd = counted();

	make_text(MODE_BOOTNODE, &netd);
	CU_ASSERT(parse() > 4 * WIRE_TYPE_COUNT + DROP_COUNT);
	CU_ASSERT(has_line("gochat_build_info{version=\"" GOCHAT_VERSION
			   "\",mode=\"bootnode\"} 1"));
	CU_ASSERT(has_line("gochat_uptime_seconds 125"));
	CU_ASSERT(has_line("gochat_netd_uptime_seconds 61"));
	CU_ASSERT(has_line("gochat_sessions 5"));
	CU_ASSERT(has_line("gochat_rooms 4"));
	CU_ASSERT(has_line("gochat_joins_total 6"));
	CU_ASSERT(
	    has_line("gochat_rejected_joins_total{reason=\"address_full\"} 7"));
	CU_ASSERT(has_line("gochat_heartbeats_total 8"));
	CU_ASSERT(has_line("gochat_relayed_packets_total 9"));
	CU_ASSERT(has_line("gochat_relayed_bytes_total 10"));
	CU_ASSERT(has_line("gochat_unsent_packets_total 1"));
	CU_ASSERT(has_line("gochat_process_restarts_total{child=\"netd\"} 3"));
	CU_ASSERT(has_line("gochat_process_up{child=\"netd\"} 1"));
	CU_ASSERT(has_line("gochat_process_up{child=\"spawner\"} 1"));
	CU_ASSERT(has_line("gochat_queue_bytes{from=\"gochat\",to=\"ui\"} 77"));
	CU_ASSERT(has_line("gochat_queue_bytes{from=\"netd\",to=\""
			   "cryptod\"} 2"));
	CU_ASSERT(has_line("gochat_queue_dropped_total{from=\"netd\","
			   "to=\"cryptod\"} 3"));
}

/* A metric's name ends with its kind, and before that says its unit. */
static void
check_name(const char *metric, const char *kind, const char *unit)
{
	static const struct {
		const char *unit;
		const char *part;
	} parts[] = {
		{ "DATAGRAMS", "_packets_" },
		{ "BYTES", "_bytes_" },
		{ "MILLISECONDS", "_seconds_" },
	};
	char name[64];

	(void)snprintf(name, sizeof(name), "_%s_", metric);
	CU_ASSERT_EQUAL(strstr(name, "_total_") != NULL,
	    strcmp(kind, "COUNTER") == 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		CU_ASSERT_EQUAL(strstr(name, parts[i].part) != NULL,
		    strcmp(unit, parts[i].unit) == 0);
}

/* Every row of the table is told in its modes, with its type and its help. */
static void
check_row(const char *metric, const char *kind, bool told, const char *help)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "# HELP gochat_%s %s", metric, help);
	CU_ASSERT_EQUAL(has_line(line), told);
	(void)snprintf(line, sizeof(line), "# TYPE gochat_%s %s", metric,
	    strcmp(kind, "GAUGE") == 0 ? "gauge" : "counter");
	CU_ASSERT(!told || has_line(line));
}

static void
test_rows(void)
{
	struct ipc_figures netd = counted();

	for (enum mode mode = MODE_CLIENT; mode <= MODE_BOOTNODE; mode++) {
		const char *other = mode == MODE_CLIENT ? "BOOTNODE" : "CLIENT";

		make_text(mode, &netd);
#define X(field, values, kind, unit, modes, metric, json, words, news, help) \
	check_name(metric, #kind, #unit);                                    \
	check_row(metric, #kind, strcmp(#modes, other) != 0, help);
		FIGURES_OF_STATS(X)
		FIGURES_OF_NETD(X)
#undef X
	}
}

static void
test_by_type_and_cause(void)
{
	static const char *const causes[] = {
#define X(cause, name, words) name,
		DROP_TABLE(X)
#undef X
	};
	struct ipc_figures netd = counted();
	char line[128];

	make_text(MODE_BOOTNODE, &netd);
	for (size_t i = 0; i < DROP_COUNT; i++) {
		(void)snprintf(line, sizeof(line),
		    "gochat_dropped_packets_total{cause=\"%s\"} %" PRIu64,
		    causes[i], netd.stats.drops[i]);
		CU_ASSERT(has_line(line));
	}
	for (unsigned int i = 0; i < WIRE_TYPE_COUNT; i++) {
		const char *type = wire_type_name((enum wire_type)i);
		const struct {
			const char *name;
			uint64_t value;
		} wanted[] = {
			{ "received_packets", netd.received[i].packets },
			{ "received_bytes", netd.received[i].bytes },
			{ "sent_packets", netd.sent[i].packets },
			{ "sent_bytes", netd.sent[i].bytes },
		};

		for (size_t k = 0; k < sizeof(wanted) / sizeof(*wanted); k++) {
			(void)snprintf(line, sizeof(line),
			    "gochat_%s_total{type=\"%s\"} %" PRIu64,
			    wanted[k].name, type, wanted[k].value);
			CU_ASSERT(has_line(line));
		}
	}
}

/* The text has room even for the longest numbers. */
static void
test_longest(void)
{
	struct ipc_figures netd;

	memset(&netd, 0xff, sizeof(netd));
	make_text(MODE_BOOTNODE, &netd);
	parse();
	CU_ASSERT(strlen(text) < FIGURES_TEXT_MAX / 2);
}

/* Unknown figures are left out, rather than given as 0. */
static void
test_without_netd(void)
{
	make_text(MODE_BOOTNODE, NULL);
	parse();
	CU_ASSERT(has_line("gochat_process_up{child=\"netd\"} 0"));
	CU_ASSERT(has_line("gochat_process_up{child=\"ui\"} 1"));
	CU_ASSERT_PTR_NULL(strstr(text, "gochat_sessions"));
	CU_ASSERT_PTR_NULL(strstr(text, "packets_total"));
	CU_ASSERT_PTR_NULL(strstr(text, "from=\"netd\""));
}

static void
test_client(void)
{
	struct ipc_figures netd = counted();

	make_text(MODE_CLIENT, &netd);
	parse();
	CU_ASSERT(has_line("gochat_dropped_packets_total 11"));
	CU_ASSERT_PTR_NULL(strstr(text, "gochat_sessions"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "gochat_sent_packets_total{"));
}

void
figures_suite(void)
{
	CU_pSuite s = CU_add_suite("figures", NULL, NULL);

	CU_add_test(s, "the text of a bootnode", test_text);
	CU_add_test(s, "all rows of the table", test_rows);
	CU_add_test(s, "by type and by cause", test_by_type_and_cause);
	CU_add_test(s, "the longest text", test_longest);
	CU_add_test(s, "without netd", test_without_netd);
	CU_add_test(s, "of a client", test_client);
}
