/* SPDX-License-Identifier: MIT
 *
 * Exits as a shell would say them, so that a workflow's lists of codes can name signals and
 * timeouts too. Pure.
 */
#ifndef HLP_MODEL_EXIT_CODE_H
#define HLP_MODEL_EXIT_CODE_H

#include "model/event.h"
#include "model/workflow.h"

/* 128 and the number for a signal, 124 for a timeout. */
int32_t exit_code_shell(enum exit_kind kind, int32_t code);
bool exit_code_listed(const int32_t *codes, uint32_t count, enum exit_kind kind, int32_t code);
/* Whether such an exit of the node says nothing about what it did: unknown_codes. */
bool exit_code_unknown(const struct node_spec *spec, enum exit_kind kind, int32_t code);

#endif
