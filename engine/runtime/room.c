/* SPDX-License-Identifier: MIT
 *
 * Waiting for room. Nothing is stored: effects are derived from the state, so asking again is
 * looking again.
 */
#include "runtime/room.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

#define AGAIN_US     CLOCK_SECOND_US
#define SAY_EVERY_US (60 * CLOCK_SECOND_US)

void room_take_space(struct engine *engine, struct space_message *message)
{
	engine->disk_full = !message->has_space;
	if (engine->disk_full)
		log_error("the disk is full: nothing new starts until there is room");
	else
		log_info("the disk has room again");
	free(message);
}

void room_want(struct engine *engine, const struct live *live, const char *why)
{
	const int64_t now_us = engine_now_us(engine);

	engine->room_due_us = now_us + AGAIN_US;
	(void)snprintf(engine->room_text, sizeof(engine->room_text), "%s waits: %s",
		       live->execution->name, why); /* cut on purpose */
	if (engine->room_said_us && now_us - engine->room_said_us < SAY_EVERY_US)
		return;
	log_error("%s", engine->room_text);
	engine->room_said_us = now_us;
}

void room_refused(struct engine *engine)
{
	engine->starts_due_us = engine_now_us(engine) + AGAIN_US;
}

bool room_may_start(const struct engine *engine)
{
	return !engine->disk_full && engine_now_us(engine) >= engine->starts_due_us;
}

const char *room_warning(const struct engine *engine)
{
	if (engine->disk_full)
		return "the disk of HLP_HOME is full: nothing new starts until there is room";
	return engine->room_due_us ? engine->room_text : NULL;
}

bool room_is_due(struct engine *engine)
{
	if (!engine->room_due_us || engine_now_us(engine) < engine->room_due_us)
		return false;
	engine->room_due_us = 0;
	return true;
}

int64_t room_deadline_us(const struct engine *engine)
{
	const int64_t starts_us = engine->starts_due_us > engine_now_us(engine) &&
						  engine->starts_first < engine->starts_last
					  ? engine->starts_due_us
					  : INT64_MAX;

	if (!engine->room_due_us)
		return starts_us;
	return engine->room_due_us < starts_us ? engine->room_due_us : starts_us;
}
