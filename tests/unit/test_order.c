/* SPDX-License-Identifier: MIT
 *
 * The order of an attempt: what is started, with which environment, in which folder; and what
 * is read back from its outputs.
 */
#include "model/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>

#include "tests/unit/workflow_text.h"

#define ID "01jd0000000000000000000000"

static const struct order_places places = {.output_folder = "/home/output",
					   .workspace = "/home/work",
					   .relay = "/bin/hlp-relay",
					   .secrets = "/home/secret"};

struct fixture {
	struct execution execution; /* only what an order reads */
	struct node_run nodes[4];
	struct binding recorded[4];
	struct arena arena;
};

static void open_fixture(struct fixture *f, const char *text)
{
	const struct binding recorded[] = {
		{"PATH", "/bin"}, {"LC_ALL", "C"}, {"SECRET", "s"}, {"MINE", "m"}};

	*f = (struct fixture){0};
	memcpy(f->recorded, recorded, sizeof(recorded));
	f->execution.workflow = workflow_text_read(text);
	memcpy(f->execution.id, ID, sizeof(ID));
	f->execution.name = (char *)"w#3";
	f->execution.number = 3;
	f->execution.folder = (char *)"/srv/w";
	f->execution.nodes = f->nodes;
	f->execution.env = f->recorded;
	f->execution.env_count = 4;
	assert_int_equal(workflow_bind_params(f->execution.workflow, NULL, 0, &f->arena,
					      &f->execution.params, NULL),
			 0);
}

static void close_fixture(struct fixture *f)
{
	workflow_free((struct workflow *)f->execution.workflow);
	arena_release(&f->arena);
}

static const struct order *build(struct fixture *f, uint32_t node, enum attempt_kind kind)
{
	const struct order *order = NULL;
	struct err err;

	if (order_build(&f->execution, node, kind, 2, 0, &places, &f->arena, &order, &err) < 0)
		fail_msg("%s", err.message);
	return order;
}

static const char *variable(const struct order *order, const char *name)
{
	size_t length = strlen(name);

	for (const char *const *at = order->env; *at; at++)
		if (!strncmp(*at, name, length) && (*at)[length] == '=')
			return *at + length + 1;
	return "(unset)";
}

static void assert_argv(const struct order *order, const char *expected)
{
	struct buf joined;

	buf_init(&joined, 10000);
	for (const char *const *at = order->argv; *at; at++)
		buf_printf(&joined, "[%s]", *at);
	assert_string_equal(buf_text(&joined), expected);
	buf_release(&joined);
}

#define NODES "nodes:\n  - id: a_b\n"

static void a_string_goes_to_the_shell(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, "name: w\nparams: {x: {default: \"it's\"}}\n" NODES
			 "    run: echo ${params.x} $HOME\n");
	assert_argv(build(&f, 0, ATTEMPT_RUN), "[/bin/sh][-e][-c][echo 'it'\\''s' $HOME]");
	close_fixture(&f);
	open_fixture(&f, "name: w\n" NODES "    run: a | b\n    shell: bash\n");
	assert_argv(build(&f, 0, ATTEMPT_RUN), "[bash][-e][-o][pipefail][-c][a | b]");
	close_fixture(&f);
}

static void a_plain_string_and_a_list_are_started_directly(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, "name: w\n" NODES "    run: /bin/true -x\n");
	assert_argv(build(&f, 0, ATTEMPT_RUN), "[/bin/true][-x]");
	close_fixture(&f);
	open_fixture(&f, "name: w\nparams: {x: {default: $(b)}}\n" NODES
			 "    run: [./a, \"${params.x}${run.number}\", \"$HOME\"]\n");
	assert_argv(build(&f, 0, ATTEMPT_RUN), "[./a][$(b)3][$HOME]");
	close_fixture(&f);
}

