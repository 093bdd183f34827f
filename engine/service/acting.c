/* SPDX-License-Identifier: MIT
 *
 * Acts. Texts of the request are borrowed from the client's message, which its asking keeps until
 * the answer has come.
 */
#include "service/acting.h"

#include <string.h>

#include "base/text.h"
#include "service/reads.h"
#include "service/reads_pins.h"
#include "service/watch.h"
#include "wire/convert.h"

/* Field numbers of RollbackReply in hlp.proto. */
#define ROLLBACK_REPLY_STARTED 2
#define ROLLBACK_REPLY_SEQ     3

static void fail(struct asking *asking, enum err_code code, const char *message)
{
	struct err err;

	(void)err_set(&err, code, "%s", message);
	asking_fail(asking, &err);
}

static struct binding *bindings_of(struct request *request, Hlp__V1__Pair **pairs, size_t count)
{
	struct binding *bindings = arena_alloc(&request->arena, (count + 1) * sizeof(*bindings));

	for (size_t i = 0; i < count; i++)
		bindings[i] = (struct binding){pairs[i]->name, pairs[i]->value};
	return bindings;
}

/* ---- starting ---------------------------------------------------------------------------- */

static void then_follow(struct asking *asking)
{
	const Hlp__V1__ExecuteRequest *asked = (const Hlp__V1__ExecuteRequest *)asking->message;

	memcpy(asking->execution, asking->request->execution, sizeof(asking->execution));
	asking->ends_with_execution = true;
	if (!asked->detach) {
		watch_begin(asking);
		return;
	}
	asking_read_then(asking, reads_snapshot, NULL);
}

/* An invalid file is told with all its problems, a line each. */
static void check_problems(struct asking *asking)
{
	struct request *request = asking->request;

	if (request->result == -ERR_INVALID && request->out.length)
		fail(asking, ERR_INVALID, buf_text(&request->out));
	else
		then_follow(asking);
}

void acting_execute(struct asking *asking)
{
	const Hlp__V1__ExecuteRequest *asked = (const Hlp__V1__ExecuteRequest *)asking->message;
	struct request *request;

	if (asked->file[0] != '/' || !ulid_is_valid(asked->request)) {
		fail(asking, ERR_INVALID,
		     "the request needs a ULID of its own and the absolute path of the file");
		return;
	}
	request = asking_new_request(asking, REQUEST_EXECUTE, asked->request, asked->reason);
	request->execution[0] = '\0';
	request->file = asked->file;
	request->text = (const char *)asked->text.data;
	request->text_length = asked->text.len;
	request->params = bindings_of(request, asked->params, asked->n_params);
	request->params_count = (uint32_t)asked->n_params;
	request->env = bindings_of(request, asked->env, asked->n_env);
	request->env_count = (uint32_t)asked->n_env;
	request->flag = asked->another;
	request->beginning = (struct beginning){
		.step = asked->step,
		.from = *asked->from ? asked->from : NULL,
		.until = *asked->until ? asked->until : NULL,
		.only = (const char *const *)asked->only,
		.only_count = (uint32_t)asked->n_only,
	};
	asking_request(asking, request, check_problems);
}

/* ---- acting ------------------------------------------------------------------------------ */

static void then_reply(struct asking *asking)
{
	asking->seq = asking->request->seq;
	asking_read_then(asking, reads_act_reply, NULL);
}

static void then_act(struct asking *asking)
{
	const Hlp__V1__ActRequest *asked = (const Hlp__V1__ActRequest *)asking->message;
	struct request *request =
		asking_new_request(asking, REQUEST_ACT, asked->request, asked->note);

	request->node = asked->node;
	request->version = asked->version;
	request->until_us = asked->until_us;
	request->failed = asked->failed;
	request->next = asked->next;
	request->shell = asked->shell;
	request->code = asked->exit_code;
	request->took_us = asked->took_us;
	request->params = bindings_of(request, asked->arguments, asked->n_arguments);
	request->params_count = (uint32_t)asked->n_arguments;
	(void)verb_parse(asked->verb, &request->verb); /* checked before */
	if (*asked->answer)
		(void)answer_parse(asked->answer, &request->answer);
	asking_request(asking, request, then_reply);
}

