/*
 * A client's side of RELAY: packets to and from peers that go through the
 * bootnode. links.c knows what they are; here they are put into RELAY packets
 * of the session, and taken out. See bootclient.h.
 */
#include "netd/client/bootclient.h"

bool
bootclient_relays(const struct bootclient *b)
{
	return b->has_session && b->relay_rate > 0;
}

void
bootclient_relay(struct bootclient *b, const struct peer_id *peer,
    const uint8_t *packet, size_t len)
{
	struct wire_relay r = {
		.session = b->session,
		.peer = *peer,
		.packet = packet,
		.packet_len = len,
	};
	uint8_t buf[WIRE_MAX];

	if (bootclient_relays(b))
		udp_send(b->udp, &b->session_addr, buf,
		    wire_put_relay(buf, &r, b->mac_key));
}

int
bootclient_relayed(struct bootclient *b, const struct addr *from,
    const uint8_t *packet, size_t len, struct wire_relay *r)
{
	if (bootclient_relays(b) && addr_equal(from, &b->session_addr) &&
	    wire_get_relay(packet, len, r) == 0 && r->session == b->session &&
	    wire_mac_ok(packet, len, b->mac_key))
		return 0;
	b->dropped++;
	return -1;
}
