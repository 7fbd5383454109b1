// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/labels.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "bpf/abi/bind_abi.h"
#include "metrics/owners/owner.h"
#include "tests/unit/suite.h"

#define ALL   (BIND_LABELS_ALL & ~BIND_LABELS_OWNER)
#define OWNED (BIND_LABELS_OWNER | BIND_LABEL_UID)

static const struct {
	const char *list;
	uint32_t labels;
} right[] = {
	{"category,family,comm", 0},
	{"comm,category,family", 0},
	{"category,family,comm,protocol", BIND_LABEL_PROTOCOL},
	{"category,family,comm,scope", BIND_LABEL_SCOPE},
	{"category,family,comm,uid", BIND_LABEL_UID},
	{"category,family,comm,port", BIND_LABEL_PORT},
	{"category,family,comm,netns", BIND_LABEL_NETNS},
	{"category,family,comm,container", BIND_LABEL_CONTAINER},
	{"category,family,comm,pod", BIND_LABEL_POD},
	{"category,family,comm,namespace", BIND_LABEL_NAMESPACE},
	{"category,family,comm,unit", BIND_LABEL_UNIT},
	{"netns,comm,port,uid,scope,family,protocol,category", ALL},
	{"unit,namespace,netns,comm,port,uid,pod,scope,family,protocol,category,container",
	 BIND_LABELS_ALL},
};

START_TEST(parses_lists)
{
	char error[BIND_LABELS_ERROR_MAX] = "untouched";
	uint32_t labels = 77;

	ck_assert_int_eq(bind_labels_parse(right[_i].list, &labels, error), 0);
	ck_assert_uint_eq(labels, right[_i].labels);
	ck_assert_str_eq(error, "untouched");
}
END_TEST

#define THESE                                                                                     \
	"these at most once: category, family, comm, namespace, pod, container, unit, protocol, " \
	"scope, uid, port, netns"
#define NAME40 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static const struct {
	const char *list;
	const char *cause, *cure;
} wrong[] = {
	{"", "unknown label \"\"", THESE},
	{"category,family,comm,", "unknown label \"\"", THESE},
	{",category,family,comm", "unknown label \"\"", THESE},
	{"category,,family,comm", "unknown label \"\"", THESE},
	{"category,family,comm,pods", "unknown label \"pods\"", THESE},
	{"category,family,com", "unknown label \"com\"", THESE},
	{"category,family,comms", "unknown label \"comms\"", THESE},
	{"category,family,Comm", "unknown label \"Comm\"", THESE},
	{"category, family,comm", "unknown label \" family\"", THESE},
	{"category;family;comm", "unknown label \"category;family;comm\"", THESE},
	{NAME40 ",comm", "unknown label \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\"", THESE},
	{"category,family,comm,uid,uid", "repeated label \"uid\"", THESE},
	{"comm,category,comm,family", "repeated label \"comm\"", THESE},
	{"family,comm", "the label category is missing", "are required"},
	{"category,comm,port", "the label family is missing", "are required"},
	{"category,family", "the label comm is missing", "are required"},
	{"uid", "the label category is missing", "are required"},
};

START_TEST(refuses_with_cause_and_cure)
{
	char error[BIND_LABELS_ERROR_MAX];
	uint32_t labels = 77;

	ck_assert_int_eq(bind_labels_parse(wrong[_i].list, &labels, error), -EINVAL);
	ck_assert_uint_eq(labels, 77);
	ck_assert_msg(strstr(error, wrong[_i].cause), "%s: %s", wrong[_i].list, error);
	ck_assert_msg(strstr(error, wrong[_i].cure), "%s: %s", wrong[_i].list, error);
}
END_TEST

/* A row of the table below. */
struct bind {
	uint8_t category;
	uint16_t family;
	uint8_t scope;
	uint16_t protocol, port;
	uint32_t uid, netns;
	const char *comm;
};

static struct bind_key key_of(const struct bind *bind)
{
	struct bind_key key = {
		.kind = bind_kind(bind->category, bind->family) | bind_scope_bits(bind->scope) |
			bind_protocol_bits(bind->protocol) | bind_port_bits(bind->port),
		.owner = bind->uid | (uint64_t)bind->netns << 32,
	};

	memcpy(key.comm, bind->comm, strlen(bind->comm));
	return key;
}

static const struct bind nginx = {
	.category = BIND_WELL_KNOWN,
	.family = AF_INET,
	.scope = BIND_SCOPE_ANY,
	.protocol = 6,
	.port = 80,
	.uid = 33,
	.netns = 4026531840,
	.comm = "nginx",
};

#define NGINX "{category=\"well_known\",family=\"inet\",comm=\"nginx\""

