"""The Drivetrain canvas."""

from dataclasses import replace

from portal.ui.figures.canvas import canvas_figure, canvas_stages
from services.proposals.objective import Lever, Objective
from tests.makers_money import DISCOUNT, RETENTION


def texts(objective: Objective) -> str:
    return " ".join(trace.text[0] for trace in canvas_figure(objective).data if trace.mode == "text")


def test_the_canvas_goes_from_objective_to_model() -> None:
    drawn = texts(RETENTION)

    order = ["Fewer customers should leave us", "Discount", "Billing system", "Predicts: Customer leaves"]
    places = [drawn.index(words) for words in order]
    assert places == sorted(places)
    assert "from 5% down to 4%" in drawn.replace("<br>", " ")


def test_gaps_are_drawn_dashed_with_their_question() -> None:
    figure = canvas_figure(replace(RETENTION, levers=(), data_needed=(), outcome=""))

    assert [shape.line.dash for shape in figure.layout.shapes] == ["solid", "dash", "dash", "dash"]
    assert [stage.boxes[0].title for stage in canvas_stages(replace(RETENTION, levers=()))][1] == "No lever yet"


def test_several_levers_stand_in_pairs_that_do_not_overlap() -> None:
    levers = tuple(replace(DISCOUNT, name=f"Lever {number}") for number in range(3))
    shapes = canvas_figure(replace(RETENTION, levers=levers)).layout.shapes[1:4]

    assert shapes[0].y0 == shapes[1].y0
    assert shapes[0].x1 < shapes[1].x0
    assert shapes[2].y0 > shapes[0].y1


def test_lines_fit_a_phone() -> None:
    long_words = replace(
        RETENTION,
        sentence="Fewer of our customers with a contract of two years should leave us before the end " * 3,
        levers=(Lever(name="A lever with quite a long name, as people write them", kind="yes_no"), DISCOUNT),
    )
    for trace in canvas_figure(long_words).data:
        if trace.mode == "text":
            width = 44 if trace.x[0] == 0.5 else 21
            lines = trace.text[0].replace("<b>", "").replace("</b>", "").split("<br>")
            assert max(map(len, lines)) <= width


def test_the_figure_is_as_high_as_its_content() -> None:
    short, tall = canvas_figure(replace(RETENTION, levers=())), canvas_figure(RETENTION)

    assert tall.layout.height > short.layout.height
    assert tall.layout.yaxis.range[0] >= max(shape.y1 for shape in tall.layout.shapes)


def test_text_from_people_is_not_read_as_markup() -> None:
    drawn = texts(replace(RETENTION, sentence='<a href="https://evil.example">Fewer</a> & <b>more'))

    assert "<a href" not in drawn
    assert "&lt;a href=" in drawn
