/*
 * The figures that netd counts for an operator, all of them, in one table:
 * fields of struct ipc_stats, the metrics socket and the log
 * (launcher/figures.c), the events of the json view, and what people read
 * (ui/figures.c, ui/tui/dashboard.c). Documents are compared with it by
 * tests/packaging/test_figures.py.
 *
 * X(field, values, kind, unit, modes, metric, json, words, news, help)
 *
 *   field   in struct ipc_stats, or in struct ipc_figures; a uint64_t
 *   values  of the metric: ALONE, the field; TYPE, one for each type of
 *           datagram, out of the array of that name in struct ipc_figures;
 *           CAUSE, one for each cause of DROP_TABLE; REASON, one for each of
 *           REJECTION_TABLE
 *   kind    GAUGE, or COUNTER, which only grows while netd lives
 *   unit    NUMBER, DATAGRAMS, BYTES, or MILLISECONDS, which metrics and json
 *           tell as seconds
 *   modes   where there is a metric: ANY, BOOTNODE or CLIENT; the other
 *           outputs are a bootnode's alone
 *   metric  its name on the socket and in the log, after "gochat_"
 *   json    its member of the event "stats"
 *   words   for people, who read it among the totals
 *   news    for people, who read it in the line that tells what has changed
 *   help    a sentence of what it is
 *
 * An output that lacks a figure has NOT_TOLD in its column.
 */
#ifndef COMMON_FIGURES_TABLE_H
#define COMMON_FIGURES_TABLE_H

#include <stddef.h>

#define NOT_TOLD NULL
#define IN_HEAD	 "" /* the words before the others tell it */

/* clang-format off */
#define FIGURES_OF_STATS(X)						\
X(uptime_ms, ALONE, GAUGE, MILLISECONDS, ANY,			\
    "netd_uptime_seconds", "uptime_s", IN_HEAD, NOT_TOLD,		\
    "Time since netd was started; the figures of netd count from then on.") \
X(sessions, ALONE, GAUGE, NUMBER, BOOTNODE,				\
    "sessions", "sessions", IN_HEAD, IN_HEAD,				\
    "Clients that are here.")						\
X(rooms, ALONE, GAUGE, NUMBER, BOOTNODE,				\
    "rooms", "rooms", IN_HEAD, IN_HEAD,					\
    "Rooms that somebody is in.")					\
X(joins, ALONE, COUNTER, NUMBER, BOOTNODE,				\
    "joins_total", "joins", "joins", "joins",				\
    "Clients that joined.")						\
X(rejected, REASON, COUNTER, NUMBER, BOOTNODE,			\
    "rejected_joins_total", "rejected", "joins rejected", "rejected",	\
    "Joins that were refused, by reason.")					\
X(heartbeats, ALONE, COUNTER, NUMBER, BOOTNODE,			\
    "heartbeats_total", "heartbeats", "heartbeats", NOT_TOLD,		\
    "Heartbeats that were answered.")					\
X(received, TYPE, COUNTER, DATAGRAMS, ANY,				\
    "received_packets_total", "received", "received", NOT_TOLD,		\
    "UDP datagrams received, by type.")					\
X(sent, TYPE, COUNTER, DATAGRAMS, ANY,				\
    "sent_packets_total", "sent", "sent", NOT_TOLD,			\
    "UDP datagrams to be sent, by type.")				\
X(relayed, ALONE, COUNTER, DATAGRAMS, BOOTNODE,			\
    "relayed_packets_total", "relayed", "relayed", NOT_TOLD,		\
    "Datagrams relayed between clients.")				\
X(relayed_bytes, ALONE, COUNTER, BYTES, BOOTNODE,			\
    "relayed_bytes_total", "relayed_bytes", "bytes relayed", NOT_TOLD,	\
    "Payload of the datagrams relayed.")				\
X(dropped, CAUSE, COUNTER, DATAGRAMS, BOOTNODE,			\
    "dropped_packets_total", "dropped", "dropped", "dropped",		\
    "Datagrams dropped, by cause.")					\
X(crowded, ALONE, GAUGE, NUMBER, BOOTNODE,				\
    "crowded_sources", "crowded", "crowded", NOT_TOLD,			\
    "Source addresses that have three quarters of their sessions.")	\
X(redirects, ALONE, COUNTER, NUMBER, BOOTNODE,			\
    "redirected_joins_total", "redirects", NOT_TOLD, NOT_TOLD,	\
    "Joins that were sent to another node of the fleet.")		\
X(fleet_nodes, ALONE, GAUGE, NUMBER, BOOTNODE,			\
    "fleet_nodes", "fleet_nodes", NOT_TOLD, NOT_TOLD,	\
    "Nodes of the fleet that live; 0 for a bootnode in none.")		\
X(fleet_foreign, ALONE, GAUGE, NUMBER, BOOTNODE,			\
    "fleet_foreign_rooms", "fleet_foreign", NOT_TOLD, NOT_TOLD,	\
    "Rooms that are here, and at home at another node.")		\
X(fleet_moved, ALONE, COUNTER, NUMBER, BOOTNODE,			\
    "fleet_moved_sessions_total", "fleet_moved", NOT_TOLD, NOT_TOLD,	\
    "Sessions that were told to go to another node.")		\
X(fleet_lease_ms, ALONE, GAUGE, MILLISECONDS, BOOTNODE,			\
    "fleet_lease_age_seconds", "fleet_lease_s", NOT_TOLD, NOT_TOLD,	\
    "Time since the engine was last read whole.")		\
X(fleet_rtt_us, ALONE, GAUGE, NUMBER, BOOTNODE,			\
    "fleet_engine_microseconds", "fleet_engine_us", NOT_TOLD, NOT_TOLD,	\
    "Time that the engine last took to answer.")		\
X(fleet_failures, ALONE, COUNTER, NUMBER, BOOTNODE,			\
    "fleet_engine_failures_total", "fleet_failures", NOT_TOLD, NOT_TOLD,	\
    "Attempts to read the engine that failed.")

#define FIGURES_OF_NETD(X)						\
X(received, TYPE, COUNTER, BYTES, ANY,				\
    "received_bytes_total", NOT_TOLD, NOT_TOLD, NOT_TOLD,		\
    "Payload of the datagrams received.")				\
X(sent, TYPE, COUNTER, BYTES, ANY,					\
    "sent_bytes_total", NOT_TOLD, NOT_TOLD, NOT_TOLD,			\
    "Payload of the datagrams to be sent.")				\
X(unsent, ALONE, COUNTER, DATAGRAMS, ANY,				\
    "unsent_packets_total", NOT_TOLD, NOT_TOLD, NOT_TOLD,		\
    "Datagrams among those to be sent that the kernel refused.")	\
X(strays, ALONE, COUNTER, DATAGRAMS, CLIENT,			\
    "dropped_packets_total", NOT_TOLD, NOT_TOLD, NOT_TOLD,		\
    "Datagrams dropped: neither the bootnode's nor a peer's.")
/* clang-format on */

#endif
