/*
 * Bodies of the messages between processes, in host order: both ends are
 * the same build on the same machine. No pointers, no descriptors. Which
 * process may send which to whom is the table in ipc.h; what a body must
 * satisfy beyond its size is checked by the functions of ipc_check*.c.
 */
#ifndef COMMON_IPC_MESSAGES_H
#define COMMON_IPC_MESSAGES_H

#include "common/access.h"
#include "common/bootmsg.h"
#include "common/identity_name.h"
#include "common/peer_handle.h"
#include "common/processes.h"

/* No body has padding, or a process would tell another what its memory holds:
 * a struct with a gap does not compile. What fills a gap is called unused. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define TEXT_MAX 16384 /* bytes of one message's text */
/* Number of the user's texts that ui follows, from the oldest that is not
 * settled. */
#define TEXTS_OPEN_MAX	    4096
#define NICK_MAX	    128	 /* bytes; 32 columns */
#define ROOM_MAX	    256	 /* bytes */
#define PASSPHRASE_MAX	    1024 /* bytes, in the form in which it is used */
#define ROOM_FILE_BYTES	    4096 /* more than a room file has: a page */
#define INVITE_BOOTNODE_MAX 511	 /* bytes: a list of endpoints.h */
#define FINGERPRINT_LEN	    20	 /* of SHA-256 over the identity key */
#define LOG_TEXT_MAX	    512
/* A sealed record between two cryptods: text, padding, headers, tag. */
#define RECORD_MAX	  (TEXT_MAX + 256)
#define CANDIDATES_MAX	  8	  /* host addresses in a card */
#define BOOT_ADDRS_MAX	  32	  /* addresses of all of a room's bootnodes */
#define BINDS_MAX	  2	  /* UDP sockets of a netd */
#define SESSIONS_MAX	  4000000 /* of a bootnode */
#define FLEET_ADDRS_MAX	  4	  /* of a bootnode in a fleet */
#define FLEET_NAME_LEN	  16	  /* of a fleet's name in its engine */
#define FLEET_VERSION_MAX 24	  /* of the version of a node's program */
#define SLOTS_RESERVE	  512	  /* for JOINs that its cryptod is opening */
#define SLOTS_MAX	  (SESSIONS_MAX + SLOTS_RESERVE)

enum path_state {
	PATH_PROBING, /* punching, no path yet */
	PATH_UP,
	PATH_FAILED, /* gave up for now; probes go on, slowly */
	PATH_STATE_COUNT
};

enum path_kind {
	PATH_NONE,
	PATH_LAN,
	PATH_DIRECT,
	PATH_RELAY,
	PATH_KIND_COUNT
};

/* Whether paths may be relayed through the bootnode. */
enum relay {
	RELAY_AUTO, /* where no direct one stands */
	RELAY_NEVER,
	RELAY_ONLY /* all are: no peer learns our address from us */
};

/* The reason for which there is no path to a peer. */
enum path_failure {
	FAILURE_NONE,
	FAILURE_RELAY_NEVER,   /* by our --relay never */
	FAILURE_RELAY_REFUSED, /* the bootnode does not relay */
	FAILURE_NO_BOOTNODE,   /* no bootnode that could relay is known now */
	FAILURE_UNANSWERED,    /* not through the relay either */
	FAILURE_RELAY_ONLY,    /* not through the relay, our only way */
	FAILURE_PROTOCOL,      /* its session broke */
	FAILURE_HANDSHAKE,     /* there is a path, but no session came about */
	FAILURE_STALLED,       /* there is one, which carries probes alone */
	PATH_FAILURE_COUNT
};

struct ipc_empty {
	uint8_t nothing[0];
};

/* Launcher to a child, once each, as its first two messages. */

struct ipc_privileges {
	uint32_t uid;
	uint32_t gid;
	uint8_t drop; /* started as root: become this user */
	uint8_t unused[3];
};

/* Launcher to cryptod or ui: the process at the other end of a channel was
 * started, and this is the receiver's end of a new one. */
struct ipc_channel_end {
	uint32_t incarnation; /* of netd */
	uint8_t role;	      /* of the process at the other end */
	uint8_t room;	      /* of the two */
	uint8_t unused[2];
};

