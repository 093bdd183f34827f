/* SPDX-License-Identifier: MIT
 *
 * A list that is cut back to its first entries by place each time it has grown to twice what
 * may be shown. Which words a problem is told in is its finder's business.
 */
#include "model/problems.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/limits.h"

#define TEXT_MAX 600

static int compare(const void *left, const void *right)
{
	const struct problem *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

static void sort_and_cut(struct problems *problems)
{
	if (!problems->count)
		return;
	qsort(problems->list, problems->count, sizeof(*problems->list), compare);
	while (problems->count > LIMIT_ERRORS_SHOWN)
		free(problems->list[--problems->count].text);
}

void problems_add(struct problems *problems, uint32_t line, uint32_t column, const char *format,
		  ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* cut on purpose */
	va_end(args);
	problems->list = mem_grow(problems->list, &problems->capacity, problems->count + 1,
				  sizeof(*problems->list));
	problems->list[problems->count++] = (struct problem){.line = line,
							     .column = column,
							     .number = problems->total++,
							     .text = mem_strdup(text)};
	if (problems->count >= (size_t)2 * LIMIT_ERRORS_SHOWN)
		sort_and_cut(problems);
}

void problems_print(struct problems *problems, const char *file, struct buf *out)
{
	sort_and_cut(problems);
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];

		text_gate(out, file, strlen(file), TEXT_ONE_LINE);
		buf_printf(out, ":%" PRIu32 ":%" PRIu32 ": error: ", problem->line,
			   problem->column);
		text_gate(out, problem->text, strlen(problem->text), TEXT_ONE_LINE);
		buf_add_char(out, '\n');
	}
	if (problems->total > problems->count)
		buf_printf(out, "%" PRIu64 " more errors are not shown\n",
			   problems->total - problems->count);
}

void problems_release(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		free(problems->list[i].text);
	free(problems->list);
	*problems = (struct problems){0};
}
