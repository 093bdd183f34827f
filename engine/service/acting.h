/* SPDX-License-Identifier: MIT
 *
 * The verbs that change something: start an execution, act on one, roll back.
 */
#ifndef HLP_SERVICE_ACTING_H
#define HLP_SERVICE_ACTING_H

#include "service/asking.h"

void acting_execute(struct asking *asking);
void acting_act(struct asking *asking);
void acting_rollback(struct asking *asking);

#endif
