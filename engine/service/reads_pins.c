/* SPDX-License-Identifier: MIT
 *
 * Pins. They stand in the execution's first event; whether one has changed is seen by looking.
 */
#include "service/reads_pins.h"

#include <string.h>

#include "wire/convert.h"
#include "wire/message.h"

/* Field numbers in hlp.proto. */
#define LIST_PINS		    1
#define ROLLBACK_REPLY_CHANGED_PINS 60

struct pins {
	struct arena arena;
	const char *folder;
	struct event_item *items;
	uint32_t count;
};

static int take_created(void *ctx, const struct event *event, struct err *err)
{
	struct pins *pins = ctx;

	(void)err;
	if (event->kind != EVENT_CREATED)
		return 0;
	pins->folder = arena_strdup(&pins->arena, event->folder ? event->folder : "/");
	pins->items = arena_alloc(&pins->arena, (event->items_count + 1) * sizeof(*pins->items));
	for (uint32_t i = 0; i < event->items_count; i++) {
		if (strcmp(event->items[i].kind, "pin") != 0)
			continue;
		pins->items[pins->count] = event->items[i];
		pins->items[pins->count].kind = "pin";
		pins->items[pins->count++].name = arena_strdup(&pins->arena, event->items[i].name);
	}
	return 0;
}

static int read_pins(struct asking *asking, struct catalog *catalog, struct pins *out,
		     struct err *err)
{
	int rc = catalog_events(catalog, asking->execution, 0, 1, take_created, out, err);

	if (rc >= 0 && !out->folder)
		rc = err_set(err, ERR_CORRUPT, "the execution has no beginning");
	return rc < 0 ? rc : 0;
}

/* One that cannot be looked at is not as it was. */
static const char *state_of(struct content *content, const struct pins *pins,
			    const struct event_item *pin)
{
	struct event_item absent = {.kind = "pin", .name = pin->name, .absent = true};

	if (content_compare(content, pins->folder, NULL, 0, pin->name, pin, NULL) == 0)
		return "same";
	return content_compare(content, pins->folder, NULL, 0, pin->name, &absent, NULL) == 0
		       ? "missing"
		       : "changed";
}

static void put_pins(struct asking *asking, struct content *content, const struct pins *pins,
		     unsigned number, bool same_too)
{
	for (uint32_t i = 0; i < pins->count; i++) {
		Hlp__V1__Pin pin = HLP__V1__PIN__INIT;

		pin.name = (char *)pins->items[i].name;
		pin.blob = pins->items[i].blob;
		pin.state = (char *)state_of(content, pins, &pins->items[i]);
		if (same_too || strcmp(pin.state, "same") != 0)
			convert_field_message(&asking->out, number, &pin.base);
	}
}

int reads_pins(struct asking *asking, struct catalog *catalog, struct content *content,
	       struct err *err)
{
	struct pins pins = {0};
	int rc = read_pins(asking, catalog, &pins, err);

	if (rc == 0)
		put_pins(asking, content, &pins, LIST_PINS, true);
	arena_release(&pins.arena);
	return rc;
}

int reads_changed_pins(struct asking *asking, struct catalog *catalog, struct content *content,
		       struct err *err)
{
	struct pins pins = {0};
	int rc = read_pins(asking, catalog, &pins, err);

	if (rc == 0)
		put_pins(asking, content, &pins, ROLLBACK_REPLY_CHANGED_PINS, false);
	arena_release(&pins.arena);
	return rc;
}

static const char *without_dot(const char *name)
{
	return strncmp(name, "./", 2) == 0 ? name + 2 : name;
}

static const struct event_item *find(const struct pins *pins, const char *name)
{
	for (uint32_t i = 0; i < pins->count; i++)
		if (!strcmp(without_dot(pins->items[i].name), without_dot(name)))
			return &pins->items[i];
	return NULL;
}

int reads_pin_diff(struct asking *asking, struct catalog *catalog, struct content *content,
		   const char *name, struct err *err)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)asking->message;
	Hlp__V1__DiffReply reply = HLP__V1__DIFF_REPLY__INIT;
	struct pins pins = {0};
	const struct event_item *pin;
	struct buf text;
	int rc = read_pins(asking, catalog, &pins, err);

	buf_init(&text, (size_t)4 * 1024 * 1024);
	pin = rc == 0 ? find(&pins, name) : NULL;
	if (rc == 0 && !pin)
		rc = err_set(err, ERR_NOT_FOUND, "no artifact or pinned file '%s' here", name);
	if (rc == 0)
		rc = content_diff_present(content, pin->blob, pins.folder, pin->name,
					  asked->context ? asked->context : 3, &text, err);
	if (rc >= 0) {
		reply.text.data = (uint8_t *)text.data;
		reply.text.len = text.length;
		reply.same = !text.length;
		message_pack(&reply.base, &asking->out);
	}
	buf_release(&text);
	arena_release(&pins.arena);
	return rc;
}
