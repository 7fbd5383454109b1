// SPDX-License-Identifier: Apache-2.0
/* Handshakes of clients with certificates of every kind. */
#include "web/tls/tls_client.h"

#include "tests/unit/suite.h"
#include "tests/unit/web/tls/tls_fixture.h"

#define OPEN (-1) /* not an alert: the client is let in */

#define NOTHING    ""
#define AUTH(type) "  client_auth_type: " type "\n"
#define CA         "  client_ca_file: ca.pem\n"
#define SANS       "  client_allowed_sans: [x.example, good.example]\n"
#define ANY        AUTH("RequireAnyClientCert")
#define BOTH       AUTH("RequireAndVerifyClientCert") CA
#define IF_GIVEN   AUTH("VerifyClientCertIfGiven") CA

static const struct {
	const char *lines;
	enum which who;
	int alert12, alert13;
} client_cases[] = {
	{NOTHING, NONE, OPEN, OPEN},
	{NOTHING, EXPIRED, OPEN, OPEN},
	{AUTH("NoClientCert"), NONE, OPEN, OPEN},
	{AUTH("NoClientCert"), GOOD, OPEN, OPEN},
	{AUTH("NoClientCert"), OTHER_CA, OPEN, OPEN},
	{AUTH("NoClientCert"), EXPIRED, OPEN, OPEN},
	{AUTH("RequestClientCert"), NONE, OPEN, OPEN},
	{AUTH("RequestClientCert"), GOOD, OPEN, OPEN},
	{AUTH("RequestClientCert") CA, OTHER_CA, OPEN, OPEN},
	{AUTH("RequestClientCert") CA, EXPIRED, OPEN, OPEN},
	{AUTH("RequestClientCert"), FOR_SERVERS, OPEN, OPEN},
	{ANY, NONE, GNUTLS_A_HANDSHAKE_FAILURE, GNUTLS_A_CERTIFICATE_REQUIRED},
	{AUTH("RequireClientCert"), NONE, GNUTLS_A_HANDSHAKE_FAILURE,
	 GNUTLS_A_CERTIFICATE_REQUIRED},
	{ANY, GOOD, OPEN, OPEN},
	{AUTH("RequireClientCert"), GOOD, OPEN, OPEN},
	{ANY, OTHER_CA, OPEN, OPEN},
	{ANY CA, OTHER_CA, OPEN, OPEN},
	{ANY, EXPIRED, OPEN, OPEN},
	{ANY SANS, NONE, GNUTLS_A_HANDSHAKE_FAILURE, GNUTLS_A_CERTIFICATE_REQUIRED},
	{ANY SANS, OTHER_CA, OPEN, OPEN},
	{ANY SANS, OTHER_SAN, GNUTLS_A_BAD_CERTIFICATE, GNUTLS_A_BAD_CERTIFICATE},
	{IF_GIVEN, NONE, OPEN, OPEN},
	{IF_GIVEN, GOOD, OPEN, OPEN},
	{IF_GIVEN, OTHER_SAN, OPEN, OPEN},
	{IF_GIVEN, OTHER_CA, GNUTLS_A_UNKNOWN_CA, GNUTLS_A_UNKNOWN_CA},
	{IF_GIVEN, FORGED, GNUTLS_A_UNKNOWN_CA, GNUTLS_A_UNKNOWN_CA},
	{IF_GIVEN, EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED},
	{IF_GIVEN, FOR_SERVERS, GNUTLS_A_BAD_CERTIFICATE, GNUTLS_A_BAD_CERTIFICATE},
	{BOTH, NONE, GNUTLS_A_HANDSHAKE_FAILURE, GNUTLS_A_CERTIFICATE_REQUIRED},
	{BOTH, GOOD, OPEN, OPEN},
	{BOTH, OTHER_SAN, OPEN, OPEN},
	{BOTH, OTHER_CA, GNUTLS_A_UNKNOWN_CA, GNUTLS_A_UNKNOWN_CA},
	{BOTH, FORGED, GNUTLS_A_UNKNOWN_CA, GNUTLS_A_UNKNOWN_CA},
	{BOTH, EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED},
	{BOTH, FUTURE, GNUTLS_A_CERTIFICATE_EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED},
	{BOTH, FOR_SERVERS, GNUTLS_A_BAD_CERTIFICATE, GNUTLS_A_BAD_CERTIFICATE},
	{BOTH SANS, NONE, GNUTLS_A_HANDSHAKE_FAILURE, GNUTLS_A_CERTIFICATE_REQUIRED},
	{BOTH SANS, GOOD, OPEN, OPEN},
	{BOTH SANS, OTHER_SAN, GNUTLS_A_BAD_CERTIFICATE, GNUTLS_A_BAD_CERTIFICATE},
	{BOTH SANS, OTHER_CA, GNUTLS_A_UNKNOWN_CA, GNUTLS_A_UNKNOWN_CA},
	{BOTH SANS, EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED},
	{BOTH SANS, MAIL, GNUTLS_A_BAD_CERTIFICATE, GNUTLS_A_BAD_CERTIFICATE},
	{BOTH "  client_allowed_sans: [a@good.example]\n", MAIL, OPEN, OPEN},
	{BOTH "  client_allowed_sans: ['spiffe://good.example/a']\n", URI, OPEN, OPEN},
	{BOTH "  client_allowed_sans: ['spiffe://good.example/']\n", URI, GNUTLS_A_BAD_CERTIFICATE,
	 GNUTLS_A_BAD_CERTIFICATE},
	{BOTH "  client_allowed_sans: [192.0.2.1]\n", ADDRESS, OPEN, OPEN},
	{BOTH "  client_allowed_sans: [192.0.2.2]\n", ADDRESS, GNUTLS_A_BAD_CERTIFICATE,
	 GNUTLS_A_BAD_CERTIFICATE},
	{BOTH "  client_allowed_sans: [GOOD.example]\n", GOOD, GNUTLS_A_BAD_CERTIFICATE,
	 GNUTLS_A_BAD_CERTIFICATE},
	{BOTH "  client_allowed_sans: []\n", GOOD, GNUTLS_A_BAD_CERTIFICATE,
	 GNUTLS_A_BAD_CERTIFICATE},
	/* No CA is configured: the machine's are used, and none of them knows this certificate. */
	{AUTH("RequireAndVerifyClientCert"), GOOD, GNUTLS_A_UNKNOWN_CA, GNUTLS_A_UNKNOWN_CA},
};

static void check_client(int row, const char *priority, int alert)
{
	struct handshake result =
		tls_fixture_try("ecdsa", client_cases[row].lines, priority, client_cases[row].who);

	ck_assert_msg(result.served == (alert == OPEN) && result.alert == alert,
		      "client %d, %s%sserved: %d, alert %d instead of %d", client_cases[row].who,
		      priority, client_cases[row].lines, result.served, result.alert, alert);
}

START_TEST(looks_at_client_certificates)
{
	check_client(_i, TLS12, client_cases[_i].alert12);
	check_client(_i, TLS13, client_cases[_i].alert13);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{looks_at_client_certificates, ARRAY_SIZE(client_cases)},
	};
	int failed;

	if (tls_fixture_make())
		return EXIT_FAILURE;
	failed = run_suite("tls_client", tests, ARRAY_SIZE(tests));
	tls_fixture_remove();
	return failed;
}
