# shellcheck shell=bash disable=SC2154 # $build is the caller's
# Work with the exporter of the build directory $build.

# make_binds NAME COUNT CASE: COUNT binds of a process with this name. bind_generator --help lists the cases.
make_binds() {
	"$build/tests/bind_generator" --comm "$1" --count "$2" --case "$3" >/dev/null
}

# Whether the exporter is ready. The caller's function get PATH prints what the exporter serves there.
says_ready() {
	get /-/ready 2>/dev/null | grep '^Ready' >/dev/null
}
