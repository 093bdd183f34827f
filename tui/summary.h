/* SPDX-License-Identifier: MIT
 *
 * What is said on the ordinary screen when the console is left: five plain lines.
 */
#ifndef HLP_TUI_SUMMARY_H
#define HLP_TUI_SUMMARY_H

#include "base/buf.h"
#include "tui/app.h"

void summary_write(const struct app *app, struct buf *out);

#endif
