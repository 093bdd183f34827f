/* SPDX-License-Identifier: MIT
 *
 * A form: a few named values typed one after the other, such as the outputs of a node that was done
 * by hand or the params of a run. Up, Down and Tab move; Enter goes on to the next and, on the last
 * one, gives the form off. Knows nothing of what becomes of the values. One thread.
 */
#ifndef HLP_TUI_FORM_H
#define HLP_TUI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/edit.h"

#define FORM_FIELDS 64

struct form_field {
	char name[128];
	char hint[320]; /* its type, what it is for; "" none */
	struct edit value;
	bool secret;   /* shown as stars */
	bool optional; /* may stay empty */
};

struct form {
	struct form_field *fields; /* owned */
	size_t count, capacity, at;
};

void form_clear(struct form *form); /* forgets the fields, secret values by overwriting them */
struct form_field *form_add(struct form *form, const char *name, const char *hint,
			    const char *value);
const char *form_value(const struct form *form, const char *name); /* NULL: no such field */

/* The first field that may not be empty and is; NULL when the form is complete. */
const struct form_field *form_missing(const struct form *form);
enum form_step { FORM_GOES_ON, FORM_GIVEN_OFF };
enum form_step form_key(struct form *form, uint32_t key);

int form_height(const struct form *form, int width);
/* Draws the fields around the one being typed in. */
void form_draw(const struct form *form, struct canvas *canvas, struct area area,
	       struct term_cursor *out);

#endif
