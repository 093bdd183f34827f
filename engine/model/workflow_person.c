/* SPDX-License-Identifier: MIT
 *
 * Reading what a node asks of people: `manual`, a step that somebody does, and `approval`, a
 * question before it starts.
 */
#include <stdlib.h>
#include <string.h>

#include "model/limits.h"
#include "model/workflow_parts.h"

bool workflow_manual_read(struct reader *reader, uint32_t value, enum use use, const char **out)
{
	const char *text;

	if (!fields_text(reader, value, "manual", &text))
		return false;
	if (!text[strspn(text, " \t\n")] || yaml_type(reader->tree, value) == YAML_TYPE_BOOLEAN) {
		fields_problem(reader, value,
			       "'manual' says what a person has to do: manual: Flip the record in "
			       "the DNS console");
		return false;
	}
	*out = text;
	workflow_note_template(reader, value, use, false);
	return true;
}

/* ---- approval -------------------------------------------------------------------------------- */

static void read_ask(struct reader *reader, uint32_t value, void *target)
{
	struct approval *approval = target;

	if (!fields_text(reader, value, "ask", &approval->ask))
		return;
	if (!approval->ask[strspn(approval->ask, " \t\n")])
		fields_problem(reader, value, "'ask' is empty: it is the question that is asked");
	workflow_note_template(reader, value, USE_RUN, false);
}

/* What is shown is named as it is in ${…}, or is a text with ${…} in it. */
static const char *shown_text(struct reader *reader, uint32_t value, const char *name)
{
	struct buf text;
	const char *copy;

	if (strstr(name, "${")) {
		workflow_note_template(reader, value, USE_RUN, false);
		return name;
	}
	workflow_note_reference(reader, value, USE_RUN);
	buf_init(&text, LIMIT_YAML_SCALAR_BYTES + 4);
	buf_printf(&text, "${%s}", name);
	copy = arena_strdup(reader->arena, buf_text(&text));
	buf_release(&text);
	return copy;
}

static void read_show(struct reader *reader, uint32_t value, void *target)
{
	struct approval *approval = target;
	uint32_t given = fields_list(reader, value, LIMIT_SHOWN), count = 0;
	uint32_t member = fields_first(reader, value);
	struct binding *show = arena_alloc(reader->arena, (size_t)given * sizeof(*show));

	for (uint32_t i = 0; i < given; i++, member = yaml_next(reader->tree, member)) {
		if (!fields_text(reader, member, "show", &show[count].name))
			continue;
		show[count].value = shown_text(reader, member, show[count].name);
		count++;
	}
	approval->show = show;
	approval->show_count = (uint8_t)count;
}

static void read_timeout(struct reader *reader, uint32_t value, void *target)
{
	struct approval *approval = target;

	(void)fields_duration(reader, value, "timeout", 1, &approval->timeout_us); /* noted */
}

static void read_on_timeout(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"fail", "reject", "skip"};
	struct approval *approval = target;
	uint32_t word;

	if (yaml_is_scalar(yaml_at(reader->tree, value)) &&
	    !strcmp(yaml_text(reader->tree, value), "approve"))
		fields_problem(reader, value,
			       "silence is no approval: 'on_timeout' is fail, reject or skip");
	else if (fields_word(reader, value, "on_timeout", words, 3, &word))
		approval->on_timeout = (uint8_t)word;
}

static const struct field approval_list[] = {
	FIELD("ask", read_ask),
	FIELD("show", read_show),
	FIELD("timeout", read_timeout),
	FIELD("on_timeout", read_on_timeout),
};
enum { APPROVAL_ASK = 0, APPROVAL_TIMEOUT = 2, APPROVAL_ON_TIMEOUT = 3, APPROVAL_FIELDS = 4 };
static const struct fields approval_fields = {"'approval'", approval_list, APPROVAL_FIELDS};

void workflow_approval_read(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	struct approval *approval = arena_alloc(reader->arena, sizeof(*approval));
	uint64_t seen;

	*approval = (struct approval){.ask = ""};
	spec->approval = approval;
	if (yaml_is_scalar(yaml_at(reader->tree, value))) {
		read_ask(reader, value, approval);
		return;
	}
	seen = fields_read(reader, value, &approval_fields, approval, NULL);
	if (yaml_at(reader->tree, value)->kind != YAML_KIND_MAP)
		return;
	if (!(seen >> APPROVAL_ASK & 1))
		fields_problem(reader, value,
			       "'approval' has no 'ask': the question that is asked");
	if (seen >> APPROVAL_ON_TIMEOUT & 1 && !(seen >> APPROVAL_TIMEOUT & 1))
		fields_problem(reader, value,
			       "'on_timeout' has no 'timeout': say how long it is waited for");
}