/* The lists of prefixes. */
enum prefix_list {
	PREFIXES_DENIED,
	PREFIXES_LIFTED, /* their sources may have more sessions */
	PREFIXES_COUNT
};

/* The limits that the options set, which may change while netd runs. Only the
 * first two are a client's, too. */
struct ipc_limits {
	uint32_t heartbeat_ms;
	uint32_t timeout_ms;
	uint32_t max_peers;	  /* per room */
	uint32_t max_per_address; /* sessions */
	uint32_t join_rate;  /* a minute, for one source; 0: max_per_address */
	uint32_t relay_rate; /* bytes a second for each session; 0: none */
	uint32_t relay_per_address; /* for all of a source; 0: twice that */
	/* The prefixes that came in PREFIXES since the last LIMITS: with this
	 * message they take the place of those before. */
	uint32_t prefixes[PREFIXES_COUNT];
};

#define PREFIXES_MAX  10000 /* in a list */
#define PREFIXES_PART 512   /* in a message */

struct ipc_prefix {
	uint8_t ip[16];	   /* IPv4 mapped; zeros after its bits */
	uint32_t sessions; /* LIFTED: for each source in it; else 0 */
	uint8_t bits;	   /* 0 to 128, of that form */
	uint8_t unused[3];
};

/* Launcher to netd of a bootnode: prefixes follow, in order, without one that
 * was there before. */
struct ipc_prefixes {
	uint8_t list; /* enum prefix_list */
	uint8_t unused;
	uint16_t count; /* that follow */
};

struct ipc_config_netd {
	uint8_t mode;
	uint8_t port_asked_for; /* client: do not fall back */
	uint8_t boot_addr_count;
	uint8_t relay;	    /* client: enum relay */
	uint8_t bind_count; /* client: 1 */
	uint8_t restores;   /* bootnode: a state comes, and then SERVE */
	/* client: port only; bootnode: none, its sockets are there, bound */
	struct addr bind[BINDS_MAX];
	struct addr boot_addrs[BOOT_ADDRS_MAX];
	uint8_t access;	  /* client: HELLOs wait for BOOT_ACCESS */
	uint8_t prefixed; /* bootnode: LIMITS comes; before, nobody is served */
	uint32_t resolve_us;   /* client: that it took to find these */
	uint32_t incarnation;  /* how many netds of the run, with this one */
	uint32_t max_sessions; /* bootnode; more are JOINs being opened */
	struct ipc_limits limits;
	uint8_t alias_key[SIPHASH_KEY]; /* bootnode: names rooms, this run */
	/* Bootnode: it is in a fleet, where clients reach it at these
	 * addresses; and when this netd was configured, in microseconds of the
	 * wall clock, which tells it from those before. */
	uint8_t fleet;
	uint8_t fleet_addr_count;
	struct addr fleet_addrs[FLEET_ADDRS_MAX];
	uint8_t unused[2];
	uint64_t fleet_incarnation;
};

struct ipc_boot_addrs { /* names of bootnodes were resolved, later */
	uint8_t count;
	uint8_t unused;
	struct addr addrs[BOOT_ADDRS_MAX];
	uint8_t unused_end[2];
	uint32_t took_us; /* that */
};

/* The secret from which the keys of a room follow, together with its name and
 * the bootnode's key. */
enum secret_kind {
	SECRET_NONE,
	SECRET_PASSPHRASE, /* that people have agreed on */
	SECRET_INVITE,	   /* random bytes: invite.h */
	SECRET_KIND_COUNT
};

struct ipc_config_cryptod {
	uint8_t mode;
	uint8_t secret;	    /* enum secret_kind */
	uint8_t pinned;	    /* boot_key is from --bootnode-key */
	uint8_t remembered; /* boot_key is from known_bootnodes */
	uint8_t hidden;	    /* no peer is to learn our address */
	uint8_t fleeting;   /* its identity and all it learns end with it */
	uint8_t boot_key[X25519_LEN];
	uint8_t run[16];     /* random, one for each run of the program */
	uint8_t access;	     /* there are keys; a client's netd waits to hear */
	uint8_t access_part; /* of the memory that they are in */
	uint32_t incarnation;  /* of netd */
	uint32_t max_sessions; /* bootnode */
	uint16_t nick_len;
	uint16_t room_len;
	char nick[NICK_MAX];
	char room[ROOM_MAX];
	char bootnode[INVITE_BOOTNODE_MAX + 1]; /* a list, for invites */
	char identity[IDENTITY_NAME_MAX + 1];	/* its name; "": the default */
	uint8_t kept; /* bootnode: a state is there: FD_KEPT */
	/* Not 0: the room is in the room file, which is the one of this number,
	 * and room, bootnode, boot_key and secret are not known yet. */
	uint16_t file;
};

