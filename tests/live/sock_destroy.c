/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/sock_destroy.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int sock_destroy(uint16_t port)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header = {.nlmsg_len = sizeof(message),
			   .nlmsg_type = SOCK_DESTROY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		.request = {.sdiag_family = AF_INET,
			    .sdiag_protocol = IPPROTO_TCP,
			    .idiag_states = -1U,
			    .id = {.idiag_sport = htons(port),
				   .idiag_src = {htonl(INADDR_LOOPBACK)},
				   .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer = {.error = {.error = -EPROTO}};
	int diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), error = 0;

	if (diag < 0)
		return -errno;
	if (send(diag, &message, sizeof(message), 0) < 0 ||
	    recv(diag, &answer, sizeof(answer), 0) < 0)
		error = -errno;
	close(diag);
	return error ? error : answer.error.error;
}
