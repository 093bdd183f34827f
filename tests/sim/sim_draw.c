/* SPDX-License-Identifier: MIT
 *
 * Draws a workflow, as the YAML that an engine is given: 1 to 40 nodes, edges to earlier ones,
 * perhaps phases, and every property that changes what a decision does.
 */
#include "tests/sim/sim.h"

static void draw_retry(struct buf *out, uint64_t most)
{
	static const char *const jitters[] = {"full", "none", "decorrelated"};

	buf_printf(out,
		   "retry: {limit: %u, interval: 1s, backoff: 1.%u, max_interval: 20s, "
		   "jitter: %s}",
		   (unsigned)sim_draw(most + 1), (unsigned)sim_draw(10), jitters[sim_draw(3)]);
}

static void draw_artifacts(struct buf *out, uint32_t number, uint32_t index, bool with_checks)
{
	uint64_t count = 1 + sim_draw(ARTIFACTS_MAX);

	buf_add_text(out, "    artifacts: [");
	for (uint32_t i = 0; i < count; i++)
		buf_printf(out, "%s{path: file-%u-%u-%u%s%s%s%s}", i ? ", " : "", number, index, i,
			   sim_chance(3) ? ", on_restore: 'true'" : "",
			   sim_chance(6) ? ", required: true" : "",
			   sim_chance(6) ? ", max_size: 2B" : "",
			   with_checks && sim_chance(4) ? ", check: 'true'" : "");
	buf_add_text(out, "]\n");
}

static void draw_needs(struct buf *out, uint32_t index, uint32_t density, const uint32_t *phases)
{
	const char *comma = "";

	buf_add_text(out, "    needs: [");
	for (uint32_t i = 0; i < index; i++) {
		if (phases[i] > phases[index] || sim_draw(index) >= density)
			continue;
		buf_printf(out, "%sn%u", comma, i);
		comma = ", ";
	}
	buf_add_text(out, "]\n");
}

static void draw_approval(struct buf *out)
{
	static const char *const on_timeout[] = {"fail", "reject", "skip"};

	buf_add_text(out, "    approval: {ask: Shall it?");
	if (sim_chance(3))
		buf_printf(out, ", timeout: 3s, on_timeout: %s", on_timeout[sim_draw(3)]);
	buf_add_text(out, "}\n");
}

/* A person does it. */
static void draw_manual(struct buf *out)
{
	buf_add_text(out, "    manual: Do it.\n");
	if (sim_chance(3))
		buf_add_text(out, "    undo: {manual: Take it back.}\n");
	if (sim_chance(4))
		draw_approval(out);
	if (sim_chance(4))
		buf_add_text(out, "    outputs: [serial]\n");
}

static void draw_undo(struct buf *out)
{
	if (sim_chance(6)) {
		buf_add_text(out, "\n    undo: {manual: Take it back.}");
	} else {
		buf_add_text(out, "\n    undo: {run: 'true', ");
		draw_retry(out, 2);
		buf_add_char(out, '}');
	}
}

static void draw_run(struct buf *out)
{
	static const char *const risks[] = {"0.1", "0.1", "0.4", "0.7", "0.95"};
	static const char *const on_lost[] = {"ask", "retry", "fail"};

	buf_add_text(out, "    run: 'true'\n    ");
	draw_retry(out, sim_chance(2) ? 3 : 0);
	if (sim_chance(2))
		draw_undo(out);
	buf_printf(out, "\n    risk: %s\n    on_lost: %s\n", risks[sim_draw(5)],
		   on_lost[sim_draw(3)]);
	if (sim_chance(20))
		buf_add_text(out, "    pass_env: [SSH_AUTH_SOCK]\n");
	if (sim_chance(6))
		buf_add_text(out, "    idempotent: true\n");
	if (sim_chance(12))
		buf_add_text(out, "    irreversible: it is out\n");
	if (sim_chance(10))
		buf_add_text(out, "    continue_on: {failure: true}\n");
	if (sim_chance(10))
		draw_approval(out);
	if (sim_chance(5))
		buf_add_text(out, "    outputs: [serial]\n");
}

static void draw_trigger(struct buf *out, const char *name, uint32_t phases)
{
	static const char *const actions[] = {"rollback", "rollback", "drain", "stop", "continue"};
	static const char *const levels[] = {"node", "all", "phase"};

	if (sim_chance(2)) {
		buf_printf(out, "  %s: %s\n", name, actions[sim_draw(5)]);
		return;
	}
	buf_printf(out, "  %s: {action: %s, running: %s", name, actions[sim_draw(5)],
		   sim_chance(2) ? "stop" : "finish");
	if (phases && sim_chance(2))
		buf_printf(out, ", phase: %c", "abcde"[sim_draw(phases)]);
	else
		buf_printf(out, ", level: %s", levels[sim_draw(phases ? 3 : 2)]);
	buf_add_text(out, "}\n");
}

/* What failures lead to by themselves. */
static void draw_triggers(struct buf *out, uint32_t phases)
{
	static const char *const names[] = {"validation-failure", "timeout", "manual"};

	buf_add_text(out, "triggers:\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (sim_chance(2))
			draw_trigger(out, names[i], phases);
	if (sim_chance(2))
		buf_add_text(out, "  resource-exhaustion: {retry: 2, exit_codes: [2]}\n");
	buf_printf(out, "  security-violation: {exit_codes: [3], approval: %s}\n",
		   sim_chance(2) ? "true" : "false");
}

void draw_workflow(struct buf *out, uint32_t number)
{
	static const char *const on_failure[] = {"drain", "stop", "continue", "rollback"};
	uint32_t count = 1 + (uint32_t)sim_draw(sim_chance(3) ? 40 : 10), phases[40] = {0};
	uint32_t density = (uint32_t)sim_draw(4);
	uint32_t phases_count = sim_chance(2) ? 1 + (uint32_t)sim_draw(5) : 0;

	buf_printf(out, "name: w%u\nmax_parallel: %u\non_failure: %s\n", number,
		   (unsigned)(1 + sim_draw(6)), on_failure[sim_draw(4)]);
	if (phases_count)
		buf_printf(out, "phases: [%.*s]\n", (int)(phases_count * 3 - 2), "a, b, c, d, e");
	if (sim_chance(3))
		draw_triggers(out, phases_count);
	buf_add_text(out, "nodes:\n");
	for (uint32_t i = 0; i < count; i++) {
		buf_printf(out, "  - id: n%u\n", i);
		/* Nodes of a phase stand together, so that edges can lead to later ones only. */
		phases[i] = (uint32_t)((uint64_t)i * phases_count / count);
		if (phases_count)
			buf_printf(out, "    phase: %c\n", "abcde"[phases[i]]);
		draw_needs(out, i, density, phases);
		bool by_hand = sim_chance(12);

		if (by_hand)
			draw_manual(out);
		else
			draw_run(out);
		if (sim_chance(4))
			draw_artifacts(out, number, i, !by_hand);
	}
}
