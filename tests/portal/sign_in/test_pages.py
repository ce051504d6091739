"""The pages before the portal."""

from hypothesis import given
from hypothesis import strategies as st

from portal.sign_in.pages import invitation_page, notice_page, set_up_page, sign_in_page
from services.audit.actor import Actor
from services.people.permissions import Role

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>${content}"


def test_whatever_is_typed_comes_back_as_text() -> None:
    person = Actor("u", HOSTILE, Role.BUSINESS, HOSTILE)
    pages = [
        sign_in_page(email=HOSTILE, target=HOSTILE, demo=[person], error=HOSTILE),
        set_up_page(token=HOSTILE, name=HOSTILE, email=HOSTILE, error=HOSTILE),
        invitation_page(token=HOSTILE, person=person, error=HOSTILE),
        notice_page(HOSTILE, HOSTILE, 410),
    ]
    for page in pages:
        html = bytes(page.body).decode()
        assert "<script" not in html
        assert "<img" not in html
        assert html.count("${content}") >= 1  # a template inside a value stays text


@given(st.text(max_size=60))
def test_no_value_closes_its_attribute(text: str) -> None:
    html = bytes(sign_in_page(email=text).body).decode()
    assert html.count("<input") == 3
    assert html.count('"') % 2 == 0


def test_no_page_has_a_script_or_a_style_of_its_own() -> None:
    html = bytes(sign_in_page(demo=[Actor("u", "Ana Costa", Role.BUSINESS)]).body).decode()
    assert "<script" not in html
    assert "style=" not in html
    assert "<style" not in html
    assert "AC" in html


def test_outside_a_demo_nobody_is_offered() -> None:
    assert "demo" not in bytes(sign_in_page().body).decode()
