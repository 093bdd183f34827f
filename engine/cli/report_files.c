/* SPDX-License-Identifier: MIT
 *
 * What became of the files: which differ from before, which were brought back, which somebody has
 * changed since; and how. See report.h.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"

#define DIFF_BYTES ((size_t)8 * 1024) /* of one file's difference that are shown */

/* A file in the course of the run. */
struct course {
	const Hlp__V1__Revision *first, *last; /* what it was before, and when it was last seen */
	const Hlp__V1__Revision *made;	       /* the newest that a node left; NULL: none */
};

static bool same(const Hlp__V1__Revision *a, const Hlp__V1__Revision *b)
{
	return a->absent == b->absent && strcmp(a->blob, b->blob) == 0 && a->mode == b->mode;
}

/* The course of the file that row `at` begins; false when it is no beginning. */
static bool course_of(const Hlp__V1__ArtifactList *list, size_t at, struct course *out)
{
	const Hlp__V1__Revision *first = list->revisions[at];
	*out = (struct course){.first = first, .last = first};
	for (size_t i = 0; i < list->n_revisions; i++) {
		const Hlp__V1__Revision *revision = list->revisions[i];
		if (strcmp(revision->path, first->path) != 0)
			continue;
		if (i < at)
			return false;
		out->last = revision;
		if (strcmp(revision->moment, "after") == 0)
			out->made = revision;
	}
	return true;
}

static bool was_taken_back(const struct course *course)
{
	return course->made != NULL && same(course->first, course->last) &&
	       !same(course->first, course->made);
}

static const char *name_of(const Hlp__V1__Revision *revision)
{
	return revision->absent ? "no file" : revision->id;
}

/* The answer to a comparison; NULL when there is none, such as of a file on another host. */
static Hlp__V1__DiffReply *compare(struct report *report, const Hlp__V1__Revision *old,
				   const char *new)
{
	Hlp__V1__DiffRequest request = HLP__V1__DIFF_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct err err = {0};
	request.execution = report->status->execution->id;
	request.artifact = old->path;
	request.old_revision = old->id;
	request.new_revision = (char *)new;
	request.compare = (char *)"text";
	if (client_call(report->cli->client, "DiffArtifact", &request.base,
			&hlp__v1__diff_reply__descriptor, CLI_CALL_TIMEOUT_US, &reply, &err) < 0)
		return NULL;
	return (Hlp__V1__DiffReply *)reply;
}

/* ---- left as ----------------------------------------------------------------------------- */

static bool changed_since(struct report *report, const Hlp__V1__Revision *last)
{
	Hlp__V1__DiffReply *reply = compare(report, last, "now");
	bool changed = reply != NULL && !reply->same;
	hlp__v1__diff_reply__free_unpacked(reply, NULL);
	return changed;
}

static void add_course(struct report *report, const struct course *course)
{
	struct buf *out = &report->out;
	if (!same(course->first, course->last)) {
		buf_printf(out, "- differs from before: `%s` of %s (%s, was %s)\n",
			   course->first->path, course->last->node, name_of(course->last),
			   name_of(course->first));
	} else if (was_taken_back(course)) {
		buf_printf(out, "- as before again: `%s` of %s (%s was taken back)\n",
			   course->first->path, course->last->node, name_of(course->made));
	}
	if (changed_since(report, course->last)) {
		buf_printf(out, "- changed since by somebody else: `%s` (hlp diff %s %s %s now)\n",
			   course->first->path, report->status->execution->name,
			   course->first->path, course->last->id);
	}
}

int report_add_files_left(struct report *report)
{
	struct course course;
	for (size_t i = 0; i < report->artifacts->n_revisions; i++)
		if (course_of(report->artifacts, i, &course))
			add_course(report, &course);
	return 0;
}

/* ---- how they differ --------------------------------------------------------------------- */

static void add_diff(struct report *report, const Hlp__V1__Revision *old,
		     const Hlp__V1__Revision *new)
{
	Hlp__V1__DiffReply *reply = compare(report, old, new->id);
	if (reply == NULL) {
		buf_add_text(&report->out, "\nIt cannot be compared.\n");
		return;
	}
	size_t length = reply->text.len < DIFF_BYTES ? reply->text.len : DIFF_BYTES;
	while (length < reply->text.len && length > 0 && reply->text.data[length - 1] != '\n')
		length--;
	buf_add_text(&report->out, "\n");
	report_add_fenced(&report->out, "diff", reply->text.data, length);
	if (length < reply->text.len) {
		buf_printf(&report->out, "\nIt goes on: hlp diff %s %s %s %s\n",
			   report->status->execution->name, old->path, old->id, new->id);
	}
	hlp__v1__diff_reply__free_unpacked(reply, NULL);
}

static void add_diffs(struct report *report, const char *title, bool taken_back)
{
	struct course course;
	bool any = false;
	for (size_t i = 0; i < report->artifacts->n_revisions; i++) {
		if (!course_of(report->artifacts, i, &course))
			continue;
		bool wanted =
			taken_back ? was_taken_back(&course) : !same(course.first, course.last);
		if (!wanted)
			continue;
		buf_printf(&report->out, "%s\n`%s` of %s\n", any ? "" : title, course.first->path,
			   course.last->node);
		add_diff(report, course.first, taken_back ? course.made : course.last);
		any = true;
	}
}

int report_add_files(struct report *report)
{
	add_diffs(report, "\n## Files that differ from before\n", false);
	add_diffs(report, "\n## Changes of files that were taken back\n", true);
	return 0;
}
