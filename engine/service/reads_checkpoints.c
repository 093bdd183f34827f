/* SPDX-License-Identifier: MIT
 *
 * Checkpoints follow from their own events, which are few and have an index; no execution is
 * folded for them.
 */
#include "service/reads_checkpoints.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/checkpoint_list.h"
#include "store/content_checkpoint.h"
#include "wire/message.h"

static int read_list(struct asking *asking, struct catalog *catalog, struct checkpoint_list *out,
		     struct err *err)
{
	return catalog_checkpoints(catalog, asking->execution, checkpoint_list_take, out, err);
}

static const char *state_of(enum checkpoint_state state)
{
	static const char *const words[] = {
		[CHECKPOINT_WANTED] = "recording",
		[CHECKPOINT_KEPT] = "kept",
		[CHECKPOINT_FAILED] = "failed",
		[CHECKPOINT_DROPPED] = "dropped",
	};

	return words[state];
}

static void fill(const struct checkpoint *checkpoint, Hlp__V1__Checkpoint *out)
{
	hlp__v1__checkpoint__init(out);
	out->name = (char *)checkpoint->name;
	out->seq = checkpoint->seq;
	out->time_us = checkpoint->time_us;
	out->state = (char *)state_of(checkpoint->state);
	out->commit = (char *)checkpoint->commit;
	out->digest = (char *)(checkpoint->digest ? checkpoint->digest : "");
	out->message = (char *)(checkpoint->message ? checkpoint->message : "");
}

int reads_checkpoints(struct asking *asking, struct catalog *catalog, struct content *content,
		      struct err *err)
{
	Hlp__V1__CheckpointList reply = HLP__V1__CHECKPOINT_LIST__INIT;
	struct checkpoint_list list = {0};
	Hlp__V1__Checkpoint *rows;
	int rc = read_list(asking, catalog, &list, err);

	(void)content;
	if (rc >= 0) {
		rows = arena_alloc(&list.arena, (list.count + 1) * sizeof(*rows));
		reply.checkpoints =
			arena_alloc(&list.arena, (list.count + 1) * sizeof(Hlp__V1__Checkpoint *));
		for (size_t i = 0; i < list.count; i++) {
			fill(&list.items[i], &rows[i]);
			reply.checkpoints[reply.n_checkpoints++] = &rows[i];
		}
		message_pack(&reply.base, &asking->out);
	}
	checkpoint_list_release(&list);
	return rc < 0 ? rc : 0;
}

/* ---- verifying ---------------------------------------------------------------------------- */

struct verifying {
	struct checkpoint_list list;
	struct buf problems; /* lines */
	const char *execution;
	uint32_t verified;
};

static int take_name(void *ctx, const struct execution_row *row, struct err *err)
{
	struct verifying *verifying = ctx;

	(void)err;
	verifying->execution = arena_strdup(&verifying->list.arena, row->name);
	return 0;
}

static void verify_one(struct verifying *verifying, const struct home *home,
		       const struct checkpoint *checkpoint)
{
	const struct content_checkpoint_id id = {.execution = verifying->execution,
						 .name = checkpoint->name,
						 .commit = checkpoint->commit,
						 .digest = checkpoint->digest};
	struct err err;

	if (checkpoint->state != CHECKPOINT_KEPT)
		return;
	verifying->verified++;
	if (content_checkpoint_verify(home, &id, &err) < 0)
		buf_printf(&verifying->problems, "checkpoint %s: %s\n", checkpoint->name,
			   err.message);
}

static void reply_problems(struct asking *asking, struct verifying *verifying)
{
	Hlp__V1__VerifyReply reply = HLP__V1__VERIFY_REPLY__INIT;
	char *rest = verifying->problems.length ? buf_steal(&verifying->problems) : NULL;
	char *text = rest, *line;

	reply.checkpoints = verifying->verified;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		reply.problems =
			mem_realloc(reply.problems, (reply.n_problems + 1) * sizeof(char *));
		reply.problems[reply.n_problems++] = line;
	}
	message_pack(&reply.base, &asking->out);
	free(reply.problems);
	free(text);
}

int reads_verify(struct asking *asking, struct catalog *catalog, struct content *content,
		 struct err *err)
{
	struct verifying verifying = {0};
	int rc = catalog_execution(catalog, asking->execution, take_name, &verifying, err);

	buf_init(&verifying.problems, (size_t)16 * 1024 * 1024);
	if (rc >= 0)
		rc = catalog_check_chain(catalog, &verifying.problems, err);
	if (rc >= 0)
		rc = read_list(asking, catalog, &verifying.list, err);
	for (size_t i = 0; rc >= 0 && i < verifying.list.count; i++)
		verify_one(&verifying, content_home(content), &verifying.list.items[i]);
	if (rc >= 0)
		reply_problems(asking, &verifying);
	buf_release(&verifying.problems);
	checkpoint_list_release(&verifying.list);
	return rc < 0 ? rc : 0;
}
