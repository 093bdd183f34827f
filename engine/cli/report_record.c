/* SPDX-License-Identifier: MIT
 *
 * The record told in the order of time: who did what, what ran and for how long, what failed, what
 * was taken back. Events that say how the engine did it are left out; those of a kind that is not
 * known here are told by their own words, so that nothing new stays unsaid.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/report.h"
#include "cli/show.h"

#define LONG_US                                                                                    \
	(5 * CLOCK_SECOND_US) /* attempts from here on have a line for their beginning too */

struct reading {
	struct report *report;
	struct buf *out;
	char day[16];	     /* of the last line */
	int64_t rollback_us; /* when it began */
	int64_t rollback_estimate_us;
	const char *rollback_by; /* who asked for the next one, and for what */
};

static const char *field_of(const Hlp__V1__EventRecord *event, const char *name)
{
	for (size_t i = 0; i < event->n_fields; i++)
		if (strcmp(event->fields[i]->name, name) == 0)
			return event->fields[i]->value;
	return "";
}

static bool has_text(const Hlp__V1__EventRecord *event)
{
	return event->text.len > 0;
}

/* ---- the beginning of a line ------------------------------------------------------------- */

static void add_day(struct reading *reading, int64_t wall_us)
{
	char day[16];
	show_day(wall_us, day);
	if (strcmp(day, reading->day) == 0)
		return;
	buf_printf(reading->out, "%s**%s**\n\n", reading->day[0] != '\0' ? "\n" : "", day);
	memcpy(reading->day, day, sizeof day);
}

/* "- 03:14:07 (18:14:07Z) **swap** " */
static void begin_line(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	char utc[CLOCK_TIME_TEXT], clock[16];
	add_day(reading, event->time_us);
	clock_format_time(event->time_us, utc);
	show_clock(event->time_us, clock);
	buf_printf(reading->out, "- %s (%.8sZ) ", clock, utc + 11);
	if (event->node[0] != '\0' && event->verb[0] == '\0' &&
	    strcmp(event->kind, "draining") != 0)
		buf_printf(reading->out, "**%s** ", event->node);
}

static void add_because(struct buf *out, const Hlp__V1__EventRecord *event)
{
	const char *note = field_of(event, "note");
	if (note[0] != '\0') {
		buf_add_text(out, ": ");
		report_add_word(out, note);
	}
}

static void add_said(struct buf *out, const Hlp__V1__EventRecord *event)
{
	if (has_text(event)) {
		buf_add_text(out, ": ");
		report_add_text(out, event->text.data, event->text.len);
	}
}

/* Fields "KIND name" as "name=value, …", behind `before`. */
static void add_items(struct buf *out, const Hlp__V1__EventRecord *event, const char *kind,
		      const char *before, bool values)
{
	size_t length = strlen(kind);
	bool any = false;
	for (size_t i = 0; i < event->n_fields; i++) {
		const char *name = event->fields[i]->name;
		if (strncmp(name, kind, length) != 0 || name[length] != ' ')
			continue;
		buf_add_text(out, any ? ", " : before);
		report_add_word(out, name + length + 1);
		if (values) {
			buf_add_char(out, '=');
			report_add_word(out, event->fields[i]->value);
		}
		any = true;
	}
}

/* ---- what people did --------------------------------------------------------------------- */

static void add_actor(struct buf *out, const char *actor, const char *origin)
{
	buf_add_text(out, "**");
	report_add_word(out, actor[0] != '\0' ? actor : "somebody");
	buf_add_text(out, "**");
	if (origin[0] != '\0') {
		buf_add_text(out, " (");
		report_add_word(out, origin);
		buf_add_text(out, ")");
	}
}

