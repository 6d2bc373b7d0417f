"""An XMP packet: read in every form that RDF allows, added to, and written with all that it held.

Source: Adobe, "XMP Specification Part 1" (2012), section 7: a property of a structure may be an
element, an attribute, or either of them inside a nested rdf:Description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from graphface.errors import PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator

Element: TypeAlias = minidom.Element
Name: TypeAlias = tuple[str, str]
"""A namespace and a name in it."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMLNS = "http://www.w3.org/2000/xmlns/"
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
        try:
            text = _EMPTY.encode() if data is None else data.strip(b"\0 \t\r\n")
            if len(text) > LONGEST:
                raise PictureError(
                    f"XMP of {len(text) / 1e6:,.0f} MB is too much", code="xmp-invalid"
                )
            self.document = minidom.parseString(text)
        except (ExpatError, ValueError, LookupError) as error:
            raise PictureError(
                f"this is no XMP ({error})", code="xmp-invalid", reason=str(error)
            ) from error
        if self.document.doctype is not None:
            raise PictureError("XMP with a document type, which XMP never has", code="xmp-invalid")
        found = self.document.getElementsByTagNameNS(RDF, "RDF")
        if not found:
            raise PictureError("this is no XMP (it has no rdf:RDF)", code="xmp-invalid")
        self.rdf: Element = found[0]

    def descriptions(self) -> Iterator[Element]:
        for child in children(self.rdf):
            if (child.namespaceURI, child.localName) == (RDF, "Description"):
                yield child

    def property(self, name: Name) -> Element | None:
        """The element of a top-level property."""
        for description in self.descriptions():
            for child in children(description):
                if named(child, name):
                    return child
        return None

    def need(self, name: Name, prefix: str, container: str | None = None) -> Element:
        """The property, or its rdf:Bag, rdf:Seq ...; made where it is not there yet."""
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
        known, declared = _prefix(parent, name[0], prefix)
        element = self.document.createElementNS(name[0], f"{known}:{name[1]}")
        parent.appendChild(element)
        if not declared:
            self._top(element).setAttributeNS(XMLNS, f"xmlns:{known}", name[0])
        for key, value in facts.items():
            set_rdf(element, key, value)
        if text is not None:
            element.appendChild(self.document.createTextNode(text))
        return element

    def add_text(self, parent: Element, language: str, text: str) -> None:
        """One language of an rdf:Alt."""
        item = self.add(parent, (RDF, "li"), "rdf", text)
        item.setAttributeNS(XML, "xml:lang", language)

    def bytes(self) -> bytes:
        """The packet as UTF-8, everything that was in it and is not known here included."""
        return "".join(_written(self.document)).encode() + b"\n"

    def _top(self, element: Element) -> Element:
        """The rdf:Description that an element lies in, where namespaces are declared once."""
        node: Any = element
        while node.parentNode is not None and node.parentNode is not self.rdf:
            node = node.parentNode
        return node if node.parentNode is self.rdf else element


def set_rdf(element: Element, name: str, value: str) -> None:
    """Set an attribute of RDF itself: about, parseType."""
    element.setAttributeNS(RDF, f"{_prefix(element, RDF, 'rdf')[0]}:{name}", value)


def children(element: Element) -> Iterator[Element]:
    for child in element.childNodes:
        if child.nodeType == child.ELEMENT_NODE:
            yield child


def named(element: Element, name: Name) -> bool:
    return (element.namespaceURI, element.localName) == name


def fields(element: Element) -> dict[Name, str | Element]:
    """The properties of a structure, whichever way they are written down."""
    found: dict[Name, str | Element] = {}
    for part in (element, _inner(element)):
        if part is None:
            continue
        for attribute in part.attributes.values():
            if attribute.namespaceURI not in (None, RDF, XMLNS, XML):
                found[(attribute.namespaceURI, attribute.localName)] = attribute.value
        for child in children(part):
            if child.namespaceURI and child.namespaceURI != RDF:
                found[(child.namespaceURI, child.localName)] = child
    return found


