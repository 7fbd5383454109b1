# What is wrong with a bill of materials, one line for each: what SPDX 2.3 requires, and what is promised beyond that.

# wrong(condition; what)
def wrong(condition; what): if condition then empty else what end;

def text: type == "string" and length > 0;

def known_licences: ["NOASSERTION", "Apache-2.0 AND (GPL-2.0-only OR BSD-2-Clause)"];

def document_complaints:
	wrong(.spdxVersion == "SPDX-2.3" and .dataLicense == "CC0-1.0" and .SPDXID == "SPDXRef-DOCUMENT"; "not SPDX 2.3"),
	wrong(.name | text; "no name"),
	wrong(.documentNamespace | test("^https://[^#]+$"); "its namespace is \(.documentNamespace)"),
	wrong(.creationInfo.created | test("^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z$"); "created \(.creationInfo.created)"),
	wrong(.creationInfo.creators | length > 0 and all(test("^(Organization|Tool|Person): .")); "creators"),
	wrong([.packages[].SPDXID] | length == (unique | length); "an identifier is used twice");

def package_complaints:
	.SPDXID as $id
	| wrong($id | test("^SPDXRef-[A-Za-z0-9.-]+$"); "no identifier: \($id)"),
	wrong((.name | text) and (.versionInfo | text); "\($id): no name or version"),
	wrong(.downloadLocation == "NOASSERTION" and .filesAnalyzed == false; "\($id): location or files"),
	wrong(.licenseDeclared as $licence | known_licences | index([$licence]) != null; "\($id): \(.licenseDeclared)"),
	wrong(.copyrightText | text; "\($id): no copyright"),
	wrong(.supplier | test("^Organization: ."); "\($id): supplied by \(.supplier)"),
	wrong(.primaryPackagePurpose | IN("APPLICATION", "CONTAINER", "LIBRARY", "SOURCE"); "\($id): no purpose"),
	wrong(.checksums // [] | all(.algorithm == "SHA256" and (.checksumValue | test("^[0-9a-f]{64}$"))); "\($id): checksum"),
	wrong(.externalRefs // [] | all(.referenceType == "purl" and (.referenceLocator | test("^pkg:(deb/debian|oci)/[^@ ]+@[^@ ]+$")));
		"\($id): what it is called elsewhere"),
	wrong(.primaryPackagePurpose != "LIBRARY" or (.originator | test("^(Organization|Person): .* \\([^ ]+@[^ ]+\\)$")); "\($id): \(.originator)");

# All that there is is of something that is described.
def relationship_complaints:
	[.packages[].SPDXID] as $ids
	| [.relationships[].relatedSpdxElement] as $related
	| (.relationships[] | wrong([.spdxElementId, .relatedSpdxElement] - $ids - ["SPDXRef-DOCUMENT"] == []; "relates what is not there: \(.)")),
	wrong($ids - $related == []; "of nothing: \($ids - $related)"),
	wrong(.relationships | any(.relationshipType == "DESCRIBES" and .spdxElementId == "SPDXRef-DOCUMENT"); "describes nothing");

document_complaints, (.packages[] | package_complaints), relationship_complaints
