/* SPDX-License-Identifier: MIT
 *
 * Saying which pinned files changed. See pins.h.
 */
#include "cli/pins.h"

#include <string.h>

void pins_say(struct say *say, const char *execution, Hlp__V1__Pin *const *pins, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(pins[i]->state, "same") == 0)
			continue;
		say_style(say, ROLE_warning);
		say_printf(say,
			   "! %s %s since it was pinned, and is used as it stands: hlp diff %s %s",
			   pins[i]->name,
			   strcmp(pins[i]->state, "missing") == 0 ? "was removed" : "changed",
			   execution, pins[i]->name);
		say_plain(say);
		say_printf(say, "\n");
	}
}

int pins_warn(struct cli *cli, const char *execution)
{
	Hlp__V1__PinsRequest request = HLP__V1__PINS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = (char *)execution;
	int code = cli_call(cli, "ListPins", &request.base, &hlp__v1__pin_list__descriptor, &reply);
	if (code == 0) {
		const Hlp__V1__PinList *list = (const Hlp__V1__PinList *)reply;
		pins_say(&cli->err, execution, list->pins, list->n_pins);
		say_flush(&cli->err);
		protobuf_c_message_free_unpacked(reply, NULL);
	}
	return code;
}