static const struct {
	const struct bind *bind;
	uint32_t labels;
	bool other;
	const char *expected;
} rows[] = {
	{&nginx, 0, false, NGINX "}"},
	{&nginx, BIND_LABEL_PROTOCOL, false, NGINX ",protocol=\"tcp\"}"},
	{&nginx, BIND_LABEL_SCOPE, false, NGINX ",scope=\"any\"}"},
	{&nginx, BIND_LABEL_UID, false, NGINX ",uid=\"33\"}"},
	{&nginx, BIND_LABEL_PORT, false, NGINX ",port=\"80\"}"},
	{&nginx, BIND_LABEL_NETNS, false, NGINX ",netns=\"4026531840\"}"},
	{&nginx, ALL, false,
	 NGINX ",protocol=\"tcp\",scope=\"any\",uid=\"33\",port=\"80\",netns=\"4026531840\"}"},
	{&nginx, 0, true, "{category=\"well_known\",family=\"inet\",comm=\"(other)\"}"},
	{&nginx, BIND_LABEL_PORT, true,
	 "{category=\"well_known\",family=\"inet\",comm=\"(other)\",port=\"\"}"},
	{&nginx, ALL, true,
	 "{category=\"well_known\",family=\"inet\",comm=\"(other)\",protocol=\"\",scope=\"\","
	 "uid=\"\",port=\"\",netns=\"\"}"},
	/* A real process of that name is another row. */
	{&(const struct bind){BIND_AUTO, AF_INET, 0, 0, 0, 0, 0, "(other)"}, 0, false,
	 "{category=\"auto\",family=\"inet\",comm=\"\\\\(other)\"}"},
	{&(const struct bind){BIND_NONE, AF_NETLINK, 0, 0, 0, 0, 0, "a\"b\\c\nd\xff"}, 0, false,
	 "{category=\"none\",family=\"netlink\",comm=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"}"},
	{&(const struct bind){BIND_NONE, AF_NETLINK, 0, 0, 0, 0, 1, ""}, ALL, false,
	 "{category=\"none\",family=\"netlink\",comm=\"\",protocol=\"\",scope=\"\",uid=\"0\","
	 "port=\"\",netns=\"1\"}"},
	{&(const struct bind){BIND_INVALID, 45000, 0, 0, 0, UINT32_MAX, UINT32_MAX, "x"}, ALL,
	 false,
	 "{category=\"invalid\",family=\"other\",comm=\"x\",protocol=\"\",scope=\"\","
	 "uid=\"4294967295\",port=\"\",netns=\"4294967295\"}"},
	{&(const struct bind){BIND_DYNAMIC, AF_INET6, BIND_SCOPE_LINK_LOCAL, 65534, 65535, 0, 0,
			      "fifteen-bytes-x"},
	 BIND_LABEL_PROTOCOL | BIND_LABEL_SCOPE | BIND_LABEL_PORT, false,
	 "{category=\"dynamic\",family=\"inet6\",comm=\"fifteen-bytes-x\",protocol=\"65534\","
	 "scope=\"link_local\",port=\"65535\"}"},
};

START_TEST(formats_rows)
{
	struct bind_key key = key_of(rows[_i].bind);
	char *labels =
		bind_labels_format(&key, NULL, rows[_i].labels, rows[_i].labels, rows[_i].other);

	ck_assert_str_eq(labels, rows[_i].expected);
	free(labels);
}
END_TEST

static const struct owner web = {
	.container = "nginx", .pod = "web-0", .namespace = "shop", .unit = ""};
static const struct owner unit = {.unit = "dev-disk-by\\x2did.swap"};

#define WITHOUT ",namespace=\"\",pod=\"\",container=\"\",unit=\"\""

static const struct {
	const struct owner *owner;
	uint32_t labels, known;
	bool other;
	const char *expected;
} owned[] = {
	{&web, BIND_LABELS_OWNER, BIND_LABELS_OWNER, false,
	 NGINX ",namespace=\"shop\",pod=\"web-0\",container=\"nginx\",unit=\"\"}"},
	{&web, OWNED, OWNED, false,
	 NGINX ",namespace=\"shop\",pod=\"web-0\",container=\"nginx\",unit=\"\",uid=\"33\"}"},
	{&web, BIND_LABEL_POD, OWNED, false, NGINX ",pod=\"web-0\"}"},
	{&unit, BIND_LABEL_UNIT, OWNED, false, NGINX ",unit=\"dev-disk-by\\\\x2did.swap\"}"},
	/* Counted by pod only: the row may be the only one of several namespaces. */
	{&web, BIND_LABELS_OWNER, BIND_LABEL_POD, false,
	 NGINX ",namespace=\"\",pod=\"web-0\",container=\"\",unit=\"\"}"},
	{&web, OWNED, 0, false, NGINX WITHOUT ",uid=\"\"}"},
	{NULL, OWNED, OWNED, false, NGINX WITHOUT ",uid=\"33\"}"},
	{&web, OWNED, OWNED, true,
	 "{category=\"well_known\",family=\"inet\",comm=\"(other)\"" WITHOUT ",uid=\"\"}"},
};

