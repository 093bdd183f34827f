/* SPDX-License-Identifier: MIT
 *
 * Single JSON values of the kinds that our documents use; shared by json.c and json_message.c.
 */
#ifndef HLP_WIRE_JSON_VALUE_H
#define HLP_WIRE_JSON_VALUE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* New references, as jansson has it. */
json_t *json_value_text(const char *text); /* null when NULL or "" */
json_t *json_value_bytes(const void *data, size_t length);
json_t *json_value_time(int64_t wall_us); /* null when 0 */
json_t *json_value_number(int64_t number);
json_t *json_value_texts(char *const *texts, size_t count);

/* Adds a member; takes over `value`. */
void json_value_set(json_t *object, const char *name, json_t *value);
/* Appends the document, and gives the reference back. */
void json_value_write(struct buf *out, json_t *value);

#endif