static void the_environment_is_built(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_fixture(
		&f,
		"name: w\nparams: {x: {default: v}}\nphases: [p]\n"
		"env: {A: \"${params.x}1\", B: \"${env.A}2\", PATH: \"/opt:${env.PATH}\"}\n" NODES
		"    phase: p\n    run: x\n    pass_env: MINE\n    outputs: o\n"
		"    env: {B: \"${env.B}3\", C: \"${env.MINE} ${env.HLP_NODE}\"}\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_string_equal(variable(order, "A"), "v1");
	assert_string_equal(variable(order, "B"), "v123");
	assert_string_equal(variable(order, "C"), "m a_b");
	assert_string_equal(variable(order, "PATH"), "/opt:/bin");
	assert_string_equal(variable(order, "LC_ALL"), "C");
	assert_string_equal(variable(order, "MINE"), "m");
	assert_string_equal(variable(order, "SECRET"), "(unset)");
	assert_string_equal(variable(order, "HLP_EXECUTION"), ID);
	assert_string_equal(variable(order, "HLP_NODE"), "a_b");
	assert_string_equal(variable(order, "HLP_ATTEMPT"), ID "-a.b-run-2");
	assert_string_equal(variable(order, "HLP_PHASE"), "p");
	assert_string_equal(variable(order, "HLP_WORKSPACE"), "/home/work");
	assert_string_equal(variable(order, "HLP_OUTPUT"), order->outputs);
	assert_string_equal(variable(order, "HLP_UNDO_STATE"), "(unset)");
	close_fixture(&f);
}

static void places_are_absolute(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_fixture(&f, "name: w\n" NODES "    run: x\n    workdir: sub/dir\n    outputs: o\n"
			 "    timeout: 5s\n    stop: {signal: HUP, grace: 3s}\n"
			 "    idempotent: true\n    output_max: 1KiB\n"
			 "    limits: {files: 7}\n    undo: x\n"
			 "  - {id: c, run: x, workdir: /tmp}\n  - {id: d, run: x}\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_string_equal(order->folder, "/srv/w/sub/dir");
	assert_string_equal(order->attempt, ID "-a.b-run-2");
	assert_string_equal(order->output, "/home/output/" ID "/a_b.run.2.log");
	assert_string_equal(order->outputs, "/home/output/" ID "/a_b.run.2.outputs");
	assert_int_equal(order->timeout_us, 5000000);
	assert_int_equal(order->stop_signal, SIGHUP);
	assert_int_equal(order->stop_grace_us, 3000000);
	assert_int_equal(order->output_max_bytes, 1024);
	assert_true(order->idempotent);
	assert_int_equal(order->limits->files, 7);
	assert_int_equal(build(&f, 0, ATTEMPT_UNDO)->limits->files, 7);
	assert_null(build(&f, 1, ATTEMPT_RUN)->limits);
	assert_string_equal(build(&f, 1, ATTEMPT_RUN)->folder, "/tmp");
	assert_string_equal(build(&f, 2, ATTEMPT_RUN)->folder, "/srv/w");
	assert_null(build(&f, 2, ATTEMPT_RUN)->outputs);
	close_fixture(&f);
}

static void outputs_of_others_are_expanded(void **state)
{
	struct binding outputs[] = {{"o", "a b"}};
	struct fixture f;

	(void)state;
	open_fixture(&f, "name: w\nnodes:\n  - {id: a, run: x, outputs: [o]}\n"
			 "  - {id: b, needs: [a], run: 'echo ${nodes.a.outputs.o}'}\n");
	f.nodes[0].outputs = outputs;
	assert_argv(build(&f, 1, ATTEMPT_RUN), "[/bin/sh][-e][-c][echo 'a b']");
	close_fixture(&f);
}

static void what_has_no_value_is_refused(void **state)
{
	struct fixture f;
	const struct order *order = NULL;
	struct err err;

	(void)state;
	open_fixture(&f, "name: w\nparams: {x: {required: false}}\n" NODES
			 "    run: echo ${params.x}\n");
	assert_int_equal(
		order_build(&f.execution, 0, ATTEMPT_RUN, 1, 0, &places, &f.arena, &order, &err),
		-ERR_INVALID);
	assert_string_equal(err.message, "node 'a_b': ${params.x} has no value");
	assert_null(order);
	close_fixture(&f);
	open_fixture(&f, "name: w\n" NODES "    run: x\n    env: {A: '${env.TZ}'}\n");
	assert_int_equal(
		order_build(&f.execution, 0, ATTEMPT_RUN, 1, 0, &places, &f.arena, &order, &err),
		-ERR_INVALID);
	assert_string_equal(err.message, "node 'a_b': env A: ${env.TZ} has no value");
	close_fixture(&f);
}

/* ---- undo and hooks -------------------------------------------------------------------------- */

#define UNDOABLE                                                                                   \
	"name: w\n" NODES "    run: x\n    timeout: 9s\n    outputs: [se-rial, other]\n"           \
	"    undo: {run: 'back ${nodes.a_b.outputs.se-rial}', timeout: 7s}\n"                      \
	"    artifacts: [{path: f, on_restore: ./reload}]\n    unknown_codes: [75]\n"

static void an_undo_sees_what_the_attempt_left(void **state)
{
	struct binding outputs[] = {{"se-rial", "12"}, {"other", NULL}};
	struct fixture f;
	const struct order *order;

	(void)state;
	open_fixture(&f, UNDOABLE);
	f.nodes[0] = (struct node_run){
		.outputs = outputs, .exit_kind = EXIT_STATUS, .started_us = 1, .ended_us = 2};
	order = build(&f, 0, ATTEMPT_UNDO);
	assert_argv(order, "[/bin/sh][-e][-c][back '12']");
	assert_string_equal(variable(order, "HLP_UNDO_STATE"), "completed");
	assert_string_equal(variable(order, "HLP_OUTPUT_se_rial"), "12");
	assert_string_equal(variable(order, "HLP_OUTPUT_other"), "(unset)");
	assert_string_equal(variable(order, "HLP_OUTPUT"), "(unset)");
	assert_null(order->outputs);
	assert_int_equal(order->timeout_us, 7000000);
	assert_string_equal(order->output, "/home/output/" ID "/a_b.undo.2.log");
	close_fixture(&f);
}

static void the_undo_state_tells_how_the_attempt_ended(void **state)
{
	static const struct {
		struct node_run run;
		const char *expected;
	} table[] = {
		{{.exit_kind = EXIT_STATUS, .code = 0}, "completed"},
		{{.exit_kind = EXIT_STATUS, .code = 1}, "failed"},
		{{.exit_kind = EXIT_SIGNAL, .code = 9}, "failed"},
		{{.exit_kind = EXIT_TIMEOUT}, "failed"},
		{{.exit_kind = EXIT_NONE, .started_us = 1, .ended_us = 2}, "lost"},
		{{.exit_kind = EXIT_SIGNAL, .undo_from = REASON_CANCELLED}, "cancelled"},
		{{.exit_kind = EXIT_STATUS, .code = 255, .undo_from = REASON_LOST}, "lost"},
		{{.exit_kind = EXIT_STATUS, .code = 75, .undo_from = REASON_ASKING}, "lost"},
		{{.exit_kind = EXIT_STATUS, .code = 3, .undo_from = REASON_ASKING}, "failed"},
		{{.undo_from = REASON_BY_HAND}, "completed"},
		{{.exit_kind = EXIT_STATUS, .code = 3, .undo_from = REASON_TOLERATED}, "completed"},
		{{.undo_from = REASON_REJECTED}, "failed"},
		{{.undo_from = REASON_MANUAL}, "cancelled"},
	};
	struct binding outputs[] = {{"se-rial", "12"}, {"other", NULL}};
	struct fixture f;

	(void)state;
	open_fixture(&f, UNDOABLE);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		f.nodes[0] = table[i].run;
		f.nodes[0].outputs = outputs;
		assert_string_equal(variable(build(&f, 0, ATTEMPT_UNDO), "HLP_UNDO_STATE"),
				    table[i].expected);
	}
	close_fixture(&f);
}

static void a_hook_runs_the_artifacts_command(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_fixture(&f, UNDOABLE);
	order = build(&f, 0, ATTEMPT_HOOK);
	assert_argv(order, "[./reload]");
	assert_int_equal(order->timeout_us, 7000000);
	assert_string_equal(variable(order, "HLP_UNDO_STATE"), "(unset)");
	close_fixture(&f);
}

/* ---- outputs --------------------------------------------------------------------------------- */

static const char *const declared[] = {"serial", "text"};
static const struct node_spec spec = {.outputs = declared, .outputs_count = 2};

static void outputs_are_read_back(void **state)
{
	static const char data[] = "serial=1=2\nunknown=x\n\ntext<<END\na\n\n b=c\nEND\nserial=3";
	struct arena arena = {0};
	struct event_item *items;
	uint32_t count;

	(void)state;
	assert_int_equal(
		order_read_outputs(&spec, data, strlen(data), &arena, &items, &count, NULL), 0);
	assert_int_equal(count, 2);
	assert_string_equal(items[0].kind, "output");
	assert_string_equal(items[0].name, "serial");
	assert_string_equal(items[0].value, "3");
	assert_string_equal(items[1].value, "a\n\n b=c");
	arena_release(&arena);
}

static void an_empty_value_is_a_value(void **state)
{
	static const char data[] = "serial=\ntext<<E\nE\n";
	struct arena arena = {0};
	struct event_item *items;
	uint32_t count;

	(void)state;
	assert_int_equal(
		order_read_outputs(&spec, data, strlen(data), &arena, &items, &count, NULL), 0);
	assert_string_equal(items[0].value, "");
	assert_string_equal(items[1].value, "");
	arena_release(&arena);
}

static void wrong_outputs_are_refused(void **state)
{
	static const struct {
		const char *data;
		size_t length; /* 0: of the text */
		const char *message;
	} table[] = {
		{"", 0,
		 "output 'serial' was not written: the step must append serial=VALUE to "
		 "\"$HLP_OUTPUT\""},
		{"serial=1\n", 0,
		 "output 'text' was not written: the step must append text=VALUE to "
		 "\"$HLP_OUTPUT\""},
		{"serial=1\nhello there\n", 0, "outputs line 2: not KEY=VALUE: 'hello there'"},
		{"=x\n", 0, "outputs line 1: not KEY=VALUE: '=x'"},
		{"serial\n", 0, "outputs line 1: not KEY=VALUE: 'serial'"},
		{"serial<x\n", 0, "outputs line 1: not KEY=VALUE: 'serial<x'"},
		{"text<<E\na\n", 0, "outputs line 1: no line 'E' ends the value"},
		{"serial=\xff\n", 0, "output 'serial' is not UTF-8 text"},
		{"serial=a\0b\n", 11, "output 'serial' is not UTF-8 text"},
	};
	struct arena arena = {0};
	struct event_item *items = NULL;
	uint32_t count;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t length = table[i].length ? table[i].length : strlen(table[i].data);

		assert_int_equal(order_read_outputs(&spec, table[i].data, length, &arena, &items,
						    &count, &err),
				 -ERR_INVALID);
		assert_string_equal(err.message, table[i].message);
		assert_null(items);
	}
	arena_release(&arena);
}

