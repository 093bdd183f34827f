/* SPDX-License-Identifier: MIT
 *
 * hlp rollback: what goes back, as options say it, or as a plan says it that was saved.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/rolling.h"
#include "wire/json.h"

#define SAVED_MAX ((size_t)64 * 1024 * 1024)

static const struct option_spec options[] = {
	{"node", 'n', OPTION_VALUE, "NODE", "this node and what depends on it"},
	{"phase", 0, OPTION_VALUE, "PHASE", "this phase and those after it"},
	{"artifact", 0, OPTION_VALUE, "FILE", "this file only (its path, or NODE:PATH)"},
	{"to", 0, OPTION_VALUE, "CHECKPOINT|REV",
	 "to this checkpoint; with --artifact, the file to this revision"},
	{"all", 0, OPTION_FLAG, NULL, "the whole execution"},
	{"plan", 0, OPTION_FLAG, NULL, "only show the plan (with -o json: to be applied later)"},
	{"apply", 0, OPTION_VALUE, "PLAN", "a saved plan, or only the plan of this id"},
	{"past", 0, OPTION_VALUE, "NODE", "also past this node, which cannot be undone"},
	{"overwrite", 0, OPTION_VALUE, "FILE", "also this file, which somebody else wrote since"},
	{"exclude", 0, OPTION_VALUE, "NODE|FILE", "leave this as it is"},
	{"detach", 'd', OPTION_FLAG, NULL, "do not wait for its end"},
	{0},
};

/* All values of an option that may be repeated; the caller frees *out. */
static size_t all_of(struct cli *cli, const char *name, char ***out)
{
	const char *value;
	size_t at = 0, count = 0;
	*out = mem_calloc(cli->options.given_count + 1, sizeof **out);
	while ((value = options_next(&cli->options, name, &at)) != NULL)
		(*out)[count++] = (char *)value;
	return count;
}

static char *value_of(struct cli *cli, const char *name)
{
	const char *value = options_value(&cli->options, name);
	return (char *)(value != NULL ? value : "");
}

static void ask_by_options(struct rolling *r)
{
	Hlp__V1__RollbackRequest *request = &r->request;
	request->node = value_of(r->cli, "node");
	request->phase = value_of(r->cli, "phase");
	request->artifact = value_of(r->cli, "artifact");
	if (options_has(&r->cli->options, "artifact"))
		request->revision = value_of(r->cli, "to");
	else
		request->checkpoint = value_of(r->cli, "to");
	request->all = options_has(&r->cli->options, "all");
	request->n_past = all_of(r->cli, "past", &request->past);
	request->n_overwrite = all_of(r->cli, "overwrite", &request->overwrite);
	request->n_exclude = all_of(r->cli, "exclude", &request->exclude);
}

/* What the saved plan was asked for; its lists are its own. */
static void ask_by_plan(struct rolling *r)
{
	Hlp__V1__RollbackRequest *request = &r->request;
	const Hlp__V1__Plan *saved = r->saved;
	bool of_file = strcmp(saved->level, "artifact") == 0;
	request->phase = saved->phase;
	request->artifact = saved->artifact;
	request->checkpoint = saved->checkpoint;
	request->all = strcmp(saved->level, "all") == 0;
	if (!of_file)
		request->node = saved->node;
	else if (saved->n_rows > 0)
		request->revision = saved->rows[0]->to;
	request->past = saved->past;
	request->n_past = saved->n_past;
	request->overwrite = saved->overwrite;
	request->n_overwrite = saved->n_overwrite;
	request->exclude = saved->excluded;
	request->n_exclude = saved->n_excluded;
}

static bool names_a_level(struct cli *cli)
{
	static const char *const levels[] = {"node", "phase", "artifact", "all"};
	int found = options_has(&cli->options, "to") && !options_has(&cli->options, "artifact");
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
		found += options_has(&cli->options, levels[i]);
	return found == 1;
}

/* `--apply` of a file: 1 when it was one, 0 when it is an id. */
static int load_saved(struct rolling *r, const char *apply)
{
	struct err err = {0};
	char *data = NULL;
	size_t length = 0;
	int rc = file_read(apply, SAVED_MAX, &data, &length, &err);
	if (rc == -ERR_NOT_FOUND)
		return 0;
	if (rc >= 0)
		rc = json_plan_read(data, length, &r->saved, &err);
	free(data);
	if (rc < 0)
		return -cli_refuse(r->cli, CLI_USAGE, "'%s': %s", apply, err.message);
	return 1;
}

/* It would have to be left out in silence, and what was agreed on is in the plan. */
static int refuse_beside_saved(struct rolling *r, const char *apply)
{
	static const char *const said[] = {"node", "phase", "artifact",	 "to",
					   "all",  "past",  "overwrite", "exclude"};
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		if (options_has(&r->cli->options, said[i]))
			return cli_refuse(
				r->cli, CLI_USAGE,
				"--%s does not go with the saved plan '%s', which says all "
				"of it: save another with --plan -o json",
				said[i], apply);
	return 0;
}

static int prepare(struct rolling *r)
{
	const char *apply = options_value(&r->cli->options, "apply");
	int loaded = apply != NULL ? load_saved(r, apply) : 0;
	if (loaded < 0)
		return -loaded;
	int refused = loaded > 0 ? refuse_beside_saved(r, apply) : 0;
	if (refused != 0)
		return refused;
	if (loaded == 0 && apply != NULL && !names_a_level(r->cli)) {
		return cli_refuse(r->cli, CLI_USAGE,
				  "there is no file '%s'; with the id of a plan, say also of what: "
				  "--node NODE, --phase PHASE, --artifact FILE, --to CHECKPOINT or "
				  "--all",
				  apply);
	}
	if (loaded == 0 && !names_a_level(r->cli)) {
		return cli_refuse(r->cli, CLI_USAGE,
				  "say what: hlp rollback EXECUTION --node NODE, --phase PHASE, "
				  "--artifact FILE, --to CHECKPOINT or --all");
	}
	if (loaded > 0) {
		ask_by_plan(r);
	} else {
		ask_by_options(r);
		r->only = apply;
	}
	return listing_check_latest(r->cli, r->request.execution);
}

static int exec(struct cli *cli)
{
	struct rolling r = {.cli = cli,
			    .request = HLP__V1__ROLLBACK_REQUEST__INIT,
			    .only_plan = options_has(&cli->options, "plan"),
			    .detach = options_has(&cli->options, "detach")};
	r.request.execution = (char *)cli_argument(cli, 0);
	int code = prepare(&r);
	if (code == 0)
		code = rolling_run(&r);
	if (r.saved == NULL) {
		free(r.request.past);
		free(r.request.overwrite);
		free(r.request.exclude);
	}
	hlp__v1__plan__free_unpacked(r.saved, NULL);
	return code;
}

const struct cli_command rollback_command = {
	.name = "rollback",
	.arguments = "EXECUTION --node N|--phase P|--artifact FILE|--to CHECKPOINT|--all",
	.help = "take back a node, a phase, a file or all; the plan comes first",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
