"""Terminals: show pictures, and read single keys.

Pictures are sent in a protocol that the terminal supports. One query asks it for kitty's graphics,
its name and its attributes (4 means sixel). If it supports no pictures, two pixels per character in
24-bit colours are used; without such colours, nothing.
"""

from __future__ import annotations

import base64
import io
import os
import re
import select
import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from PIL.Image import Image

Pictures = Literal["kitty", "iterm", "sixel", "blocks", "none"]
PICTURES: tuple[Pictures, ...] = get_args(Pictures)

ASK = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q\x1b[c"
"""A kitty picture that is only checked; the terminal's name; its attributes, which all answer."""

WAIT = 0.5
"""Seconds for the answer; over ssh it takes a while."""

MUTE = ("", "dumb", "linux")
"""Terminals (TERM) that would print the question instead of answering it."""

_ATTRIBUTES = re.compile(r"\x1b\[\?([0-9;]*)c")
_SEQUENCE = re.compile(rb"\[[0-?]*[ -/]*[@-~]|[^\[O]|O.", re.DOTALL)
"""What follows Escape when a key sends several bytes."""

_CHUNK = 4096
_BACKGROUND = (24, 24, 24)


def is_terminal() -> bool:
    """Whether both input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def how_to_show(env: Mapping[str, str] = os.environ) -> Pictures:
    """Ask the terminal how it shows pictures; keys pressed meanwhile are lost."""
    term, program = env.get("TERM", ""), env.get("TERM_PROGRAM", "")
    if not is_terminal() or os.name == "nt" or term == "dumb":
        return "none"
    mute = term in MUTE or program == "Apple_Terminal"
    return understood("" if mute else _ask(), env)


def understood(answer: str, env: Mapping[str, str]) -> Pictures:
    """The protocol that a terminal's answer to `ASK`, or else its environment, indicates."""
    attributes = _ATTRIBUTES.search(answer)
    names = (env.get("TERM_PROGRAM", ""), env.get("LC_TERMINAL", ""))
    if "\x1b_Gi=31;OK" in answer:
        return "kitty"
    if re.search(r"\x1bP>\|(iTerm2|WezTerm)", answer) or {"iTerm.app", "iTerm2"} & set(names):
        return "iterm"
    if attributes and "4" in attributes[1].split(";"):
        return "sixel"
    return "blocks" if env.get("COLORTERM", "") in ("truecolor", "24bit") else "none"


def columns() -> int:
    """The number of characters per line."""
    return shutil.get_terminal_size().columns


@contextmanager
def single_keys() -> Iterator[None]:
    """Deliver keys as they are pressed, without echo, until the block ends."""
    if os.name == "nt":  # msvcrt reads single keys in any mode
        yield
        return
    import termios
    import tty

    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    try:
        tty.setcbreak(stdin, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)


@contextmanager
def whole_lines() -> Iterator[None]:
    """Inside `single_keys`: echo what is typed, and deliver whole lines."""
    if os.name == "nt":
        yield
        return
    import termios

    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    mode = [*before[:3], before[3] | termios.ICANON | termios.ECHO, *before[4:]]
    try:
        termios.tcsetattr(stdin, termios.TCSADRAIN, mode)
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)


def read_key(keys: str) -> str | None:
    """Wait for one of `keys` (lower case; others do nothing); None at the end of the input.

    Inside `single_keys`.
    """
    while True:
        key = _key()
        if key is None or key.lower() in keys:
            return key and key.lower()


def _key() -> str | None:
    if sys.platform == "win32":
        import msvcrt

        key = msvcrt.getwch()
        if key == "\x03":
            raise KeyboardInterrupt
        return key
    stdin = sys.stdin.fileno()
    pressed = os.read(stdin, 1)
    if pressed in (b"", b"\x04"):
        return None
    if pressed == b"\x1b":  # an arrow or a function key: more bytes follow at once
        sequence = b""
        while not _SEQUENCE.fullmatch(sequence) and select.select([stdin], [], [], 0.02)[0]:
            sequence += os.read(stdin, 1)
    return pressed.decode("latin-1")


