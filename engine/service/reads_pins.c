/* SPDX-License-Identifier: MIT
 *
 * Pins. They stand in the execution's first event; whether one has changed is seen by looking.
 */
#include "service/reads_pins.h"

#include <stdlib.h>
#include <string.h>

#include "service/diff_reply.h"
#include "wire/convert.h"

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

static int compare_pin(struct asking *asking, struct content *content, const struct pins *pins,
		       const struct event_item *pin, struct err *err)
{
	struct content_file file = {.folder = pins->folder, .path = pin->name};
	char *old_name = mem_printf("%s (pinned)", pin->name);
	char *new_name = mem_printf("%s (now)", pin->name);
	struct diff_sides sides = {.names = {old_name, new_name}, .path = pin->name};
	int rc = content_side_read(content, pin->blob, &sides.old, err);

	if (rc >= 0)
		rc = content_side_of_file(&file, &sides.new, err);
	if (rc >= 0)
		rc = diff_reply_put(asking, &sides, err);
	content_side_release(&sides.old);
	content_side_release(&sides.new);
	free(old_name);
	free(new_name);
	return rc;
}

int reads_pin_diff(struct asking *asking, struct catalog *catalog, struct content *content,
		   const char *name, struct err *err)
{
	struct pins pins = {0};
	const struct event_item *pin;
	int rc = read_pins(asking, catalog, &pins, err);

	pin = rc == 0 ? find(&pins, name) : NULL;
	if (rc == 0 && !pin)
		rc = err_set(err, ERR_NOT_FOUND, "no artifact or pinned file '%s' here", name);
	if (rc == 0)
		rc = compare_pin(asking, content, &pins, pin, err);
	arena_release(&pins.arena);
	return rc;
}
