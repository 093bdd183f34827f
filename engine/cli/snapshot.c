/* SPDX-License-Identifier: MIT
 *
 * Filling a mirror from two calls. See snapshot.h.
 */
#include "cli/snapshot.h"

#include "cli/status.h"
#include "model/suggest.h"

static void apply_status(struct mirror *mirror, Hlp__V1__Status *status)
{
	Hlp__V1__Update update = HLP__V1__UPDATE__INIT;
	update.seq = status->seq;
	update.snapshot = true;
	update.execution = status->execution;
	update.nodes = status->nodes;
	update.n_nodes = status->n_nodes;
	mirror_apply(mirror, &update);
}

int snapshot_take(struct cli *cli, const char *execution, struct mirror *mirror)
{
	Hlp__V1__Status *status;
	Hlp__V1__GraphRequest request = HLP__V1__GRAPH_REQUEST__INIT;
	ProtobufCMessage *graph = NULL;
	int code = status_fetch(cli, execution, &status);
	if (code != 0)
		return code;
	request.execution = status->execution->id; /* the same one, whatever began meanwhile */
	code = cli_call(cli, "GetGraph", &request.base, &hlp__v1__graph__descriptor, &graph);
	if (code == 0) {
		mirror_init(mirror);
		mirror_set_graph(mirror, (const Hlp__V1__Graph *)graph);
		apply_status(mirror, status);
		protobuf_c_message_free_unpacked(graph, NULL);
	}
	hlp__v1__status__free_unpacked(status, NULL);
	return code;
}

static const char *id_at(const void *mirror, size_t i)
{
	return ((const struct mirror *)mirror)->nodes[i].id;
}

int snapshot_refuse_node(struct cli *cli, const struct mirror *mirror, const char *node)
{
	char hint[SUGGEST_HINT];
	return cli_refuse(cli, CLI_OTHER, "no node '%s' in %s%s", node, mirror->name,
			  suggest_hint(node, mirror->nodes_count, id_at, mirror, hint));
}
