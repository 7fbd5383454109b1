# Of deploy/pack/sbom, which says what $images, $tarball, $source and $maintainers are.

def image_label(name): .config.config.Labels["org.opencontainers.image." + name];

# The paragraphs of dpkg's status, as objects of their one-line fields.
def paragraphs:
	split("\n\n")
	| map(split("\n") | map(capture("^(?<key>[A-Za-z-]+): (?<value>.+)$")) | from_entries)
	| map(select(has("Package")));

# What SPDX calls a package: all have these, and no list of files.
def package(id; name; version):
	{
		SPDXID: ("SPDXRef-" + (id | gsub("[^A-Za-z0-9.-]"; "-"))),
		name: name,
		versionInfo: version,
		filesAnalyzed: false,
		downloadLocation: "NOASSERTION",
		licenseConcluded: "NOASSERTION",
		licenseDeclared: "NOASSERTION",
		copyrightText: "NOASSERTION"
	};

def sha256: [{algorithm: "SHA256", checksumValue: ltrimstr("sha256:")}];

def reference(locator):
	[{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: locator}];

# Name <address>, as SPDX writes it.
def organisation: "Organization: " + gsub(" <(?<address>[^>]*)>"; " (\(.address))");

# own(kind; id): of the project itself, as the labels of an image have it.
def own(kind; id):
	package(id; image_label("title"); image_label("version"))
	+ {
		primaryPackagePurpose: kind,
		supplier: ("Organization: " + $maintainers),
		licenseDeclared: image_label("licenses"),
		copyrightText: .copyright
	};

def source: own("SOURCE"; "Source") + {packageFileName: $tarball, checksums: ($source | sha256)};

def program:
	own("APPLICATION"; "Program-" + .architecture)
	+ {
		packageFileName: "usr/bin/socket_bind_exporter",
		checksums: (.program | sha256),
		sourceInfo: ("commit " + image_label("revision"))
	};

# Its own licence, and those of all that is in it.
def image:
	own("CONTAINER"; "Image-" + .architecture)
	+ {
		checksums: (.digest | sha256),
		licenseDeclared: "NOASSERTION",
		externalRefs: reference("pkg:oci/\(image_label("title"))@\(.digest | @uri)?arch=\(.architecture)")
	};

# debian(architecture; release): of one paragraph. Debian's short names of licences are not SPDX's.
def debian(architecture; release):
	package("Package-\(architecture)-\(.Package)"; .Package; .Version)
	+ {
		primaryPackagePurpose: "LIBRARY",
		supplier: "Organization: Debian",
		originator: (.Maintainer | organisation),
		sourceInfo: ("Debian's source package " + (.Source // .Package)),
		licenseComments: "usr/share/doc/\(.Package)/copyright in the image",
		externalRefs: reference("pkg:deb/debian/\(.Package | @uri)@\(.Version | @uri)?arch=\(.Architecture)&distro=\(release)")
	};

def libraries: .architecture as $architecture | .release as $release | .packages | paragraphs | map(debian($architecture; $release));

def related(from; how; to): {spdxElementId: from, relationshipType: how, relatedSpdxElement: to};

def relationships:
	image.SPDXID as $image | program.SPDXID as $program
	| related("SPDXRef-DOCUMENT"; "DESCRIBES"; $image),
	related($image; "CONTAINS"; $program),
	related($program; "GENERATED_FROM"; source.SPDXID),
	(libraries[] | related($image; "CONTAINS"; .SPDXID));

# A name that no other content has.
def namespace:
	"https://socket-bind-exporter.example/spdx/" + ($images | map(.digest[7:23]) + [$source[:16]] | join("-"));

$images[0] as $first
| {
	spdxVersion: "SPDX-2.3",
	dataLicense: "CC0-1.0",
	SPDXID: "SPDXRef-DOCUMENT",
	name: ($first | "\(image_label("title"))-\(image_label("version"))"),
	documentNamespace: namespace,
	creationInfo: {
		created: ($first.config.created | sub("\\.[0-9]+Z$"; "Z")),
		creators: ["Organization: \($maintainers)", ($first | "Tool: deploy/pack/sbom-\(image_label("version"))")]
	},
	packages: ([$first | source] + [$images[] | image, program, libraries[]]),
	relationships: [$images[] | relationships]
}
