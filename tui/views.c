/* SPDX-License-Identifier: MIT
 *
 * What views share.
 */
#include "tui/views.h"

int view_keep(int top, int selected, int height, int count)
{
	if (selected >= 0 && selected < top)
		top = selected;
	if (selected >= top + height)
		top = selected - height + 1;
	if (top > count - height)
		top = count - height;
	return top < 0 ? 0 : top;
}

void view_rule(struct canvas *canvas, struct area area, const char *text)
{
	for (int x = 0; x < area.width; x++)
		canvas_put(canvas, area.x + x, area.y,
			   canvas_line_glyph(LINE_LEFT | LINE_RIGHT, canvas->ascii), ROLE_border,
			   0);
	canvas_printf(canvas, area.x + 1, area.y, area.width - 2, ROLE_dim, 0, " %s ", text);
}
