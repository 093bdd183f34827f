/* SPDX-License-Identifier: MIT
 *
 * Owners of files: one at a time, by where a file really is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/mem.h"
#include "runtime/claims.h"
#include "tests/unit/scratch.h"

struct lot {
	struct claims claims;
	char *folder;
	struct artifact_spec files[2];
	struct node_spec spec;
};

static void open_lot(struct lot *c, void **state, const char *path, const char *other)
{
	*c = (struct lot){.folder = *state};
	claims_init(&c->claims);
	c->files[0].path = path;
	c->files[1].path = other;
	c->spec.id = "swap";
	c->spec.artifacts = c->files;
	c->spec.artifacts_count = other ? 2 : 1;
}

static void close_lot(struct lot *c)
{
	claims_release(&c->claims);
}

static struct content_job job_of(const struct lot *c, const char *execution, uint32_t node)
{
	struct content_job job = {.kind = CONTENT_BEFORE,
				  .spec = &c->spec,
				  .node = node,
				  .folder = c->folder,
				  .owner = "swap of edge#1"};

	(void)snprintf(job.execution, sizeof(job.execution), "%s", execution);
	return job;
}

static void a_file_has_one_owner_until_it_is_given_back(void **state)
{
	struct content_job first, second;
	struct lot c;

	open_lot(&c, state, "a.conf", "b.conf");
	first = job_of(&c, "one", 0);
	second = job_of(&c, "two", 0);
	assert_null(claims_take(&c.claims, &first));
	assert_null(claims_take(&c.claims, &first)); /* its own already */
	assert_string_equal(claims_take(&c.claims, &second), "swap of edge#1 writes a.conf");
	claims_give_back(&c.claims, "one", 1); /* another node's */
	assert_non_null(claims_take(&c.claims, &second));
	claims_give_back(&c.claims, "one", 0);
	assert_null(claims_take(&c.claims, &second));
	arena_release(&second.arena);
	close_lot(&c);
}

static void all_files_or_none(void **state)
{
	struct content_job one, both;
	struct lot c;

	open_lot(&c, state, "a.conf", "b.conf");
	c.spec.artifacts_count = 1;
	one = job_of(&c, "one", 0);
	assert_null(claims_take(&c.claims, &one));
	c.files[0].path = "b.conf"; /* the free one comes first */
	c.files[1].path = "a.conf";
	c.spec.artifacts_count = 2;
	both = job_of(&c, "two", 0);
	assert_non_null(claims_take(&c.claims, &both));
	c.spec.artifacts_count = 1;
	one = job_of(&c, "three", 0);
	assert_null(claims_take(&c.claims, &one)); /* b.conf was not taken */
	arena_release(&both.arena);
	close_lot(&c);
}

static void a_part_of_the_files_leaves_the_others(void **state)
{
	static const bool first_only[] = {true, false};
	struct content_job one, two;
	struct lot c;

	open_lot(&c, state, "a.conf", "b.conf");
	one = job_of(&c, "one", EVENT_NO_NODE);
	one.only = first_only;
	two = job_of(&c, "two", 0);
	assert_null(claims_take(&c.claims, &one));
	assert_non_null(claims_take(&c.claims, &two));
	two.only = (const bool[]){false, true};
	assert_null(claims_take(&c.claims, &two)); /* nobody had it */
	arena_release(&two.arena);
	close_lot(&c);
}

static void one_file_under_two_names_is_one(void **state)
{
	struct content_job first, second;
	struct lot c;
	char *folder;

	open_lot(&c, state, "sub/a.conf", NULL);
	folder = mem_printf("%s/sub", c.folder);
	assert_int_equal(mkdir(folder, 0755), 0);
	first = job_of(&c, "one", 0);
	assert_null(claims_take(&c.claims, &first));
	c.files[0].path = "./sub//a.conf";
	second = job_of(&c, "two", 0);
	assert_non_null(claims_take(&c.claims, &second));
	c.files[0].path = "a.conf";
	second.folder = folder; /* another working folder, the same file */
	assert_non_null(claims_take(&c.claims, &second));
	arena_release(&second.arena);
	free(folder);
	close_lot(&c);
}

static void a_rollback_takes_over_what_its_own_nodes_have(void **state)
{
	struct compared file = {0};
	struct request request = {.compared = &file,
				  .compared_count = 1,
				  .execution = "one",
				  .owner = "the rollback of edge#1"};
	struct content_job own, other;
	struct lot c;

	open_lot(&c, state, "a.conf", NULL);
	file = (struct compared){.spec = &c.spec, .folder = c.folder, .wanted.name = "a.conf"};
	own = job_of(&c, "one", 0);
	other = job_of(&c, "two", 0);
	assert_null(claims_take(&c.claims, &own));
	assert_null(claims_take_all(&c.claims, &request));
	claims_give_back(&c.claims, "one", 0); /* the node has ended: the rollback has it still */
	assert_non_null(claims_take(&c.claims, &other));
	claims_give_back(&c.claims, "one", EVENT_NO_NODE);
	assert_null(claims_take(&c.claims, &other));
	assert_string_equal(claims_take_all(&c.claims, &request), "swap of edge#1 writes a.conf");
	arena_release(&other.arena);
	arena_release(&request.arena);
	close_lot(&c);
}

static void a_rollback_that_does_not_come_about_leaves_nodes_theirs(void **state)
{
	struct compared file = {0};
	struct request request = {.compared = &file,
				  .compared_count = 1,
				  .execution = "one",
				  .owner = "the rollback of edge#1"};
	struct content_job own, other;
	struct lot c;

	open_lot(&c, state, "a.conf", NULL);
	file = (struct compared){.spec = &c.spec, .folder = c.folder, .wanted.name = "a.conf"};
	own = job_of(&c, "one", 0);
	other = job_of(&c, "two", 0);
	assert_null(claims_take(&c.claims, &own));
	assert_null(claims_take_all(&c.claims, &request));
	assert_null(claims_take_all(&c.claims, &request)); /* asked for twice */
	claims_give_back(&c.claims, "one", EVENT_NO_NODE);
	assert_non_null(claims_take(&c.claims, &other)); /* the node still runs */
	claims_give_back(&c.claims, "one", 0);
	assert_null(claims_take(&c.claims, &other));
	arena_release(&other.arena);
	arena_release(&request.arena);
	close_lot(&c);
}

static void those_that_wait_keep_their_order(void **state)
{
	struct content_job jobs[2] = {{.node = 1}, {.node = 2}};
	struct message *waiting;
	struct lot c;

	open_lot(&c, state, "a.conf", NULL);
	claims_wait(&c.claims, &jobs[0]);
	claims_wait(&c.claims, &jobs[1]);
	waiting = claims_waiting(&c.claims);
	assert_ptr_equal(waiting, &jobs[0]);
	assert_ptr_equal(waiting->next, &jobs[1]);
	assert_null(claims_waiting(&c.claims));
	close_lot(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_has_one_owner_until_it_is_given_back,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(all_files_or_none, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_part_of_the_files_leaves_the_others,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(one_file_under_two_names_is_one, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(a_rollback_takes_over_what_its_own_nodes_have,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(
			a_rollback_that_does_not_come_about_leaves_nodes_theirs, scratch_setup,
			scratch_teardown),
		cmocka_unit_test_setup_teardown(those_that_wait_keep_their_order, scratch_setup,
						scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
