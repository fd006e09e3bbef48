"""What a section is judged on: the base items and its own, as far as the standard limits them."""

import json

import polars as pl
import pytest

from analytics.pipeline.sections import sections_of

BASE = {"ph", "dissolved_oxygen", "permanganate_index", "ammonia_nitrogen", "total_phosphorus"}


@pytest.mark.parametrize(
    ("attributes", "body", "items"),
    [
        ({"water_body": "river"}, "river", BASE),
        ({"water_body": "river", "item_list": []}, "river", BASE),
        ({"water_body": "lake", "item_list": ["fluoride"]}, "lake", BASE | {"fluoride"}),
        ({"water_body": "river", "item_list": ["ph", "ammonia_nitrogen"]}, "river", BASE),
        ({"water_body": "lake", "item_list": ["total_nitrogen", "water_temperature"]}, "lake", BASE),
        ({"water_body": "undetermined", "item_list": ["petroleum"]}, "river", BASE | {"petroleum"}),
        ({"water_body": "lake", "item_list": ["chlorophyll_a"]}, "lake", BASE),
    ],
)
def test_base_items_and_those_the_register_adds(catalog, attributes, body, items):
    register = pl.DataFrame({"entity_id": ["S1"], "attributes": [json.dumps(attributes)]})
    found = sections_of(register, catalog).row(0, named=True)
    assert (found["case"], set(found["items"]), len(found["items"])) == (body, items, len(items))
