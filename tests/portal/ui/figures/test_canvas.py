"""The canvas: every part is a box that leads to its question, a gap is amber, text is never markup."""

from dataclasses import replace

from portal.ui.figures.canvas import canvas_figure
from services.proposals.objective import Objective
from tests.makers_money import DISCOUNT, RETENTION

CONNECTED = replace(RETENTION, levers=(replace(DISCOUNT, column="discount"),))


def texts(objective: Objective, *, is_dark: bool = False) -> list[str]:
    figure = canvas_figure(objective, is_dark=is_dark, address=lambda step: f"/proposal?ask={step}")
    return [annotation.text for annotation in figure.layout.annotations]


def borders(objective: Objective) -> list[str]:
    figure = canvas_figure(objective, is_dark=False, address=lambda step: step)
    return [annotation.bordercolor for annotation in figure.layout.annotations]


def test_each_part_is_a_box_that_leads_to_its_question() -> None:
    objective, lever, data, model = texts(CONNECTED)
    assert "5% to 4%" in objective
    assert 'href="/proposal?ask=goal"' in objective
    assert "Discount" in lever
    assert 'href="/proposal?ask=levers"' in lever
    assert "Billing" in data
    assert 'href="/proposal?ask=data"' in data
    assert "Customer leaves within 30 days" in model


def test_a_lever_without_data_is_amber_and_no_line_leaves_it() -> None:
    amber = "#8A5200"
    assert borders(RETENTION).count(amber) == 1
    assert borders(CONNECTED).count(amber) == 0
    lines = [canvas_figure(each, is_dark=False, address=str).data[0].x.count(None) for each in (RETENTION, CONNECTED)]
    assert lines == [2, 3]


def test_what_is_missing_is_drawn_as_a_gap() -> None:
    empty = replace(RETENTION, levers=(), data_needed=(), outcome="")
    drawn = "".join(texts(empty))
    assert "Nothing you can change" in drawn.replace("<br>", " ")
    assert "No source yet" in drawn
    assert "Not said yet" in drawn


def test_twelve_levers_and_long_names_fit() -> None:
    levers = tuple(replace(DISCOUNT, name=f"{number} {'long ' * 14}") for number in range(12))
    drawn = texts(replace(RETENTION, levers=levers), is_dark=True)
    assert len(drawn) == 15
    assert max(text.count("<br>") for text in drawn) <= 4


def test_text_from_people_is_no_markup() -> None:
    hostile = replace(RETENTION, outcome='<a href="javascript:alert(1)">x</a>')
    assert "<a href=" not in texts(hostile)[-1].replace("<br>", "").split("</a>", 1)[1]


def test_quotation_marks_stand_as_they_were_typed() -> None:
    quoted = replace(CONNECTED, levers=(replace(CONNECTED.levers[0], name='Rabatt "VIP" & <b>'),))
    drawn = "".join(texts(quoted)).replace("<br>", " ")
    assert 'Rabatt "VIP" &amp; &lt;b&gt;' in drawn
