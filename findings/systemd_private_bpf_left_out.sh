#!/usr/bin/env bash
# What: systemd leaves out some settings, the first two silently.
#       - A unit with PrivateBPF=yes and any path setting for /sys/fs/bpf itself gets no BPF file system of its own.
#       - With DelegateNamespaces=mnt, ProtectProc= has no effect.
#       - A BPFDelegate...= list that contains a space is ignored as a whole.
# Version: systemd 262.1-1, Linux 7.2.13 (Debian's development branch on the day when the cache of tests/vm/fetch was
#       filled; the script prints the versions that run)
# Seen: the unit's mounts, in the table below. systemctl show still reports PrivateBPF=yes. For the space there is a
#       warning in the journal.
# Why it matters: A BPF token comes from that file system. Without it, every bpf(2) call of the service fails with
#       EPERM, and nothing shows why. A unit that still has ProtectProc= no longer hides other processes.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs the requirements of
#       tests/vm/run: root or sudo, mmdebstrap, cpio, busybox-static, Debian's package sources)
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

# Runs in the guest, and prints one line for each unit.
# shellcheck disable=SC2016
guest='
base="DelegateNamespaces=mnt
PrivateBPF=yes
BPFDelegateCommands=BPFMapCreate,BPFProgLoad"

# look NAME SETTINGS: prints what is mounted on /sys/fs/bpf and /proc in such a unit.
look() {
	printf "[Service]\nType=oneshot\nExecStart=/bin/cp /proc/self/mountinfo /run/seen\nProtectProc=invisible\n%s\n" "$2" >/run/systemd/system/look.service
	systemctl daemon-reload
	systemctl start look
	bpf=$(grep " /sys/fs/bpf " /run/seen | tail -n 1)
	proc=$(grep " /proc " /run/seen | tail -n 1)
	case $bpf in *delegate_cmds=*) bpf=delegates ;; *"- bpf none "*) bpf="delegates nothing" ;; *) bpf="the node'"'"'s" ;; esac
	case $proc in *hidepid=invisible*) proc=hides ;; *) proc="hides nothing" ;; esac
	echo "$1: /sys/fs/bpf $bpf, /proc $proc"
}

echo "$(systemctl --version | head -n 1), Linux $(uname -r)"
look "no PrivateBPF=" ""
look "DelegateNamespaces=mnt alone" "DelegateNamespaces=mnt"
look "PrivateBPF=" "$base"
look "and ReadWritePaths=/sys/fs/bpf" "$base
ReadWritePaths=/sys/fs/bpf"
look "and ReadOnlyPaths=/sys/fs/bpf" "$base
ReadOnlyPaths=/sys/fs/bpf"
look "and ReadWritePaths=/sys" "$base
ReadWritePaths=/sys"
look "with a space for the comma" "$(echo "$base" | tr , " ")"'

seen=$("$here/../tests/vm/run" --kernel sid --memory 1200M --system util-linux -- sh -c "$guest") || exit 77
printf '%s\n' "$seen"
expected="no PrivateBPF=: /sys/fs/bpf the node's, /proc hides
DelegateNamespaces=mnt alone: /sys/fs/bpf the node's, /proc hides nothing
PrivateBPF=: /sys/fs/bpf delegates, /proc hides nothing
and ReadWritePaths=/sys/fs/bpf: /sys/fs/bpf the node's, /proc hides nothing
and ReadOnlyPaths=/sys/fs/bpf: /sys/fs/bpf the node's, /proc hides nothing
and ReadWritePaths=/sys: /sys/fs/bpf delegates, /proc hides nothing
with a space for the comma: /sys/fs/bpf delegates nothing, /proc hides nothing"
if [[ ${seen#*$'\n'} != "$expected" ]]; then
	printf 'findings/systemd_private_bpf_left_out: changed; it was:\n%s\n' "$expected"
	exit 1
fi