#define LOG "/home/output/" ID "/a_b.run.2."

static void a_host_gets_a_script_by_the_relay(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_fixture(&f, "name: w\nparams: {x: {default: \"it's\"}, h: {default: me@db1}}\n"
			 "env: {TOP: \"${params.x}\"}\n" NODES
			 "    host: {to: \"${params.h}\", port: 2222, config: ssh_config}\n"
			 "    run: echo ${params.x}\n    env: {A: a}\n    pass_env: MINE\n"
			 "    workdir: -x\n    outputs: o\n    stop: {run: kill it}\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_argv(order, "[/bin/hlp-relay][--note][" LOG "log.end][--script][" LOG "script]"
			   "[--stop][" LOG "stop][--outputs][" LOG "outputs][--][ssh][-T]"
			   "[-oBatchMode=yes][-oConnectTimeout=10][-oServerAliveInterval=5]"
			   "[-p][2222][-F][ssh_config][--][me@db1][sh][-es]");
	assert_int_equal(order->files_count, 2);
	assert_string_equal(order->files[0].path, LOG "script");
	assert_string_equal(order->files[0].text,
			    "MINE='m'\nexport MINE\n"
			    "HLP_EXECUTION='" ID "'\nexport HLP_EXECUTION\n"
			    "HLP_NODE='a_b'\nexport HLP_NODE\n"
			    "HLP_ATTEMPT='" ID "-a.b-run-2'\nexport HLP_ATTEMPT\n"
			    "TOP='it'\\''s'\nexport TOP\n"
			    "A='a'\nexport A\n"
			    "hlp_folder='-x'\nhlp_options=''\n"
			    "hlp_script='echo '\\''it'\\''\\'\\'''\\''s'\\'''\n");
	assert_non_null(strstr(order->files[1].text, "hlp_script='kill it'\n"));
	assert_string_equal(order->folder, "/srv/w"); /* of ssh; workdir is the host's */
	close_fixture(&f);
}