struct ipc_access_again { /* other access keys are in the memory */
	uint8_t access;	  /* there are any */
	uint8_t part;	  /* of the memory */
};

enum ui_kind {
	UI_PLAIN,
	UI_JSON,
	UI_TUI,
	UI_KIND_COUNT
};

enum notify_how {
	NOTIFY_OFF,
	NOTIFY_BELL,
	NOTIFY_OSC9,
	NOTIFY_COUNT
};

enum notify_for {
	NOTIFY_MENTIONS, /* and private messages */
	NOTIFY_ALL,
	NOTIFY_FOR_COUNT
};

enum mouse {
	MOUSE_ON,
	MOUSE_OFF,
	MOUSE_COUNT
};

#define STATE_DIR_SHOWN_MAX 256 /* with its NUL */

struct ipc_config_ui {
	uint8_t mode;
	uint8_t kind;	     /* enum ui_kind */
	uint8_t notify;	     /* enum notify_how; tui, as the next two */
	uint8_t notify_for;  /* enum notify_for */
	uint8_t mouse;	     /* enum mouse */
	uint8_t secret;	     /* enum secret_kind */
	uint8_t restarted;   /* its predecessor ended unasked */
	uint8_t show_invite; /* as soon as there is one */
	uint8_t first_room;  /* the number of the room named here */
	uint8_t remember;    /* each room that is opened is remembered */
	uint8_t check;	     /* it leaves as soon as a bootnode lets it in */
	uint8_t control;     /* bootnode: there is a control socket */
	uint16_t nick_len;
	uint16_t room_len;
	char nick[NICK_MAX];
	char room[ROOM_MAX];		      /* of the first that is open */
	char state_dir[STATE_DIR_SHOWN_MAX];  /* to be shown; "": too long */
	char identity[IDENTITY_NAME_MAX + 1]; /* the same; "": the default */
	uint8_t unused_end[7];
	uint64_t first_seq; /* its first message gets the next number */
};

struct ipc_log {       /* a child to the launcher: a line for the log */
	uint8_t level; /* enum log_level; the text follows */
	uint8_t event; /* it is the text of log_event(), else plain */
};

/* The launcher to ui: a line of the log that the tui is to show, since the
 * terminal is its own. A log has no names: in the launcher's text, "room 3" is
 * that of the number 2. */
struct ipc_notice {
	uint8_t level; /* enum log_level; the text follows */
	uint8_t room;  /* a process of this room says it, from 1; 0: of none */
};

struct ipc_ready {	  /* sandboxed; about to read its first byte */
	uint16_t port;	  /* netd: of its socket */
	uint8_t degraded; /* SANDBOX_* steps that the system refused */
	uint8_t unused;
};

struct ipc_violation { /* last words of a process in SIGSYS */
	int32_t syscall;
};

struct ipc_fault { /* a message that is not allowed came in */
	uint16_t type;
	uint8_t role; /* from this process */
	uint8_t room; /* of that, as CHANNEL says it to a child for all rooms;
		       * else 0 */
};

struct ipc_remember {
	uint8_t boot_key[X25519_LEN];
};

/* Rooms. In the tail is the bootnode, as it is shown, and then the room's
 * name. */
#define ROOM_TEXTS_MAX (INVITE_BOOTNODE_MAX + ROOM_MAX)

