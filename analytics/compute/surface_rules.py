"""What sections, rivers and basins are rated by: one regulation with its limit table, read from the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from analytics.catalog.method import SurfaceRating
from analytics.catalog.models import Parameter, Text
from analytics.catalog.standard import Standard
from analytics.compute import water_class
from analytics.errors import CatalogError

_LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class SurfaceRules:
    """A regulation and its standard as formulas need them; made by `surface_rules`.

    `limits` are those of `water_class.limit_table`, `decimals` has `parameter` and `decimals` (places of assessment
    data), `hydrogen_ion` the parameters that are averaged through the hydrogen-ion concentration, `rating_of` the
    number of the rating whose word each class has.
    """

    method: SurfaceRating
    standard: Standard
    limits: pl.DataFrame
    decimals: pl.DataFrame
    hydrogen_ion: frozenset[str]
    rating_of: Mapping[int, int]

    @property
    def good(self) -> int:
        """The number of the worst class that counts as good."""
        return self.standard.number_of(self.method.good_class)

    @property
    def last(self) -> int:
        """The number of the class that is worse than every limit."""
        return water_class.worst_of(self.standard)


def surface_rules(method: SurfaceRating, standard: Standard, parameters: Mapping[str, Parameter]) -> SurfaceRules:
    """The rules of a regulation; `CatalogError` where a class has no word, or one that is no rating's."""
    ratings = [rating.word for rating in method.ratings]
    lacking = [word.zh for word in standard.class_words if word not in ratings]
    if lacking or not standard.class_words:
        raise CatalogError(
            f"the classes of {standard.id} cannot be rated by {method.id}",
            where=f"standards/{standard.id}.yml, class_words",
            found="、".join(lacking) or "no words",
            expected="for each class one of " + "、".join(word.zh for word in ratings),
            next_step="give the classes the words of `ratings`, or name another standard in the method",
        )
    return SurfaceRules(
        method=method,
        standard=standard,
        limits=water_class.limit_table(standard, parameters),
        decimals=pl.DataFrame(
            {"parameter": list(parameters), "decimals": [p.decimals.assessment for p in parameters.values()]},
            schema={"parameter": pl.String, "decimals": pl.Int64},
        ),
        hydrogen_ion=frozenset(name for name, p in parameters.items() if p.mean == "hydrogen_ion"),
        rating_of={i: ratings.index(word) + 1 for i, word in enumerate(standard.class_words, start=1)},
    )


def class_words(standard: Standard) -> pl.DataFrame:
    """The classes of a standard from the best: how each is written, and its word and colour on maps and tables.

    Returns
    -------
    pl.DataFrame
        `water_class` (1: the best), `class_name`, `word_zh`, `word_en`, `colour_zh`, `colour_en` (null where the
        standard has none). Source: assessment_2011.
    """
    number = pl.Series("water_class", range(1, len(standard.class_names) + 1), pl.Int8)
    name = pl.Series("class_name", standard.class_names)
    described = _described(standard.class_words or [None] * len(name), standard.class_colours or [None] * len(name))
    return pl.DataFrame([number, name]).hstack(described)


def rating_words(rules: SurfaceRules) -> pl.DataFrame:
    """The ratings of rivers, basins and regions from the best, each in the colour of the classes of that word.

    Returns
    -------
    pl.DataFrame
        `rating` (1: the best), `word_zh`, `word_en`, `colour_zh`, `colour_en` (null where no class has the word).
        Source: assessment_2011.
    """
    standard = rules.standard
    colour_of = dict(zip(rules.rating_of.values(), standard.class_colours, strict=False))
    number = pl.Series("rating", range(1, len(rules.method.ratings) + 1), pl.Int8)
    words = [rating.word for rating in rules.method.ratings]
    return pl.DataFrame([number]).hstack(_described(words, [colour_of.get(i) for i in number]))


def _described(words: Sequence[Text | None], colours: Sequence[Text | None]) -> pl.DataFrame:
    texts = {"word": words, "colour": colours}
    return pl.DataFrame(
        {
            f"{name}_{lang}": pl.Series([text.in_language(lang) if text else None for text in given], dtype=pl.String)
            for name, given in texts.items()
            for lang in _LANGUAGES
        }
    )


def rating_of_class(of: str, rules: SurfaceRules) -> pl.Expr:
    """The number of the rating whose word the class in column `of` has; null without a class."""
    return pl.col(of).replace_strict(dict(rules.rating_of), default=None, return_dtype=pl.Int8)
