// SPDX-License-Identifier: Apache-2.0
#include "web/http/negotiation.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct span {
	const char *begin;
	const char *end;
};

/* One element of an Accept header. Empty spans: not given. */
struct media {
	struct span type;
	struct span subtype;
	struct span version;
	struct span escaping;
	double quality;
};

static bool span_is(struct span span, const char *text)
{
	size_t length = span.end - span.begin;

	return length == strlen(text) && memcmp(span.begin, text, length) == 0;
}

static bool is_empty(struct span span)
{
	return span.begin == span.end;
}

static struct span trim(struct span span)
{
	while (span.begin < span.end && *span.begin == ' ')
		span.begin++;
	while (span.begin < span.end && span.end[-1] == ' ')
		span.end--;
	return span;
}

/* Cuts the part before the first separator off rest. The separator is removed from rest, too. */
static struct span cut(struct span *rest, char separator)
{
	const char *end = memchr(rest->begin, separator, rest->end - rest->begin);
	struct span part = {rest->begin, end ? end : rest->end};

	rest->begin = end ? end + 1 : rest->end;
	return part;
}

/* A quality that is not a number counts as 0. */
static double parse_quality(struct span value)
{
	char number[32], *end;
	size_t length = value.end - value.begin;
	double quality;

	if (length == 0 || length >= sizeof(number) || isspace((unsigned char)*value.begin))
		return 0;
	*(char *)mempcpy(number, value.begin, length) = '\0';
	quality = strtod(number, &end);
	return *end ? 0 : quality;
}

static void parse_parameter(struct span parameter, struct media *media)
{
	struct span value = parameter;
	struct span name = trim(cut(&value, '='));

	if (is_empty(value) || memchr(value.begin, '=', value.end - value.begin))
		return;
	if (span_is(name, "q"))
		media->quality = parse_quality(value);
	else if (span_is(name, "version"))
		media->version = trim(value);
	else if (span_is(name, "escaping"))
		media->escaping = trim(value);
}

/* Returns false if the element is not a media type, and is skipped. */
static bool parse_media(struct span element, struct media *ret_media)
{
	struct span rest = trim(element);
	struct span subtype = cut(&rest, ';');
	struct media media = {.type = trim(cut(&subtype, '/')), .quality = 1};

	if (memchr(subtype.begin, '/', subtype.end - subtype.begin))
		return false;
	if (is_empty(subtype)) {
		if (!span_is(media.type, "*"))
			return false;
		subtype = media.type;
	}
	media.subtype = trim(subtype);
	while (!is_empty(rest))
		parse_parameter(cut(&rest, ';'), &media);
	*ret_media = media;
	return true;
}

/* Between equal qualities, the more specific type is preferred. */
static bool is_preferred(const struct media *media, const struct media *to)
{
	if (media->quality != to->quality)
		return media->quality > to->quality;
	if (span_is(media->type, "*") != span_is(to->type, "*"))
		return span_is(to->type, "*");
	return span_is(to->subtype, "*") && !span_is(media->subtype, "*");
}

#define MEDIA_MAX 32 /* media types in a header; Prometheus sends five */

/* Sorts the media types, the best first. Returns their number. */
static unsigned int parse_accept(const char *accept, struct media ret_media[MEDIA_MAX])
{
	struct span rest = {accept, accept + strlen(accept)};
	unsigned int count = 0;

	while (!is_empty(rest) && count < MEDIA_MAX) {
		struct media media;
		unsigned int i = count;

		if (!parse_media(cut(&rest, ','), &media))
			continue;
		for (; i > 0 && is_preferred(&media, &ret_media[i - 1]); i--)
			ret_media[i] = ret_media[i - 1];
		ret_media[i] = media;
		count++;
	}
	return count;
}

/*
 * Returns the way to escape names with other characters, which no name here has, or NULL if it is
 * unknown and is skipped.
 */
static const char *find_escaping(struct span escaping)
{
	static const char *const known[] = {"allow-utf-8", "underscores", "dots", "values"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_is(escaping, known[i]))
			return known[i];
	return NULL;
}

static bool is_text(const struct media *media)
{
	return span_is(media->type, "text") && span_is(media->subtype, "plain") &&
	       (is_empty(media->version) || span_is(media->version, "0.0.4"));
}

/* Returns the version of the answer, or NULL if the type is not OpenMetrics. */
static const char *openmetrics_version(const struct media *media)
{
	if (!span_is(media->type, "application") || !span_is(media->subtype, "openmetrics-text"))
		return NULL;
	if (span_is(media->version, "1.0.0"))
		return "1.0.0";
	return is_empty(media->version) || span_is(media->version, "0.0.1") ? "0.0.1" : NULL;
}

/*
 * The escaping that was read last applies, even if it belongs to a media type that is not chosen.
 */
enum page_kind negotiate_format(const char *accept, char ret_type[NEGOTIATION_TYPE_MAX])
{
	struct media media[MEDIA_MAX];
	unsigned int count = accept ? parse_accept(accept, media) : 0;
	const char *escaping = "underscores", *version = NULL;

	for (unsigned int i = 0; i < count; i++) {
		const char *asked = find_escaping(media[i].escaping);

		if (asked)
			escaping = asked;
		version = openmetrics_version(&media[i]);
		if (version || is_text(&media[i]))
			break;
	}
	snprintf(ret_type, NEGOTIATION_TYPE_MAX, "%s; version=%s; charset=utf-8; escaping=%s",
		 version ? "application/openmetrics-text" : "text/plain",
		 version ? version : "0.0.4", escaping);
	return version ? PAGE_OPENMETRICS : PAGE_TEXT;
}

static const char *skip_blanks(const char *header)
{
	return header + strspn(header, " \t");
}

/* Parses "0", "1" or "0.123". Returns the rest, or NULL if there is no such number. */
static const char *parse_coding_quality(const char *header, double *ret_quality)
{
	double quality, unit = 0.1;

	if (*header != '0' && *header != '1')
		return NULL;
	quality = *header++ - '0';
	if (*header == '.')
		for (header++; isdigit((unsigned char)*header); header++, unit /= 10)
			quality += unit * (*header - '0');
	*ret_quality = quality;
	return header;
}

/* Elements after one that cannot be parsed are ignored. */
void encoding_wishes_add(struct encoding_wishes *wishes, const char *header)
{
	do {
		struct span coding = {.begin = skip_blanks(header)};
		double quality = 1, *wish = NULL;

		coding.end = coding.begin + strcspn(coding.begin, " \t,;");
		header = skip_blanks(coding.end);
		if (is_empty(coding))
			return;
		if (*header == ';') {
			header = skip_blanks(header + 1);
			if (strncmp(header, "q=", 2) != 0)
				return;
			header = parse_coding_quality(header + 2, &quality);
			if (!header)
				return;
			header = skip_blanks(header);
		}
		if (span_is(coding, "gzip"))
			wish = &wishes->gzip;
		else if (span_is(coding, "identity") || span_is(coding, "*"))
			wish = &wishes->identity;
		if (wish && quality > *wish)
			*wish = quality;
	} while (*header++ == ',');
}

bool encoding_wishes_are_gzip(const struct encoding_wishes *wishes)
{
	return wishes->gzip > wishes->identity;
}