struct ipc_room_open {	 /* ui to the launcher: open one more */
	uint32_t ticket; /* of the answer, as ui likes */
	uint8_t secret;	 /* enum secret_kind: SECRET will come to its cryptod */
	uint8_t pinned;	 /* boot_key is what the user gave */
	uint8_t remember; /* open it at each start */
	uint8_t access;	  /* so will an access key, with an invite's secret */
	uint8_t boot_key[X25519_LEN];
	uint16_t bootnode_len; /* 0: the first room's bootnode, and its key */
	uint16_t room_len;
	char identity[IDENTITY_NAME_MAX + 1]; /* its name; "": the default */
	uint8_t unused_end[3];
};

/* ROOM_CLOSE: its cryptod has said GOODBYE, or will not. ROOM_KEEP: remember
 * the room. ROOM_FORGET: do not. */
struct ipc_room_number {
	uint32_t serial; /* as in its ROOM, or 0: none has come yet */
	uint8_t room;
	uint8_t unused[3];
};

enum room_state {
	ROOM_OPENED, /* or something of it has changed */
	ROOM_CLOSED,
	ROOM_REFUSED,
	ROOM_STATE_COUNT
};

enum room_refusal {
	ROOM_REFUSAL_NONE,
	ROOM_TOO_MANY,	   /* ROOMS_MAX are open */
	ROOM_BAD_NAME,	   /* it cannot be a room's */
	ROOM_BAD_BOOTNODE, /* that is no host, or no host and port */
	ROOM_NO_BOOTNODE,  /* none is named, and no room has one by now */
	ROOM_NO_KEY,	 /* known_bootnodes cannot be read; the log says why */
	ROOM_IS_OPEN,	 /* this one, by the same name at the same bootnode */
	ROOM_NO_PROCESS, /* its processes cannot be started */
	ROOM_REFUSAL_COUNT
};

struct ipc_room { /* launcher to ui; before the first CHANNEL to its cryptod */
	uint32_t ticket; /* of the ROOM_OPEN that this answers; 0: of none */
	uint32_t serial; /* of OPENED: no other room has had it */
	uint8_t room;	 /* its number; 0 of REFUSED */
	uint8_t state;	 /* enum room_state */
	uint8_t reason;	 /* enum room_refusal of REFUSED */
	uint8_t secret;	 /* enum secret_kind */
	uint8_t remembered;
	uint8_t namesake; /* it is called by its name and its bootnode */
	uint16_t bootnode_len;
	uint16_t room_len;		      /* 0: not known yet */
	char identity[IDENTITY_NAME_MAX + 1]; /* its name; "": the default */
	uint8_t to_remember; /* that is wanted, and is not yet so */
};

/* Where everything is on the screen. ui tells it whenever it changes, and the
 * launcher tells the next ui, if this one dies, before the first ROOM. No text
 * is in it, and no name. */
#define QUERIES_MAX 16 /* conversations with one person that are open */
#define PLACES_MAX  (ROOMS_MAX + QUERIES_MAX)

enum place_kind {
	PLACE_FREE,
	PLACE_ROOM,
	PLACE_PERSON, /* a conversation, in the room that is named */
	PLACE_KIND_COUNT
};

struct ipc_place {
	uint32_t serial; /* of the room, as in its ROOM */
	uint8_t room;	 /* its number */
	uint8_t kind;	 /* enum place_kind */
	uint8_t unused[2];
	uint8_t person[FINGERPRINT_LEN]; /* of PLACE_PERSON */
};

struct ipc_places {
	struct ipc_place at[PLACES_MAX]; /* by the number for people, from 1 */
	uint8_t current;      /* of those, from 0: what is typed is for this, */
	uint8_t adrift;	      /* unless it was for something that is gone */
	uint8_t first_closed; /* the room of the start */
	uint8_t unused;
};

struct ipc_room_is {	/* cryptod to the launcher: what its room file says */
	uint8_t secret; /* enum secret_kind */
	uint8_t access; /* it has an access key */
	uint8_t boot_key[X25519_LEN];
	uint16_t bootnode_len;
	uint16_t room_len;
	char identity[IDENTITY_NAME_MAX + 1]; /* its name; "": the default */
	uint8_t unused_end;
};

struct ipc_room_kept { /* cryptod to the launcher: ROOM_FILE is written */
	int32_t error; /* or not: errno */
};

/* Client: netd to cryptod. */

struct ipc_local { /* at the start, and when the addresses change */
	uint16_t port;
	uint8_t count;
	uint8_t unused;
	struct addr hosts[CANDIDATES_MAX];
};

