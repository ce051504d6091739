"""The matrix and the timeline: every record has its mark, and each mark names its project."""

from datetime import date, timedelta

from portal.ui.figures.portfolio import describe_end, matrix_figure, timeline_figure
from services.portfolio.records.views import Column
from services.portfolio.worth import Worth
from tests.makers_portfolio import NOW, make_record


def test_each_project_has_one_mark_of_its_risk_that_names_it() -> None:
    measured = make_record("Measured", risk_tier="high", worth=Worth(50_000.0, "EUR", is_measured=True))
    records = [make_record("A <b>bold</b> one"), make_record("Second"), measured]
    figure = matrix_figure(records, "EUR")
    assert [trace.name for trace in figure.data] == ["Low risk", "High risk"]
    marks = {mark[0] for trace in figure.data for mark in trace.customdata}
    assert marks == {record.project_id for record in records}
    assert list(figure.data[0].marker.symbol) == ["circle-open", "circle-open"]  # at most
    assert list(figure.data[1].marker.symbol) == ["square"]
    assert "<b>bold" not in figure.to_json().replace("\\u003c", "<").replace("<b>%{customdata", "")


def test_a_loss_is_drawn_below_zero_and_one_project_alone_is_drawn() -> None:
    figure = matrix_figure([make_record(worth=Worth(-20_000.0, "EUR", is_measured=True))], "EUR")
    low, high = figure.layout.yaxis.range
    assert low < -20_000 < 0 < high


def test_names_that_would_lie_on_each_other_are_left_to_the_pointer() -> None:
    def named(*amounts: float) -> list[str]:
        records = [
            make_record(f"A project with a long name {n}", worth=Worth(amount, "EUR", is_measured=True))
            for n, amount in enumerate(amounts)
        ]
        return [note.text for note in matrix_figure(records, "EUR").layout.annotations]

    assert len(named(1_000_000.0, 500_000.0, 0.0)) == 3
    assert len(named(1_000_000.0, 995_000.0, 500_000.0, 0.0)) == 3
    assert len(named(*(1_000_000.0 - 1_000.0 * n for n in range(20)))) == 1
    assert len(named(*(1_000_000.0 - 100_000.0 * n for n in range(10)))) == 4


def test_the_bars_of_a_project_follow_one_another_until_now() -> None:
    record = make_record()
    figure = timeline_figure([record], NOW)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == ["Idea", "Business case", "Data and model"]
    ends = [bar.base[0] + bar.x[0] for bar in bars]
    assert [bar.base[0] for bar in bars[1:]] == ends[:-1]
    assert ends[-1] == NOW.timestamp() * 1000
    assert all(bar.customdata[0][0] == record.project_id for bar in bars)


def test_a_planned_end_that_has_passed_is_called_overdue_unless_it_is_live() -> None:
    late = make_record(due_on=date(2026, 10, 1))
    assert describe_end(late, NOW) == "Overdue since 1 Oct 2026"
    assert describe_end(make_record(due_on=date(2026, 10, 1), column=Column.LIVE), NOW) == "1 Oct 2026"
    assert describe_end(make_record(due_on=None), NOW) == "No planned end"
    (ends,) = [trace for trace in timeline_figure([late], NOW).data if trace.name == "Planned end"]
    assert list(ends.marker.symbol) == ["x"]


def test_a_project_of_this_very_moment_is_drawn() -> None:
    figure = timeline_figure([make_record(way=((Column.IDEA, NOW),), due_on=None)], NOW + timedelta(hours=1))
    assert [trace.name for trace in figure.data] == ["Idea"]
