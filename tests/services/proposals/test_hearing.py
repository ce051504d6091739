"""What was understood from a few answers: only what they say."""

from services.proposals.hearing import decision_heard, defaults_heard, goal_heard, risk_heard, rules_heard
from services.proposals.risk import RISK_QUESTIONS

GOAL = {"metric": "Leavers", "unit": "%", "baseline": 5.0, "target": 4.0}


def test_a_goal_is_heard_once_all_of_it_is_said() -> None:
    assert goal_heard(GOAL) == "Leavers shall go down from 5% to 4%."
    assert goal_heard(GOAL | {"target": 7.0}) == "Leavers shall go up from 5% to 7%."
    assert "nothing would get better" in goal_heard(GOAL | {"target": 5.0})
    assert goal_heard({"metric": "Leavers", "target": 0.0}) == ""


def test_a_decision_is_heard_with_who_and_how_often() -> None:
    assert decision_heard({}) == ""
    assert decision_heard({"decision": "Whom we call", "first_lever": "A call"}) == (
        "Somebody decides: Whom we call. What you can change: A call."
    )
    said = {"decision": "Whom we call", "decided_by": "Ana", "considered.acts_how_often": "every day"}
    assert decision_heard(said) == "Ana decides: Whom we call, every day."


def test_rules_risk_and_defaults_are_heard() -> None:
    assert rules_heard({"considered.fallback_rule": "call nobody"}) == "Without the model: call nobody."
    assert risk_heard({"risk.affects_people": True}) == ""
    assert risk_heard({f"risk.{name}": False for name in RISK_QUESTIONS}).startswith("Low risk")
    (one,) = defaults_heard({"considered.label_delay_days": 1})
    assert one.value == "1 day"
    assert defaults_heard({"reflection.can_be_gamed.is_yes": True})[0].name == "Monitor"