struct ipc_boot_cookie { /* a COOKIE came; may we join this key? */
	uint8_t boot_key[X25519_LEN];
	uint8_t start[WIRE_JOIN_OVERHEAD]; /* of the JOIN: up to its Noise */
	struct addr addr;
	uint8_t unused[2];
	struct node_skips skips; /* for the JOIN */
};

/* How long a client's way to its bootnode took, in parts. */
struct boot_took {
	uint32_t resolve_us; /* its name; 0: it was an address */
	uint32_t cookie_us;  /* the COOKIE, from the first HELLO on */
	uint32_t welcome_us; /* the WELCOME, from the COOKIE on */
	uint32_t redirects;  /* the number of them on the way */
};

struct ipc_boot_welcome { /* Noise NK message 2 follows */
	struct addr addr;
	/* All who lost their sessions when we did join within so many seconds;
	 * 0: as they notice it. */
	uint8_t spread;
	uint8_t unused;
	struct boot_took took;
};

struct ipc_boot_sealed { /* ciphertext follows */
	uint64_t counter;
};

enum boot_status {
	BOOT_UNREACHABLE, /* never answered so far; still trying */
	BOOT_JOINED,
	BOOT_LOST,
	BOOT_REJOINED,
	BOOT_REFUSED,
	BOOT_STATUS_COUNT
};

enum boot_refusal {
	REFUSAL_NONE,
	REFUSAL_KEY_PINNED,  /* not the key of --bootnode-key */
	REFUSAL_KEY_CHANGED, /* not the key remembered */
	REFUSAL_ROOM_FULL,
	REFUSAL_ADDRESS_FULL,
	REFUSAL_BOOTNODE_FULL,
	BOOT_REFUSAL_COUNT
};

struct ipc_boot_status { /* UNREACHABLE, LOST, or REFUSED by REJECT */
	uint8_t status;
	uint8_t refusal;
	uint16_t mtu; /* UNREACHABLE: of its link, if that is too short; or 0 */
	struct addr addr;
};

struct ipc_path {
	peer_handle handle;
	uint8_t state;	 /* enum path_state */
	uint8_t kind;	 /* enum path_kind */
	uint8_t failure; /* enum path_failure of PATH_FAILED */
	uint8_t secured; /* only the session's keys are believed */
	uint32_t rtt_us;
	struct addr addr; /* of the bootnode if it is relayed */
	uint8_t unused[2];
};

/* This message goes both ways; the record follows, except in BEGIN. A message 2
 * goes to where the message before it came from, all others take the path in
 * use. */
struct ipc_handshake {
	peer_handle handle;
	uint8_t number; /* enum handshake_number */
	/* In: the message came with the keys of an earlier session. Out:
	 * message 2, and so did the message that it answers. */
	uint8_t by_session;
	uint8_t on_path; /* in: over the path in use */
	uint8_t way;	 /* in: a number for where it came from */
	uint64_t attempt;
	struct addr from; /* in: that address; none through the relay */
	uint8_t unused[6];
};

/* The number of ways that netd keeps: by the room's keys, and by those of a
 * session, one for each handshake that cryptod answers at once. */
#define HANDSHAKE_WAYS 6

/* This answer came from somebody else, whoever may be at that address. */
struct ipc_peer_false {
	peer_handle handle;
	uint8_t way; /* of HANDSHAKE_IN */
	uint8_t unused[3];
	uint64_t attempt;
};

struct ipc_session_up { /* the peer uses the keys of this session, too */
	peer_handle handle;
	uint32_t serial;
};

struct ipc_record { /* both ways; the record follows */
	peer_handle handle;
	uint32_t serial; /* of its session */
};

struct ipc_acked { /* the peer's netd has this much more */
	peer_handle handle;
	uint32_t serial; /* of the session */
	uint32_t bytes;	 /* of records */
};

/* Client: cryptod to netd. */

/* Whether we have an access key, as the bootnode may be a private one: once it
 * is known, and if it is another. */
struct ipc_boot_access {
	uint8_t has;
	uint8_t mac_key[SIPHASH_KEY]; /* of access MACs */
};