START_TEST(formats_owners)
{
	struct bind_key key = key_of(&nginx);
	char *labels = bind_labels_format(&key, owned[_i].owner, owned[_i].labels, owned[_i].known,
					  owned[_i].other);

	ck_assert_str_eq(labels, owned[_i].expected);
	free(labels);
}
END_TEST

/* An auto bind asks for port 0, in families that have ports. */
static const struct {
	uint8_t category;
	uint16_t family;
	uint16_t port;
	const char *expected;
} ports[] = {
	{BIND_REGISTERED, AF_INET, 1024, "port=\"1024\"}"},
	{BIND_AUTO, AF_INET, 0, "port=\"0\"}"},
	{BIND_AUTO, AF_INET6, 0, "port=\"0\"}"},
	{BIND_AUTO, AF_SMC, 0, "port=\"0\"}"},
	{BIND_AUTO, AF_RDS, 0, "port=\"0\"}"},
	{BIND_AUTO, AF_UNIX, 0, "port=\"\"}"},
	{BIND_PATHNAME, AF_UNIX, 0, "port=\"\"}"},
	{BIND_ABSTRACT, AF_UNIX, 0, "port=\"\"}"},
	{BIND_INVALID, AF_INET, 0, "port=\"\"}"},
	{BIND_NONE, AF_VSOCK, 0, "port=\"\"}"},
};

START_TEST(formats_ports)
{
	struct bind_key key = {.kind = bind_kind(ports[_i].category, ports[_i].family) |
				       bind_port_bits(ports[_i].port)};
	char *labels = bind_labels_format(&key, NULL, BIND_LABEL_PORT, BIND_LABEL_PORT, false);

	ck_assert_str_eq(strstr(labels, "port="), ports[_i].expected);
	free(labels);
}
END_TEST

START_TEST(has_room_for_the_longest)
{
	struct bind bind = {BIND_WELL_KNOWN,
			    AF_APPLETALK,
			    BIND_SCOPE_LINK_LOCAL,
			    137,
			    65535,
			    UINT32_MAX,
			    UINT32_MAX,
			    ""};
	struct owner owner = {.unresolved = 0};
	struct bind_key key;
	char *labels, comm[31];

	bind.comm = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
	for (int i = 0; i < 30; i += 2)
		memcpy(comm + i, "\\\"", 3);
	memset(owner.container, '"', sizeof(owner.container) - 1);
	memset(owner.pod, '"', sizeof(owner.pod) - 1);
	memset(owner.namespace, '"', sizeof(owner.namespace) - 1);
	memset(owner.unit, '"', sizeof(owner.unit) - 1);
	key = key_of(&bind);
	labels = bind_labels_format(&key, &owner, BIND_LABELS_ALL, BIND_LABELS_ALL, false);
	ck_assert_ptr_nonnull(strstr(labels, comm));
	ck_assert_ptr_nonnull(strstr(labels, ",netns=\"4294967295\"}"));
	free(labels);
}
END_TEST

static const struct {
	const char *labels;
	uint32_t error;
	const char *expected;
} failures[] = {
	{NGINX "}", EADDRINUSE, NGINX ",errno=\"EADDRINUSE\"}"},
	{NGINX ",port=\"80\"}", EACCES, NGINX ",port=\"80\",errno=\"EACCES\"}"},
	{NGINX "}", 524, NGINX ",errno=\"ENOTSUPP\"}"},
	{NGINX "}", 4095, NGINX ",errno=\"4095\"}"},
	{NGINX "}", UINT32_MAX, NGINX ",errno=\"(other)\"}"},
};

START_TEST(adds_errnos)
{
	char *labels = bind_labels_with_errno(failures[_i].labels, failures[_i].error);

	ck_assert_str_eq(labels, failures[_i].expected);
	free(labels);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{parses_lists, ARRAY_SIZE(right)},
		{refuses_with_cause_and_cure, ARRAY_SIZE(wrong)},
		{formats_rows, ARRAY_SIZE(rows)},
		{formats_ports, ARRAY_SIZE(ports)},
		{formats_owners, ARRAY_SIZE(owned)},
		{has_room_for_the_longest, 0},
		{adds_errnos, ARRAY_SIZE(failures)},
	};

	return run_suite("labels", tests, ARRAY_SIZE(tests));
}
