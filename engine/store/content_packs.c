/* SPDX-License-Identifier: MIT
 *
 * Few packs. Every batch leaves one, and a repository of hundreds is slow to read; so git merges
 * the small ones into larger ones, beside the work. Only what came since the last time is looked
 * at, and each pack becomes at least twice as large as all smaller ones together: the work stays in
 * proportion to what is kept, and few packs are left. A git that is killed leaves the packs that it
 * was to merge.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/proc.h"
#include "base/text.h"
#include "store/content_own.h"

#define PACKS_MORE 8  /* so many more than were left the last time are merged */
#define NICE	   10 /* whoever waits for a revision comes first */

static uint32_t count_packs(const char *repository)
{
	char *path = mem_printf("%s/objects/pack", repository);
	DIR *folder = opendir(path);
	uint32_t count = 0;

	free(path);
	if (!folder)
		return 0;
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		count += text_ends_with(entry->d_name, ".pack");
	(void)closedir(folder); /* only read */
	return count;
}

void content_own_count_packs(struct content *content)
{
	content->packs = count_packs(content->home->content);
}

uint32_t content_packs_count(const struct content *content)
{
	return content->packs;
}

static int start_git(struct content *content, struct err *err)
{
	static const char *const words[] = {"repack", "--geometric=2", "-d", "-q", "-n", NULL};
	struct content_git git;
	int rc = content_own_git_words(content, words, &git, err);
	struct proc_spawn how = {
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .new_session = true};

	if (rc < 0)
		return rc;
	how.argv = (char *const *)git.argv;
	rc = proc_spawn(&how, &content->packer, err);
	if (rc == 0)
		(void)setpriority(PRIO_PROCESS, (id_t)content->packer, NICE); /* or not: as well */
	content_own_git_release(&git);
	return rc;
}

/* 1 it has ended well, 0 it is still at work. */
static int look_at_git(struct content *content, int flags, struct err *err)
{
	int status = 0;
	pid_t pid = waitpid(content->packer, &status, flags);

	if (pid == 0 || (pid < 0 && errno == EINTR))
		return 0;
	content->packer = 0;
	content_own_count_packs(content);
	content->packs_left = content->packs;
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(err, ERR_IO, "git repack of '%s' ended with status %d",
			       content->home->content, pid < 0 ? -errno : status);
	return 1;
}

/* Of the packs that are gone now nothing may stay mapped. */
static int follow_git(struct content *content, struct err *err)
{
	int rc = look_at_git(content, WNOHANG, err);

	return rc > 0 ? repo_reopen(&content->repo, err) : rc;
}

int content_upkeep(struct content *content, struct err *err)
{
	if (content->packer)
		return follow_git(content, err);
	if (content->packs < content->packs_left + PACKS_MORE)
		return 0;
	content->packs_left = content->packs; /* if there is no git, not again at once */
	return start_git(content, err);
}

void content_own_end_upkeep(struct content *content)
{
	pid_t group;

	if (!content->packer)
		return;
	group = content->packer;
	(void)kill(-group, SIGTERM); /* its helpers too: they remove what they have begun */
	while (content->packer)
		(void)look_at_git(content, 0, NULL); /* its failure is our doing */
	for (int tries = 0; tries < 1000 && kill(-group, 0) == 0; tries++)
		(void)poll(NULL, 0, 1);
}
