/*
 * Messages between the processes, over socketpairs of type SOCK_SEQPACKET:
 * one record is one message, a 4 byte header and its body. This table is
 * the one place that says what exists, who may send it to whom, and how long
 * it may be; senders and receivers both go by it. What breaks it is never
 * skipped: the receiver reports the sender to the launcher and ends.
 */
#ifndef COMMON_IPC_H
#define COMMON_IPC_H

#include "common/ipc_figures.h"
#include "common/ipc_recall.h"
#include "common/ipc_status.h"
#include "common/ipc_trust.h"
#include "common/role.h"

#include <poll.h>

/* From and to: sets of roles. */
#define BY_L (1u << ROLE_LAUNCHER)
#define BY_N (1u << ROLE_NETD)
#define BY_C (1u << ROLE_CRYPTOD)
#define BY_U (1u << ROLE_UI)

/* What a sender does when the channel's queue is full: KEEP queues beyond
 * the mark (its reader must pause its own sources, see ipc_congested), DROP
 * drops and counts: for what a stranger on the network can cause. */
enum ipc_when_full {
	IPC_KEEP,
	IPC_DROP
};

/* clang-format off */
/*  X(NAME,		from,		to,	body,	longest tail,	when full) */
#define IPC_TABLE(X)							\
	/* control: launcher to child, child to launcher */		\
	X(PRIVILEGES, BY_L, BY_N | BY_C | BY_U, struct ipc_privileges, 0, IPC_KEEP) \
	X(CONFIG_NETD,	BY_L, BY_N,	struct ipc_config_netd, 0, IPC_KEEP) \
	X(BOOT_ADDRS,	BY_L, BY_N,	struct ipc_boot_addrs, 0, IPC_KEEP) \
	X(CONFIG_CRYPTOD, BY_L, BY_C,	struct ipc_config_cryptod, 0, IPC_KEEP) \
	X(CONFIG_UI,	BY_L, BY_U,	struct ipc_config_ui, 0, IPC_KEEP) \
	X(CHANNEL,	BY_L, BY_C | BY_U, struct ipc_channel_end, 0, IPC_KEEP) \
	X(SHUTDOWN,	BY_L, BY_U,	struct ipc_empty, 0, IPC_KEEP)	\
	X(NOTICE,	BY_L, BY_U,	struct ipc_log, LOG_TEXT_MAX, IPC_DROP) \
	X(SCREEN,	BY_L, BY_U,	struct ipc_empty, 0, IPC_KEEP)	\
	X(SCREEN_ASK,	BY_U, BY_L,	struct ipc_empty, 0, IPC_KEEP)	\
	X(STOP,		BY_U, BY_L,	struct ipc_empty, 0, IPC_DROP)	\
	X(LOG, BY_N | BY_C | BY_U, BY_L, struct ipc_log, LOG_TEXT_MAX, IPC_DROP) \
	X(FAREWELL,	BY_U, BY_L,	struct ipc_empty, LOG_TEXT_MAX, IPC_DROP) \
	X(READY, BY_N | BY_C | BY_U, BY_L, struct ipc_ready, 0, IPC_KEEP) \
	X(VIOLATION, BY_N | BY_C | BY_U, BY_L, struct ipc_violation, 0, IPC_KEEP) \
	X(FAULT, BY_N | BY_C | BY_U, BY_L, struct ipc_fault, 0, IPC_KEEP) \
	X(RESOLVE,	BY_N, BY_L,	struct ipc_empty, 0, IPC_DROP)	\
	X(FIGURES_ASK,	BY_L, BY_N,	struct ipc_empty, 0, IPC_KEEP)	\
	X(FIGURES,	BY_N, BY_L,	struct ipc_figures, 0, IPC_KEEP) \
	X(PING,	BY_L, BY_N | BY_C | BY_U, struct ipc_empty, 0, IPC_KEEP) \
	X(PONG,	BY_N | BY_C | BY_U, BY_L, struct ipc_empty, 0, IPC_KEEP) \
	X(REMEMBER,	BY_C, BY_L,	struct ipc_remember, 0, IPC_KEEP) \
	/* client, netd to cryptod */					\
	X(LOCAL,	BY_N, BY_C,	struct ipc_local, 0, IPC_KEEP)	\
	X(BOOT_COOKIE,	BY_N, BY_C,	struct ipc_boot_cookie, 0, IPC_DROP) \
	X(BOOT_WELCOME,	BY_N, BY_C,	struct ipc_boot_welcome, WIRE_MAX, IPC_DROP) \
	X(BOOT_SEALED,	BY_N, BY_C,	struct ipc_boot_sealed, WIRE_MAX, IPC_DROP) \
	X(BOOT_STATUS,	BY_N, BY_C,	struct ipc_boot_status, 0, IPC_KEEP) \
	X(PATH,		BY_N, BY_C,	struct ipc_path, 0, IPC_KEEP)	\
	X(RECORD_IN,	BY_N, BY_C,	struct ipc_record, RECORD_MAX, IPC_KEEP) \
	X(ACKED,	BY_N, BY_C,	struct ipc_acked, 0, IPC_KEEP)	\
	X(HANDSHAKE_IN,	BY_N, BY_C,	struct ipc_handshake,		\
	    WIRE_HANDSHAKE_RECORD_MAX, IPC_DROP)			\
	X(SESSION_UP,	BY_N, BY_C,	struct ipc_session_up, 0, IPC_KEEP) \
	X(LEFT,		BY_N, BY_C,	struct ipc_empty, 0, IPC_KEEP)	\
	X(NET_PEER,	BY_N, BY_C,	struct ipc_net_peer, 0, IPC_KEEP) \
	X(NET_STATUS,	BY_N, BY_C,	struct ipc_net_status, 0, IPC_KEEP) \
	/* client, cryptod to netd */					\
	X(BOOT_JOIN,	BY_C, BY_N,	struct ipc_boot_join, WIRE_MAX, IPC_KEEP) \
	X(BOOT_SESSION,	BY_C, BY_N,	struct ipc_boot_session, 0, IPC_KEEP) \
	X(BOOT_VERSION,	BY_C, BY_N,	struct ipc_boot_version, 0, IPC_KEEP) \
	X(PEER_ADD,	BY_C, BY_N,	struct ipc_peer_add, 0, IPC_KEEP) \
	X(PEER_UPDATE,	BY_C, BY_N,	struct ipc_peer_update, 0, IPC_KEEP) \
	X(PEER_KEYS,	BY_C, BY_N,	struct ipc_peer_keys, 0, IPC_KEEP) \
	X(HANDSHAKE_OUT, BY_C, BY_N,	struct ipc_handshake,		\
	    WIRE_HANDSHAKE_RECORD_MAX, IPC_DROP)			\
	X(PEER_SESSION,	BY_C, BY_N,	struct ipc_peer_session, 0, IPC_KEEP) \
	X(PEER_CHECK,	BY_C, BY_N,	struct ipc_peer, 0, IPC_KEEP)	\
	X(PEER_OPEN,	BY_C, BY_N,	struct ipc_peer, 0, IPC_KEEP)	\
	X(PEER_FALSE,	BY_C, BY_N,	struct ipc_peer_false, 0, IPC_KEEP)	\
	X(PEER_REST,	BY_C, BY_N,	struct ipc_peer, 0, IPC_KEEP)	\
	X(PEER_DROP,	BY_C, BY_N,	struct ipc_peer, 0, IPC_KEEP)	\
	X(RECORD_OUT,	BY_C, BY_N,	struct ipc_record, RECORD_MAX, IPC_KEEP) \
	X(LEAVE,	BY_C, BY_N,	struct ipc_empty, 0, IPC_KEEP)	\
	/* the same, both modes */					\
	X(NET_ASK,	BY_C, BY_N,	struct ipc_empty, 0, IPC_KEEP)	\
	/* client, cryptod to ui */					\
	X(CLIENT_READY,	BY_C, BY_U,	struct ipc_client_ready, NICK_MAX, IPC_KEEP) \
	X(KNOWN_PEER,	BY_C, BY_U,	struct ipc_known_peer, NICK_MAX, IPC_KEEP) \
	X(BOOTNODE,	BY_C, BY_U,	struct ipc_bootnode, 0, IPC_KEEP) \
	X(SETTLED,	BY_C, BY_U,	struct ipc_empty, 0, IPC_KEEP)	\
	X(PEER,		BY_C, BY_U,	struct ipc_peer_state, NICK_MAX, IPC_KEEP) \
	X(STRANGER,	BY_C, BY_U,	struct ipc_stranger, 0, IPC_KEEP) \
	X(PEER_CLAIM,	BY_C, BY_U,	struct ipc_peer_claim, 0, IPC_KEEP) \
	X(MESSAGE,	BY_C, BY_U,	struct ipc_message,		\
	    NICK_MAX + TEXT_MAX, IPC_KEEP)				\
	X(FORK,		BY_C, BY_U,	struct ipc_fork, 0, IPC_KEEP)	\
	X(SENT,		BY_C, BY_U,	struct ipc_sent,		\
	    SENT_PEERS_MAX * PEER_ID_LEN, IPC_KEEP)			\
	X(SENT_ALSO,	BY_C, BY_U,	struct ipc_sent_also, 0, IPC_KEEP) \
	X(SENT_ALL,	BY_C, BY_U,	struct ipc_sent_all, 0, IPC_KEEP) \
	X(DELIVERED,	BY_C, BY_U,	struct ipc_delivered, 0, IPC_KEEP) \
	X(DELIVERED_LATE, BY_C, BY_U,	struct ipc_delivered, 0, IPC_KEEP) \
	X(UNDELIVERED,	BY_C, BY_U,	struct ipc_undelivered, 0, IPC_KEEP) \
	X(STATUS_PEER,	BY_C, BY_U,	struct ipc_status_peer, 0, IPC_KEEP) \
	X(STATUS,	BY_C, BY_U,	struct ipc_status, 0, IPC_KEEP)	\
	X(SAFETY,	BY_C, BY_U,	struct ipc_safety, 0, IPC_KEEP)	\
	X(VERIFIED,	BY_C, BY_U,	struct ipc_verified, 0, IPC_KEEP) \
	X(GOODBYE,	BY_C, BY_U,	struct ipc_empty, 0, IPC_KEEP)	\
	X(RECALL,	BY_C, BY_U,	struct ipc_recall,		\
	    NICK_MAX + TEXT_MAX, IPC_KEEP)				\
	X(RECALL_MISSED, BY_C, BY_U,	struct ipc_recall_missed, NICK_MAX, IPC_KEEP) \
	X(RECALL_DRAFT,	BY_C, BY_U,	struct ipc_draft, TEXT_MAX, IPC_KEEP) \
	X(RECALL_END,	BY_C, BY_U,	struct ipc_empty, 0, IPC_KEEP)	\
	/* ui to cryptod, both modes for STATUS_ASK and QUIT */		\
	X(STATUS_ASK,	BY_U, BY_C,	struct ipc_empty, 0, IPC_KEEP)	\
	X(SAY_TO,	BY_U, BY_C,	struct ipc_say_to,		\
	    SENT_PEERS_MAX * PEER_ID_LEN, IPC_KEEP)			\
	X(SAY,		BY_U, BY_C,	struct ipc_say,			\
	    NICK_MAX + TEXT_MAX, IPC_KEEP)				\
	X(NICK,		BY_U, BY_C,	struct ipc_empty, NICK_MAX, IPC_KEEP) \
	X(SAFETY_ASK,	BY_U, BY_C,	struct ipc_peer, 0, IPC_KEEP)	\
	X(SET_VERIFIED,	BY_U, BY_C,	struct ipc_verified, 0, IPC_KEEP) \
	X(RECEIPT,	BY_U, BY_C,	struct ipc_receipt, 0, IPC_KEEP) \
	X(DRAFT,	BY_U, BY_C,	struct ipc_draft, TEXT_MAX, IPC_KEEP) \
	X(QUIT,		BY_U, BY_C,	struct ipc_empty, 0, IPC_KEEP)	\
	/* bootnode, netd to cryptod */					\
	X(LISTENING,	BY_N, BY_C,	struct ipc_listening, 0, IPC_KEEP) \
	X(JOIN_OPEN,	BY_N, BY_C,	struct ipc_join_open, WIRE_MAX, IPC_DROP) \
	X(JOIN_REPLY,	BY_N, BY_C,	struct ipc_join_reply, BOOTMSG_WELCOME_MAX, IPC_KEEP) \
	X(JOIN_DROP,	BY_N, BY_C,	struct ipc_slot, 0, IPC_KEEP)	\
	X(SLOT_FREE,	BY_N, BY_C,	struct ipc_slot, 0, IPC_KEEP)	\
	X(SEAL,		BY_N, BY_C,	struct ipc_seal,		\
	    SEAL_SLOTS_MAX * 4 + SEAL_PAGES_MAX * WIRE_SEALED_MAX, IPC_KEEP) \
	X(MEMBER,	BY_N, BY_C,	struct ipc_member, 0, IPC_DROP)	\
	X(STATS,	BY_N, BY_C,	struct ipc_stats, 0, IPC_DROP)	\
	/* bootnode, cryptod to netd */					\
	X(BOOT_KEYS,	BY_C, BY_N,	struct ipc_boot_keys, 0, IPC_KEEP) \
	X(JOIN_OPENED,	BY_C, BY_N,	struct ipc_join_opened, CARD_MAX, IPC_KEEP) \
	X(JOIN_FAILED,	BY_C, BY_N,	struct ipc_join_failed, 0, IPC_KEEP) \
	X(JOIN_SEALED,	BY_C, BY_N,	struct ipc_join_sealed, WIRE_MAX, IPC_KEEP) \
	X(SEALED,	BY_C, BY_N,	struct ipc_sealed,		\
	    SEALED_MAX * (WIRE_SEALED_MAX + AEAD_TAG_LEN), IPC_KEEP)	\
	/* bootnode, cryptod to ui */					\
	X(BOOTNODE_READY, BY_C, BY_U,	struct ipc_bootnode_ready, 0, IPC_KEEP) \
	X(MEMBER_SHOW,	BY_C, BY_U,	struct ipc_member, 0, IPC_DROP)	\
	X(STATS_SHOW,	BY_C, BY_U,	struct ipc_stats, 0, IPC_DROP)
