"""The picture of the graph: three photos, four faces, two persons, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass

from sitegen import svg

PHOTOS, FACES, PERSONS = 110, 370, 640
"""Where the columns stand."""

WIDTH, HEIGHT = 760, 640

_PLAIN = "fill: var(--paper)"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A face as it is drawn, in a photo and as a node."""

    y: int
    long_hair: bool


BOB, JUNE, JUNE_2, JUNE_3 = Drawn(150, False), Drawn(258, True), Drawn(366, True), Drawn(474, True)


def draw() -> str:
    """The picture as SVG."""
    body = [
        svg.arrow_heads("photo", "person"),
        *_headings(), *_relations(), *_photos(), *_nodes(), *_cards(),
    ]  # fmt: skip
    title = (
        "The graph: photos have faces, faces that are near enough are SAME with a distance, "
        "faces belong to persons, persons appear with each other"
    )
    return svg.drawing(WIDTH, HEIGHT, title, body)


def _headings() -> list[str]:
    columns = [
        (PHOTOS, "photo", ":Photo", "one content of a file:", "SHA-256, paths, takenAt"),
        (FACES, "face", ":Face", "one face in it:", "embedding, box, quality"),
        (PERSONS, "person", ":Person", "one human being:", "number, name, hidden"),
    ]
    parts = []
    for x, colour, label, first, second in columns:
        parts += [
            svg.text(x, 26, label, "big mid", f' style="fill: var(--{colour})"'),
            svg.text(x, 46, first, "soft small mid"),
            svg.text(x, 62, second, "soft small mid"),
        ]
    return parts


def _relations() -> list[str]:
    has = "stroke: var(--photo); stroke-width: 1.6"
    belongs = "stroke: var(--person); stroke-width: 1.6"
    same = "stroke: var(--same); stroke-width: {}; stroke-linecap: round"
    apart = "stroke: var(--apart); stroke-width: 2; stroke-dasharray: 3 5"
    with_ = "stroke: var(--soft); stroke-width: 1.6"
    parts = []
    for face, photo_y in ((BOB, 190), (JUNE, 218), (JUNE_2, 366), (JUNE_3, 474)):
        parts.append(
            svg.line(190, photo_y, FACES - 36, face.y, has, ' marker-end="url(#to-photo)"')
        )
    for face, person_y in ((BOB, 150), (JUNE, 344), (JUNE_2, 366), (JUNE_3, 388)):
        start, end = (FACES + 32, face.y), (PERSONS - 40, person_y)
        parts.append(svg.line(*start, *end, belongs, ' marker-end="url(#to-person)"'))
    parts += [
        svg.line(FACES, JUNE.y + 31, FACES, JUNE_2.y - 31, same.format(6)),
        svg.line(FACES, JUNE_2.y + 31, FACES, JUNE_3.y - 31, same.format(2.5)),
        svg.line(FACES, BOB.y + 31, FACES, JUNE.y - 31, apart),
        svg.line(PERSONS, 150 + 37, PERSONS, 366 - 37, with_),
    ]
    return parts + _labels()


def _labels() -> list[str]:
    def label(
        x: float, y: float, name: str, colour: str, more: str = "", anchor: str = "mid"
    ) -> str:
        tail = f'<tspan class="soft" font-weight="400"> {more}</tspan>' if more else ""
        return (
            f'<text x="{x}" y="{y}" class="code halo {anchor}" '
            f'font-weight="600" style="fill: var(--{colour})">{name}{tail}</text>'
        )

    return [
        label(262, 357, "HAS_FACE", "photo"),
        label(FACES + 12, 208, "NOT_SAME", "apart", "", ""),
        label(FACES - 12, 316, "SAME", "same", "{distance: 0.12}", "end"),
        label(FACES - 12, 424, "SAME", "same", "{distance: 0.31}", "end"),
        label(503, 140, "BELONGS_TO", "person"),
        svg.text(503, 168, "{source: 'cluster'}", "code soft mid halo"),
        label(PERSONS + 12, 246, "APPEARS_WITH", "soft", "", ""),
        svg.text(PERSONS + 12, 264, "{photos: 1}", "code soft"),
    ]


