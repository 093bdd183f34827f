/* SPDX-License-Identifier: MIT
 *
 * Where nets leave and enter the boxes. A box is wide and its line needs one column, so a line that
 * would bend by a little is made straight, and a place where a net would meet itself from all four
 * sides (which must not be drawn: ┼ means a crossing) is taken apart by one column.
 */
#include <stdlib.h>

#include "draw/layout_inner.h"

struct porter {
	struct layout *layout;
	uint32_t *top_at; /* per column of the layer above: the net that leaves there */
};

static void set_columns(struct layout *layout)
{
	layout->out_column = arena_alloc(&layout->arena, (layout->vertices + 1) * sizeof(int));
	for (uint32_t v = 0; v < layout->vertices; v++) {
		layout->out_column[v] = layout_is_dummy(layout, v)
						? layout->x[v]
						: layout_box_x(layout, v) + layout->box_width / 2;
		for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++)
			layout->entry[layout->into_bottom[i]] += layout->x[v];
	}
}

static bool box_has_column(const struct layout *layout, uint32_t v, int column)
{
	int x = layout_box_x(layout, v);
	return !layout_is_dummy(layout, v) && column >= x && column < x + layout->box_width;
}

/* Whether an entry may move: no other net's entry may stand there or be passed. */
static bool entry_may_move(const struct layout *layout, uint32_t v, uint32_t bottom, int column)
{
	if (!box_has_column(layout, v, column) || layout_has_bus(layout, v))
		return false;
	bool before = true;
	for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++) {
		uint32_t other = layout->into_bottom[i];
		if (other == bottom)
			before = false;
		else if (before ? layout->entry[other] >= column : layout->entry[other] <= column)
			return false;
	}
	return true;
}

static void straighten(struct layout *layout, const struct net *net)
{
	if (net->tops != 1 || net->bottoms != 1)
		return;
	uint32_t u = layout->tops[net->top], v = layout->bottoms[net->bottom];
	int leaves = layout->out_column[u], enters = layout->entry[net->bottom];
	if (leaves != enters && entry_may_move(layout, v, net->bottom, leaves))
		layout->entry[net->bottom] = leaves;
	else if (leaves != enters && box_has_column(layout, u, enters))
		layout->out_column[u] = enters;
}

static void span(const struct layout *layout, struct net *net)
{
	net->left = layout->out_column[layout->tops[net->top]];
	net->right = net->left;
	for (uint32_t i = net->top; i < net->top + net->tops; i++) {
		int column = layout->out_column[layout->tops[i]];
		net->left = column < net->left ? column : net->left;
		net->right = column > net->right ? column : net->right;
	}
	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		int column = layout->entry[i];
		net->left = column < net->left ? column : net->left;
		net->right = column > net->right ? column : net->right;
	}
}

/* Moves one entry aside from the column in which its own net comes down; where no column is free,
 * routing bends the net instead. */
static void move_entry(struct porter *p, uint32_t bottom)
{
	struct layout *layout = p->layout;
	uint32_t v = layout->bottoms[bottom];
	int column = layout->entry[bottom];
	for (int step = 1; step >= -1; step -= 2) {
		int to = column + step;
		if (entry_may_move(layout, v, bottom, to) && p->top_at[to] == LAYOUT_NONE) {
			layout->entry[bottom] = to;
			return;
		}
	}
}

static void take_apart(struct porter *p, uint32_t n)
{
	struct net *net = &p->layout->nets[n];
	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		int column = p->layout->entry[i];
		if (p->top_at[column] == n && column > net->left && column < net->right)
			move_entry(p, i);
	}
}

static void mark_tops(struct porter *p, uint32_t layer, bool set)
{
	const struct layout *layout = p->layout;
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++) {
		uint32_t u = layout->at[i];
		if (layout->net_below[u] != LAYOUT_NONE)
			p->top_at[layout->out_column[u]] = set ? layout->net_below[u] : LAYOUT_NONE;
	}
}

void layout_ports(struct layout *layout)
{
	struct porter p = {.layout = layout};
	p.top_at = mem_alloc(((size_t)layout->width + 2) * sizeof *p.top_at);
	for (int x = 0; x < layout->width + 2; x++)
		p.top_at[x] = LAYOUT_NONE;
	set_columns(layout);
	for (uint32_t k = 0; k < layout->layers; k++) {
		for (uint32_t n = layout->channel[k]; n < layout->channel[k + 1]; n++)
			straighten(layout, &layout->nets[n]);
		mark_tops(&p, k, true);
		for (uint32_t n = layout->channel[k]; n < layout->channel[k + 1]; n++) {
			span(layout, &layout->nets[n]);
			take_apart(&p, n);
		}
		mark_tops(&p, k, false);
	}
	free(p.top_at);
}
