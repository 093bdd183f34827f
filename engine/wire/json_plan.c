/* SPDX-License-Identifier: MIT
 *
 * A rollback plan as JSON, and back: a plan that was saved to a file can be applied later.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/json.h"
#include "wire/json_value.h"

/* ---- writing ------------------------------------------------------------------------------ */

static json_t *plan_row_object(const Hlp__V1__PlanRow *row)
{
	json_t *object = json_object();

	json_value_set(object, "action", json_value_text(row->action));
	json_value_set(object, "node", json_value_text(row->node));
	json_value_set(object, "path", json_value_text(row->path));
	json_value_set(object, "from", json_value_text(row->from));
	if (*row->writer)
		json_value_set(object, "writer", json_value_text(row->writer));
	json_value_set(object, "to", json_value_text(row->to));
	json_value_set(object, "how", json_value_text(row->how));
	json_value_set(object, "warnings", json_value_texts(row->warnings, row->n_warnings));
	json_value_set(object, "conflict", json_value_text(row->conflict));
	json_value_set(object, "reversible", json_boolean(row->reversible));
	json_value_set(object, "excludable", json_boolean(row->excludable));
	json_value_set(object, "estimate_us",
		       row->estimate_us ? json_value_number(row->estimate_us) : json_null());
	return object;
}

void json_plan(struct buf *out, const Hlp__V1__Plan *plan)
{
	json_t *object = json_object();
	json_t *rows = json_array();

	json_value_set(object, "plan", json_value_text(plan->id));
	json_value_set(object, "execution", json_value_text(plan->execution));
	json_value_set(object, "version", json_value_number((int64_t)plan->version));
	json_value_set(object, "node", json_value_text(plan->node));
	json_value_set(object, "refused", json_value_text(plan->refused));
	for (size_t i = 0; i < plan->n_rows; i++)
		(void)json_array_append_new(
			rows, plan_row_object(plan->rows[i])); /* fails only without memory */
	json_value_set(object, "rows", rows);
	json_value_set(object, "nodes", json_value_texts(plan->nodes, plan->n_nodes));
	json_value_set(object, "level", json_value_text(plan->level));
	json_value_set(object, "phase", json_value_text(plan->phase));
	json_value_set(object, "artifact", json_value_text(plan->artifact));
	json_value_set(object, "checkpoint", json_value_text(plan->checkpoint));
	json_value_set(object, "past", json_value_texts(plan->past, plan->n_past));
	json_value_set(object, "overwrite", json_value_texts(plan->overwrite, plan->n_overwrite));
	json_value_set(object, "excluded", json_value_texts(plan->excluded, plan->n_excluded));
	json_value_set(object, "untouched", json_value_texts(plan->untouched, plan->n_untouched));
	json_value_set(object, "stale", json_value_texts(plan->stale, plan->n_stale));
	json_value_set(object, "live", json_boolean(plan->live));
	json_value_set(object, "estimate_us",
		       plan->estimate_us ? json_value_number(plan->estimate_us) : json_null());
	json_value_write(out, object);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* A text of the message, as protobuf-c frees it. */
static char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? mem_strdup(text) : (char *)protobuf_c_empty_string;
}

static size_t texts_of(const json_t *object, const char *name, char ***out)
{
	const json_t *array = json_object_get(object, name);
	size_t count = json_array_size(array);

	if (!count)
		return 0;
	*out = mem_calloc(count, sizeof(char *));
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(array, i));

		(*out)[i] = mem_strdup(text ? text : "");
	}
	return count;
}

static Hlp__V1__PlanRow *row_of(const json_t *object)
{
	Hlp__V1__PlanRow *row = mem_alloc(sizeof(*row));

	hlp__v1__plan_row__init(row);
	row->action = text_of(object, "action");
	row->node = text_of(object, "node");
	row->path = text_of(object, "path");
	row->from = text_of(object, "from");
	row->to = text_of(object, "to");
	row->how = text_of(object, "how");
	row->conflict = text_of(object, "conflict");
	row->n_warnings = texts_of(object, "warnings", &row->warnings);
	return row;
}

static Hlp__V1__Plan *plan_of(const json_t *object)
{
	const json_t *rows = json_object_get(object, "rows");
	Hlp__V1__Plan *plan = mem_alloc(sizeof(*plan));

	hlp__v1__plan__init(plan);
	plan->id = text_of(object, "plan");
	plan->execution = text_of(object, "execution");
	plan->version = (uint64_t)json_integer_value(json_object_get(object, "version"));
	plan->node = text_of(object, "node");
	plan->level = text_of(object, "level");
	plan->phase = text_of(object, "phase");
	plan->artifact = text_of(object, "artifact");
	plan->checkpoint = text_of(object, "checkpoint");
	plan->n_past = texts_of(object, "past", &plan->past);
	plan->n_overwrite = texts_of(object, "overwrite", &plan->overwrite);
	plan->n_excluded = texts_of(object, "excluded", &plan->excluded);
	plan->rows = mem_calloc(json_array_size(rows) + 1, sizeof(Hlp__V1__PlanRow *));
	for (size_t i = 0; i < json_array_size(rows); i++)
		plan->rows[plan->n_rows++] = row_of(json_array_get(rows, i));
	return plan;
}

int json_plan_read(const char *data, size_t length, Hlp__V1__Plan **out, struct err *err)
{
	json_error_t at;
	json_t *object = json_loadb(data, length, JSON_REJECT_DUPLICATES, &at);
	int rc = 0;

	if (!object)
		return err_set(err, ERR_INVALID, "it is no JSON (line %d: %s)", at.line, at.text);
	if (!json_is_string(json_object_get(object, "plan")) ||
	    !json_is_string(json_object_get(object, "level")) ||
	    !json_is_array(json_object_get(object, "rows")))
		rc = err_set(err, ERR_INVALID,
			     "it is no plan as 'hlp rollback --plan -o json' "
			     "writes it");
	else
		*out = plan_of(object);
	json_decref(object);
	return rc;
}