def _photos() -> list[str]:
    return [
        *_photo(152, 104, "IMG_0008.jpg", (BOB, JUNE)),
        *_photo(328, 76, "IMG_0010.jpg", (JUNE_2,)),
        *_photo(436, 76, "IMG_0023.jpg", (JUNE_3,)),
    ]


def _photo(y: float, height: float, name: str, shown: tuple[Drawn, ...]) -> list[str]:
    """A print with a white edge: the faces in it, and a frame around each."""
    left, width = PHOTOS - 80, 160
    parts = [
        svg.rect(left, y, width, height, f"{_PLAIN}; stroke: var(--photo); stroke-width: 1.6", 6),
        svg.text(PHOTOS, y + height + 16, name, "code soft mid"),
    ]
    gap = width / (len(shown) + 1)
    for index, face in enumerate(shown, start=1):
        x, middle = left + gap * index, y + height / 2
        parts += _head(x, middle, 0.82, face)
        frame = "fill: none; stroke: var(--face); stroke-width: 1.4; stroke-dasharray: 2 3"
        parts.append(svg.rect(x - 25, middle - 28, 50, 56, frame, 3))
    return parts


def _nodes() -> list[str]:
    parts = []
    for face in (BOB, JUNE, JUNE_2, JUNE_3):
        parts.append(
            svg.circle(FACES, face.y, 31, f"{_PLAIN}; stroke: var(--face); stroke-width: 2.2")
        )
        parts += _head(FACES, face.y, 0.82, face)
    person = "fill: var(--person); fill-opacity: 0.16; stroke: var(--person); stroke-width: 2.2"
    for y, first, second in ((150, "person", "2"), (366, "June", "Pike")):
        parts += [
            svg.circle(PERSONS, y, 37, person),
            svg.text(PERSONS, y - 3, first, "mid"),
            svg.text(PERSONS, y + 14, second, "mid"),
        ]
    return parts


def _head(x: float, y: float, scale: float, face: Drawn) -> list[str]:
    """A face in a few strokes."""
    hair = (
        "M-17 12 C-24 -26 24 -26 17 12 L13 12 C15 -8 6 -9 -2 -9 C-10 -8 -15 -4 -13 12 z"
        if face.long_hair
        else "M-15 -4 C-16 -24 16 -24 15 -4 C11 -12 -6 -14 -15 -4 z"
    )
    ink = "fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-linecap: round"
    parts = [
        svg.path("M-14 -5 C-14 -22 14 -22 14 -5 C14 10 7 20 0 20 C-7 20 -14 10 -14 -5 z", ink),
        svg.path(hair, "fill: var(--ink); fill-opacity: 0.75"),
        svg.path("M-5 10 Q0 14 5 10", ink),
        *(svg.circle(side, 0, 1.8, "fill: var(--ink)") for side in (-5, 5)),
    ]
    if not face.long_hair:
        parts += [svg.circle(side, 0, 4.6, ink) for side in (-5.4, 5.4)]
    return [f'<g transform="translate({x:g} {y:g}) scale({scale:g})">{"".join(parts)}</g>']


def _cards() -> list[str]:
    cards = [
        (30, ":Space", "one a graph: how all embeddings were made"),
        (395, ":Change", "one a decision of a person, and what was before"),
    ]
    more = ("model, alignment, dimensions, metric, threshold", "what undo writes back")
    parts = []
    for (x, label, first), second in zip(cards, more, strict=True):
        parts += [
            svg.rect(x, 556, 335, 70, "fill: none; stroke: var(--line); stroke-width: 1.4"),
            svg.text(x + 16, 578, label, "code", ' style="font-weight: 600"'),
            svg.text(x + 16, 597, first, "small"),
            svg.text(x + 16, 614, second, "small soft"),
        ]
    return parts
