/* SPDX-License-Identifier: MIT
 *
 * The parts of a report: each appends Markdown to the same text, which is said at the end. One
 * thread; everything belongs to the command.
 */
#ifndef HLP_CLI_REPORT_H
#define HLP_CLI_REPORT_H

#include "base/map.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "wire/hlp.pb-c.h"

/* What the record tells besides its lines. */
struct report_facts {
	struct arena arena;
	const char *origin;	     /* of whoever started it */
	struct buf params;	     /* Markdown lines */
	struct buf notes, rollbacks; /* lines of "left as" */
};

struct report {
	struct cli *cli;
	Hlp__V1__Status *status;
	Hlp__V1__ArtifactList *artifacts;
	Hlp__V1__AttemptList *attempts;
	struct map attempt_of; /* "NODE run 1" -> Hlp__V1__Attempt */
	struct report_facts facts;
	struct buf timeline, out;
};

/* ---- words of Markdown ------------------------------------------------------------------- */

/* Text from outside on one line, so that it means nothing to Markdown. */
void report_add_text(struct buf *out, const void *data, size_t length);
void report_add_word(struct buf *out, const char *text);
/* A block of lines as they are. */
void report_add_fenced(struct buf *out, const char *language, const void *data, size_t length);
/* "2026-11-25 03:14:07 (18:14:07 UTC)"; the day in UTC too where it is another one. */
/* "exit 3"; nothing for an attempt that is unknown (NULL) or has not ended. */
void report_add_exit(struct buf *out, const Hlp__V1__Attempt *attempt);
void report_add_time(struct buf *out, int64_t wall_us);
void report_add_duration(struct buf *out, int64_t duration_us);

/* ---- parts ------------------------------------------------------------------------------- */

/* Reads the record: fills the timeline and the facts. 0, or how hlp ends. */
int report_read_record(struct report *report);
const Hlp__V1__Attempt *report_attempt(const struct report *report, const char *node,
				       const char *attempt);
void report_add_left(struct report *report);
/* For each attempt that failed how it ended, and what it printed last. */
int report_add_failures(struct report *report);
/* What became of each file: lines of "left as"; and further down a table, with the differences. */
int report_add_files_left(struct report *report);
int report_add_files(struct report *report);

#endif
