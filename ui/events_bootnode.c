/*
 * What becomes of the way to a bootnode, as sentences. See events.h.
 */
#include "ui/events.h"

#include "ui/format.h"

#include "common/wire.h"

void
event_bootnode(struct buf *out, const struct ipc_bootnode *b)
{
	char addr[ADDR_TEXT_MAX];

	addr_format(&b->addr, addr, sizeof(addr));
	if (b->status == BOOT_JOINED)
		buf_printf(out, "connected to bootnode %s", addr);
	else if (b->status == BOOT_REJOINED)
		buf_printf(out, "connected to bootnode %s again", addr);
	else if (b->status == BOOT_LOST)
		buf_printf(out,
		    "lost the connection to bootnode %s; conversations go on "
		    "without it",
		    addr);
	else
		buf_printf(out, "bootnode %s %s", addr,
		    format_boot_status(b->status));
}

/* A check takes no invite. */
static const char *
access_advice(bool has_key, bool trying)
{
	if (has_key)
		return "it may not know our access key any more";
	return trying ? "an invite or --access-key-file has to give its access "
			"key"
		      : "--access-key-file has to give its access key";
}

void
event_unreachable(struct buf *out, const struct ipc_bootnode *b, bool trying)
{
	char addr[ADDR_TEXT_MAX];

	addr_format(&b->addr, addr, sizeof(addr));
	if (b->addr.port == 0) /* not resolved yet */
		buf_puts(out,
		    trying ? "the address of the bootnode is not known yet; "
			     "still trying"
			   : "the address of the bootnode is not known");
	else if (b->mtu != 0)
		buf_printf(out,
		    "the link to bootnode %s takes packets of at most %u "
		    "bytes, and %u are needed; raise its MTU, or use another "
		    "link%s",
		    addr, b->mtu, WIRE_MTU_MIN(addr_is_ipv4(&b->addr)),
		    trying ? "; still trying" : "");
	else
		buf_printf(out,
		    trying ? "bootnode %s does not answer; still trying; if it "
			     "is private, %s"
			   : "bootnode %s does not answer; if it is private, "
			     "%s",
		    addr, access_advice(b->access, trying));
}

void
event_refused(struct buf *out, const struct ipc_bootnode *b)
{
	char addr[ADDR_TEXT_MAX];

	buf_printf(out, "bootnode %s refused: %s",
	    addr_format(&b->addr, addr, sizeof(addr)),
	    format_refusal(b->refusal));
}
