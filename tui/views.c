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
