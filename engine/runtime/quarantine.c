/* SPDX-License-Identifier: MIT
 *
 * Quarantine. A death counts only if it was of the engine's own doing, which the launcher saw, and
 * struck a thread that was working on the execution, which the black box says; and only deaths in a
 * row: an engine that lives begins the count anew.
 */
#include "runtime/quarantine.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define DEATHS_MAX 3

static int learn(void *ctx, const struct quarantined *row, struct err *err)
{
	struct engine *engine = ctx;
	char *text = mem_printf("%s is quarantined, read-only: %s; 'hlp engine check' looks at its "
				"journal, 'hlp engine release %s' takes it up again",
				row->name, row->cause, row->name);
	char *id = arena_strdup(&engine->quarantine_arena, row->id);

	(void)err;
	(void)map_add_text(
		&engine->quarantined, id,
		(union map_value){.pointer = arena_strdup(&engine->quarantine_arena, text)});
	free(text);
	return 0;
}

int quarantine_add(struct engine *engine, struct journal *journal, const char *execution,
		   const char *cause, struct err *err)
{
	int rc = journal_quarantine(journal, execution, clock_wall_us(engine->options.clock), cause,
				    err);

	if (rc < 0)
		return rc;
	log_warn("%s is quarantined: %s", execution, cause);
	return journal_each_quarantined(journal, learn, engine, err);
}

/* One death more of the execution that was being worked on; enough of them set it aside. */
static int count_death(struct engine *engine, struct journal *journal, struct err *err)
{
	const struct blackbox_record *last = &engine->options.last;
	uint32_t deaths = 0;
	char *cause;
	int rc = journal_add_death(journal, last->about, &deaths, err);

	if (rc == -ERR_NOT_FOUND)
		return 0; /* it died before the execution's first commit */
	if (rc < 0)
		return rc;
	log_warn("the engine died while working on %s: %s (%u in a row)", last->about,
		 strsignal(last->signal), deaths);
	if (deaths < DEATHS_MAX)
		return 0;
	cause = mem_printf("the engine died %u times in a row while working on it (%s)", deaths,
			   strsignal(last->signal));
	rc = quarantine_add(engine, journal, last->about, cause, err);
	free(cause);
	return rc;
}

int quarantine_judge(struct engine *engine, struct journal *journal, struct err *err)
{
	int rc = journal_each_quarantined(journal, learn, engine, err);

	if (rc >= 0 && engine->options.crashes <= 1)
		rc = journal_forget_deaths(journal, err);
	if (rc >= 0 && engine->options.crashes && engine->options.last.signal &&
	    !quarantine_holds(engine, engine->options.last.about))
		rc = count_death(engine, journal, err);
	return rc < 0 ? rc : 0;
}

bool quarantine_holds(const struct engine *engine, const char *execution)
{
	return map_find_text(&engine->quarantined, execution);
}

bool quarantine_admits(const struct engine *engine, struct request *request)
{
	const union map_value *refusal = map_find_text(&engine->quarantined, request->execution);

	if (!refusal || (request->kind == REQUEST_ACT && request->verb == VERB_RELEASE &&
			 (!request->node || !*request->node)))
		return true;
	(void)err_set(&request->err, ERR_REFUSED, "%s", (const char *)refusal->pointer);
	return false;
}

void quarantine_lift(struct engine *engine, const char *execution)
{
	(void)map_remove(&engine->quarantined, execution, strlen(execution));
}
