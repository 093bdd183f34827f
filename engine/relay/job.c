/* SPDX-License-Identifier: MIT
 *
 * Options are --NAME VALUE, then -- and the command. The engine writes them, so there is no help
 * for people and no other form.
 */
#include "relay/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int add_secret(struct job *job, char *value, struct err *err)
{
	char *equals = strchr(value, '=');
	size_t capacity = job->secrets_count;

	if (!equals || equals == value)
		return err_set(err, ERR_INVALID, "--secret is NAME=FILE");
	*equals = '\0';
	job->secrets =
		mem_grow(job->secrets, &capacity, job->secrets_count + 1, sizeof(*job->secrets));
	job->secrets[job->secrets_count++] = (struct job_secret){.name = value, .path = equals + 1};
	return 0;
}

static int take(struct job *job, const char *name, char *value, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {
		{"--note", &job->note},	      {"--script", &job->script},   {"--stop", &job->stop},
		{"--outputs", &job->outputs}, {"--raw", &job->outputs_raw},
	};

	if (strcmp(name, "--secret") == 0)
		return add_secret(job, value, err);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(name, texts[i].name) == 0) {
			*texts[i].to = value;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "unknown option '%s'", name);
}

int job_read(char **argv, struct job *out, struct err *err)
{
	struct job job = {0};
	int result = 0;

	for (argv++; result >= 0 && *argv && strcmp(*argv, "--") != 0; argv += 2) {
		if (!argv[1]) {
			result = err_set(err, ERR_INVALID, "'%s' lacks its value", *argv);
			break;
		}
		result = take(&job, argv[0], argv[1], err);
	}
	if (result >= 0 && (!job.note || !*argv || !argv[1]))
		result = err_set(err, ERR_INVALID, "--note FILE, '--' and a command are missing");
	if (result < 0) {
		job_release(&job);
		return result;
	}
	job.argv = argv + 1;
	*out = job;
	return 0;
}

void job_release(struct job *job)
{
	free(job->secrets);
	*job = (struct job){0};
}
