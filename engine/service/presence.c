/* SPDX-License-Identifier: MIT
 *
 * A list of streams. It is short (people, not programs), so everybody is told everything anew.
 */
#include "service/presence.h"

#include <string.h>

#include "base/mem.h"
#include "wire/message.h"

#define PEOPLE_MAX 64 /* told of; more would fit on no screen */

static bool is_armed(const struct asking *asking)
{
	return ((const Hlp__V1__PresenceRequest *)asking->message)->armed;
}

static void tell(struct asking *to)
{
	Hlp__V1__Presence presence = HLP__V1__PRESENCE__INIT;
	Hlp__V1__Person people[PEOPLE_MAX], *list[PEOPLE_MAX];

	presence.people = list;
	for (struct asking *at = to->service->present; at; at = at->next_present) {
		if (!at->call || strcmp(at->execution, to->execution) != 0 ||
		    presence.n_people == PEOPLE_MAX)
			continue;
		Hlp__V1__Person *person = &people[presence.n_people];
		hlp__v1__person__init(person);
		person->actor = (char *)asking_actor(at);
		person->armed = is_armed(at);
		person->you = at == to;
		list[presence.n_people++] = person;
	}
	buf_clear(&to->out);
	message_pack(&presence.base, &to->out);
	asking_send(to);
}

static void tell_all(struct service *service, const char *execution)
{
	for (struct asking *at = service->present; at; at = at->next_present)
		if (at->call && strcmp(at->execution, execution) == 0)
			tell(at);
}

static void leave(struct asking *asking)
{
	struct asking **link = &asking->service->present;

	while (*link && *link != asking)
		link = &(*link)->next_present;
	if (!*link)
		return;
	*link = asking->next_present;
	tell_all(asking->service, asking->execution);
}

void presence_begin(struct asking *asking)
{
	struct service *service = asking->service;

	asking->next_present = service->present;
	service->present = asking;
	asking->leaving = leave;
	tell_all(service, asking->execution);
}
