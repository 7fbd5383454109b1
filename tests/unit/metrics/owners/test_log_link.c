// SPDX-License-Identifier: Apache-2.0
#include "metrics/owners/log_link.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/suite.h"

#define ID   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UID  "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define PODS "/var/log/pods/"

#define TEN     "abcdefghij"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
/* Links of pods that keep 41 digits of the id, 2, and none. */
#define LONG_41 HUNDRED HUNDRED
#define LONG_2  HUNDRED HUNDRED TEN TEN TEN "abcdefghi"
#define LONG_0  HUNDRED HUNDRED TEN TEN TEN TEN TEN

static const struct {
	const char *what, *name, *target;
	const char *namespace, *pod, *container, *id; /* NULL: it is not a link */
} cases[] = {
	{"a link", "web-1_shop_nginx-" ID ".log", PODS "shop_web-1_" UID "/nginx/0.log", "shop",
	 "web-1", "nginx", ID},
	{"of a container that was started again", "web-1_shop_nginx-" ID ".log",
	 PODS "shop_web-1_" UID "/nginx/17.log", "shop", "web-1", "nginx", ID},
	{"of a static pod", "etcd-n1_kube-system_etcd-" ID ".log",
	 PODS "kube-system_etcd-n1_00112233445566778899aabbccddeeff/etcd/0.log", "kube-system",
	 "etcd-n1", "etcd", ID},
	{"logs elsewhere", "a_b_c-" ID ".log", "/data/logs/b_a_" UID "/c/0.log", "b", "a", "c", ID},
	{"a pod's name with dots", "a.b-c_n_c-" ID ".log", PODS "n_a.b-c_" UID "/c/0.log", "n",
	 "a.b-c", "c", ID},
	{"a container's name with dashes", "a_b_c-d-e-" ID ".log", PODS "b_a_" UID "/c-d-e/0.log",
	 "b", "a", "c-d-e", ID},
	{"a name that was cut", LONG_41 "_name_ctr-0123456789abcdef0123456789abcdef012345678.log",
	 PODS "name_" LONG_41 "_" UID "/ctr/0.log", "name", LONG_41, "ctr",
	 "0123456789abcdef0123456789abcdef012345678"},
	{"and keeps next to nothing of the id", LONG_2 "_name_ctr-01.log",
	 PODS "name_" LONG_2 "_" UID "/ctr/0.log", "name", LONG_2, "ctr", "01"},
	{"and nothing", LONG_0 "_.log", PODS "name_" LONG_0 "_" UID "/ctr/0.log", "name", LONG_0,
	 "ctr", ""},
	{"not a log", "web-1_shop_nginx-" ID, PODS "shop_web-1_" UID "/nginx/0.log", NULL, NULL,
	 NULL, NULL},
	{"of another pod", "web-2_shop_nginx-" ID ".log", PODS "shop_web-1_" UID "/nginx/0.log",
	 NULL, NULL, NULL, NULL},
	{"of another namespace", "web-1_shop_nginx-" ID ".log",
	 PODS "other_web-1_" UID "/nginx/0.log", NULL, NULL, NULL, NULL},
	{"of another container", "web-1_shop_nginx-" ID ".log",
	 PODS "shop_web-1_" UID "/redis/0.log", NULL, NULL, NULL, NULL},
	{"a short id", "web-1_shop_nginx-0123.log", PODS "shop_web-1_" UID "/nginx/0.log", NULL,
	 NULL, NULL, NULL},
	{"a long id", "web-1_shop_nginx-" ID "0.log", PODS "shop_web-1_" UID "/nginx/0.log", NULL,
	 NULL, NULL, NULL},
	{"an id in capitals",
	 "w_s_n-0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef.log",
	 PODS "s_w_" UID "/n/0.log", NULL, NULL, NULL, NULL},
	{"no id", "web-1_shop_nginx-.log", PODS "shop_web-1_" UID "/nginx/0.log", NULL, NULL, NULL,
	 NULL},
	{"no container", "web-1_shop_ngi.log", PODS "shop_web-1_" UID "/nginx/0.log", NULL, NULL,
	 NULL, NULL},
	{"an end only", ".log", PODS "shop_web-1_" UID "/nginx/0.log", NULL, NULL, NULL, NULL},
	{"no UID", "web-1_shop_nginx-" ID ".log", PODS "shop_web-1/nginx/0.log", NULL, NULL, NULL,
	 NULL},
	{"a UID that is none", "web-1_shop_nginx-" ID ".log", PODS "shop_web-1_17/nginx/0.log",
	 NULL, NULL, NULL, NULL},
	{"Docker's own", "web-1_shop_nginx-" ID ".log",
	 "/var/lib/docker/containers/" ID "/" ID ".log", NULL, NULL, NULL, NULL},
	{"a target without directories", "web-1_shop_nginx-" ID ".log", "0.log", NULL, NULL, NULL,
	 NULL},
	{"no target", "web-1_shop_nginx-" ID ".log", "", NULL, NULL, NULL, NULL},
	{"a quote", "web\"_shop_nginx-" ID ".log", PODS "shop_web\"_" UID "/nginx/0.log", NULL,
	 NULL, NULL, NULL},
	{"a namespace that is too long", "p_" TEN TEN TEN TEN TEN TEN TEN "_c-" ID ".log",
	 PODS TEN TEN TEN TEN TEN TEN TEN "_p_" UID "/c/0.log", NULL, NULL, NULL, NULL},
};

START_TEST(parses)
{
	struct log_link link;
	int error = log_link_parse(cases[_i].name, cases[_i].target, &link);

	if (!cases[_i].id) {
		ck_assert_msg(error == -EINVAL, "%s: taken for a link", cases[_i].what);
		return;
	}
	ck_assert_msg(error == 0, "%s: no link", cases[_i].what);
	ck_assert_str_eq(link.namespace, cases[_i].namespace);
	ck_assert_str_eq(link.pod, cases[_i].pod);
	ck_assert_str_eq(link.container, cases[_i].container);
	ck_assert_str_eq(link.id, cases[_i].id);
	ck_assert_uint_ge(strlen(link.pod_uid), 32);
}
END_TEST

static const struct {
	const char *id;
	bool is;
} ids[] = {
	{ID, true},         {"0123456789abcdef", true},
	{"01234567", true}, {"0123456", false}, /* too few digits to be sure */
	{"", false},        {"01234568", false},
};

START_TEST(whose)
{
	struct log_link link = {0};

	strcpy(link.id, ids[_i].id);
	ck_assert_int_eq(log_link_is_of(&link, ID), ids[_i].is);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{parses, ARRAY_SIZE(cases)},
		{whose, ARRAY_SIZE(ids)},
	};

	return run_suite("log_link", tests, ARRAY_SIZE(tests));
}
