/*
 * Messages between the processes, over socketpairs of type SOCK_SEQPACKET: one
 * record is one message, with a 4 byte header and a body. Only this table says
 * which messages exist, who may send them to whom, in which mode and when, how
 * long they may be, and which function checks the body; senders and receivers
 * both follow it. A message that breaks it is never skipped: the receiver
 * reports the sender to the launcher and ends.
 */
#ifndef COMMON_IPC_H
#define COMMON_IPC_H

#include "common/invite.h"
#include "common/ipc_figures.h"
#include "common/ipc_fleet.h"
#include "common/ipc_handover.h"
#include "common/ipc_operate.h"
#include "common/ipc_recall.h"
#include "common/ipc_status.h"
#include "common/ipc_trust.h"
#include "common/processes.h"

#include <poll.h>

/* Sets of roles, for the sender and the receiver of a message. */
#define BY_L (1u << ROLE_LAUNCHER)
#define BY_N (1u << ROLE_NETD)
#define BY_C (1u << ROLE_CRYPTOD)
#define BY_U (1u << ROLE_UI)
#define BY_F (1u << ROLE_FLEETD)

/*
 * When a message may come: in which states of the receiver. A child, and the
 * launcher towards it, is at its start until the child has told READY, which is
 * the last message of the start, and at work from then on. Towards each other,
 * children are always at work.
 */
#define AT_START    1u
#define AT_WORK	    2u
#define AT_ANY_TIME (AT_START | AT_WORK)
#define ONCE	    4u /* and only once on a channel */
#define WITH_FD	    8u /* a descriptor comes with it */

/* What a sender does when the channel's queue is full: KEEP queues beyond
 * the mark (its reader must pause its own sources, see ipc_congested), DROP
 * drops and counts: for what a stranger on the network can cause. */
enum ipc_when_full {
	IPC_KEEP,
	IPC_DROP
};

/*
 * X(NAME, from, to, in which modes, when,
 *     body, longest tail, check, when full)
 *
 * The check of the body is a function ipc_check_CHECK(): see ipc_check_parts.h.
 * It is "nothing" where there is neither body nor tail, and "anything" where
 * every value of every field is one that the receiver must take.
 */