/* clang-format on */

enum ipc_type {
	IPC_NONE,
#define X(name, from, to, body, tail, full) IPC_##name,
	IPC_TABLE(X)
#undef X
	IPC_TYPE_COUNT
};

#define IPC_HEADER_LEN 4
#define IPC_BODY_MAX   (RECORD_MAX + 64) /* body and tail */

/* Bytes queued in the sender beyond what the socket holds, from which on
 * DROP messages are dropped and readers pause their sources. */
#define IPC_QUEUE_MARK (256 * 1024)
/* Beyond this the other end does not read at all: the sender ends. */
#define IPC_QUEUE_LIMIT (16 * 1024 * 1024)

struct ipc_queued;

struct ipc_channel {
	int fd; /* -1 once closed */
	enum role self;
	enum role other;
	struct ipc_queued *first; /* waiting to be sent */
	struct ipc_queued **last;
	size_t queued;	  /* bytes */
	uint64_t dropped; /* DROP messages, since start */
};

/* A message received: valid until the next ipc_receive() of any channel. */
struct ipc_message_in {
	enum ipc_type type;
	const void *body; /* aligned for any body struct */
	const uint8_t *tail;
	size_t tail_len;
	int fd; /* CHANNEL: the receiver's from now on; else -1 */
};

/* Takes fd, a connected SOCK_SEQPACKET socket. Nothing here ever blocks. */
void ipc_open(struct ipc_channel *, int fd, enum role self, enum role other);
/* Closes the descriptor and frees what is queued. */
void ipc_close(struct ipc_channel *);