struct ipc_boot_join {	  /* Noise NK message 1 follows; nothing: wrong key */
	struct addr addr; /* of the cookie that it answers */
	uint8_t reject_key[SIPHASH_KEY]; /* of a REJECT that answers it */
};

/* BOOT_REDIRECT: the node that we asked sends us to this one, where the token
 * is good for a JOIN. BOOT_MOVE: so does that of our session; no token. */
struct ipc_boot_node {
	uint8_t count; /* 1 to NODE_ADDRS_MAX */
	uint8_t unused[3];
	uint32_t name; /* of the node; MOVE: 0 */
	struct wire_cookie token;
	struct addr addrs[NODE_ADDRS_MAX];
};

struct ipc_boot_session { /* from the WELCOME */
	uint64_t session;
	uint32_t interval_ms;
	uint32_t timeout_ms;
	uint16_t reflect_port; /* the bootnode's second, or 0 */
	struct addr observed;  /* our address, as it sees us */
	uint32_t relay_rate;   /* bytes a second; 0: it relays nothing */
	uint64_t echo;	       /* for the first packet */
	uint8_t mac_key[SIPHASH_KEY];
};

enum boot_sync {
	SYNC_NOTHING, /* is missing */
	SYNC_MISSING, /* something is: ask, or go on asking */
	SYNC_ON,      /* the answer has ended: ask for what follows */
	SYNC_COUNT
};

struct ipc_boot_version {
	uint32_t version; /* what heartbeats are to carry */
	uint8_t sync;	  /* enum boot_sync */
	uint8_t unused[3];
	/* The part of the roster after this id is missing, which was begun at
	 * this version; zeros: no part of it is missing. */
	uint32_t from;
	struct peer_id after;
};

struct peer_keys { /* of one direction each; netd's only keys */
	uint8_t tx[SIPHASH_KEY];
	uint8_t rx[SIPHASH_KEY];
};

/* Names and MAC keys for the packets of two peers: they come from the room's
 * secret until the two have a session, and then from the session's
 * handshake. */
struct packet_keys {
	uint64_t connection_tx; /* connection ids */
	uint64_t connection_rx;
	struct peer_keys probe;
};

struct ipc_peer_add {
	peer_handle handle;
	struct peer_id peer;
	uint8_t controlling; /* we have the lower id: we nominate */
	uint8_t count;
	struct addr observed;
	struct addr hosts[CANDIDATES_MAX];
	struct packet_keys room;
};

struct ipc_peer_update { /* it moved: new addresses, same keys */
	peer_handle handle;
	uint8_t count;
	uint8_t unused;
	struct addr observed;
	struct addr hosts[CANDIDATES_MAX];
};

struct ipc_peer_session { /* a handshake is finished */
	peer_handle handle;
	uint32_t serial; /* of the session, from 1: each peer's own */
	uint8_t
	    confirmed; /* the peer has the keys, too; else SESSION_UP tells */
	uint8_t has_stream; /* else it is over, and what is left are the keys */
	uint8_t epoch;
	uint8_t unused[5];
	struct packet_keys keys;
	struct peer_keys data;
};

struct ipc_peer_keys { /* the session's next keys for DATA packets */
	peer_handle handle;
	uint8_t epoch;
	uint8_t send_now; /* else once the peer uses them */
	uint8_t unused[2];
	struct peer_keys data;
};

struct ipc_peer { /* PEER_CHECK, PEER_OPEN, PEER_REST, PEER_DROP */
	peer_handle handle;
};

/* cryptod to ui. */

struct ipc_client_ready { /* our nickname of now follows */
	uint16_t port;
	uint8_t fingerprint[FINGERPRINT_LEN];
};

struct ipc_bootnode {
	uint8_t status;	  /* enum boot_status */
	uint8_t refusal;  /* enum boot_refusal */
	uint8_t settling; /* JOINED, REJOINED: others may be on the way back */
	uint8_t joined;	  /* it is JOINED, or was before */
	uint8_t access;	  /* we have an access key for it */
	uint8_t unused;
	uint16_t mtu; /* as in ipc_boot_status */
	struct addr addr;
	uint8_t key[X25519_LEN];
	uint8_t unused_end[2];
	struct boot_took took; /* JOINED, REJOINED: the last WELCOME */
};

