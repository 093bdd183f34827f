/* SPDX-License-Identifier: MIT
 *
 * An execution's status, fetched and printed; shared by status, run, attach and wait.
 */
#ifndef HLP_CLI_STATUS_H
#define HLP_CLI_STATUS_H

#include "cli/cli.h"

/* Fetches; 0 or how hlp ends, said. The caller frees with hlp__v1__status__free_unpacked. */
int status_fetch(struct cli *cli, const char *execution, Hlp__V1__Status **out);
/* Prints the JSON document of section "status". 0 or how hlp ends. */
int status_print_json(struct cli *cli, const char *execution);
/* One line about an execution: glyph, name, state, counts, age. */
void status_print_line(struct cli *cli, const Hlp__V1__Execution *execution);

#endif
