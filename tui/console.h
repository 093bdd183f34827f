/* SPDX-License-Identifier: MIT
 *
 * The console without its terminal: keys and time go in, a picture comes out. The loop sets
 * `now_us` and `wall_us`, hands in keys and shows what console_draw leaves in the canvas. Never
 * blocks. One thread.
 */
#ifndef HLP_TUI_CONSOLE_H
#define HLP_TUI_CONSOLE_H

#include "tui/app.h"

void console_init(struct app *app, bool ascii, bool read_only);
void console_release(struct app *app);

void console_key(struct app *app, uint32_t key);
void console_do(struct app *app, enum action action); /* as if its key was pressed */
/* Time has passed: clocks, arming, the connection. Call at each turn. */
void console_tick(struct app *app);
/* When console_tick wants to be called, CLOCK_MONOTONIC; INT64_MAX for never. */
int64_t console_deadline_us(const struct app *app);
void console_draw(struct app *app);

#endif