enum peer_state {
	PEER_CONNECTING,
	PEER_CONNECTED,
	PEER_PATH, /* still connected, over another path */
	PEER_FAILED,
	PEER_LEFT,
	PEER_STATE_COUNT
};

/* The reason for which a peer is taken to have left. */
enum left_reason {
	LEFT_NONE,
	LEFT_GOODBYE,  /* it said so */
	LEFT_UNLISTED, /* so says the bootnode, and there is no session */
	LEFT_LOST,     /* so does the bootnode, and its path is dead */
	LEFT_SILENT,   /* its path is dead, and there is no bootnode to ask */
	LEFT_PROTOCOL, /* its session broke, the bootnode no longer lists it */
	LEFT_NOT_BACK, /* our cryptod died, and the next one has not met it */
	LEFT_REASON_COUNT
};

struct ipc_peer_state { /* the nickname follows, once connected */
	peer_handle handle;
	uint32_t rtt_us;
	uint8_t state;	  /* enum peer_state */
	uint8_t kind;	  /* enum path_kind */
	uint8_t failure;  /* enum path_failure of PEER_FAILED */
	uint8_t left;	  /* enum left_reason of PEER_LEFT */
	uint8_t verified; /* its key, by the user; once connected */
	uint8_t unused;
	struct addr addr;
	struct peer_id id;
	uint8_t fingerprint[FINGERPRINT_LEN];
};

/* The kind of a text; as on the wire. */
#define TEXT_FLAG_ACTION  1 /* what its author does, not says */
#define TEXT_FLAG_PRIVATE 2 /* said to one key alone */
#define TEXT_FLAGS	  (TEXT_FLAG_ACTION | TEXT_FLAG_PRIVATE)

/* In the tail of MESSAGE and SAY there is, before the text, the nickname that
 * it was said under. */
struct ipc_message {
	peer_handle handle;
	uint8_t nick_len;
	uint8_t flags; /* TEXT_FLAG_* */
	/* Earlier texts that its sender said to all are missing here. */
	uint8_t after_gap;
	uint8_t unused;
	uint64_t seq; /* of its sender */
};

struct ipc_fork { /* a text came that does not agree with those before */
	peer_handle handle;
	uint8_t unused[4];
	uint64_t seq;
};

struct ipc_sent { /* the ids of the peers follow */
	uint64_t seq;
	uint32_t peers;
	uint8_t open; /* it is for those as well who come before SENT_ALL */
	uint8_t unused[3];
};

/* A peer came: it gets the texts that were said after this number and are
 * open. */
struct ipc_sent_also {
	uint64_t after;
	struct peer_id id;
};

/* A peer that comes from now on gets none of the texts up to this number. */
struct ipc_sent_all {
	uint64_t seq;
};

struct ipc_delivered {
	uint64_t seq;
	struct peer_id id;
};

enum undelivered_reason {
	UNDELIVERED_LEFT,      /* the peer left before it had it */
	UNDELIVERED_NO_PATH,   /* no way to the peer */
	UNDELIVERED_PROTOCOL,  /* its session broke */
	UNDELIVERED_QUIT,      /* we left before it had it */
	UNDELIVERED_SLOW,      /* it does not keep up with the room */
	UNDELIVERED_HANDSHAKE, /* no session with the peer came about */
	UNDELIVERED_COUNT
};

struct ipc_undelivered {
	uint64_t seq;
	struct peer_id id;
	uint8_t reason;
	uint8_t counted; /* it is one of those that SENT counts */
	uint8_t unused[6];
};

/* ui to cryptod. */

/* The SAY of this number, which follows, is for these peers alone: it is
 * private, or it was said before, to a cryptod that died. Their ids follow. */
struct ipc_say_to {
	uint64_t seq;
	uint32_t peers;
	uint8_t unused[4];
};

struct ipc_say {
	uint64_t seq; /* higher than all before in this run */
	uint8_t nick_len;
	uint8_t flags; /* TEXT_FLAG_*; PRIVATE only after a SAY_TO */
	uint8_t again; /* it was said before, to a cryptod that died */
	uint8_t unused;
	/* If PRIVATE, the fingerprint of the receiver's key. An id is only a
	 * claim of the bootnode. */
	uint8_t fingerprint[FINGERPRINT_LEN];
};

