/* SPDX-License-Identifier: MIT
 *
 * A program in a terminal of our own, near or far away: what it sends and what is typed are under
 * way for half of `delay_us` each, and it may be that nothing is taken from it for a while.
 * Everything is measured where the person sits. One thread; what fails ends the program, for it is
 * a bench.
 */
#ifndef HLP_TESTS_BENCH_PTY_PTY_H
#define HLP_TESTS_BENCH_PTY_PTY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "tests/bench/pty/cells.h"

struct parcel; /* bytes under way */

struct pty {
	int master, slave; /* the slave stays open: the last close would reset its settings */
	pid_t pid;
	char name[64]; /* of the program's side */
	struct termios before;
	struct cells cells;
	int64_t delay_us;	       /* there and back */
	bool stalled;		       /* nothing is taken from the program */
	struct parcel *coming, *going; /* the oldest first; owned */
	int64_t total;		       /* bytes that came */
	int64_t last_us;	       /* when the last of them came */
};

void pty_start(struct pty *pty, char **words, int columns, int rows);
void pty_wait(struct pty *pty); /* until it has ended, and all it says before */
void pty_release(struct pty *pty);
void pty_end(struct pty *pty); /* TERM, and both of the above */

/* Lets things happen until `until_us`, or until something came; whether something did. */
bool pty_turn(struct pty *pty, int64_t until_us);
void pty_type(struct pty *pty, const char *bytes, size_t length);
void pty_pass(struct pty *pty, int64_t duration_us); /* that long, whatever comes */
void pty_settle(struct pty *pty,
		int64_t quiet_us); /* until nothing came for so long; 20 s at most */
void pty_await(struct pty *pty, const char *text); /* until it is on the screen; fails after 30 s */

/* Of /proc: "VmHWM:" in KiB and such; -1 when it is gone. */
long pty_status(const struct pty *pty, const char *name);
double pty_processor_seconds(const struct pty *pty);
/* Settings as before, alternate screen left, cursor shown, keys and colours as they were. */
bool pty_is_as_before(const struct pty *pty);

#endif
