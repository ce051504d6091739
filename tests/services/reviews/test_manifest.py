"""The manifest: one hash for one evidence, and changes told in words."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.canonical import sha256_of
from services.reviews.manifest import ITEM_LABELS, Item, Manifest, build, diff, from_document

words = st.text(max_size=8)
items = st.builds(
    Item,
    type=st.sampled_from(sorted(ITEM_LABELS)),
    id=st.text("0123456789abcdef", min_size=1, max_size=4),
    version=st.integers(1, 9),
    sha256=st.text("0123456789abcdef", min_size=4, max_size=4),
    facts=st.lists(st.tuples(words, words), max_size=3, unique_by=lambda fact: fact[0]).map(tuple),
)
evidence = st.lists(items, max_size=7, unique_by=lambda item: item.type)


def _valuation(version: int, **facts: str) -> Item:
    return Item("valuation", f"v{version}", version, f"hash{version}", tuple(facts.items()))


@given(evidence, st.randoms())
def test_the_order_of_the_evidence_does_not_matter(found: list[Item], chance: Any) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert build(shuffled).sha256 == build(found).sha256


@given(evidence)
def test_a_stored_manifest_reads_back_with_the_same_hash(found: list[Item]) -> None:
    manifest = build(found)
    assert from_document(manifest.document()) == manifest
    assert from_document(manifest.document()).sha256 == manifest.sha256


@given(evidence, evidence)
def test_a_difference_is_told_exactly_when_the_hashes_differ(old: list[Item], new: list[Item]) -> None:
    assert bool(diff(build(old), build(new))) == (build(old).sha256 != build(new).sha256)


@given(evidence.filter(bool))
def test_every_part_of_an_item_is_bound(found: list[Item]) -> None:
    first, others = found[0], found[1:]
    changed = [replace(first, id="other"), replace(first, version=99), replace(first, sha256="other")]
    assert build(found).sha256 not in {build([item, *others]).sha256 for item in changed}


def test_the_hash_is_that_of_the_published_form() -> None:
    manifest = build([Item("model", "m", 1, "ab", (("Model", "any words"),))])
    document = {
        "format": 1,
        "gate": "deployment",
        "items": [{"type": "model", "id": "m", "version": 1, "sha256": "ab"}],
    }
    assert manifest.sha256 == sha256_of(document)


def test_better_wording_does_not_change_what_was_signed() -> None:
    signed, reworded = build([_valuation(1, Gain="€190")]), build([_valuation(1, Value="190 euros")])
    assert signed.sha256 == reworded.sha256
    assert diff(signed, reworded) == []


def test_a_signature_at_one_gate_is_no_signature_at_another() -> None:
    item = _valuation(1)
    assert build([item]).sha256 != build([item], gate="pilot").sha256


def test_a_changed_payoff_is_told_with_its_values() -> None:
    old = build([_valuation(1, **{"Value of a caught case": "€190", "Cost of acting once": "€20"})])
    new = build([_valuation(2, **{"Value of a caught case": "€150", "Cost of acting once": "€20"})])
    assert [change.sentence for change in diff(old, new)] == ["value of a caught case changed from €190 to €150"]


def test_evidence_saved_again_with_the_same_content_is_told_as_that() -> None:
    old = Manifest("deployment", (Item("valuation", "a", 1, "same"),))
    new = Manifest("deployment", (Item("valuation", "b", 3, "same"),))
    (change,) = diff(old, new)
    assert change.sentence == "payoffs changed from version 1 to version 3, saved again with the same content"


def test_evidence_that_appears_or_goes_is_named() -> None:
    with_payoffs, without = build([_valuation(2)]), build([])
    assert diff(without, with_payoffs)[0].sentence == "payoffs was added (version 2)"
    assert diff(with_payoffs, without)[0].sentence == "payoffs was removed (version 2)"


def test_two_items_of_one_type_are_refused() -> None:
    with pytest.raises(ValueError, match="one item of each type"):
        build([_valuation(1), _valuation(2)])
