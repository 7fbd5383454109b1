# shellcheck shell=bash
# Making images without a daemon, and reading what was made. Sourced with deploy/packages.sh, for die and quietly.
#
# Images are made by buildah, as root; it needs no user namespaces for this: the steps run by chroot, with this machine's
# network. Any number may be made from one store, which keeps the layers that they share. They are had as an OCI layout (a
# directory) of one image index, with an image for each architecture.

store= # a directory, set by open_store
driver=
layers= # kept?

buildah_here() {
	buildah --root "$store/images" --runroot "$store/run" --storage-driver "$driver" "$@"
}

# open_store DIRECTORY: which is not there yet, on a file system that is large, and that others can be laid over. Where none
# can, everything is copied for every layer that is kept: then none is, and all is done again for every image.
open_store() {
	store=$1
	driver=overlay layers=true
	buildah_here info >/dev/null 2>&1 || driver=vfs layers=false
}

# A step that failed leaves its file system mounted.
close_store() {
	[ -n "$store" ] || return 0
	buildah_here rm --all >/dev/null 2>&1 || true
	! mountpoint -q "$store/images/overlay" || umount "$store/images/overlay" ||
		die "cannot unmount $store/images/overlay; unmount it, and remove $store"
	rm -rf --one-file-system "$store"
}

# import_base FILE.tar NAME: the file system that bootstrap_base made.
import_base() {
	local container
	container=$(buildah_here from scratch)
	buildah_here add --quiet "$container" "$1" / >/dev/null
	buildah_here commit --quiet "$container" "$2" >/dev/null
	buildah_here rm "$container" >/dev/null
}

# build_images SOURCES BASE REVISION TIME LAYOUT:NAME ARCHITECTURE...: on the base of that name. Buildah 1.28 does not tell a
# Containerfile what it builds on. Newer ones would raise limits, which not every root may; these are lower than any.
build_images() {
	local sources=$1 base=$2 revision=$3 time=$4 result=$5 architecture machine
	machine=$(dpkg --print-architecture)
	buildah_here manifest rm localhost/images >/dev/null 2>&1 || true
	quietly buildah_here manifest create localhost/images
	for architecture in "${@:6}"; do
		quietly buildah_here build --isolation chroot --network host --pull-never --layers="$layers" \
			--ulimit nofile=4096:4096 --ulimit nproc=4096:4096 \
			--build-arg BASE="$base" --build-arg "BUILDPLATFORM=linux/$machine" \
			--platform "linux/$architecture" --timestamp "$time" \
			--build-arg "SOURCE_DATE_EPOCH=$time" --build-arg "REVISION=$revision" \
			--file "$sources/deploy/container/Containerfile" --manifest localhost/images "$sources"
	done
	quietly buildah_here manifest push --all --format oci localhost/images "oci:$result"
}

# blob LAYOUT DIGEST: its file.
blob() {
	printf '%s/blobs/%s' "$1" "${2/://}"
}

# image_index LAYOUT: its file.
image_index() {
	blob "$1" "$(jq -er '.manifests | if length == 1 then .[0].digest else error("not one image index") end' "$1/index.json")"
}

image_architectures() {
	jq -er '.manifests[].platform | select(.os == "linux") | .architecture' "$(image_index "$1")"
}

# image_digest LAYOUT ARCHITECTURE: of its manifest.
image_digest() {
	jq -er --arg architecture "$2" '.manifests[] | select(.platform == {os: "linux", architecture: $architecture}) | .digest' \
		"$(image_index "$1")" || die "there is no image for $2 in $1"
}

# unpack_image LAYOUT ARCHITECTURE DIRECTORY: its configuration becomes config.json there, its file system root.tar.
unpack_image() {
	local manifest layer
	manifest=$(blob "$1" "$(image_digest "$1" "$2")")
	layer=$(jq -er '.layers | if length == 1 then .[0].digest else error("not one layer") end' "$manifest")
	cp "$(blob "$1" "$(jq -er .config.digest "$manifest")")" "$3/config.json"
	gunzip -c "$(blob "$1" "$layer")" >"$3/root.tar"
}