def container_of(element: Element) -> Element | None:
    """The rdf:Bag, rdf:Seq or rdf:Alt in an element."""
    for child in children(element):
        if child.namespaceURI == RDF and child.localName in ("Bag", "Seq", "Alt"):
            return child
    return None


def items(element: str | Element | None) -> list[Element]:
    """The members of a list."""
    if element is None or isinstance(element, str):
        return []
    inner = container_of(element)
    return [] if inner is None else [one for one in children(inner) if named(one, (RDF, "li"))]


def plain(value: str | Element | None) -> str:
    """The text of a property; of several languages the default one, of a list the first."""
    if value is None or isinstance(value, str):
        return (value or "").strip()
    several = items(value)
    if several:
        default = [one for one in several if one.getAttributeNS(XML, "lang") == "x-default"]
        return plain((default or several)[0])
    return "".join(
        child.data for child in value.childNodes if child.nodeType in (3, 4)
    ).strip()  # text and CDATA


def set_text(xmp: Xmp, structure: Element, name: Name, prefix: str, text: str) -> None:
    """Give a structure's property this text, in the form that it has there."""
    for part in (structure, _inner(structure)):
        attribute = part.getAttributeNodeNS(*name) if part is not None else None
        if attribute is not None:
            attribute.value = text
            return
    found = fields(structure).get(name)
    if not isinstance(found, minidom.Element):
        xmp.add(_inner(structure) or structure, name, prefix, text)
        return
    several = items(found)
    target = several[0] if several else found
    for child in list(target.childNodes):
        target.removeChild(child)
    target.appendChild(xmp.document.createTextNode(text))


def remove(element: Element) -> None:
    """Take an element out of the packet."""
    if element.parentNode is not None:
        element.parentNode.removeChild(element)


def _inner(element: Element) -> Element | None:
    inside = list(children(element))
    if len(inside) == 1 and named(inside[0], (RDF, "Description")):
        return inside[0]
    return None


def _prefix(element: Element, namespace: str, wanted: str) -> tuple[str, bool]:
    """A prefix for `namespace` at `element`, and whether it stands for that already."""
    taken: dict[str, str] = {}
    node: Any = element
    while node is not None and node.nodeType == node.ELEMENT_NODE:
        for attribute in node.attributes.values():
            if attribute.namespaceURI == XMLNS and attribute.prefix == "xmlns":
                taken.setdefault(attribute.localName, attribute.value)
        node = node.parentNode
    for prefix, known in taken.items():
        if known == namespace:
            return prefix, True
    while wanted in taken:
        wanted += "_"
    return wanted, False


def _written(node: Any) -> Iterator[str]:
    """minidom's own writer loses line ends in attributes before Python 3.13."""
    if node.nodeType == node.DOCUMENT_NODE:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n' if node.version else ""
        for place, child in enumerate(node.childNodes):
            yield "\n" if place else ""
            yield from _written(child)
    elif node.nodeType == node.ELEMENT_NODE:
        yield f"<{node.tagName}"
        for attribute in node.attributes.values():
            yield f' {attribute.name}="{_escaped(attribute.value, True)}"'
        yield ">" if node.childNodes else "/>"
        for child in node.childNodes:
            yield from _written(child)
        yield f"</{node.tagName}>" if node.childNodes else ""
    elif node.nodeType == node.CDATA_SECTION_NODE:
        yield f"<![CDATA[{node.data}]]>"
    elif node.nodeType == node.TEXT_NODE:
        yield _escaped(node.data, False)
    elif node.nodeType == node.COMMENT_NODE:
        yield f"<!--{node.data}-->"
    elif node.nodeType == node.PROCESSING_INSTRUCTION_NODE:
        yield f"<?{node.target} {node.data}?>"


def _escaped(text: str, attribute: bool) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace("\r", "&#13;")
    if attribute:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text
