/* SPDX-License-Identifier: MIT
 *
 * A line a field: its name, what is typed, and below the field at hand what it is for, uncut.
 */
#include "tui/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define NAME_MOST 24

void form_clear(struct form *form)
{
	for (size_t i = 0; i < form->count; i++)
		explicit_bzero(&form->fields[i].value, sizeof(form->fields[i].value));
	free(form->fields);
	*form = (struct form){0};
}

struct form_field *form_add(struct form *form, const char *name, const char *hint,
			    const char *value)
{
	if (form->count == FORM_FIELDS)
		return NULL;
	/* All at once: growing would leave copies of secrets behind. */
	if (form->fields == NULL)
		form->fields = mem_calloc(FORM_FIELDS, sizeof(*form->fields));
	struct form_field *field = &form->fields[form->count++];
	(void)snprintf(field->name, sizeof(field->name), "%s", name);
	(void)snprintf(field->hint, sizeof(field->hint), "%s", hint);
	edit_set(&field->value, value);
	return field;
}

const char *form_value(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->fields[i].name, name) == 0)
			return form->fields[i].value.text;
	return NULL;
}

const struct form_field *form_missing(const struct form *form)
{
	for (size_t i = 0; i < form->count; i++)
		if (!form->fields[i].optional && form->fields[i].value.length == 0)
			return &form->fields[i];
	return NULL;
}

enum form_step form_key(struct form *form, uint32_t key)
{
	if (form->count == 0)
		return key == PRESS_ENTER ? FORM_GIVEN_OFF : FORM_GOES_ON;
	if (key == PRESS_ENTER && form->at + 1 == form->count)
		return FORM_GIVEN_OFF;
	if (key == PRESS_DOWN || key == PRESS_TAB || key == PRESS_ENTER)
		form->at = (form->at + 1) % form->count;
	else if (key == PRESS_UP)
		form->at = (form->at + form->count - 1) % form->count;
	else
		(void)edit_key(&form->fields[form->at].value, key);
	return FORM_GOES_ON;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static int name_width(const struct form *form)
{
	int widest = 0;

	for (size_t i = 0; i < form->count; i++) {
		int width = (int)text_width(form->fields[i].name);
		if (width > widest)
			widest = width;
	}
	return widest < NAME_MOST ? widest : NAME_MOST;
}

/* Lines of what a field is for; the caller releases the page. */
static int fill_hint(const struct form_field *field, int room, struct page *out)
{
	page_init(out);
	page_start(out, room > 1 ? room : 1);
	if (field->hint[0] != '\0')
		page_add(out, ROLE_dim, 0, 0, field->hint);
	return (int)out->count;
}

static int room_for(const struct form *form, int width)
{
	return width - name_width(form) - 3;
}

int form_height(const struct form *form, int width)
{
	int most = 0;

	for (size_t i = 0; i < form->count; i++) {
		struct page hint;
		int lines = fill_hint(&form->fields[i], room_for(form, width), &hint);
		page_release(&hint);
		most = lines > most ? lines : most;
	}
	return (int)form->count + most;
}

/* The end of the value is what is being typed, so a long one loses its beginning. */
static int draw_value(const struct form_field *field, struct canvas *canvas, int x, int y, int room,
		      bool here)
{
	char stars[sizeof(field->value.text)];
	const char *text = field->value.text;

	if (field->secret) {
		memset(stars, '*', field->value.length);
		stars[field->value.length] = '\0';
		text = stars;
	}
	return canvas_text(canvas, x, y, room, ROLE_prompt, here ? CELL_UNDERLINE : 0,
			   edit_end(text, room));
}

void form_draw(const struct form *form, struct canvas *canvas, struct area area,
	       struct term_cursor *out)
{
	int names = name_width(form), y = area.y, x = area.x + names + 2;
	int room = room_for(form, area.width), end = area.y + area.height;
	struct page hint;

	*out = (struct term_cursor){area.x, area.y, true};
	if (form->count == 0)
		return;
	int rows = area.height - fill_hint(&form->fields[form->at], room, &hint);
	rows = rows > 1 ? rows : 1;
	size_t first = form->at >= (size_t)rows ? form->at - (size_t)rows + 1 : 0;
	for (size_t i = first; i < form->count && y < end; i++, y++) {
		const struct form_field *field = &form->fields[i];
		bool here = i == form->at;
		canvas_text(canvas, area.x, y, names, here ? ROLE_prompt : ROLE_text,
			    here ? CELL_BOLD : 0, field->name);
		int used = draw_value(field, canvas, x, y, room, here);
		if (!here)
			continue;
		canvas_put(canvas, x + used, y, ' ', ROLE_prompt, CELL_REVERSE);
		*out = (struct term_cursor){x + used, y, true};
		page_draw(&hint, canvas, (struct area){x, y + 1, room, end - y - 1});
		y += (int)hint.count;
	}
	page_release(&hint);
}