/* What a verb means of a run (or of nothing more) and of a node, which stands behind it. */
struct deed {
	const char *verb, *of_run, *of_node;
};
static const struct deed DEEDS[] = {
	{"pause", "paused the run", NULL},
	{"resume", "let the run go on", NULL},
	{"cancel", "cancelled the run", "cancelled"},
	{"retry", "had what failed run again", "had run again:"},
	{"skip", NULL, "skipped"},
	{"done", NULL, "said that it is done:"},
	{"hold", NULL, "held back"},
	{"release", "let the next node start", "released"},
	{"freeze", NULL, "froze"},
	{"thaw", NULL, "thawed"},
	{"approve", NULL, "approved"},
	{"reject", NULL, "rejected"},
	{"answer", NULL, "answered"},
	{"note", "noted", "noted of"},
	{"rollback", "rolled back", "rolled back"},
};
/* While a rollback is under way some are about that. */
static const struct deed DEEDS_IN_ROLLBACK[] = {
	{"pause", "stopped the rollback", NULL},
	{"resume", "let the rollback go on", NULL},
	{"cancel", "stopped the rollback", "stopped the undo of"},
};

static const char *find_deed(const struct deed *deeds, size_t count,
			     const Hlp__V1__EventRecord *event)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(deeds[i].verb, event->verb) == 0)
			return event->node[0] != '\0' ? deeds[i].of_node : deeds[i].of_run;
	return NULL;
}

static void add_deed(struct buf *out, const Hlp__V1__EventRecord *event, bool in_rollback)
{
	bool of_node = event->node[0] != '\0';
	const char *deed = NULL;
	if (in_rollback)
		deed = find_deed(DEEDS_IN_ROLLBACK,
				 sizeof DEEDS_IN_ROLLBACK / sizeof DEEDS_IN_ROLLBACK[0], event);
	if (deed == NULL)
		deed = find_deed(DEEDS, sizeof DEEDS / sizeof DEEDS[0], event);
	if (deed == NULL)
		deed = event->verb;
	if (strcmp(field_of(event, "flag"), "true") == 0)
		deed = "said that it did not succeed:";
	buf_printf(out, " %s", deed);
	if (of_node)
		buf_printf(out, " %s", event->node);
}

/* What a rollback was asked for, where it was no node. */
static void add_rollback_level(struct buf *out, const Hlp__V1__EventRecord *event)
{
	static const char *const levels[][2] = {{"argument phase", "phase"},
						{"argument artifact", "file"},
						{"argument checkpoint", "to checkpoint"}};
	if (event->node[0] != '\0')
		return;
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		const char *value = field_of(event, levels[i][0]);
		if (value[0] != '\0') {
			buf_printf(out, " %s ", levels[i][1]);
			report_add_word(out, value);
			return;
		}
	}
	buf_add_text(out, " all of it");
}

static void add_act(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	struct report_facts *facts = &reading->report->facts;
	bool rollback = strcmp(event->verb, "rollback") == 0;
	struct buf deed;
	buf_init(&deed, reading->out->max);
	add_actor(&deed, event->actor, field_of(event, "origin"));
	add_deed(&deed, event, reading->rollback_us != 0);
	if (rollback)
		add_rollback_level(&deed, event);
	else
		add_items(&deed, event, "argument", " with ", true);
	if (strcmp(event->verb, "answer") == 0)
		buf_printf(&deed, " with '%s'", field_of(event, "answer"));
	add_because(&deed, event);
	buf_add_text(reading->out, buf_text(&deed));
	if (rollback)
		reading->rollback_by = arena_strdup(&facts->arena, buf_text(&deed));
	if (strcmp(event->verb, "note") == 0) {
		buf_printf(&facts->notes, "- %s; at ", buf_text(&deed));
		report_add_time(&facts->notes, event->time_us);
		buf_add_text(&facts->notes, "\n");
	}
	buf_release(&deed);
}

/* ---- what ran ---------------------------------------------------------------------------- */

const Hlp__V1__Attempt *report_attempt(const struct report *report, const char *node,
				       const char *attempt)
{
	char key[200];
	(void)snprintf(key, sizeof key, "%s %s", node, attempt);
	const union map_value *found = map_find_text(&report->attempt_of, key);
	return found != NULL ? found->pointer : NULL;
}

