"""The two rules for pages can fail."""

import pytest

from tests.page_rules import PageSource

IMPORTS = "from services.projects.commands.members import add_member\nfrom portal.ui.session import transaction\n"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("add_member()", [3]),
        ("commands.undo_step()", [3]),
        ("if pressed:\n    commands.undo_step()", []),
        ("def save():\n    add_member()\nsave()", [4]),
        ("if add_member():\n    pass", [3]),
        ("def save():\n    add_member()\nif pressed:\n    save()\nsave()", [4]),
        ("if pressed:\n    add_member()", []),
        ("def save():\n    add_member()\nif pressed:\n    save()", []),
        ("def save():\n    add_member()\nbutton(on_click=save)", []),
        ("button(on_click=lambda: add_member())", []),
        ("def save():\n    add_member()\ndraw_form(partial(save, 1))", []),
        ("def save():\n    if not pressed:\n        return\n    add_member()\nsave()", []),
        ("def save():\n    add_member()\n    if not pressed:\n        return\nsave()", [4]),
        ("def outer():\n    inner()\ndef inner():\n    add_member()\nif pressed:\n    outer()", []),
    ],
)
def test_a_command_outside_an_if_is_found(body: str, lines: list[int]) -> None:
    assert PageSource(IMPORTS + body).unguarded_commands() == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("with transaction() as session:\n    st.rerun()", [4]),
        ("with transaction() as session:\n    if x:\n        go_to('home')", [5]),
        ("def leave():\n    st.stop()\nwith transaction() as session:\n    leave()", [6]),
        ("with transaction() as session:\n    add_member()\nst.rerun()", []),
        ("with reading() as session:\n    st.stop()", []),
    ],
)
def test_leaving_inside_a_transaction_is_found(body: str, lines: list[int]) -> None:
    assert PageSource(IMPORTS + body).departures_in_transactions() == lines
