/* SPDX-License-Identifier: MIT
 *
 * Reading `host`, and what may be the name of one: whatever ssh or a proxy command could take
 * for an option or for code is refused, be it written or made of a value.
 */
#include <string.h>

#include "model/limits.h"
#include "model/workflow_parts.h"

#define ALPHANUMERIC "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

const char *workflow_host_wrong(const char *to)
{
	const char *at = strrchr(to, '@'), *host = at ? at + 1 : to;
	const size_t user = at ? (size_t)(at - to) : 0;

	if (strlen(to) > LIMIT_HOST)
		return "it is too long";
	if (at && (!user || strspn(to, ALPHANUMERIC "_.+-") != user))
		return "the user's name may hold letters, digits and '_.+-'";
	if (!*host || host[strspn(host, ALPHANUMERIC "_.:%-")])
		return "a host's name may hold letters, digits and '_.:%-'";
	if (*to == '-' || *host == '-')
		return "it would be taken for an option";
	return NULL;
}

static void read_to(struct reader *reader, uint32_t value, void *target)
{
	struct host_spec *host = target;
	const char *wrong;

	if (!fields_text(reader, value, "host", &host->to))
		return;
	workflow_note_template(reader, value, reader->use, false);
	wrong = strstr(host->to, "${") ? NULL : workflow_host_wrong(host->to);
	if (wrong)
		fields_problem(reader, value, "'%.60s' cannot be a host: %s", host->to, wrong);
}

static void read_port(struct reader *reader, uint32_t value, void *target)
{
	struct host_spec *host = target;
	int64_t port;

	if (fields_integer(reader, value, "port", 1, 65535, &port))
		host->port = (uint16_t)port;
}

static void read_config(struct reader *reader, uint32_t value, void *target)
{
	struct host_spec *host = target;

	(void)workflow_path_read(reader, value, "config", &host->config); /* noted */
}

static const struct field host_list[] = {
	FIELD("to", read_to),
	FIELD("port", read_port),
	FIELD("config", read_config),
};
static const struct fields host_fields = {"'host'", host_list, 3};

void workflow_host_read(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	struct host_spec *host = arena_alloc(reader->arena, sizeof(*host));

	host->to = "";
	reader->use = workflow_use_of(reader, target);
	if (yaml_at(reader->tree, value)->kind != YAML_KIND_MAP)
		read_to(reader, value, host);
	else if (!(fields_read(reader, value, &host_fields, host, NULL) & 1))
		fields_problem(reader, value, "'host' needs 'to': host: {to: USER@HOST, port: 22}");
	spec->host = host;
}
