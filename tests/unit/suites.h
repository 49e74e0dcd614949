/*
 * The unit test suites: NAME_suite() is in NAME_test.c, or in the file that
 * the comment names, and registers one CUnit suite.
 */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

#define SUITES(X)             \
	X(common)             \
	X(siphash)            \
	X(crypto)             \
	X(noise)              \
	X(wire)               \
	X(wire_addr)          \
	X(bootmsg)            \
	X(ipc)                \
	X(ipc_check)          \
	X(ipc_channel)        \
	X(session)            \
	X(session_rekey)      \
	X(session_forge)      \
	X(handshakes)         \
	X(claim)              \
	X(strangers)          \
	X(trust)              \
	X(chain)              \
	X(late)               \
	X(left)               \
	X(room)               \
	X(boot_channel)       \
	X(replay)             \
	X(outbox)             \
	X(ahead)              \
	X(turns)              \
	X(private)            \
	X(status)             \
	X(identity)           \
	X(protocol)           \
	X(ranges)             \
	X(spans)              \
	X(stream)             \
	X(sent)               \
	X(congestion)         \
	X(pmtu)               \
	X(udp)                \
	X(transport)          \
	X(transport_frames)   \
	X(transport_credit)   \
	X(transport_mutation) \
	X(transport_goodput)  \
	X(transport_trouble)  \
	X(nat)                \
	X(reflect)            \
	X(links)              \
	X(two_clients)        \
	X(targets)            \
	X(path)               \
	X(path_rules)         \
	X(path_choice)        \
	X(path_ends)          \
	X(path_relay)         \
	X(bootclient)         \
	X(bootclient_addrs)   \
	X(bootclient_doubt)   \
	X(bootclient_session) \
	X(bootclient_relay)   \
	X(bootclient_delay)   \
	X(network)            \
	X(netlink)            \
	X(filter)             \
	X(sandbox)            \
	X(cookie)             \
	X(registry)           \
	X(sources)            \
	X(bootnode_stats)     \
	X(bootnode)           \
	X(bootnode_sockets)   \
	X(roster_reader)      \
	X(bootnode_burst)     \
	X(bootnode_echo)      \
	X(bootnode_limit)     \
	X(bootnode_relay)     \
	X(options)            \
	X(options_calls)      \
	X(option_names)       \
	X(known_peers)        \
	X(known_bootnodes)    \
	X(logfile)            \
	X(logfmt)             \
	X(log_events)         \
	X(dotenv)             \
	X(state_dir)          \
	X(opaque_string)      \
	X(passphrase)         \
	X(resolve)            \
	X(restart)            \
	X(figures)            \
	X(service)            \
	X(text)               \
	X(nick)               \
	X(paint)              \
	X(tui_typing)         \
	X(typed)              \
	X(wrap)               \
	X(scrollback)         \
	X(look)               \
	X(tui)                \
	X(json_text)          \
	X(json)               \
	X(json_input)         \
	X(ui_model)           \
	X(people)             \
	X(fold)               \
	X(ui_input)           \
	X(ui_output)          \
	X(ui_end)             \
	X(ui_trust)           \
	X(ui_status)          \
	X(editor)             \
	X(command)            \
	X(complete)           \
	X(keys)

#define X(name) void name##_suite(void);
SUITES(X)
#undef X

#endif