def _ask() -> str:
    """The terminal's answer to `ASK`, as far as it came within `WAIT`."""
    stdin, answer = sys.stdin.fileno(), ""
    end = time.monotonic() + WAIT
    with single_keys():
        sys.stdout.write(ASK)
        sys.stdout.flush()
        while not _ATTRIBUTES.search(answer):
            if not select.select([stdin], [], [], max(end - time.monotonic(), 0))[0]:
                break
            answer += os.read(stdin, 1024).decode("latin-1") or "\x1b[?c"
    sys.stdout.write("\r\x1b[K")  # whatever a terminal answered
    return answer


def side_by_side(crops: Sequence[Image], gap: int) -> Image:
    """Pictures of one size in a row."""
    from PIL import Image as Images

    size = crops[0].width
    row = Images.new("RGB", (len(crops) * (size + gap) - gap, size), _BACKGROUND)
    for place, crop in enumerate(crops):
        row.paste(crop, (place * (size + gap), 0))
    return row


def drawn(image: Image, how: Pictures) -> str:
    """The text to write to the terminal for a picture; "" if it shows none."""
    encoders = {"kitty": _kitty, "iterm": _iterm, "sixel": _sixel, "blocks": _blocks}
    return encoders[how](image) + "\n" if how in encoders else ""


def _png(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _kitty(image: Image) -> str:
    """Kitty's graphics protocol: PNG in base64, 4096 characters at a time, no reply (q=2)."""
    text = base64.b64encode(_png(image)).decode()
    parts = [text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK)]
    head = ["a=T,f=100,q=2,", *[""] * (len(parts) - 1)]
    more = [*[1] * (len(parts) - 1), 0]
    rows = zip(head, more, parts, strict=True)
    return "".join(f"\x1b_G{first}m={rest};{part}\x1b\\" for first, rest, part in rows)


def _iterm(image: Image) -> str:
    data = _png(image)
    size = f"size={len(data)};width={image.width}px;height={image.height}px"
    return f"\x1b]1337;File=inline=1;{size}:{base64.b64encode(data).decode()}\x07"


def _sixel(image: Image) -> str:
    """DEC sixels: a palette, then bands of six rows, of which each colour is drawn by itself."""
    import numpy as np

    indexed = image.quantize(255)
    pixels = np.asarray(indexed)
    palette = np.array(indexed.getpalette() or [0, 0, 0]).reshape(-1, 3) * 100 // 255
    out = [f'\x1bP0;1q"1;1;{image.width};{image.height}']
    out += [f"#{k};2;{r};{g};{b}" for k, (r, g, b) in enumerate(palette.tolist())]
    for top in range(0, image.height, 6):
        band = pixels[top : top + 6]
        bits = (1 << np.arange(len(band)))[:, None]
        lines = []
        for colour in np.unique(band).tolist():
            sixels = ((band == colour) * bits).sum(axis=0) + 63
            lines.append(f"#{colour}" + _short(bytes(sixels.astype(np.uint8)).decode("ascii")))
        out.append("$".join(lines) + "-")
    return "".join(out) + "\x1b\\"


def _short(sixels: str) -> str:
    """The same character four times and more in a row as !COUNT and the character."""
    return re.sub(r"(.)\1{3,}", lambda run: f"!{len(run[0])}{run[1]}", sixels)


def _blocks(image: Image) -> str:
    """Two pixels a character: the upper half in the colour of the text, the lower behind it."""
    pixels = image.load()
    assert pixels is not None
    lines = []
    for y in range(0, image.height - 1, 2):
        cells = [(_rgb(pixels[x, y]), _rgb(pixels[x, y + 1])) for x in range(image.width)]
        line = [f"\x1b[38;2;{upper}m\x1b[48;2;{lower}m\u2580" for upper, lower in cells]
        lines.append("".join(line) + "\x1b[0m")
    return "\n".join(lines)


def _rgb(pixel: object) -> str:
    return "{};{};{}".format(*pixel)  # type: ignore[misc]
