/* SPDX-License-Identifier: MIT
 *
 * What may lie in one place only: a folder for each execution below $HLP_HOME/secret, 0700, a file
 * for each value, 0600. Nothing of it is in Git or the journal, so it ends with its folder.
 */
#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/ulid.h"
#include "store/content_own.h"
#include "store/output.h"

static char *folder_of(const struct home *home, const char *execution)
{
	return file_join(home->secret, execution);
}

const struct home *content_home(const struct content *content)
{
	return content->home;
}

int content_keep_secret(struct content *content, const char *execution, const char *name,
			const char *value, size_t length, struct err *err)
{
	char *folder = folder_of(content->home, execution), *path = file_join(folder, name);
	int rc = file_make_folders(folder, 0700, err);

	if (rc >= 0)
		rc = file_replace(path, value, length, 0600, err);
	free(path);
	free(folder);
	return rc < 0 ? rc : 0;
}

int content_forget_secrets(const struct home *home, const char *execution, struct err *err)
{
	char *folder = folder_of(home, execution);
	int rc = file_exists(folder) ? output_remove(folder, err) : 0;

	free(folder);
	return rc;
}

int content_forget_file(struct content *content, const char *blob, struct err *err)
{
	struct bigfile_pointer pointer;
	struct buf data;
	int rc;

	buf_init(&data, BIGFILE_POINTER_MAX);
	rc = repo_read(&content->repo, blob, &data, NULL);
	if (rc >= 0 && bigfile_parse(buf_text(&data), data.length, &pointer))
		rc = bigfile_forget(&content->large, &pointer, err);
	buf_release(&data);
	return rc == -ERR_LIMIT ? 0 : rc; /* so large an object is no pointer */
}

int content_sweep_secrets(const struct home *home,
			  bool (*is_known)(void *ctx, const char *execution), void *ctx,
			  struct err *err)
{
	DIR *folder = opendir(home->secret);
	int rc = 0;

	if (!folder)
		return 0; /* none was ever kept */
	for (struct dirent *entry = readdir(folder); rc >= 0 && entry; entry = readdir(folder))
		if (ulid_is_valid(entry->d_name) && !is_known(ctx, entry->d_name))
			rc = content_forget_secrets(home, entry->d_name, err);
	(void)closedir(folder); /* only read */
	return rc;
}
