/* SPDX-License-Identifier: MIT
 *
 * Options are --NAME VALUE, then -- and the command. The engine writes them, so there is no help
 * for people and no other form.
 */
#include "relay/brief.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int add_secret(struct brief *brief, char *value, struct err *err)
{
	char *equals = strchr(value, '=');
	size_t capacity = brief->secrets_count;

	if (!equals || equals == value)
		return err_set(err, ERR_INVALID, "--secret is NAME=FILE");
	*equals = '\0';
	brief->secrets = mem_grow(brief->secrets, &capacity, brief->secrets_count + 1,
				  sizeof(*brief->secrets));
	brief->secrets[brief->secrets_count++] =
		(struct brief_secret){.name = value, .path = equals + 1};
	return 0;
}

static int take(struct brief *brief, const char *name, char *value, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {
		{"--note", &brief->note},     {"--script", &brief->script},
		{"--stop", &brief->stop},     {"--outputs", &brief->outputs},
		{"--record", &brief->record}, {"--raw", &brief->outputs_raw},
		{"--most", &brief->most},
	};

	if (strcmp(name, "--secret") == 0)
		return add_secret(brief, value, err);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(name, texts[i].name) == 0) {
			*texts[i].to = value;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "unknown option '%s'", name);
}

int brief_read(char **argv, struct brief *out, struct err *err)
{
	struct brief brief = {0};
	int result = 0;

	for (argv++; result >= 0 && *argv && strcmp(*argv, "--") != 0; argv += 2) {
		if (!argv[1]) {
			result = err_set(err, ERR_INVALID, "'%s' lacks its value", *argv);
			break;
		}
		result = take(&brief, argv[0], argv[1], err);
	}
	if (result >= 0 && (!brief.note == !brief.record || !*argv || !argv[1]))
		result = err_set(err, ERR_INVALID,
				 "--note FILE (or --record FILE), '--' and a command are missing");
	if (result < 0) {
		brief_release(&brief);
		return result;
	}
	brief.argv = argv + 1;
	*out = brief;
	return 0;
}

void brief_release(struct brief *brief)
{
	free(brief->secrets);
	*brief = (struct brief){0};
}
