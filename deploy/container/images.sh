# shellcheck shell=bash
# Makes images without a daemon, and reads them. Source it together with deploy/packages.sh, for die and quietly.
#
# buildah makes the images, as root. It needs no user namespaces for this: the steps run in a chroot, with the network of
# this machine. One store can make any number of images, and keeps the layers that they share. The result is an OCI
# layout (a directory) with one image index, which has an image for each architecture.

store= # a directory, set by open_store
driver=
layers= # whether they are kept

buildah_here() {
	buildah --root "$store/images" --runroot "$store/run" --storage-driver "$driver" "$@"
}

# open_store DIRECTORY: must not exist yet. It should be on a large file system that overlayfs supports. Without
# overlayfs, every layer that is kept would be a full copy. So none are kept then, and every step runs again for every
# image.
open_store() {
	store=$1
	driver=overlay layers=true
	buildah_here info >/dev/null 2>&1 || driver=vfs layers=false
}

# A failed step leaves its file system mounted.
close_store() {
	[ -n "$store" ] || return 0
	buildah_here rm --all >/dev/null 2>&1 || true
	! mountpoint -q "$store/images/overlay" || umount "$store/images/overlay" ||
		die "cannot unmount $store/images/overlay; unmount it, and remove $store"
	rm -rf --one-file-system "$store"
}

# import_base FILE.tar NAME: imports the file system that bootstrap_base made.
import_base() {
	local container
	container=$(buildah_here from scratch)
	buildah_here add --quiet "$container" "$1" / >/dev/null
	buildah_here commit --quiet "$container" "$2" >/dev/null
	buildah_here rm "$container" >/dev/null
}

# build_images SOURCES BASE REVISION TIME LAYOUT:NAME ARCHITECTURE...: builds on the image named BASE. Buildah 1.28 does
# not set BUILDPLATFORM. Newer versions would raise limits, which root may lack permission for, so low limits are given.
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

# blob LAYOUT DIGEST: prints the path of the blob.
blob() {
	printf '%s/blobs/%s' "$1" "${2/://}"
}

# image_index LAYOUT: prints the path of the image index.
image_index() {
	blob "$1" "$(jq -er '.manifests | if length == 1 then .[0].digest else error("not one image index") end' "$1/index.json")"
}

image_architectures() {
	jq -er '.manifests[].platform | select(.os == "linux") | .architecture' "$(image_index "$1")"
}

# image_digest LAYOUT ARCHITECTURE: prints the digest of the image's manifest.
image_digest() {
	jq -er --arg architecture "$2" '.manifests[] | select(.platform == {os: "linux", architecture: $architecture}) | .digest' \
		"$(image_index "$1")" || die "$1 contains no image for $2"
}

# unpack_image LAYOUT ARCHITECTURE DIRECTORY: writes the image's configuration to config.json and its file system to
# root.tar in DIRECTORY.
unpack_image() {
	local manifest layer
	manifest=$(blob "$1" "$(image_digest "$1" "$2")")
	layer=$(jq -er '.layers | if length == 1 then .[0].digest else error("not one layer") end' "$manifest")
	cp "$(blob "$1" "$(jq -er .config.digest "$manifest")")" "$3/config.json"
	gunzip -c "$(blob "$1" "$layer")" >"$3/root.tar"
}
