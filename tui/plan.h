/* SPDX-License-Identifier: MIT
 *
 * The rollback plan on the screen: what will be stopped, undone and restored, warnings first, and a
 * prompt that is always in sight. One thread.
 */
#ifndef HLP_TUI_PLAN_H
#define HLP_TUI_PLAN_H

#include "tui/app.h"

const Hlp__V1__Plan *plan_shown(const struct app *app); /* NULL: none has come */
bool plan_is_ready(struct app *app);	      /* whether it can be carried out; says why not */
bool plan_key(struct app *app, uint32_t key); /* scrolling */
void plan_draw(struct app *app, struct area area);

#endif
