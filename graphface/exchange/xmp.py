"""An XMP packet: read in every form of RDF, extended, and written without loss.

Source: Adobe, "XMP Specification Part 1" (2012), section 7: a property of a structure may be an
element, an attribute, or either of them inside a nested rdf:Description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from graphface.errors import PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    Element: TypeAlias = etree._Element

Name: TypeAlias = tuple[str, str]
"""A namespace and a name in it."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
META = "adobe:ns:meta/"

LONGEST = 64 << 20
"""Bytes; longer packets are refused."""

_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="{META}">\n <rdf:RDF xmlns:rdf="{RDF}">\n'
    '  <rdf:Description rdf:about=""/>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
)


class Xmp:
    """A parsed packet."""

    def __init__(self, data: bytes | None = None) -> None:
        """Parse `data`, or begin an empty packet. Raises PictureError when it is no XMP."""
        text = _EMPTY.encode() if data is None else data.strip(b"\0 \t\r\n")
        self._declared = text.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml ")
        self._root = _parsed(text)
        found = next(self._root.iter(clark((RDF, "RDF"))), None)
        if found is None:
            raise PictureError("this is no XMP (it has no rdf:RDF)", code="xmp-invalid")
        self.rdf: Element = found

    def descriptions(self) -> Iterator[Element]:
        """The top-level rdf:Description elements."""
        yield from self.rdf.iterchildren(clark((RDF, "Description")))

    def property(self, name: Name) -> Element | None:
        """The element of a top-level property."""
        found = (child for one in self.descriptions() for child in one.iterchildren(clark(name)))
        return next(found, None)

    def need(self, name: Name, prefix: str, container: str | None = None) -> Element:
        """The property, or its rdf:Bag, rdf:Seq ...; created if missing."""
        found = self.property(name)
        if found is None:
            parent = next(self.descriptions(), None)
            if parent is None:
                parent = self.add(self.rdf, (RDF, "Description"), "rdf")
                set_rdf(parent, "about", "")
            found = self.add(parent, name, prefix)
        if container is None:
            return found
        inner = container_of(found)
        return inner if inner is not None else self.add(found, (RDF, container), "rdf")

    def add(
        self, parent: Element, name: Name, prefix: str, text: str | None = None, **facts: str
    ) -> Element:
        """A new child of `parent`; `facts` are rdf: attributes (parseType="Resource")."""
        from lxml import etree

        # The prefix is taken by another namespace.
        while parent.nsmap.get(prefix, name[0]) != name[0]:
            prefix += "_"
        declared = name[0] in parent.nsmap.values()
        new = None if declared else {prefix: name[0]}
        element = etree.SubElement(parent, clark(name), nsmap=new)
        for key, value in facts.items():
            set_rdf(element, key, value)
        element.text = text
        return element

    def add_text(self, parent: Element, language: str, text: str) -> None:
        """Add one language to an rdf:Alt."""
        self.add(parent, (RDF, "li"), "rdf", text).set(clark((XML, "lang")), language)

    def bytes(self) -> bytes:
        """The packet as UTF-8, including everything in it that this module does not know."""
        from lxml import etree

        before = [*self._root.itersiblings(preceding=True)][::-1]
        nodes = [*before, self._root, *self._root.itersiblings()]
        parts = [etree.tostring(node, encoding="UTF-8", with_tail=False) for node in nodes]
        head = [b'<?xml version="1.0" encoding="UTF-8"?>'] if self._declared else []
        return b"\n".join([*head, *parts]) + b"\n"


def clark(name: Name) -> str:
    """A name as lxml writes it: {namespace}name."""
    return f"{{{name[0]}}}{name[1]}"


def set_rdf(element: Element, name: str, value: str) -> None:
    """Set an attribute of RDF itself: about, parseType."""
    element.set(clark((RDF, name)), value)


def children(element: Element) -> Iterator[Element]:
    """The elements in an element, without comments and instructions."""
    yield from element.iterchildren("{*}*")


def named(element: Element, name: Name) -> bool:
    return element.tag == clark(name)


def fields(element: Element) -> dict[Name, str | Element]:
    """The properties of a structure, in any notation."""
    found: dict[Name, str | Element] = {}
    for part in (element, description_in(element)):
        if part is None:
            continue
        for key, value in part.attrib.items():
            name = _name(key)
            if name[0] not in ("", RDF, XML):
                found[name] = str(value)
        for child in children(part):
            name = _name(child.tag)
            if name[0] not in ("", RDF):
                found[name] = child
    return found


def container_of(element: Element) -> Element | None:
    """The rdf:Bag, rdf:Seq or rdf:Alt in an element."""
    kinds = [clark((RDF, kind)) for kind in ("Bag", "Seq", "Alt")]
    return next(element.iterchildren(*kinds), None)


def items(element: str | Element | None) -> list[Element]:
    """The members of a list."""
    if element is None or isinstance(element, str):
        return []
    inner = container_of(element)
    return [] if inner is None else list(inner.iterchildren(clark((RDF, "li"))))


def plain(value: str | Element | None) -> str:
    """The text of a property; of several languages the default one, of a list the first."""
    if value is None or isinstance(value, str):
        return (value or "").strip()
    several = items(value)
    if several:
        default = [one for one in several if one.get(clark((XML, "lang"))) == "x-default"]
        return plain((default or several)[0])
    return "".join([value.text or "", *(child.tail or "" for child in value)]).strip()


def set_text(xmp: Xmp, structure: Element, name: Name, prefix: str, text: str) -> None:
    """Set the text of a structure's property, in its existing notation."""
    inner = description_in(structure)
    for part in (structure, inner):
        if part is not None and clark(name) in part.attrib:
            part.set(clark(name), text)
            return
    found = fields(structure).get(name)
    if found is None or isinstance(found, str):
        xmp.add(structure if inner is None else inner, name, prefix, text)
        return
    several = items(found)
    target = several[0] if several else found
    for child in list(target):
        target.remove(child)
    target.text = text


def remove(element: Element) -> None:
    """Remove an element from the packet."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def description_in(element: Element) -> Element | None:
    """The rdf:Description that is the only content of an element."""
    inside = list(children(element))
    return inside[0] if len(inside) == 1 and named(inside[0], (RDF, "Description")) else None


def _parsed(text: bytes) -> Element:
    """Parse the root. No entity is resolved, and nothing is fetched."""
    from lxml import etree

    if len(text) > LONGEST:
        raise PictureError(f"XMP of {len(text) / 1e6:,.0f} MB is too much", code="xmp-invalid")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise PictureError(
            f"this is no XMP ({error})", code="xmp-invalid", reason=str(error)
        ) from error
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise PictureError("XMP with a document type, which XMP never has", code="xmp-invalid")
    return root


def _name(tag: object) -> Name:
    namespace, _, local = str(tag).rpartition("}")
    return namespace.removeprefix("{"), local
