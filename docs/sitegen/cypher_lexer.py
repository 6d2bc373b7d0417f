"""Colours for Cypher: Pygments' own lexer knows neither parameters nor arithmetic."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
)

_CLAUSES = (
    "ALL|AND|ANY|AS|ASC|ASCENDING|BY|CALL|CASE|COLLECT|CONSTRAINT|CONTAINS|COUNT|CREATE|DELETE|DESC|"
    "DESCENDING|DETACH|DISTINCT|DROP|ELSE|END|ENDS|EXISTS|EXPLAIN|FOR|FOREACH|IF|IN|INDEX|IS|LIMIT|"
    "MATCH|MERGE|NODE|NONE|NOT|NULL|OF|ON|OPTIONAL|OPTIONS|OR|ORDER|PROFILE|RELATIONSHIP|REMOVE|"
    "REQUIRE|RETURN|ROWS|SET|SHORTEST|SHOW|SINGLE|SKIP|STARTS|TEXT|THEN|TRANSACTIONS|TYPED|UNION|"
    "UNIQUE|UNWIND|USE|USING|VECTOR|WHEN|WHERE|WITH|XOR|YIELD"
)


class CypherLexer(RegexLexer):
    """Cypher 5 as cypher/ writes it: clauses are in capitals."""

    name = "Cypher"
    aliases: ClassVar[list[str]] = ["cypher"]
    tokens: ClassVar[dict[str, list[tuple[object, ...]]]] = {
        "root": [
            (r"\s+", Text),
            (r"//[^\n]*", Comment.Single),
            (r"/\*(?s:.)*?\*/", Comment.Multiline),
            (r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", String),
            (r"`[^`]*`", Name),
            (r"\$\w+", Name.Variable),
            (rf"\b(?:{_CLAUSES})\b", Keyword),
            (r"\b(?:true|false|null)\b", Keyword.Constant),
            (r"(?<=:)[A-Z]\w*|(?<=\|)[A-Z]\w*", Name.Decorator),
            (r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", Number),
            (r"[A-Za-z_][\w.]*(?=\()", Name.Function),
            (r"[A-Za-z_]\w*", Name),
            (r"[-+*/%^=<>!|&~$]+", Operator),
            (r"[()\[\]{},.;:?]", Punctuation),
        ]
    }
