/* SPDX-License-Identifier: MIT
 *
 * Records and words of the launcher.
 */
#include "launcher/launcher.h"

#include "base/clock.h"

void launcher_record(struct launcher *launcher, const struct launch_message *record)
{
	launch_log_add(&launcher->log, record);
}

struct link *launcher_engine_link(struct launcher *launcher)
{
	struct link *link = launcher->links.first;

	while (link && !link->is_engine)
		link = link->next;
	return link;
}

void launcher_tell(struct launcher *launcher, const struct launch_message *message)
{
	struct link *link = launcher_engine_link(launcher);

	if (link)
		link_send(link, message);
}

void launcher_tell_later(struct launcher *launcher, const struct launch_message *message)
{
	struct link *link = launcher_engine_link(launcher);

	if (link)
		link_send_later(link, message);
}

void launcher_describe(struct launcher *launcher, struct link *link, const struct attempt *attempt)
{
	const struct launch_message message = attempt_describe(attempt, launcher->boot_id);

	link_send(link, &message);
	if (attempt_is_live(attempt) && attempt->freeze_said)
		link_send(link, &(struct launch_message){.kind = LAUNCH_FROZEN,
							 .attempt = attempt->id,
							 .time_us = launcher_wall_us()});
}

int64_t launcher_wall_us(void)
{
	return clock_wall_us(clock_system());
}

int64_t launcher_boot_us(void)
{
	return clock_monotonic_us(clock_system());
}
