/* SPDX-License-Identifier: MIT
 *
 * A floor for reading workflows: the events of a YAML file, taken from libyaml and dropped. Against
 * it `hlp validate` of the same file is measured, whole process against whole process.
 *
 *   yaml_scan FILE        prints the number of events
 */
#include <stdbool.h>
#include <stdio.h>
#include <yaml.h>

static long scan(FILE *file)
{
	yaml_parser_t parser;
	long events = 0;

	if (!yaml_parser_initialize(&parser))
		return -1;
	yaml_parser_set_input_file(&parser, file);
	for (;;) { /* ends with the stream or an error */
		yaml_event_t event;
		bool last;

		if (!yaml_parser_parse(&parser, &event)) {
			events = -1;
			break;
		}
		events++;
		last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		if (last)
			break;
	}
	yaml_parser_delete(&parser);
	return events;
}

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "re") : NULL;
	long events = file ? scan(file) : -1;

	if (file)
		(void)fclose(file); /* was only read */
	if (events < 0) {
		(void)fprintf(stderr, "usage: yaml_scan FILE (valid YAML)\n");
		return 2;
	}
	(void)printf("%ld events\n", events);
	return 0;
}
