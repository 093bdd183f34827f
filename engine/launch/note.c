/* SPDX-License-Identifier: MIT
 *
 * The note as a file.
 */
#include "launch/note.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define NOTE_MAX ((size_t)64 * 1024)

char *note_path(const char *output)
{
	return mem_printf("%s.end", output);
}

int note_write(const char *path, const struct launch_message *note, struct err *err)
{
	struct buf frame;
	int result;

	buf_init(&frame, NOTE_MAX);
	result = launch_encode(note, &frame, err);
	if (result >= 0)
		result = file_replace(path, frame.data, frame.length, 0600, err);
	buf_release(&frame);
	return result;
}

static bool is_end_of(const char *attempt, const struct launch_message *note)
{
	if (!note->attempt || strcmp(note->attempt, attempt) != 0)
		return false;
	return note->kind == LAUNCH_LOST ||
	       (note->kind == LAUNCH_EXITED &&
		(note->exit == LAUNCH_EXIT_STATUS || note->exit == LAUNCH_EXIT_SIGNAL ||
		 note->exit == LAUNCH_EXIT_LAUNCH));
}

int note_read(const char *path, const char *attempt, struct arena *arena,
	      struct launch_message *out, struct err *err)
{
	char *data, *kept;
	size_t length;
	struct launch_message note;
	int result = file_read(path, NOTE_MAX, &data, &length, err);

	if (result < 0)
		return result;
	kept = arena_alloc(arena, length + 1);
	memcpy(kept, data, length);
	free(data);
	result = launch_decode(kept, length, arena, &note, err);
	if (result >= 0 && ((size_t)result != length || !length || !is_end_of(attempt, &note)))
		result = err_set(err, ERR_CORRUPT, "'%s' says no end of %s", path, attempt);
	if (result < 0)
		return result;
	*out = note;
	return 0;
}
