// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/btf_check.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/attach/explain.h"

/* 0 or -errno. libbpf would block on a pipe, so only regular files reach it. */
static int parse(const char *path)
{
	struct stat file;
	struct btf *btf;

	if (stat(path, &file))
		return -errno;
	if (!S_ISREG(file.st_mode))
		return -EMEDIUMTYPE;
	btf = btf__parse(path, NULL);
	if (!btf)
		return -errno;
	btf__free(btf);
	return 0;
}

/* libbpf's errors for a file that exists differ between its versions; all of them are here. */
static const char *problem_of(const char *path, int error, char text[ERROR_TEXT_MAX])
{
	switch (error) {
	case EMEDIUMTYPE:
		return "not a regular file";
	case LIBBPF_ERRNO__FORMAT:
	case LIBBPF_ERRNO__LIBELF:
	case EPROTO:
	case EIO: /* shorter than a header */
		return "it is neither BTF nor ELF";
	case LIBBPF_ERRNO__ENDIAN:
		return "it has the wrong byte order";
	case EINVAL:
		return "its BTF is damaged or truncated";
	case ENODATA:
		return "it is an ELF file without BTF";
	case ENOENT:
		return access(path, F_OK) ? error_text(error, text)
					  : "it is an ELF file without BTF";
	default:
		return error_text(error, text);
	}
}

static int check_file(const char *path, struct diagnosis *diagnosis)
{
	char text[ERROR_TEXT_MAX];
	int error = parse(path);

	if (!error)
		return 0;
	diagnosis_reason(diagnosis, "no BTF in --bpf.btf=%.120s: %s", path,
			 problem_of(path, -error, text));
	diagnosis_cure(diagnosis, "name a file with this kernel's BTF, raw or in an ELF file");
	return error;
}

int btf_check(const char *path, struct diagnosis *ret_diagnosis)
{
	struct btf *btf;
	int error;

	if (path)
		return check_file(path, ret_diagnosis);
	if (access(KERNEL_BTF, R_OK) == 0)
		return 0;
	error = -errno;
	/* libbpf also tries the paths of distributions without KERNEL_BTF (/boot, /lib/modules). */
	btf = btf__load_vmlinux_btf();
	if (btf) {
		btf__free(btf);
		return 0;
	}
	if (error != -ENOENT) {
		diagnosis_reason(ret_diagnosis, "%s cannot be read: %s", KERNEL_BTF,
				 strerror(-error));
		diagnosis_cure(ret_diagnosis,
			       "start the exporter as root, or make that file readable for it");
		return error;
	}
	diagnosis_reason(
		ret_diagnosis,
		"the kernel has no BTF (%s is missing): it was built without CONFIG_DEBUG_INFO_BTF",
		KERNEL_BTF);
	diagnosis_cure(
		ret_diagnosis,
		"use a kernel built with CONFIG_DEBUG_INFO_BTF=y, or --bpf.btf=FILE with external "
		"BTF for this kernel");
	return error;
}