static void a_list_for_a_host_is_quoted_word_by_word(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_fixture(&f, "name: w\nparams: {x: {default: \"a b\"}}\n" NODES "    host: h\n"
			 "    run: [rm, -f, \"${params.x}\", \"$(id)\"]\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_non_null(strstr(order->files[0].text,
			       "hlp_script=''\\''rm'\\'' '\\''-f'\\'' '\\''a b'\\'' "
			       "'\\''$(id)'\\'''\n"));
	close_fixture(&f);
}

static void bash_there_is_bash_with_pipefail(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_fixture(&f, "name: w\n" NODES "    host: h\n    shell: bash\n    run: a | b\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_argv(order, "[/bin/hlp-relay][--note][" LOG "log.end][--script][" LOG "script][--]"
			   "[ssh][-T][-oBatchMode=yes][-oConnectTimeout=10]"
			   "[-oServerAliveInterval=5][--][h][bash][-es]");
	assert_non_null(strstr(order->files[0].text, "hlp_options='-o pipefail'\n"));
	close_fixture(&f);
}

static void a_value_that_is_no_host_is_refused(void **state)
{
	struct fixture f;
	const struct order *order;
	struct err err;

	(void)state;
	open_fixture(&f, "name: w\nparams: {h: {default: me@-h}}\n" NODES
			 "    host: ${params.h}\n    run: x\n");
	assert_int_equal(
		order_build(&f.execution, 0, ATTEMPT_RUN, 1, 0, &places, &f.arena, &order, &err),
		-ERR_INVALID);
	assert_non_null(strstr(err.message, "node 'a_b': 'me@-h' cannot be a host: it would be "
					    "taken for an option"));
	close_fixture(&f);
}

