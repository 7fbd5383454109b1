# shellcheck shell=bash
# What options accept, from the program itself.

# values_of PROGRAM OPTION: the names that the option accepts, one per line, as the program lists them when it refuses another
# one. Nothing: it takes values of another kind.
values_of() {
	{ "$1" "$2=?" --help 2>&1 || true; } | sed -nE '1s/^.*: unknown [a-z]+( "\?")?; use (each of these at most once: )?//p' |
		sed 's/, \| or /\n/g'
}
