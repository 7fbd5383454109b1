// SPDX-License-Identifier: Apache-2.0
/* YAML into a structure, and the words of refusals. */
#include "common/yaml/reader.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/suite.h"

#define ITEMS_MAX 4

struct values {
	char *text;
	bool flag;
	int64_t number;
	char *items[ITEMS_MAX];
	size_t item_count;
	char keys[64]; /* of the map, each with a comma */
};

static int read_item(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	struct values *values = target;

	if (values->item_count == ITEMS_MAX)
		return yaml_refuse(reader, node, "more than %d items", ITEMS_MAX);
	if (yaml_read_scalar(reader, node, "item", &values->items[values->item_count]))
		return -EINVAL;
	values->item_count++;
	return 0;
}

static int read_list(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	return yaml_read_list(reader, node, "[]item", read_item, target);
}

static int read_key(struct yaml_reader *reader, const char *key, yaml_node_t *value, void *target)
{
	struct values *values = target;

	(void)reader;
	(void)value;
	strncat(values->keys, key, sizeof(values->keys) - strlen(values->keys) - 2);
	strcat(values->keys, ",");
	return 0;
}

static int read_map(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	return yaml_read_map(reader, node, "map[string]string", read_key, target);
}

static const struct yaml_field fields[] = {
	{"text", yaml_read_string, offsetof(struct values, text)},
	{"flag", yaml_read_bool, offsetof(struct values, flag)},
	{"number", yaml_read_int, offsetof(struct values, number)},
	{"list", read_list, 0},
	{"map", read_map, 0},
};
static const struct yaml_type type = {"Values", fields, ARRAY_SIZE(fields)};

static int read_bytes(const char *bytes, size_t length, struct values *values,
		      char ret_error[YAML_ERROR_MAX])
{
	*values = (struct values){.number = -1};
	return yaml_read_text(bytes, length, &type, values, ret_error);
}

static int read_text(const char *text, struct values *values, char ret_error[YAML_ERROR_MAX])
{
	return read_bytes(text, strlen(text), values, ret_error);
}

static void values_done(struct values *values)
{
	for (size_t i = 0; i < values->item_count; i++)
		free(values->items[i]);
	free(values->text);
}

START_TEST(reads_every_type)
{
	struct values values;
	char error[YAML_ERROR_MAX];

	ck_assert_int_eq(read_text("text: 'a: b'\nflag: yes\nnumber: 0x10\nlist: [1, two]\n"
				   "map: {a: 1, b: 2}\n",
				   &values, error),
			 0);
	ck_assert_str_eq(values.text, "a: b");
	ck_assert(values.flag);
	ck_assert_int_eq(values.number, 16);
	ck_assert_uint_eq(values.item_count, 2);
	ck_assert_str_eq(values.items[0], "1");
	ck_assert_str_eq(values.items[1], "two");
	ck_assert_str_eq(values.keys, "a,b,");
	values_done(&values);
}
END_TEST

static const char *const empty[] = {
	"", "# comment\n", "---\n", "null\n", "{}\n", "number:\n", "text: ~\nlist: null\nmap:\n"};

START_TEST(null_changes_nothing)
{
	struct values values;
	char error[YAML_ERROR_MAX];

	ck_assert_int_eq(read_text(empty[_i], &values, error), 0);
	ck_assert_ptr_null(values.text);
	ck_assert_int_eq(values.number, -1);
	ck_assert_uint_eq(values.item_count, 0);
	values_done(&values);
}
END_TEST

static const struct {
	const char *text, *refusal; /* its beginning */
} refusals[] = {
	{"foo: 1\n", "line 1: field foo not found in type Values"},
	{"flag: true\n\nflag: true\n", "line 3: field flag already set in type Values"},
	{"- 1\n", "line 1: cannot unmarshal !!seq into Values"},
	{"word\n", "line 1: cannot unmarshal !!str `word` into Values"},
	{"text: [1]\n", "line 1: cannot unmarshal !!seq into string"},
	{"text: {a: 1}\n", "line 1: cannot unmarshal !!map into string"},
	{"flag: maybe\n", "line 1: cannot unmarshal !!str `maybe` into bool"},
	{"flag: 'true'\n", "line 1: cannot unmarshal !!str `true` into bool"},
	{"number: a very long secret\n", "line 1: cannot unmarshal !!str `a very ...` into int"},
	{"number: 1.5\n", "line 1: cannot unmarshal !!float `1.5` into int"},
	{"number: 9223372036854775808\n", "line 1: cannot unmarshal !!float `9223372...` into int"},
	{"list: {a: 1}\n", "line 1: cannot unmarshal !!map into []item"},
	{"list: [a, [b]]\n", "line 1: cannot unmarshal !!seq into item"},
	{"list: [1, 2, 3, 4, 5]\n", "line 1: more than 4 items"},
	{"map: [a]\n", "line 1: cannot unmarshal !!seq into map[string]string"},
	{"map:\n  a: 1\n  a: 2\n", "line 3: key \"a\" already set in map"},
	{"[a]: 1\n", "line 1: cannot unmarshal !!seq into string"},
	{"text: \"a\\0b\"\n", "line 1: a NUL byte is in the way"},
	{"text: 'a\n", "line "},
	{"text: \"\\q\"\n", "line 1: found unknown escape character"},
};

START_TEST(refuses)
{
	const char *refusal = refusals[_i].refusal;
	char error[YAML_ERROR_MAX] = "";
	struct values values;

	ck_assert_int_eq(read_text(refusals[_i].text, &values, error), -EINVAL);
	ck_assert_msg(strncmp(error, refusal, strlen(refusal)) == 0, "%s", error);
	values_done(&values);
}
END_TEST

/* The parser's time grows with the square of the depth. */
START_TEST(refuses_deep_nesting)
{
	static char text[100000];
	char error[YAML_ERROR_MAX];
	struct values values;

	memset(text, '[', sizeof(text));
	ck_assert_int_eq(read_bytes(text, sizeof(text), &values, error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "line 1: nested more than "));
}
END_TEST

/* Bytes after length are not read. */
START_TEST(needs_no_nul)
{
	struct values values;
	char error[YAML_ERROR_MAX];

	ck_assert_int_eq(read_bytes("number: 123", 10, &values, error), 0);
	ck_assert_int_eq(values.number, 12);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{reads_every_type, 0},
		{null_changes_nothing, ARRAY_SIZE(empty)},
		{refuses, ARRAY_SIZE(refusals)},
		{refuses_deep_nesting, 0},
		{needs_no_nul, 0},
	};

	return run_suite("yaml_reader", tests, ARRAY_SIZE(tests));
}
