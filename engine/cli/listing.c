/* SPDX-License-Identifier: MIT
 *
 * Listing executions. See listing.h.
 */
#include "cli/listing.h"

#include <string.h>

#define LATEST_LOOK 200

int listing_fetch(struct cli *cli, const char *workflow, uint32_t limit,
		  Hlp__V1__ExecutionList **out)
{
	Hlp__V1__ListRequest request = HLP__V1__LIST_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.workflow = (char *)(workflow != NULL ? workflow : "");
	request.limit = limit;
	int code = cli_call(cli, "ListExecutions", &request.base,
			    &hlp__v1__execution_list__descriptor, &reply);
	*out = (Hlp__V1__ExecutionList *)reply;
	return code;
}

int listing_check_latest(struct cli *cli, const char *execution)
{
	Hlp__V1__ExecutionList *list;
	const char *names[2] = {NULL, NULL};
	size_t open = 0;
	if (strcmp(execution, "@latest") != 0)
		return 0;
	int code = listing_fetch(cli, NULL, LATEST_LOOK, &list);
	if (code != 0)
		return code;
	for (size_t i = 0; i < list->n_executions; i++) {
		if (!list->executions[i]->ended) {
			names[open < 2 ? open : 1] = list->executions[i]->name;
			open++;
		}
	}
	if (open > 1) {
		code = cli_refuse(cli, CLI_OTHER,
				  "@latest is not one: %zu executions have not ended (%s, %s%s); "
				  "name it",
				  open, names[0], names[1], open > 2 ? ", …" : "");
	}
	hlp__v1__execution_list__free_unpacked(list, NULL);
	return code;
}
