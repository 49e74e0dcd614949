/*
 * Messages between processes for tests: a valid one of each type, which the
 * test may change, and the check that its receiver makes.
 */
#ifndef TESTS_UNIT_IPC_BUILD_H
#define TESTS_UNIT_IPC_BUILD_H

#include "common/ipc.h"

#define FOREACH_TYPE(type) \
	for (enum ipc_type type = IPC_NONE + 1; type < IPC_TYPE_COUNT; type++)

/* A message with its header; body and all are aligned as ipc_parse() wants
 * it. */
struct ipc_built {
	_Alignas(8) uint8_t unused[4];
	struct {
		uint16_t type;
		uint16_t zero;
	} header;
	union {
		uint8_t bytes[IPC_BODY_MAX + 64];
		peer_handle handle; /* where there is one */
		struct ipc_privileges privileges;
		struct ipc_ready ready;
		struct ipc_room_open room_open;
		struct ipc_room_number room_number;
		struct ipc_places places;
		struct ipc_room room;
		struct ipc_room_is room_is;
		struct ipc_room_kept room_kept;
		struct ipc_secret secret;
		struct ipc_config_netd config_netd;
		struct ipc_prefixes prefixes;
		struct ipc_limits limits;
		struct ipc_config_cryptod config_cryptod;
		struct ipc_channel_end channel_end;
		struct ipc_config_ui config_ui;
		struct ipc_safety safety;
		struct ipc_figures figures;
		struct ipc_known_peer known_peer;
		struct ipc_verified verified;
		struct ipc_say say;
		struct ipc_recall recall;
		struct ipc_recall_missed recall_missed;
		struct ipc_draft draft;
		struct ipc_message message;
		struct ipc_log log;
		struct ipc_notice notice;
		struct ipc_fault fault;
		struct ipc_boot_addrs boot_addrs;
		struct ipc_local local;
		struct ipc_boot_status boot_status;
		struct ipc_path path;
		struct ipc_boot_session boot_session;
		struct ipc_boot_cookie boot_cookie;
		struct ipc_boot_node boot_node;
		struct ipc_boot_version boot_version;
		struct ipc_peer_add peer_add;
		struct ipc_peer_session peer_session;
		struct ipc_peer_keys peer_keys;
		struct ipc_handshake handshake;
		struct ipc_peer_false peer_false;
		struct ipc_session_up session_up;
		struct ipc_peer_update peer_update;
		struct ipc_bootnode bootnode;
		struct ipc_peer_state peer_state;
		struct ipc_sent sent;
		struct ipc_undelivered undelivered;
		struct ipc_net_peer net_peer;
		struct ipc_net_status net_status;
		struct ipc_status_peer status_peer;
		struct ipc_status status;
		struct ipc_stats stats;
		struct ipc_slot slot;
		struct ipc_access_keys access_keys;
		struct ipc_boot_keys boot_keys;
		struct ipc_join_opened join_opened;
		struct ipc_seal seal;
		struct ipc_operate operate;
		struct ipc_operated operated;
		struct ipc_reload reload;
		struct ipc_sealed sealed;
		struct ipc_kept_end kept_end;
		struct ipc_restore_end restore_end;
		struct ipc_kept_whole kept_whole;
		struct ipc_restored restored;
		struct ipc_member member;
		struct ipc_config_fleetd config_fleetd;
		struct ipc_fleet_record fleet_record;
		struct ipc_fleet_round fleet_round;
		struct ipc_fleet_opened fleet_opened;
		struct ipc_drained drained;
		struct ipc_join_reply join_reply;
	} body;
	size_t len; /* with the header */
};

/* Returns false for a type without a builder in ipc_build.c; the others have
 * one. */
bool ipc_can_build(enum ipc_type);
/* True for types whose body starts with a handle, or a slot, and needs one. */
bool ipc_has_handle(enum ipc_type);
bool ipc_has_slot(enum ipc_type);
/* Returns the shortest tail of a valid message as ipc_build() makes it. */
size_t ipc_shortest_tail(enum ipc_type);

/* Builds a valid message with a tail of this length, all "a". */
void ipc_build(struct ipc_built *, enum ipc_type, size_t tail_len);

/* Opens a channel without a descriptor, at a receiver that takes the type: the
 * first roles, mode and state of its row. */
void ipc_receiver(struct ipc_channel *, enum ipc_type);
/* Calls ipc_parse() with the first len bytes, in memory that ends there. */
int ipc_parse_as(const struct ipc_built *, size_t len, struct ipc_channel *);
/* Does the same with all of it, at such a receiver. */
int ipc_parse_built(const struct ipc_built *);

#endif