struct ipc_receipt {
	peer_handle handle;
	uint8_t unused[4];
	uint64_t seq;
};

/* Of the room; the secret itself follows, and then the access key, if it is of
 * an invite that has one. */
struct ipc_secret {
	uint8_t kind; /* enum secret_kind, as ROOM_OPEN said */
};

/* Bootnode: netd to cryptod. */

struct ipc_listening {
	struct addr addr;
};

struct ipc_join_open { /* Noise NK message 1 follows */
	uint32_t slot; /* netd's number for the session to be */
	uint8_t start[WIRE_JOIN_OVERHEAD]; /* of the JOIN, what is before it */
};

struct ipc_join_reply { /* the payload of the WELCOME or REDIRECT follows */
	uint32_t slot;
	uint8_t redirects; /* there is no session: the slot is free then */
	uint8_t unused[3];
};

struct ipc_slot { /* JOIN_DROP, SLOT_FREE */
	uint32_t slot;
};

/* Plaintexts to be sealed for each of count sessions: count slots of 4 bytes,
 * then the plaintexts, one at least. */
#define SEAL_SLOTS_MAX 64
#define SEAL_PAGES_MAX 4
struct ipc_seal {
	uint16_t count;
	uint16_t lens[SEAL_PAGES_MAX]; /* of the plaintexts; then zeros */
};

/* The name by which a bootnode's operator knows a room: SipHash of its tag with
 * a key of the run. With only four bytes of the tag itself, names and
 * passphrases could be tried out. */
#define ROOM_ALIAS_LEN 4

struct ipc_member {	/* for the operator's view */
	uint8_t what;	/* MEMBER_JOINED or MEMBER_LEFT */
	uint8_t reason; /* enum leave_reason of LEFT */
	uint8_t room[ROOM_ALIAS_LEN];
	struct peer_id id;
};

/* Bootnode: cryptod to netd. */

struct ipc_boot_keys {
	uint8_t fresh; /* the key was made now: nobody was here before */
	uint8_t public_key[X25519_LEN];
	uint8_t cookie_key[SIPHASH_KEY];
	/* The same in all nodes of a fleet, since they have one key: */
	uint8_t fleet_name[FLEET_NAME_LEN];   /* what it is called there */
	uint8_t fleet_token_key[SIPHASH_KEY]; /* of tokens in a REDIRECT */
};

/* Who may use the bootnode: before BOOT_KEYS, and again whenever that changes.
 * Without this message everybody may. */
struct ipc_access_key {
	uint8_t mac_key[SIPHASH_KEY]; /* of access MACs */
	char name[ACCESS_NAME_MAX + 1];
	uint8_t unused;
};

struct ipc_access_keys {
	uint8_t private;
	uint8_t unused;
	uint16_t count; /* 0 of a public one */
	struct ipc_access_key at[ACCESS_KEYS_MAX];
};

struct ipc_join_opened { /* the sealed card follows */
	uint32_t slot;
	uint32_t attempt;
	uint8_t hidden; /* peers are not to learn its address */
	uint8_t unused[3];
	struct node_skips skips;
	uint8_t reject_key[SIPHASH_KEY]; /* of a REJECT that answers it */
	struct peer_id id;
	struct room_tag tag;
};

struct ipc_join_failed {
	uint32_t slot;
};

struct ipc_join_sealed { /* Noise NK message 2 follows, or nothing if
				 * the client's key makes no secret */
	uint32_t slot;
	uint8_t mac_key[SIPHASH_KEY]; /* of the session's control packets */
};

/* The answers to a SEAL, in as few messages as hold them. */
#define SEALED_MAX 12
struct ipc_sealed { /* count ciphertexts follow */
	uint64_t counters[SEALED_MAX];
	uint32_t slots[SEALED_MAX];
	uint16_t lens[SEALED_MAX];
	uint16_t count;
	uint8_t unused[6];
};

/* Bootnode: cryptod to ui. */

struct ipc_bootnode_ready {
	struct addr addr;
	uint8_t key[X25519_LEN];
};

#pragma GCC diagnostic pop

#endif
