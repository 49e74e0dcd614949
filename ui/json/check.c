/*
 * The event of a check. See ui/check.h.
 */
#include "ui/json/json.h"

static void
set_ms(json_t *event, const char *key, uint32_t usec)
{
	json_set(event, key, json_real(usec / 1000.0));
}

void
json_checked(struct ui *ui, const struct ipc_bootnode *b, const struct buf *why)
{
	json_t *event = json_event_of_all(ui, "check");
	struct buf line = { 0 };

	json_set(event, "ok", json_boolean(b != NULL));
	if (b == NULL) {
		json_set(event, "reason", json_stringn(why->bytes, why->len));
	} else {
		json_set_addr(event, &b->addr);
		json_set_key(event, b->key);
		set_ms(event, "name_ms", b->took.resolve_us);
		set_ms(event, "cookie_ms", b->took.cookie_us);
		set_ms(event, "welcome_ms", b->took.welcome_us);
		set_ms(event, "total_ms", check_total(&b->took));
		json_set(event, "redirects", json_integer(b->took.redirects));
	}
	json_event_append(&line, event);
	output_line(&ui->out, &line);
}
