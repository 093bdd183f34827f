/* SPDX-License-Identifier: MIT
 *
 * Asking the launcher. How it is started and what it answers is base/instance.h's.
 */
#include "client/start.h"

#include "base/clock.h"
#include "base/instance.h"
#include "base/log.h"

#define LAUNCHER_US (3 * CLOCK_SECOND_US) /* one that started has its lock by then */

int start_instance(const struct home *home, struct err *err)
{
	struct instance_status status;
	int rc = instance_wake(home, &status, err);

	if (rc != -ERR_UNAVAILABLE)
		return rc;
	return instance_start_launcher(home, err);
}

int start_is_under_way(const struct home *home, struct err *err)
{
	struct instance_status status;
	int rc = instance_status(home, &status, NULL);

	if (rc == -ERR_UNAVAILABLE)
		return instance_is_there(home) ? 0
					       : err_set(err, ERR_UNAVAILABLE,
							 "no engine runs in '%s'", home->path);
	return rc < 0 ? err_set(err, (enum err_code) - rc, "cannot ask the launcher of '%s'",
				home->path)
		      : 0;
}

int start_hope(const struct home *home, int64_t waited_us, struct err *err)
{
	struct instance_status status;

	if (instance_status(home, &status, NULL) < 0) {
		if (waited_us < LAUNCHER_US || instance_is_there(home))
			return 0; /* it may be on its way */
	} else if (status.engine_pid || !status.text[0]) {
		return 0;
	}
	return err_set(err, ERR_UNAVAILABLE, "no engine runs in '%s'", home->path);
}

void start_explain(const struct home *home, struct err *err)
{
	struct instance_status status = {0};
	const struct err before = *err;

	if (instance_status(home, &status, NULL) < 0)
		log_last_error(home->engine_log, 0, "hlp-launcher", status.text,
			       sizeof(status.text));
	if (!status.text[0] && !status.launcher_pid)
		return;
	(void)err_set(err, (enum err_code)before.code, "%s%s%s; its log is '%s'", before.message,
		      status.text[0] ? "; the launcher says: " : "", status.text, home->engine_log);
}