static int64_t took(const Hlp__V1__Attempt *attempt)
{
	bool known = attempt != NULL && attempt->started_us != 0 && attempt->ended_us != 0;
	return known ? attempt->ended_us - attempt->started_us : 0;
}

/* The newest attempt of the node that had ended by then. */
static const Hlp__V1__Attempt *attempt_before(const struct reading *reading,
					      const Hlp__V1__EventRecord *event)
{
	const Hlp__V1__Attempt *best = NULL;
	char word[32];
	for (uint32_t number = 1;; number++) { /* without gaps: ends behind the last one */
		(void)snprintf(word, sizeof word, "run %u", number);
		const Hlp__V1__Attempt *attempt =
			report_attempt(reading->report, event->node, word);
		if (attempt == NULL || attempt->ended_us == 0 || attempt->ended_us > event->time_us)
			return best;
		best = attempt;
	}
	return best;
}

/* " (run 2, 75ms)" */
static void add_run(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	const Hlp__V1__Attempt *attempt = attempt_before(reading, event);
	if (attempt == NULL)
		return;
	buf_printf(reading->out, " (run %u", attempt->number);
	if (took(attempt) > 0) {
		buf_add_text(reading->out, ", ");
		report_add_duration(reading->out, took(attempt));
	}
	buf_add_text(reading->out, ")");
}

static void add_word_of(struct buf *out, const Hlp__V1__EventRecord *event, enum state otherwise)
{
	enum state state;
	enum reason reason;
	show_parse(event->state[0] != '\0' ? event->state : state_name(otherwise), event->reason,
		   &state, &reason);
	buf_add_text(out, show_word(state, reason));
}

/* ---- kinds ------------------------------------------------------------------------------- */

static void tell_created(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	struct report_facts *facts = &reading->report->facts;
	facts->origin = arena_strdup(&facts->arena, field_of(event, "origin"));
	add_items(&facts->params, event, "param", "", true);
	add_actor(reading->out, event->actor, facts->origin);
	buf_add_text(reading->out, " started the run");
	add_because(reading->out, event);
}

static void tell_completed(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	add_word_of(reading->out, event, STATE_COMPLETED);
	add_run(reading, event);
	add_items(reading->out, event, "output", ": ", true);
}

static void tell_failed(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	const char *reason = event->reason;
	buf_add_text(reading->out, "FAILED: ");
	if (strcmp(reason, "exit") == 0 || strcmp(reason, "signal") == 0)
		report_add_exit(reading->out, attempt_before(reading, event));
	else
		add_word_of(reading->out, event, STATE_FAILED);
	add_run(reading, event);
	add_said(reading->out, event);
}

static void tell_backoff(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	int64_t wait_us = strtoll(field_of(event, "interval_us"), NULL, 10);
	buf_add_text(reading->out, "failed: ");
	report_add_exit(reading->out, attempt_before(reading, event));
	add_run(reading, event);
	buf_add_text(reading->out, "; is tried again");
	if (wait_us > 0) {
		buf_add_text(reading->out, " after ");
		report_add_duration(reading->out, wait_us);
	}
}

static void tell_restored(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_add_text(reading->out, "brought back");
	add_items(reading->out, event, "artifact", ": ", false);
}

static void tell_recovered(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	add_word_of(reading->out, event, STATE_RECOVERED);
	if (strcmp(event->reason, "undone") == 0 || strcmp(event->reason, "restored") == 0)
		buf_add_text(reading->out, "; the service is not verified");
}

static void tell_ended(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	enum state state;
	enum reason reason;
	show_parse(event->state, event->reason, &state, &reason);
	buf_printf(reading->out, "the run ended: %s", show_execution_word(state, reason));
}