/* clang-format off */
#define IPC_TABLE(X)							\
	/* control: launcher to child, child to launcher */		\
	X(PRIVILEGES, BY_L, BY_N | BY_C | BY_U | BY_F, IN_BOTH,		\
	    AT_START | ONCE,						\
	    ipc_privileges, 0, privileges, IPC_KEEP)			\
	X(CONFIG_NETD,	BY_L, BY_N, IN_BOTH, AT_START | ONCE,		\
	    ipc_config_netd, 0, config_netd, IPC_KEEP)			\
	X(PREFIXES,	BY_L, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_prefixes, PREFIXES_PART * sizeof(struct ipc_prefix),	\
	    prefixes, IPC_KEEP)						\
	X(LIMITS,	BY_L, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_limits, 0, limits, IPC_KEEP)				\
	X(BOOT_ADDRS,	BY_L, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_boot_addrs, 0, boot_addrs, IPC_KEEP)			\
	X(CONFIG_CRYPTOD, BY_L, BY_C, IN_BOTH, AT_START | ONCE,		\
	    ipc_config_cryptod, 0, config_cryptod, IPC_KEEP)		\
	X(ACCESS_AGAIN,	BY_L, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_access_again, 0, access_again, IPC_KEEP)		\
	X(CONFIG_UI,	BY_L, BY_U, IN_BOTH, AT_START | ONCE,		\
	    ipc_config_ui, 0, config_ui, IPC_KEEP)			\
	X(CONFIG_FLEETD, BY_L, BY_F, IN_BOOTNODE, AT_START | ONCE,	\
	    ipc_config_fleetd, 0, config_fleetd, IPC_KEEP)		\
	X(CHANNEL, BY_L, BY_N | BY_C | BY_U | BY_F, IN_BOTH,		\
	    AT_WORK | WITH_FD,						\
	    ipc_channel_end, 0, channel, IPC_KEEP)			\
	X(SHUTDOWN,	BY_L, BY_U, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(NOTICE,	BY_L, BY_U, IN_BOTH, AT_WORK,			\
	    ipc_notice, LOG_TEXT_MAX, notice, IPC_DROP)			\
	X(SCREEN,	BY_L, BY_U, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(SCREEN_ASK,	BY_U, BY_L, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(STOP,		BY_U, BY_L, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_DROP)				\
	X(LOG,		BY_N | BY_C | BY_U | BY_F, BY_L, IN_BOTH,	\
	    AT_ANY_TIME,						\
	    ipc_log, LOG_TEXT_MAX, log, IPC_DROP)			\
	X(FAREWELL,	BY_U, BY_L, IN_BOTH, AT_WORK,			\
	    ipc_empty, LOG_TEXT_MAX, anything, IPC_DROP)		\
	X(READY, BY_N | BY_C | BY_U | BY_F, BY_L, IN_BOTH,	\
	    AT_START | ONCE,						\
	    ipc_ready, 0, ready, IPC_KEEP)				\
	X(VIOLATION,	BY_N | BY_C | BY_U | BY_F, BY_L, IN_BOTH,	\
	    AT_ANY_TIME,						\
	    ipc_violation, 0, anything, IPC_KEEP)			\
	X(FAULT,	BY_N | BY_C | BY_U | BY_F, BY_L, IN_BOTH,	\
	    AT_ANY_TIME,						\
	    ipc_fault, 0, fault, IPC_KEEP)				\
	X(RESOLVE,	BY_N, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_DROP)				\
	X(FIGURES_ASK,	BY_L, BY_N, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(FIGURES,	BY_N, BY_L, IN_BOTH, AT_WORK,			\
	    ipc_figures, 0, figures, IPC_KEEP)				\
	X(PING,		BY_L, BY_N | BY_C | BY_U | BY_F, IN_BOTH,	\
	    AT_WORK,							\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(PONG,		BY_N | BY_C | BY_U | BY_F, BY_L, IN_BOTH,	\
	    AT_WORK,						\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(REMEMBER,	BY_C, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_remember, 0, anything, IPC_KEEP)			\
	/* rooms of a client: ui and cryptod to launcher, and back */	\
	X(ROOM_OPEN,	BY_U, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_room_open, ROOM_TEXTS_MAX, room_open, IPC_KEEP)		\
	X(ROOM_CLOSE,	BY_U, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_room_number, 0, room_number, IPC_KEEP)			\
	X(ROOM_KEEP,	BY_U, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_room_number, 0, room_number, IPC_KEEP)			\
	X(ROOM_FORGET,	BY_U, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_room_number, 0, room_number, IPC_KEEP)			\
	X(PLACES,	BY_U, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_places, 0, places, IPC_KEEP)				\
	X(PLACES_BEFORE, BY_L, BY_U, IN_CLIENT, AT_WORK,		\
	    ipc_places, 0, places, IPC_KEEP)				\
	X(ROOM,		BY_L, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_room, ROOM_TEXTS_MAX, room, IPC_KEEP)			\
	X(ROOM_IS,	BY_C, BY_L, IN_CLIENT, AT_START | ONCE,		\
	    ipc_room_is, ROOM_TEXTS_MAX, room_is, IPC_KEEP)		\
	X(ROOM_FILE,	BY_L, BY_C, IN_CLIENT, AT_WORK | WITH_FD,	\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(ROOM_KEPT,	BY_C, BY_L, IN_CLIENT, AT_WORK,			\
	    ipc_room_kept, 0, room_kept, IPC_KEEP)			\
	/* client, netd to cryptod */					\
	X(LOCAL,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_local, 0, local, IPC_KEEP)				\
	X(BOOT_COOKIE,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_boot_cookie, 0, boot_cookie, IPC_DROP)			\
	X(BOOT_WELCOME,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_boot_welcome, WIRE_MAX, anything, IPC_DROP)		\
	X(BOOT_SEALED,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_boot_sealed, WIRE_MAX, anything, IPC_DROP)		\
	X(BOOT_STATUS,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_boot_status, 0, boot_status, IPC_KEEP)			\
	X(PATH,		BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_path, 0, path, IPC_KEEP)				\
	X(RECORD_IN,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_record, RECORD_MAX, record, IPC_KEEP)			\
	X(ACKED,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_acked, 0, of_session, IPC_KEEP)				\
	X(HANDSHAKE_IN,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_handshake, WIRE_HANDSHAKE_RECORD_MAX, handshake, IPC_DROP) \
	X(SESSION_UP,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_session_up, 0, of_session, IPC_KEEP)			\
	X(LEFT,		BY_N, BY_C, IN_CLIENT, AT_WORK | ONCE,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(NET_PEER,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_net_peer, 0, net_peer, IPC_KEEP)			\
	X(NET_STATUS,	BY_N, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_net_status, 0, net_status, IPC_KEEP)			\
	/* client, cryptod to netd */					\
	X(BOOT_ACCESS,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_boot_access, 0, boot_access, IPC_KEEP)			\
	X(BOOT_JOIN,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_boot_join, WIRE_MAX, anything, IPC_KEEP)		\
	X(BOOT_SESSION,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_boot_session, 0, boot_session, IPC_KEEP)		\
	X(BOOT_REDIRECT, BY_C, BY_N, IN_CLIENT, AT_WORK,		\
	    ipc_boot_node, 0, boot_node, IPC_KEEP)			\
	X(BOOT_MOVE,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_boot_node, 0, boot_node, IPC_KEEP)			\
	X(BOOT_VERSION,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_boot_version, 0, boot_version, IPC_KEEP)		\
	X(PEER_ADD,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer_add, 0, peer_add, IPC_KEEP)			\
	X(PEER_UPDATE,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer_update, 0, peer_update, IPC_KEEP)			\
	X(PEER_KEYS,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer_keys, 0, peer_keys, IPC_KEEP)			\
	X(HANDSHAKE_OUT, BY_C, BY_N, IN_CLIENT, AT_WORK,		\
	    ipc_handshake, WIRE_HANDSHAKE_RECORD_MAX, handshake, IPC_DROP) \
	X(PEER_SESSION,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer_session, 0, peer_session, IPC_KEEP)		\
	X(PEER_CHECK,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer, 0, about_peer, IPC_KEEP)				\
	X(PEER_OPEN,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer, 0, about_peer, IPC_KEEP)				\
	X(PEER_FALSE,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer_false, 0, peer_false, IPC_KEEP)			\
	X(PEER_REST,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer, 0, about_peer, IPC_KEEP)				\
	X(PEER_DROP,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_peer, 0, about_peer, IPC_KEEP)				\
	X(RECORD_OUT,	BY_C, BY_N, IN_CLIENT, AT_WORK,			\
	    ipc_record, RECORD_MAX, record, IPC_KEEP)			\
	X(LEAVE,	BY_C, BY_N, IN_CLIENT, AT_WORK | ONCE,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	/* both modes, cryptod to netd */				\
	X(NET_ASK,	BY_C, BY_N, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	/* client, cryptod to ui */					\
	X(CLIENT_READY,	BY_C, BY_U, IN_CLIENT, AT_WORK | ONCE,		\
	    ipc_client_ready, NICK_MAX, nick, IPC_KEEP)			\
	X(KNOWN_PEER,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_known_peer, NICK_MAX, known_peer, IPC_KEEP)		\
	X(BOOTNODE,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_bootnode, 0, bootnode, IPC_KEEP)			\
	X(SETTLED,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(PEER,		BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_peer_state, NICK_MAX, peer_state, IPC_KEEP)		\
	X(STRANGER,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_stranger, 0, anything, IPC_KEEP)			\
	X(PEER_CLAIM,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_peer_claim, 0, about_peer, IPC_KEEP)			\
	X(MESSAGE,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_message, NICK_MAX + TEXT_MAX, message, IPC_KEEP)	\
	X(FORK,		BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_fork, 0, about_peer, IPC_KEEP)				\
	X(SENT,		BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_sent, CLIENT_PEERS_MAX * PEER_ID_LEN, sent, IPC_KEEP)	\
	X(SENT_ALSO,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_sent_also, 0, anything, IPC_KEEP)			\
	X(SENT_ALL,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_sent_all, 0, anything, IPC_KEEP)			\
	X(DELIVERED,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_delivered, 0, anything, IPC_KEEP)			\
	X(DELIVERED_LATE, BY_C, BY_U, IN_CLIENT, AT_WORK,		\
	    ipc_delivered, 0, anything, IPC_KEEP)			\
	X(UNDELIVERED,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_undelivered, 0, undelivered, IPC_KEEP)			\
	X(STATUS_PEER,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_status_peer, 0, status_peer, IPC_KEEP)			\
	X(STATUS,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_status, 0, status, IPC_KEEP)				\
	X(SAFETY,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_safety, 0, safety, IPC_KEEP)				\
	X(INVITE,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_invite, INVITE_TEXT_MAX, invite, IPC_KEEP)		\
	X(VERIFIED,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_verified, 0, verified, IPC_KEEP)			\
	X(SECRET_WANTED, BY_C, BY_U, IN_CLIENT, AT_WORK,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(GOODBYE,	BY_C, BY_U, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(RECALL,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_recall, NICK_MAX + TEXT_MAX, recall, IPC_KEEP)		\
	X(RECALL_MISSED, BY_C, BY_U, IN_CLIENT, AT_WORK,		\
	    ipc_recall_missed, NICK_MAX, recall_missed, IPC_KEEP)	\
	X(RECALL_DRAFT,	BY_C, BY_U, IN_CLIENT, AT_WORK,			\
	    ipc_draft, TEXT_MAX, draft, IPC_KEEP)			\
	X(RECALL_END,	BY_C, BY_U, IN_CLIENT, AT_WORK | ONCE,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	/* client, ui to cryptod; STATUS_ASK and QUIT: both */		\
	X(STATUS_ASK,	BY_U, BY_C, IN_BOTH, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(SAY_TO,	BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_say_to, CLIENT_PEERS_MAX * PEER_ID_LEN, say_to, IPC_KEEP)	\
	X(SAY,		BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_say, NICK_MAX + TEXT_MAX, say, IPC_KEEP)		\
	X(NICK,		BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_empty, NICK_MAX, nick, IPC_KEEP)			\
	X(INVITE_ASK,	BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(SAFETY_ASK,	BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_peer, 0, about_peer, IPC_KEEP)				\
	X(SET_VERIFIED,	BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_verified, 0, verified, IPC_KEEP)			\
	X(RECEIPT,	BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_receipt, 0, about_peer, IPC_KEEP)			\
	X(DRAFT,	BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_draft, TEXT_MAX, draft, IPC_KEEP)			\
	X(SECRET,	BY_U, BY_C, IN_CLIENT, AT_WORK,			\
	    ipc_secret, PASSPHRASE_MAX, secret, IPC_KEEP)		\
	X(QUIT,		BY_U, BY_C, IN_BOTH, AT_WORK | ONCE,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	/* bootnode, netd to cryptod */					\
	X(LISTENING,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_listening, 0, anything, IPC_KEEP)			\
	X(JOIN_OPEN,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_join_open, WIRE_MAX, slot, IPC_DROP)			\
	X(JOIN_REPLY,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_join_reply, BOOTMSG_REPLY_MAX, join_reply, IPC_KEEP)	\
	X(JOIN_DROP,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_slot, 0, slot, IPC_KEEP)				\
	X(SLOT_FREE,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_slot, 0, slot, IPC_KEEP)				\
	X(SEAL,		BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_seal, SEAL_SLOTS_MAX * 4 + SEAL_PAGES_MAX * WIRE_SEALED_MAX, \
	    seal, IPC_KEEP)						\
	X(MEMBER,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_member, 0, member, IPC_DROP)				\
	X(STATS,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_stats, 0, stats, IPC_DROP)				\
	/* bootnode, cryptod to netd */					\
	X(ACCESS_KEYS,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_access_keys, 0, access_keys, IPC_KEEP)			\
	X(BOOT_KEYS,	BY_C, BY_N, IN_BOOTNODE, AT_WORK | ONCE,	\
	    ipc_boot_keys, 0, boot_keys, IPC_KEEP)			\
	X(JOIN_OPENED,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_join_opened, CARD_MAX, join_opened, IPC_KEEP)		\
	X(JOIN_FAILED,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_join_failed, 0, slot, IPC_KEEP)				\
	X(JOIN_SEALED,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_join_sealed, NK_OVERHEAD + BOOTMSG_REPLY_MAX, slot,	\
	    IPC_KEEP)							\
	X(SEALED,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_sealed, SEALED_MAX * (WIRE_SEALED_MAX + AEAD_TAG_LEN),	\
	    sealed, IPC_KEEP)						\
	/* bootnode, the operator: ui to cryptod to netd, and back */	\
	X(OPERATE,	BY_U, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_operate, 0, operate, IPC_KEEP)				\
	X(NET_OPERATE,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_operate, 0, operate, IPC_KEEP)				\
	X(NET_OPERATED,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_operated, OPERATED_MAX * sizeof(struct ipc_operated_entry), \
	    operated, IPC_KEEP)						\
	X(OPERATED,	BY_C, BY_U, IN_BOOTNODE, AT_WORK,		\
	    ipc_operated, OPERATED_MAX * sizeof(struct ipc_operated_entry), \
	    operated, IPC_KEEP)						\
	X(RELOAD,	BY_U, BY_L, IN_BOOTNODE, AT_WORK,		\
	    ipc_reload, 0, anything, IPC_KEEP)				\
	X(RELOADED,	BY_L, BY_U, IN_BOOTNODE, AT_WORK,		\
	    ipc_reload, LOG_TEXT_MAX, anything, IPC_KEEP)		\
	/* bootnode, its state goes to its successor */			\
	X(HAND_OVER,	BY_L, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(STAY,		BY_L, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(HOLD,		BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_hold, 0, anything, IPC_KEEP)				\
	X(HELD,		BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_hold, 0, anything, IPC_KEEP)				\
	X(KEPT,		BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, KEPT_BYTES_MAX, kept, IPC_KEEP)			\
	X(KEPT_END,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_kept_end, 0, kept_end, IPC_KEEP)			\
	X(KEPT_PART,	BY_C, BY_L, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, KEPT_PART_MAX, kept, IPC_KEEP)			\
	X(KEPT_WHOLE,	BY_C, BY_L, IN_BOOTNODE, AT_WORK,		\
	    ipc_kept_whole, 0, kept_whole, IPC_KEEP)			\
	X(RESTORE,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, KEPT_BYTES_MAX, kept, IPC_KEEP)			\
	X(RESTORE_END,	BY_C, BY_N, IN_BOOTNODE, AT_WORK | ONCE,	\
	    ipc_restore_end, 0, restore_end, IPC_KEEP)			\
	X(REFUSED,	BY_N, BY_C, IN_BOOTNODE, AT_WORK | ONCE,	\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(RESTORED,	BY_N, BY_L, IN_BOOTNODE, AT_WORK | ONCE,	\
	    ipc_restored, 0, restored, IPC_KEEP)			\
	X(SERVE,	BY_L | BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	/* bootnode in a fleet: its records, and the engine they are in */ \
	X(ENGINE_ASK,	BY_F, BY_L, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(ENGINE,	BY_L, BY_F, IN_BOOTNODE, AT_WORK | WITH_FD,	\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(NO_ENGINE,	BY_L, BY_F, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(FLEET_SEAL,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, FLEET_RECORD_MAX, fleet_bytes, IPC_KEEP)		\
	X(FLEET_SEALED,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, FLEET_RECORD_SEALED_MAX, fleet_bytes, IPC_KEEP)		\
	X(FLEET_RECORD,	BY_N, BY_F, IN_BOOTNODE, AT_WORK,		\
	    ipc_fleet_record, FLEET_RECORD_SEALED_MAX, fleet_record, IPC_DROP)	\
	X(FLEET_FOUND,	BY_F, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_fleet_found, FLEET_RECORD_SEALED_MAX, fleet_bytes, IPC_DROP)	\
	X(FLEET_ROUND,	BY_F, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_fleet_round, 0, fleet_round, IPC_KEEP)			\
	X(FLEET_OPEN,	BY_N, BY_C, IN_BOOTNODE, AT_WORK,		\
	    ipc_fleet_found, FLEET_RECORD_SEALED_MAX, fleet_bytes, IPC_DROP)	\
	X(FLEET_OPENED,	BY_C, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_fleet_opened, FLEET_RECORD_MAX, fleet_opened, IPC_KEEP)	\
	X(DRAIN,	BY_L, BY_N, IN_BOOTNODE, AT_WORK,		\
	    ipc_empty, 0, nothing, IPC_KEEP)				\
	X(DRAINED,	BY_N, BY_L, IN_BOOTNODE, AT_WORK,		\
	    ipc_drained, 0, drained, IPC_KEEP)				\
	/* bootnode, cryptod to ui */					\
	X(BOOTNODE_READY, BY_C, BY_U, IN_BOOTNODE, AT_WORK,		\
	    ipc_bootnode_ready, 0, anything, IPC_KEEP)			\
	X(MEMBER_SHOW,	BY_C, BY_U, IN_BOOTNODE, AT_WORK,		\
	    ipc_member, 0, member, IPC_DROP)				\
	X(STATS_SHOW,	BY_C, BY_U, IN_BOOTNODE, AT_WORK,		\
	    ipc_stats, 0, stats, IPC_DROP)
/* clang-format on */

struct ipc_message_in;

enum ipc_type {
	IPC_NONE,
#define X(name, from, to, modes, when, body, tail, check, full) IPC_##name,
	IPC_TABLE(X)
#undef X
	IPC_TYPE_COUNT
};

#define IPC_HEADER_LEN 4
#define IPC_BODY_MAX   (RECORD_MAX + 64) /* body and tail */

/* Number of bytes queued in the sender, beyond what the socket holds, from
 * which on DROP messages are dropped and readers pause their sources. */
#define IPC_QUEUE_MARK (256 * 1024)
/* With more than this queued, the other end does not read at all: the sender
 * ends. */
#define IPC_QUEUE_LIMIT (16 * 1024 * 1024)

struct ipc_queued;
struct ipc_batch;

struct ipc_channel {
	int fd; /* -1 once closed */
	enum role self;
	enum role other;
	unsigned int modes; /* a message must be allowed in all of these */
	unsigned int state; /* AT_START or AT_WORK: the child's, of the two */
	unsigned int room;  /* in ui: of the other end; else 0 */
	bool passed[IPC_TYPE_COUNT]; /* of those that pass ONCE */
	struct ipc_queued *first;    /* waiting to be sent */
	struct ipc_queued **last;
	size_t queued;		 /* bytes */
	unsigned int waiting;	 /* messages */
	uint64_t dropped;	 /* DROP messages, since start */
	struct ipc_batch *batch; /* NULL: each message has its own call */
};

/* A message received: valid until the next ipc_receive() of any channel. */
struct ipc_message_in {
	enum ipc_type type;
	const void *body; /* aligned for any body struct */
	const uint8_t *tail;
	size_t tail_len;
	int fd;	      /* WITH_FD: the receiver's from now on; else -1 */
	uint64_t now; /* for its handler, as whoever hands it on has it */
};

/* A row of the table. */
struct ipc_rule {
	const char *name;
	unsigned int from;
	unsigned int to;
	unsigned int modes;
	unsigned int when;
	size_t body;
	size_t tail_max;
	bool (*check)(const struct ipc_message_in *);
	enum ipc_when_full when_full;
};
/* The rules by type; there is none for IPC_NONE. */
extern const struct ipc_rule ipc_rules[IPC_TYPE_COUNT];

/*
 * Takes fd, a connected SOCK_SEQPACKET socket, or -1. The modes are that of
 * the program, or IN_BOTH until it is known: then only what both allow passes.
 * Nothing here ever blocks.
 */
void ipc_open(struct ipc_channel *, int fd, enum role self, enum role other,
    unsigned int modes);
/* Closes the descriptor and frees what is queued. */
void ipc_close(struct ipc_channel *);
/*
 * From now on up to IPC_BATCH messages share a system call, sendmmsg or
 * recvmmsg, for a channel with thousands of messages a second. What is sent
 * waits for ipc_flush(), which loop_turn() calls before it waits, or for so
 * many to be there. What was received may wait here, where poll does not see
 * it: see ipc_holds(). Ends the process without memory.
 */
void ipc_share_calls(struct ipc_channel *);
#define IPC_BATCH 16
/* True if a message has come that ipc_receive() will return without asking the
 * kernel. */
bool ipc_holds(const struct ipc_channel *);

/*
 * Sends or queues one message. The body is of the table's type. Returns 0,
 * or -1 if it was dropped (DROP messages only) or the other end is gone
 * (then the next ipc_receive() says so). A message that the table does not
 * allow here is a bug of the caller and ends the process.
 */
int ipc_send(struct ipc_channel *, enum ipc_type, const void *body,
    const void *tail, size_t tail_len);

/*
 * Sends a message without a tail together with the descriptor that belongs to
 * it, which stays the caller's. The message is not queued: returns -1 with
 * errno set if the other end is gone (EPIPE) or does not take it now, else 0.
 */
int ipc_send_fd(struct ipc_channel *, enum ipc_type, const void *body, int fd);

/* True while more than IPC_QUEUE_MARK bytes wait: whoever feeds this channel
 * reads nothing more until it is false. */
bool ipc_congested(const struct ipc_channel *);

/* The events to ask poll for, and the work to do first when it answered. */
short ipc_poll_events(const struct ipc_channel *);
/* Sends what is queued as far as the socket takes it. */
void ipc_flush(struct ipc_channel *);

enum ipc_result {
	IPC_GOT,    /* *in is filled in and valid */
	IPC_EMPTY,  /* nothing there now */
	IPC_CLOSED, /* the other end is gone */
	IPC_FAULTY  /* not allowed, or malformed; in->type says what */
};

/* Receives one message and checks it against the table and ipc_check(). */
enum ipc_result ipc_receive(struct ipc_channel *, struct ipc_message_in *in);

/*
 * Checks bytes as a message that came in by the channel. Returns 0 and fills
 * in *in, which points into buf (the body, 4 bytes into it, is to be aligned to
 * 8), or -1. in->type is what the header says, or IPC_NONE. Exposed for tests.
 */
int ipc_parse(struct ipc_channel *, const uint8_t *buf, size_t len,
    struct ipc_message_in *in);

/* Makes the check of the message's row: enums, counts, handles, UTF-8. */
bool ipc_check(const struct ipc_message_in *in);

const char *ipc_type_name(enum ipc_type);

#endif
