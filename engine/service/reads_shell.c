/* SPDX-License-Identifier: MIT
 *
 * From the fold at the act that opened it to an order. Secrets go as the names of their files: only
 * whoever may read those gets them.
 */
#include "service/reads_shell.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/proc.h"
#include "model/order.h"
#include "service/reads_moment.h"
#include "wire/message.h"

#define RELAY "hlp-relay" /* the client finds its own */

static size_t count_of(const char *const *list)
{
	size_t count = 0;

	while (list[count])
		count++;
	return count;
}

static int find_node(const struct execution *execution, const char *id, uint32_t *out,
		     struct err *err)
{
	int64_t node = workflow_find_node(execution->workflow, id);

	if (node < 0 || !execution->nodes[node].shells)
		return err_set(err, ERR_NOT_FOUND, "no shell was opened on '%s'", id);
	*out = (uint32_t)node;
	return 0;
}

static void put_shell(struct asking *asking, const struct order *order, uint32_t number,
		      const char *workspace)
{
	Hlp__V1__ShellReply reply = HLP__V1__SHELL_REPLY__INIT;
	char boot_id[PROC_BOOT_ID_TEXT];

	reply.number = number;
	reply.folder = (char *)order->folder;
	reply.env = (char **)order->env;
	reply.n_env = count_of(order->env);
	reply.argv = (char **)order->argv;
	reply.n_argv = count_of(order->argv);
	reply.outputs = (char *)(order->outputs ? order->outputs : "");
	reply.workspace = (char *)workspace;
	proc_boot_id(boot_id);
	reply.boot_id = boot_id;
	reply.recording = (char *)order->output;
	message_pack(&reply.base, &asking->out);
}

static int build(struct asking *asking, const struct execution *execution, struct err *err)
{
	const Hlp__V1__ShellRequest *asked = (const Hlp__V1__ShellRequest *)asking->message;
	const struct home *home = asking->service->home;
	char *workspace = order_workspace_path(execution->id, home->output);
	const struct order_places places = {.output_folder = home->output,
					    .workspace = workspace,
					    .relay = RELAY,
					    .secrets = home->secret};
	const struct order *order;
	struct arena arena = {0};
	uint32_t node = 0, number = 0;
	int rc = find_node(execution, asked->node, &node, err);

	if (rc >= 0) {
		number = execution->nodes[node].shells;
		rc = order_shell(execution, node, number, &places, &arena, &order, err);
	}
	if (rc >= 0)
		put_shell(asking, order, number, workspace);
	arena_release(&arena);
	free(workspace);
	return rc;
}

int reads_shell(struct asking *asking, struct catalog *catalog, struct content *content,
		struct err *err)
{
	const Hlp__V1__ShellRequest *asked = (const Hlp__V1__ShellRequest *)asking->message;
	struct execution *execution;
	uint64_t seq;
	int rc = reads_moment_fold(asking, catalog, content, asked->seq, &execution, &seq, err);

	if (rc < 0)
		return rc;
	rc = build(asking, execution, err);
	execution_free(execution);
	return rc < 0 ? rc : 0;
}
