/* SPDX-License-Identifier: MIT
 *
 * The floor of reading YAML: libyaml's events of a file, counted and thrown away.
 *
 *   yaml_scan FILE
 */
#include <stdbool.h>
#include <stdio.h>

#include <yaml.h>

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	bool done = false;
	yaml_parser_t parser;
	yaml_event_t event;
	long events = 0;

	if (!file || !yaml_parser_initialize(&parser)) {
		(void)fprintf(stderr, "usage: yaml_scan FILE\n");
		return 2;
	}
	yaml_parser_set_input_file(&parser, file);
	while (!done) {
		if (!yaml_parser_parse(&parser, &event))
			return 1;
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		events++;
	}
	yaml_parser_delete(&parser);
	(void)fclose(file);
	(void)printf("%ld events\n", events);
	return 0;
}