static void tell_rollback_started(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	reading->rollback_us = event->time_us;
	reading->rollback_estimate_us = strtoll(field_of(event, "interval_us"), NULL, 10);
	buf_add_text(reading->out, "the rollback began");
	if (reading->rollback_estimate_us > 0) {
		buf_add_text(reading->out, "; it was thought to take ");
		report_add_duration(reading->out, reading->rollback_estimate_us);
	}
}

static void add_rollback_times(struct buf *out, const struct reading *reading, int64_t ended_us)
{
	buf_add_text(out, " after ");
	report_add_duration(out, ended_us - reading->rollback_us);
	if (reading->rollback_estimate_us > 0) {
		buf_add_text(out, " (estimate: ");
		report_add_duration(out, reading->rollback_estimate_us);
		buf_add_text(out, ")");
	} else {
		buf_add_text(out, " (it could not be estimated)");
	}
}

static void tell_rollback_ended(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	struct buf *facts = &reading->report->facts.rollbacks;
	buf_add_text(reading->out, "the rollback ended");
	add_rollback_times(reading->out, reading, event->time_us);
	buf_printf(facts, "- %s; it ended",
		   reading->rollback_by != NULL ? reading->rollback_by : "rolled back");
	add_rollback_times(facts, reading, event->time_us);
	buf_add_text(facts, "\n");
	reading->rollback_us = 0;
	reading->rollback_by = NULL;
}

/* Attempts to take back, hooks and checks have no other line. */
static void tell_exited(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	const Hlp__V1__Attempt *attempt =
		report_attempt(reading->report, event->node, event->attempt);
	if (strncmp(event->attempt, "check", 5) == 0) {
		report_add_text(reading->out, event->text.data, event->text.len);
	} else {
		buf_printf(reading->out, "%s: ",
			   strncmp(event->attempt, "hook", 4) == 0 ? "on_restore" : event->attempt);
		report_add_exit(reading->out, attempt);
	}
	if (took(attempt) > 0) {
		buf_add_text(reading->out, " after ");
		report_add_duration(reading->out, took(attempt));
	}
}

static void tell_started(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_printf(reading->out, "started (%s)", event->attempt);
}

static void tell_draining(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_printf(reading->out, "nothing new is started after the failure of %s", event->node);
}

static void tell_asked(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_add_text(reading->out, "asks");
	add_said(reading->out, event);
	add_items(reading->out, event, "shown", " — ", true);
}

static void tell_lost(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_add_text(reading->out, "outcome unknown");
	add_said(reading->out, event);
}

static void tell_quarantined(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_add_text(reading->out, "the run was put into quarantine");
	add_said(reading->out, event);
}

static void tell_policy(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_add_text(reading->out, strcmp(event->kind, "policy") == 0
					   ? "the workflow's rule decided"
					   : "the workflow's rollback is not done");
	add_said(reading->out, event);
}

static void tell_late(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_printf(reading->out, "its end was reported after all: %s", field_of(event, "exit"));
	add_said(reading->out, event);
}

static void tell_stale(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	bool set = strcmp(field_of(event, "flag"), "true") == 0;
	buf_add_text(reading->out,
		     set ? "stale: it used what was since taken back" : "not stale any more");
}

static void tell_checkpoint(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	bool failed = strcmp(event->kind, "checkpoint_failed") == 0;
	buf_add_text(reading->out, "checkpoint ");
	report_add_text(reading->out, event->text.data, event->text.len);
	buf_printf(reading->out, " was%s recorded", failed ? " not" : "");
	add_because(reading->out, event);
}

static void tell_shell(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	int64_t open_us = strtoll(field_of(event, "interval_us"), NULL, 10);
	buf_printf(reading->out, "its shell was closed: %s after ", field_of(event, "exit"));
	report_add_duration(reading->out, open_us);
}

static void tell_unknown(struct reading *reading, const Hlp__V1__EventRecord *event)
{
	buf_add_text(reading->out, event->kind);
	if (event->reason[0] != '\0')
		buf_printf(reading->out, " %s", event->reason);
	add_said(reading->out, event);
	add_because(reading->out, event);
}

