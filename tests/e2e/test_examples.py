"""Every example of README, docs, `--help` and docstrings does what stands there.

A document is run from its first command to its last, as a user would: one bash, one home with
pictures in it, one graph. What a document shows below a command is held against what it printed.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.examples import tables, workshop
from tests.examples.parse import RUN, blocks, docstring_blocks, documents, help_examples
from tests.examples.tables import Preparation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.db.embedded.server import EmbeddedServer
    from tests.examples.prepare import Library
    from tests.examples.workshop import Workshop

DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path
    for path in documents()
    if any(block.language in RUN for block in blocks(path))
}
HELP = {place: list(of) for place, of in groupby(help_examples(), key=lambda step: step.place)}


@pytest.fixture(scope="module")
def shop(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with workshop.opened(server, tmp_path_factory.mktemp("examples")) as made:
        yield made


@pytest.fixture(scope="module")
def library(shop: Workshop) -> Library:
    return workshop.stocked(shop)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_does_what_it_says(document: str, shop: Workshop, library: Library) -> None:
    found = blocks(DOCUMENTS[document])
    text = "\n".join(block.text for block in found if block.language in RUN)
    prepared = tables.preparation(document, text)
    with workshop.reader(shop, library, prepared, text) as reader:
        wrong = [one for block in found for one in reader.block(block)]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("place", HELP)
def test_the_example_of_a_command_runs(place: str, shop: Workshop, library: Library) -> None:
    text = "\n".join(step.command for step in HELP[place])
    with workshop.reader(shop, library, tables.preparation(place, ""), text) as reader:
        wrong = [one for step in HELP[place] if (one := reader.step(step))]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.slow
def test_the_examples_of_docstrings_run(shop: Workshop, library: Library) -> None:
    wrong = []
    for block in docstring_blocks():
        prepared = tables.preparation(block.document, "")
        with workshop.reader(shop, library, prepared, block.text) as reader:
            wrong += reader.block(block)
    assert not wrong, "\n\n".join(wrong)


BROKEN = {
    "an unknown option": "```sh\ngraphface people --sorted-by-shoe-size\n```\n",
    "another output": "```console\n$ graphface people --json\nnothing of the kind\n```\n",
    "a failure in a pipe": "```sh\ngraphface who nobody.jpg | cat\n```\n",
    "Python that raises": "```python\nimport graphface\ngraphface.no_such_name\n```\n",
    "Python that prints something else": "```python\n>>> 'Ada'.lower()\n'bob'\n```\n",
    "Cypher that is none": "```cypher\nMATCH (face:Face) RETRUN face\n```\n",
    "Cypher of another graph": "```cypher\nMATCH (face:Fase) RETURN face\n```\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_an_example_that_is_wrong_is_found(
    text: str, shop: Workshop, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "broken.md").write_text(f"# Broken\n\n{text}", "utf-8")
    (block,) = blocks(tmp_path / "broken.md", tmp_path)
    with workshop.reader(shop, library, Preparation("a document"), text) as reader:
        assert len(reader.block(block)) == 1
