// SPDX-License-Identifier: Apache-2.0
/*
 * Attached programs: their order, and what the kernel counts of them. The kernel is a fake: what
 * attaches, detaches and describes programs is defined here instead of in libbpf.
 */
#include "exporter/attach/hooks.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/machine.h"
#include "exporter/attach/maps.h"
#include "exporter/attach/perf_event.h"
#include "metrics/rows/view.h"
#include "tests/unit/exporter/attach/open_object.h"
#include "tests/unit/suite.h"

static struct {
	int attach_error, event_error, info_error;
	int attached, detached; /* how many programs */
	const char *order[HOOKS_MAX];
	int events[HOOKS_MAX];
} kernel;

/* Its BTF is not read. */
bool kernel_older_than(unsigned int major, unsigned int minor)
{
	return major == 6 && minor == 11;
}

static struct bpf_link *link_of(int number)
{
	static char links[HOOKS_MAX];

	return (struct bpf_link *)&links[number];
}

struct bpf_link *bpf_program__attach(const struct bpf_program *program)
{
	if (kernel.attach_error) {
		errno = kernel.attach_error;
		return NULL;
	}
	kernel.order[kernel.attached] = bpf_program__name(program);
	return link_of(kernel.attached++);
}

struct bpf_link *bpf_program__attach_perf_event(const struct bpf_program *program, int event)
{
	kernel.events[kernel.attached] = event;
	return bpf_program__attach(program);
}

/* The last one that was attached goes first. */
int bpf_link__destroy(struct bpf_link *link)
{
	if (link)
		ck_assert_ptr_eq(link, link_of(kernel.attached - 1 - kernel.detached++));
	return 0;
}

int perf_event_of_tracepoint(const char *name)
{
	ck_assert_int_eq(strncmp(name, "syscalls/sys_", 13), 0);
	return kernel.event_error ? kernel.event_error : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Of program number N: N skipped runs, 10 * N runs, 100 * N nanoseconds. */
int bpf_obj_get_info_by_fd(int descriptor, void *info, __u32 *length)
{
	struct bpf_prog_info *program = info;

	if (kernel.info_error) {
		errno = kernel.info_error;
		return -1;
	}
	ck_assert_uint_eq(*length, sizeof(*program));
	program->recursion_misses = (uint64_t)descriptor;
	program->run_cnt = 10 * (uint64_t)descriptor;
	program->run_time_ns = 100 * (uint64_t)descriptor;
	return 0;
}

static void attach(struct hooks *hooks, enum bind_mode mode, int error)
{
	struct bpf_object *object = open_object(&bpf_object_5_12);

	hooks_list(hooks, mode, /* results= */ true, NULL);
	ck_assert_int_eq(hooks_attach(hooks, object, mode), error);
	for (int i = 0; i < kernel.attached; i++)
		ck_assert_str_eq(kernel.order[i], hooks->names[i]);
	bpf_object__close(object);
}

/* Those that see results first, and detached in the reverse order. */
START_TEST(attaches_in_order)
{
	struct hooks hooks = {.count = 0};

	attach(&hooks, _i, 0);
	ck_assert_int_eq(kernel.attached, hooks.count);
	hooks_detach(&hooks);
	ck_assert_int_eq(kernel.detached, kernel.attached);
	ck_assert_int_eq(hooks.count, 0);
}
END_TEST

START_TEST(does_not_attach)
{
	struct hooks hooks = {.count = 0};

	kernel.attach_error = EBUSY;
	attach(&hooks, _i, -EBUSY);
	hooks_detach(&hooks);
	ck_assert_int_eq(kernel.detached, 0);
}
END_TEST

START_TEST(does_not_attach_without_an_event)
{
	struct hooks hooks = {.count = 0};

	kernel.event_error = -EACCES;
	attach(&hooks, BIND_MODE_TRACEPOINT, -EACCES);
}
END_TEST

START_TEST(closes_what_a_dispatcher_is_reached_by)
{
	int program = dup(STDERR_FILENO), slots = dup(STDERR_FILENO);
	struct hooks hooks = {.programs = {program}, .slots = {slots}, .count = 1};

	hooks_detach(&hooks);
	ck_assert(fcntl(program, F_GETFD) < 0 && fcntl(slots, F_GETFD) < 0);
}
END_TEST

/* The second program sees attempts last; the third one's dispatcher is gone. */
static const struct hooks attached = {
	.names = {"first", "second", "third"},
	.programs = {3, 4, -1},
	.count = 3,
	.sees_last = 1,
};

START_TEST(reads_what_the_kernel_counts)
{
	struct bind_view view = {.recursion_misses = 0};
	uint64_t skipped = 0;

	ck_assert_int_eq(hooks_read(&attached, /* stats= */ false, &view), 0);
	ck_assert_uint_eq(view.recursion_misses, 4);
	ck_assert_uint_eq(view.program_count, 0);
	ck_assert_int_eq(hooks_read(&attached, /* stats= */ true, &view), 0);
	ck_assert_uint_eq(view.program_count, 2);
	ck_assert_str_eq(view.programs[1].name, "second");
	ck_assert_uint_eq(view.programs[1].runs, 40);
	ck_assert_uint_eq(view.programs[1].run_ns, 400);
	ck_assert_int_eq(hooks_skipped(&attached, &skipped), 0);
	ck_assert_uint_eq(skipped, 4);
	kernel.info_error = EBADF;
	skipped = 7;
	ck_assert_int_eq(hooks_skipped(&attached, &skipped), -EBADF);
	ck_assert_uint_eq(skipped, 7);
}
END_TEST

static const struct {
	uint64_t marks; /* left behind, on each of two CPUs */
	int error;
	uint64_t baseline;
} fallbacks[] = {{0, 0, 4}, {1, 0, 2}, {2, 0, 0}, {3, 0, 0}, {1, -EBADF, 0}};

START_TEST(begins_the_exit_fallback)
{
	uint64_t missed[2 * BIND_MISSED_REASONS] = {0};
	struct bind_control control = {.zero = 0};
	const struct bind_maps maps = {
		.cpus = 2,
		.of = {[MAP_CONTROL].memory = &control, [MAP_MISSED].memory = missed},
	};

	missed[BIND_MARKS_LEFT] = fallbacks[_i].marks;
	missed[BIND_MISSED_REASONS + BIND_MARKS_LEFT] = fallbacks[_i].marks;
	kernel.info_error = -fallbacks[_i].error;
	ck_assert_int_eq(hooks_begin_exit_fallback(&attached, &maps), fallbacks[_i].error);
	ck_assert_uint_eq(control.recursion_baseline, fallbacks[_i].baseline);
	ck_assert_uint_eq(control.exit_fallback, !fallbacks[_i].error);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{attaches_in_order, BIND_MODES},
		{does_not_attach, BIND_MODES},
		{does_not_attach_without_an_event, 0},
		{closes_what_a_dispatcher_is_reached_by, 0},
		{reads_what_the_kernel_counts, 0},
		{begins_the_exit_fallback, ARRAY_SIZE(fallbacks)},
	};

	return run_suite("hooks_attached", tests, ARRAY_SIZE(tests));
}