static const struct {
	const char *kind;
	void (*tell)(struct reading *reading,
		     const Hlp__V1__EventRecord *event); /* NULL: no line */
} KINDS[] = {
	{"created", tell_created},
	{"act", add_act},
	{"started", tell_started},
	{"exited", tell_exited},
	{"completed", tell_completed},
	{"failed", tell_failed},
	{"backoff", tell_backoff},
	{"lost", tell_lost},
	{"late_exit", tell_late},
	{"asked", tell_asked},
	{"recovered", tell_recovered},
	{"kept", tell_restored},
	{"restored", tell_restored},
	{"rollback_started", tell_rollback_started},
	{"rollback_ended", tell_rollback_ended},
	{"ended", tell_ended},
	{"draining", tell_draining},
	{"policy", tell_policy},
	{"policy_left", tell_policy},
	{"stale", tell_stale},
	{"quarantined", tell_quarantined},
	{"checkpointed", tell_checkpoint},
	{"checkpoint_failed", tell_checkpoint},
	{"shell_closed", tell_shell},
	/* How the engine did it, or what an act has said already. */
	{"paused", NULL},
	{"shell_opened", NULL},
	{"resumed", NULL},
	{"cancelled", NULL},
	{"reopened", NULL},
	{"intended", NULL},
	{"revoked", NULL},
	{"captured", NULL},
	{"dispatched", NULL},
	{"collected", NULL},
	{"unreachable", NULL},
	{"reachable", NULL},
	{"verdict", NULL},
	{"held", NULL},
	{"released", NULL},
	{"answered", NULL},
	{"reset", NULL},
	{"frozen", NULL},
	{"thawed", NULL},
	{"due", NULL},
	{"withdrawn", NULL},
	{"freezing", NULL},
	{"thawing", NULL},
	{"by_hand", NULL},
	{"undo_waiting", NULL},
	{"undo_backoff", NULL},
	{"restoring", NULL},
	{"waits", NULL},
	{"agent", NULL},
	{"checkpointing", NULL},
	{"checkpoint_dropped", NULL},
};

/* Most attempts end at once: the line of their end is enough. */
static bool is_told(const struct reading *reading, const Hlp__V1__EventRecord *event)
{
	bool run = strncmp(event->attempt, "run", 3) == 0;
	if (strcmp(event->kind, "exited") == 0)
		return !run;
	if (strcmp(event->kind, "started") == 0) {
		const Hlp__V1__Attempt *attempt =
			report_attempt(reading->report, event->node, event->attempt);
		return attempt == NULL || attempt->ended_us == 0 || took(attempt) >= LONG_US;
	}
	return true;
}

static int on_event(void *ctx, const ProtobufCMessage *message)
{
	const Hlp__V1__EventRecord *event = (const Hlp__V1__EventRecord *)message;
	void (*tell)(struct reading *, const Hlp__V1__EventRecord *) = tell_unknown;
	struct reading *reading = ctx;
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
		if (strcmp(KINDS[i].kind, event->kind) == 0)
			tell = KINDS[i].tell;
	if (tell != NULL && is_told(reading, event)) {
		begin_line(reading, event);
		tell(reading, event);
		buf_add_text(reading->out, "\n");
	}
	return 0;
}

int report_read_record(struct report *report)
{
	Hlp__V1__EventsRequest request = HLP__V1__EVENTS_REQUEST__INIT;
	struct reading reading = {.report = report, .out = &report->timeline};
	struct err err = {0};
	request.execution = report->status->execution->id;
	int rc = client_stream(report->cli->client, "ListEvents", &request.base,
			       &hlp__v1__event_record__descriptor, on_event, &reading, &err);
	if (reading.rollback_us != 0) {
		buf_printf(&report->facts.rollbacks, "- %s; it has not ended\n",
			   reading.rollback_by != NULL ? reading.rollback_by : "rolled back");
	}
	return rc < 0 ? cli_fail(report->cli, &err) : 0;
}