/*
 * Sends or queues one message. The body is of the table's type. Returns 0,
 * or -1 if it was dropped (DROP messages only) or the other end is gone
 * (then the next ipc_receive() says so). A message that the table does not
 * allow here is a bug of the caller and ends the process.
 */
int ipc_send(struct ipc_channel *, enum ipc_type, const void *body,
    const void *tail, size_t tail_len);

/*
 * Sends a CHANNEL message and with it the descriptor, which stays the
 * caller's. It is not queued: returns -1 if the other end is gone or does not
 * take it now, else 0.
 */
int ipc_send_end(struct ipc_channel *, const struct ipc_channel_end *, int fd);

/* True while more than IPC_QUEUE_MARK bytes wait: whoever feeds this channel
 * reads nothing more until it is false. */
bool ipc_congested(const struct ipc_channel *);

/* What to ask poll for, and what to do first when it answered. */
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
 * Checks bytes as a message from one role to another. Returns 0 and fills in
 * *in, which points into buf (the body, 4 bytes into it, is to be aligned to
 * 8), or -1. in->type is what the header says, or IPC_NONE. Exposed for tests.
 */
int ipc_parse(const uint8_t *buf, size_t len, enum role from, enum role to,
    struct ipc_message_in *in);

/* The rules of bodies beyond length: enums, counts, handles, UTF-8. */
bool ipc_check(const struct ipc_message_in *in);

const char *ipc_type_name(enum ipc_type);

#endif