void acting_act(struct asking *asking)
{
	const Hlp__V1__ActRequest *asked = (const Hlp__V1__ActRequest *)asking->message;
	enum verb verb;
	enum answer answer;

	if (!verb_parse(asked->verb, &verb) || verb == VERB_ROLLBACK)
		fail(asking, ERR_INVALID, "no such act");
	else if (verb == VERB_ANSWER && !answer_parse(asked->answer, &answer))
		fail(asking, ERR_INVALID,
		     "no such answer: happened, again, undo, by-hand, leave, approve, reject, "
		     "done or failed");
	else if (!ulid_is_valid(asked->request))
		fail(asking, ERR_INVALID, "an act needs a request id of its own, a ULID");
	else
		asking_resolve(asking, asked->execution, CATALOG_ACT, then_act);
}

/* ---- rolling back ------------------------------------------------------------------------ */

/* The plan was encoded when it was made; how it went is added now. A later field wins. */
static void then_planned(struct asking *asking)
{
	struct request *request = asking->request;

	buf_add(&asking->out, request->out.data, request->out.length);
	convert_field_number(&asking->out, ROLLBACK_REPLY_STARTED, request->started);
	convert_field_number(&asking->out, ROLLBACK_REPLY_SEQ, request->seq);
	if (request->kind == REQUEST_PLAN)
		asking_read_then(asking, reads_changed_pins, NULL);
	else
		asking_reply(asking);
}

static struct plan_said said_of(const Hlp__V1__PlanRow *row)
{
	return (struct plan_said){.action = row->action,
				  .node = row->node,
				  .path = row->path,
				  .to = row->to,
				  .warnings = (const char *const *)row->warnings,
				  .warnings_count = row->n_warnings,
				  .conflict = *row->conflict};
}

static void take_shown(struct request *request, const Hlp__V1__Plan *shown)
{
	request->shown =
		arena_alloc(&request->arena, (shown->n_rows + 1) * sizeof(*request->shown));
	for (size_t i = 0; i < shown->n_rows; i++)
		request->shown[request->shown_count++] = said_of(shown->rows[i]);
	request->shown_of = shown->execution;
	request->has_shown = true;
}

static void then_rollback(struct asking *asking)
{
	const Hlp__V1__RollbackRequest *asked = (const Hlp__V1__RollbackRequest *)asking->message;
	const bool carry_out = *asked->plan;
	struct request *request =
		asking_new_request(asking, carry_out ? REQUEST_ROLLBACK : REQUEST_PLAN,
				   carry_out ? asked->request : NULL, asked->note);

	request->plan = asked->plan;
	request->history = asking->history;
	request->words = (struct plan_words){.node = asked->node,
					     .phase = asked->phase,
					     .checkpoint = asked->checkpoint,
					     .artifact = asked->artifact,
					     .revision = asked->revision,
					     .all = asked->all,
					     .past = (const char *const *)asked->past,
					     .past_count = asked->n_past,
					     .overwrite = (const char *const *)asked->overwrite,
					     .overwrite_count = asked->n_overwrite,
					     .exclude = (const char *const *)asked->exclude,
					     .exclude_count = asked->n_exclude};
	if (asked->shown)
		take_shown(request, asked->shown);
	asking_request(asking, request, then_planned);
}

static void then_history(struct asking *asking)
{
	asking_read_then(asking, reads_undo_history, then_rollback);
}

void acting_rollback(struct asking *asking)
{
	const Hlp__V1__RollbackRequest *asked = (const Hlp__V1__RollbackRequest *)asking->message;

	if (*asked->plan && !ulid_is_valid(asked->request))
		fail(asking, ERR_INVALID, "a rollback needs a request id of its own, a ULID");
	else
		asking_resolve(asking, asked->execution, *asked->plan ? CATALOG_ACT : CATALOG_LOOK,
			       then_history);
}
