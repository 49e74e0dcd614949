/*
 * Events of the json view, member by member. See json.h.
 */
#include "ui/json/json.h"

#include "ui/format.h"
#include "ui/json/text.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

/* The most digits of a number with 3 decimals below 2^32 / 1000, without the
 * noise of binary fractions. */
#define REAL_DIGITS 15

void
json_set(json_t *event, const char *key, json_t *value)
{
	if (json_object_set_new(event, key, value) == -1)
		fatal("out of memory");
}

void
json_set_string(json_t *event, const char *key, const char *value)
{
	json_set(event, key, json_string(value));
}

void
json_set_number(json_t *event, const char *key, uint64_t value)
{
	json_set(event, key, json_integer((json_int_t)value));
}

void
json_set_addr(json_t *event, const struct addr *addr)
{
	char text[ADDR_TEXT_MAX];

	json_set_string(event, "address",
	    addr_format(addr, text, sizeof(text)));
}

void
json_set_key(json_t *event, const uint8_t key[X25519_LEN])
{
	char text[FORMAT_KEY_MAX];

	json_set_string(event, "key", format_hex(text, key, X25519_LEN));
}

void
json_set_id(json_t *event, const char *name, const struct peer_id *id)
{
	char text[FORMAT_ID_MAX];

	json_set_string(event, name, format_hex(text, id->bytes, PEER_ID_LEN));
}

void
json_set_fingerprint(json_t *event, const char *name,
    const uint8_t fingerprint[FINGERPRINT_LEN])
{
	char text[FORMAT_FINGERPRINT_MAX];

	json_set_string(event, name, format_fingerprint(text, fingerprint));
}

json_t *
json_event_of_all(const struct ui *ui, const char *name)
{
	json_t *event = json_object();
	char text[FORMAT_UTC_MAX];

	json_set_string(event, "event", name);
	json_set_string(event, "time", format_utc(text, ui->wall_ms));
	return event;
}

json_t *
json_event_new(const struct room *room, const char *name)
{
	json_t *event = json_event_of_all(room->ui, name);

	if (room->ui->mode == MODE_CLIENT)
		json_set_string(event, "room", room->handle);
	return event;
}

void
json_event_append(struct buf *line, json_t *event)
{
	char *text =
	    json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));

	if (text == NULL)
		fatal("out of memory");
	json_text_escape(line, text, strlen(text));
	free(text);
	json_decref(event);
}

void
json_event_put(struct room *room, json_t *event)
{
	struct buf line = { 0 };

	json_event_append(&line, event);
	output_line(&room->ui->out, &line);
}