#define PARAMS "name: w\nparams: {tok-en: {secret: true}, x: {default: a b}}\n"

/* A secret has no value in an execution. */
static void open_secret_fixture(struct fixture *f, const char *text)
{
	const struct binding given[] = {{"tok-en", "s3cr3t"}};

	*f = (struct fixture){0};
	f->execution.workflow = workflow_text_read(text);
	memcpy(f->execution.id, ID, sizeof(ID));
	f->execution.name = (char *)"w#3";
	f->execution.nodes = f->nodes;
	f->execution.env = f->recorded;
	assert_int_equal(workflow_bind_params(f->execution.workflow, given, 1, &f->arena,
					      &f->execution.params, NULL),
			 0);
	f->execution.params[0].value = NULL;
}

static void a_secret_is_a_variable_that_the_relay_fills(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_secret_fixture(
		&f, PARAMS NODES
		"    run: \"echo ${params.tok-en} \\\"<${params.tok-en}>\\\" ${params.x}\"\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_argv(order, "[/bin/hlp-relay][--note][" LOG "log.end]"
			   "[--secret][HLP_SECRET_tok_en=/home/secret/" ID "/tok-en][--]"
			   "[/bin/sh][-e][-c][echo \"${HLP_SECRET_tok_en}\" "
			   "\"<${HLP_SECRET_tok_en}>\" 'a b']");
	assert_string_equal(variable(order, "HLP_SECRET_tok_en"), "(unset)");
	assert_string_equal(order->command[0], "/bin/sh");
	close_fixture(&f);
}

