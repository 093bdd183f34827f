/* SPDX-License-Identifier: MIT
 *
 * An hlpd that dies of its own doing: a copy of the real one into which the linker puts this in
 * front of load_event (--wrap), through which every execution is taken up. A note "brittle: SEGV"
 * (or ABRT, BUS, KILL) kills whoever folds it. The shipped program knows nothing of this.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/load.h"

#define WORD "brittle: "

int __real_load_event(void *ctx, const struct event *event, struct err *err);
int __wrap_load_event(void *ctx, const struct event *event, struct err *err);

/* A fault like any other, on a page that no sanitizer knows better about. */
static void fault(void)
{
	volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*page = 1;
}

static void die(const char *how)
{
	if (!strcmp(how, "SEGV"))
		fault();
	if (!strcmp(how, "ABRT"))
		abort();
	if (!strcmp(how, "BUS"))
		(void)raise(SIGBUS);
	if (!strcmp(how, "KILL"))
		(void)kill(getpid(), SIGKILL);
}

int __wrap_load_event(void *ctx, const struct event *event, struct err *err)
{
	if (event->kind == EVENT_ACT && event->note && !strncmp(event->note, WORD, strlen(WORD)))
		die(event->note + strlen(WORD));
	return __real_load_event(ctx, event, err);
}
