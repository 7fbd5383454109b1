// SPDX-License-Identifier: Apache-2.0
/* The fake kernel's hooks. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/attach/hooks.h"
#include "exporter/attach/rcu_grace.h"
#include "exporter/attach/selfcheck.h"
#include "tests/unit/exporter/fake_bpf.h"
#include "tests/unit/exporter/fake_bpf_private.h"

/* A link of libbpf. */
struct attachment {
	const struct bpf_program *program; /* NULL: free */
	int link, event;                   /* descriptors; event -1: there is none */
};

static struct attachment attachments[HOOKS_MAX];

static int null_device(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int __wrap_bpf_raw_tracepoint_open(const char *name, int program)
{
	(void)name;
	(void)program;
	return fake_fails("bpf_raw_tracepoint_open") ? -1 : fake_link();
}

int __wrap_bpf_link_create(int program, int target, enum bpf_attach_type type,
			   const struct bpf_link_create_opts *options)
{
	(void)program;
	(void)target;
	(void)type;
	(void)options;
	return fake_fails("bpf_link_create") ? -1 : fake_link();
}

static struct bpf_link *attach(const struct bpf_program *program, int event)
{
	struct attachment *attachment = attachments;

	if (fake_fails("bpf_program__attach"))
		return NULL;
	while (attachment->program)
		if (++attachment == attachments + HOOKS_MAX)
			abort();
	*attachment = (struct attachment){program, fake_link(), event};
	return (struct bpf_link *)attachment;
}

struct bpf_link *__wrap_bpf_program__attach(const struct bpf_program *program)
{
	return attach(program, -1);
}

struct bpf_link *__wrap_bpf_program__attach_perf_event(const struct bpf_program *program, int event)
{
	return attach(program, event);
}

int __wrap_bpf_link__destroy(struct bpf_link *link)
{
	struct attachment *attachment = (struct attachment *)link;

	if (!attachment)
		return 0;
	close(attachment->link);
	if (attachment->event >= 0)
		close(attachment->event);
	attachment->program = NULL;
	return 0;
}

int fake_attached(const char *name)
{
	for (int i = 0; i < HOOKS_MAX; i++)
		if (attachments[i].program &&
		    strcmp(bpf_program__name(attachments[i].program), name) == 0)
			return bpf_program__fd(attachments[i].program);
	return -1;
}

int fake_attachments(void)
{
	int count = 0;

	for (int i = 0; i < HOOKS_MAX; i++)
		count += attachments[i].program != NULL;
	return count;
}

static int perf_event(const char *name)
{
	(void)name;
	return fake_fails("perf_event") ? -errno : null_device();
}

int __wrap_perf_event_of_kprobe(const char *name)
{
	return perf_event(name);
}

int __wrap_perf_event_of_tracepoint(const char *name)
{
	return perf_event(name);
}

int __wrap_rcu_grace_wait(const struct rcu_grace *grace)
{
	(void)grace;
	return fake_fails("rcu_grace_wait") ? -errno : 0;
}

int __wrap_bpf_enable_stats(enum bpf_stats_type type)
{
	(void)type;
	return fake_fails("bpf_enable_stats") ? -1 : null_device();
}

int __wrap_selfcheck(const struct hooks *hooks, struct bind_control *control,
		     struct bind_control *other, bool results, __u64 *recursion_baseline)
{
	(void)hooks;
	(void)control;
	(void)other;
	(void)recursion_baseline;
	if (fake_fails("selfcheck"))
		return -errno;
	return results && fake.results_unseen ? -ENOMSG : fake.selfcheck;
}