static void a_variable_may_be_a_secret(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_secret_fixture(&f, PARAMS
			    "env: {TOP: \"${params.tok-en}\", PLAIN: p}\n" NODES
			    "    env: {MINE: \"${env.TOP}\"}\n    outputs: o\n"
			    "    run: \"cat <<E ${env.MINE}\\n${env.PLAIN}${env.TOP}\\nE\"\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_argv(order, "[/bin/hlp-relay][--note][" LOG "log.end][--outputs][" LOG "outputs]"
			   "[--raw][/home/secret/" ID "/a_b.run.2.outputs]"
			   "[--secret][TOP=/home/secret/" ID "/tok-en]"
			   "[--secret][MINE=/home/secret/" ID "/tok-en][--]"
			   "[/bin/sh][-e][-c][cat <<E \"${MINE}\"\np${TOP}\nE]");
	assert_string_equal(variable(order, "TOP"), "(unset)");
	assert_string_equal(variable(order, "PLAIN"), "p");
	assert_string_equal(variable(order, "HLP_OUTPUT"), "/home/secret/" ID "/a_b.run.2.outputs");
	close_fixture(&f);
}

/* A variable that hides the secret's again is none. */
static void the_last_one_of_a_name_holds(void **state)
{
	struct fixture f;

	(void)state;
	open_secret_fixture(&f,
			    PARAMS "env: {TOP: \"${params.tok-en}\"}\n" NODES
				   "    env: {TOP: plain}\n    run: [printenv, \"${env.TOP}\"]\n");
	assert_argv(build(&f, 0, ATTEMPT_RUN), "[printenv][plain]");
	close_fixture(&f);
}

static void a_script_for_a_host_has_no_secret(void **state)
{
	struct fixture f;
	const struct order *order;

	(void)state;
	open_secret_fixture(&f, PARAMS "env: {TOP: \"${params.tok-en}\"}\n" NODES
				       "    host: h\n    run: echo ${params.tok-en}\n");
	order = build(&f, 0, ATTEMPT_RUN);
	assert_null(strstr(order->files[0].text, "TOP="));
	assert_non_null(
		strstr(order->files[0].text, "hlp_script='echo \"${HLP_SECRET_tok_en}\"'\n"));
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_goes_to_the_shell),
		cmocka_unit_test(a_host_gets_a_script_by_the_relay),
		cmocka_unit_test(a_list_for_a_host_is_quoted_word_by_word),
		cmocka_unit_test(bash_there_is_bash_with_pipefail),
		cmocka_unit_test(a_value_that_is_no_host_is_refused),
		cmocka_unit_test(a_secret_is_a_variable_that_the_relay_fills),
		cmocka_unit_test(a_variable_may_be_a_secret),
		cmocka_unit_test(the_last_one_of_a_name_holds),
		cmocka_unit_test(a_script_for_a_host_has_no_secret),
		cmocka_unit_test(a_plain_string_and_a_list_are_started_directly),
		cmocka_unit_test(the_environment_is_built),
		cmocka_unit_test(places_are_absolute),
		cmocka_unit_test(outputs_of_others_are_expanded),
		cmocka_unit_test(what_has_no_value_is_refused),
		cmocka_unit_test(an_undo_sees_what_the_attempt_left),
		cmocka_unit_test(the_undo_state_tells_how_the_attempt_ended),
		cmocka_unit_test(a_hook_runs_the_artifacts_command),
		cmocka_unit_test(outputs_are_read_back),
		cmocka_unit_test(an_empty_value_is_a_value),
		cmocka_unit_test(wrong_outputs_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
