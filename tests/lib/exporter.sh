# shellcheck shell=bash disable=SC2154 # $build is the caller's
# Work with the exporter of the build directory $build.

# make_binds NAME COUNT CASE: COUNT binds of a process with this name. bind_generator --help lists the cases.
make_binds() {
	"$build/tests/bind_generator" --comm "$1" --count "$2" --case "$3" >/dev/null
}
