"""The way from an idea to an objective, in three depths; every answer is kept as soon as it is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath
from typing import Any

import streamlit as st

from portal.ui.forms.groups import question_group
from portal.ui.forms.questions import DEPTHS, REFLECTION, STEPS, Depth, Question, Step, questions_of
from portal.ui.forms.typed_number import Typed, ask_number
from portal.ui.later import later_lines
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.people.permissions import Role
from services.proposals.hearing import decision_heard, defaults_heard, goal_heard, risk_heard, rules_heard
from services.proposals.reflection import BY_CODE, FEEDBACK_CODES, ReflectionQuestion
from services.proposals.risk import RISK_QUESTIONS
from services.proposals.similar import SimilarProposal

_HEARD: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "goal": goal_heard,
    "decision": decision_heard,
    "rules": rules_heard,
    "reflection": risk_heard,
}
_REFLECTED = (
    ("Feedback", "Does what the model causes come back as data?", FEEDBACK_CODES),
    (
        "Bias, harm and strange cases",
        "What it may do to people, and where it has never been",
        tuple(code for code in BY_CODE if code not in FEEDBACK_CODES),
    ),
)
_PAGES = FilePath(__file__).resolve().parents[3] / "pages"
_LIVE = "700ms"  # an answer is kept at each pause of typing


@dataclass(frozen=True, slots=True)
class Path:
    """What the questions are drawn from.

    Attributes
    ----------
    prefix
        Begins the keys of the widgets.
    answers
        What is said so far: saved, and typed on top of it.
    keep
        Called with the name and the value of an answer as soon as it is given.
    similar
        Other projects that seem to want the same.
    """

    prefix: str
    depth: Depth
    answers: Mapping[str, Any]
    keep: Callable[[str, Any], None]
    has_levers: bool
    similar: Sequence[SimilarProposal] = ()

    def draw_step(self, step: Step) -> dict[str, Any]:
        """The questions of a step and what was understood; returns the answers it shows."""
        asked = questions_of(step, self.depth, has_levers=self.has_levers)
        typed: dict[str, Any] = {}
        if not asked and step is not REFLECTION:
            return typed
        with question_group(step.title, step.why):
            short = [question for question in asked if question.is_short]
            for question in asked:
                if not question.is_short:
                    typed[question.name] = self._beside(question)
                    if question.name == "sentence":
                        self._draw_similar()
                elif question is short[0]:
                    with st.grid(len(short), min_column_width=110 if len(short) == 3 else 150, gap="small"):
                        typed |= {each.name: self._ask(each) for each in short}
            if step is REFLECTION:
                typed |= self._reflect()
            self._say_back(step, typed)
        return typed

    def _beside(self, question: Question) -> Any:
        """The question with why it is asked: beside it where there is room, below it on a phone."""
        with st.grid(2, min_column_width=280, gap="small"):
            value = self._ask(question)
            with st.container(vertical_alignment="bottom", height="stretch"):
                note(f":material/help: {question.why}")
        return value

    def _ask(self, question: Question) -> Any:
        known = self.answers.get(question.name)
        common: dict[str, Any] = {"key": self.prefix + question.name, "on_change": self._keep, "args": (question,)}
        if question.is_short:
            common["help"] = question.why
        if question.shape == "text":
            hint = f"Such as: {question.example}" if question.example else None
            return st.text_input(question.label, value=known or "", placeholder=hint, live=_LIVE, **common)
        if question.shape == "day":
            day = date.fromisoformat(known) if known else None
            return _plain(st.date_input(question.label, value=day, format="DD/MM/YYYY", **common))
        if question.shape == "choice":
            names = list(question.options)
            index = names.index(known) if known in names else 0
            return st.selectbox(
                question.label, names, index=index, format_func=lambda name: question.options[name], **common
            )
        return self._ask_number(question, known)

    def _ask_number(self, question: Question, known: Any) -> Typed:
        return ask_number(
            question.label,
            known,
            key=self.prefix + question.name,
            keep=lambda value: self.keep(question.name, value),
            live=_LIVE,
            placeholder=question.example or None,
            help=question.why if question.is_short else None,
        )

    def _keep(self, question: Question) -> None:
        self.keep(question.name, _plain(st.session_state.get(self.prefix + question.name)))

    def _keep_plain(self, name: str) -> None:
        self.keep(name, st.session_state.get(self.prefix + name))

    def _draw_similar(self) -> None:
        for project in self.similar:
            st.page_link(
                _PAGES / "project.py",
                label=f"You may want the same as in: {escape_markdown(project.sentence)}",
                icon=":material/join_inner:",
                query_params={"project": project.project_id},
            )

    def _reflect(self) -> dict[str, Any]:
        typed: dict[str, Any] = {}
        why = "Five answers make the risk tier: who must sign, and what they must have opened"
        with question_group("Risk", why), st.grid(2, min_column_width=280, gap="small"):
            for name, (text, because) in RISK_QUESTIONS.items():
                typed[f"risk.{name}"] = self._yes_no(f"risk.{name}", text, because)
        for title, why, codes in _REFLECTED:
            with question_group(title, why), st.grid(2, min_column_width=280, gap="small"):
                for code in codes:
                    with st.container(gap="xsmall"):
                        typed |= self._reflect_on(BY_CODE[code])
        return typed

    def _reflect_on(self, question: ReflectionQuestion) -> dict[str, Any]:
        name = f"reflection.{question.code}"
        if question.in_words:
            return {f"{name}.text": self._words(f"{name}.text", question.text, question.why)}
        said = self._yes_no(f"{name}.is_yes", question.text, question.why)
        typed: dict[str, Any] = {f"{name}.is_yes": said}
        if question.needs is not None and said is question.needs:
            typed[f"{name}.text"] = self._words(f"{name}.text", "What do you do about it?", "")
        return typed

    def _words(self, name: str, label: str, why: str) -> str:
        known = self.answers.get(name) or ""
        key = self.prefix + name
        typed = st.text_input(label, value=known, key=key, on_change=self._keep_plain, args=(name,), live=_LIVE)
        if why:
            note(why)
        return typed or ""

    def _yes_no(self, name: str, text: str, why: str) -> bool | None:
        with st.container(gap=None):
            said: bool | None = st.segmented_control(
                text,
                [True, False],
                default=self.answers.get(name),
                format_func=lambda is_yes: "Yes" if is_yes else "No",
                key=self.prefix + name,
                on_change=self._keep_plain,
                args=(name,),
            )
            note(why)
        return said

    def _say_back(self, step: Step, typed: Mapping[str, Any]) -> None:
        answers = {**self.answers, **typed}
        heard = _HEARD[step.key](answers) if step.key in _HEARD else ""
        if heard:
            st.markdown(f":green[:material/check:] :small[**Understood:** {escape_markdown(heard)}]")
        defaults = defaults_heard(answers) if step is REFLECTION else ()
        if defaults:
            st.markdown(f"**What your answers set**\n\n{later_lines(list(defaults))}")


def asked_step() -> str:
    """The step the address asks for, as a box of the canvas does; empty where it asks for none."""
    asked = st.query_params.get("ask", "")
    return asked if any(step.key == asked for step in STEPS) else ""


def choose_depth(role: str) -> Depth:
    """How much is asked; a role begins with what fits it, the address keeps the choice."""
    depth: Depth | None = st.segmented_control(
        "How much shall we ask?",
        list(DEPTHS),
        default="Expert" if role == Role.DATA_SCIENTIST else "Simple",
        required=True,
        key="depth",
        bind="query-params",
        help="Simple: seven questions. Guided: step by step, with risk and reflection. Expert: all on one page.",
    )
    return depth or "Simple"


def steer(step: Step | None, save: str) -> bool:
    """Back, on, and save; returns whether to save. `step` is where a guided person stands, else None."""
    number = STEPS.index(step) if step else len(STEPS) - 1
    is_last = number == len(STEPS) - 1
    with st.container(horizontal=True, gap="small"):
        if step and number:
            st.button("Back", on_click=_ask_next, args=(STEPS[number - 1],))
        if step and not is_last:
            st.button(
                "Go on", type="primary", icon=":material/arrow_forward:", on_click=_ask_next, args=(STEPS[number + 1],)
            )
        return st.button(save, type="primary" if is_last else "secondary", icon=":material/check:")


def _ask_next(step: Step) -> None:
    st.query_params["ask"] = step.key


def draw_path(path: Path, at: str) -> tuple[dict[str, Any], Step | None]:
    """Draw what the depth asks: one step at a time when guided, else all; returns the answers shown, and that step."""
    if path.depth != "Guided":
        typed: dict[str, Any] = {}
        for step in STEPS:
            if path.depth == "Expert" or step is not REFLECTION:
                typed |= path.draw_step(step)
        return typed, None
    step = next((each for each in STEPS if each.key == at), STEPS[0])
    number = STEPS.index(step) + 1
    st.progress(number / len(STEPS), text=f"Step {number} of {len(STEPS)}: {step.title}")
    return path.draw_step(step), step


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
