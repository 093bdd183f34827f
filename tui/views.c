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

bool page_act(struct page *page, enum action action, int height)
{
	switch (action) {
	case ACTION_DOWN:
		page_scroll(page, 1, height);
		return true;
	case ACTION_UP:
		page_scroll(page, -1, height);
		return true;
	case ACTION_PAGE_DOWN:
		page_scroll(page, height - 1, height);
		return true;
	case ACTION_PAGE_UP:
		page_scroll(page, 1 - height, height);
		return true;
	case ACTION_FIRST:
		page_scroll(page, -(int)page->count, height);
		return true;
	case ACTION_LAST:
		page_scroll(page, (int)page->count, height);
		return true;
	default:
		return false;
	}
}
