/* SPDX-License-Identifier: MIT
 *
 * The rollback plan on the screen: what will be stopped, undone and restored, warnings first, and a
 * prompt that is always in sight. One thread.
 */
#ifndef HLP_TUI_PLAN_H
#define HLP_TUI_PLAN_H

#include "tui/app.h"

void plan_open(struct app *app); /* asks the engine for it */
void plan_take(struct app *app, const Hlp__V1__RollbackReply *reply);
void plan_again(struct app *app);	      /* it is void: asks anew, and says so */
bool plan_is_ready(struct app *app);	      /* whether it can be carried out; says why not */
bool plan_key(struct app *app, uint32_t key); /* scrolling */
void plan_draw(struct app *app, struct area area);

#endif
