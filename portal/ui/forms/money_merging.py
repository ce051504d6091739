"""Save the figures of a project; where somebody else saved others meanwhile: what differs, and whose shall stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from portal.ui.forms.deciding import decide, say_alone
from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.layout import note
from portal.ui.session import reading, transaction
from portal.ui.state import flash
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import ConflictError, PortalError
from services.valuation.assumptions import Assumptions
from services.valuation.merging import Conflict, Merging
from services.valuation.queries import SavedValuation, list_valuations


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person wanted to save when another version was already there; kept in the tab until they decide."""

    draft: Draft

    @property
    def _key(self) -> str:
        return f"waiting {self.draft.name}"

    def put(self, typed: Assumptions, based_on: int) -> None:
        """Keep what was typed, and the version it was typed over."""
        st.session_state[self._key] = (typed, based_on)

    def forget(self) -> None:
        """Let theirs stand; the form is filled from the latest version. For a callback, or before a rerun."""
        st.session_state.pop(self._key, None)
        self.draft.reload()

    def merging(self, versions: Callable[[], Sequence[SavedValuation]], latest: SavedValuation) -> Merging | None:
        """What waits beside the latest version; None where nothing waits."""
        kept: tuple[Assumptions, int] | None = st.session_state.get(self._key)
        if kept is None:
            return None
        typed, based_on = kept
        base = next((one.assumptions for one in versions() if one.version == based_on), None)
        return Merging(base, latest.assumptions, typed)


@dataclass(frozen=True, slots=True)
class Saving:
    """How one person saves the figures of one project.

    Attributes
    ----------
    command
        Saves `assumptions` of a project as a version `based_on` an earlier one.
    """

    command: Callable[..., Any]
    actor: Actor
    project_id: str
    draft: Draft

    def save(self, typed: Assumptions, *, based_on: int) -> None:
        """Save what was typed and draw the page anew; what another version stands against waits for a decision."""
        waiting = Waiting(self.draft)
        try:
            with transaction() as session:
                version = self.command(
                    session, actor=self.actor, project_id=self.project_id, assumptions=typed, based_on=based_on
                ).version
        except ConflictError:
            waiting.put(typed, based_on)
        except PortalError as error:
            show_problems(error)
            return
        else:
            waiting.forget()
            flash(f"Saved as version {version}.")
        st.rerun()

    def asks_to_decide(self, latest: SavedValuation) -> bool:
        """Ask about what two people changed at once; returns whether anything waits for a decision."""
        waiting = Waiting(self.draft)
        merging = waiting.merging(self.versions, latest)
        if merging is None:
            return False
        try:
            together = ask_to_merge_figures(merging, waiting, latest)
        except PortalError as error:
            show_problems(error)
            return True
        if together is not None:
            self.save(together, based_on=latest.version)
        return True

    def versions(self) -> Sequence[SavedValuation]:
        """Every version there is."""
        with reading() as session:
            return list_valuations(session, actor=self.actor, project_id=self.project_id)


def ask_to_merge_figures(merging: Merging, waiting: Waiting, latest: SavedValuation) -> Assumptions | None:
    """Draw what differs; returns the figures of both together once everything is decided and pressed.

    Raises
    ------
    InvalidInputError
        The two do not go together.
    """
    who = latest.created_by_name
    with st.container(border=True, gap="small"):
        with st.container(gap=None):
            st.subheader(f"{escape_markdown(who)} saved version {latest.version} meanwhile", anchor=False)
            note("What you typed is kept, and so is every version. Decide what shall stand.")
        decisions = {one.name: _decide(one, who, latest.version) for one in merging.conflicts}
        say_alone(theirs=merging.theirs_only, mine=merging.mine_only)
        is_open = any(decision is None for decision in decisions.values())
        with st.container(horizontal=True, gap="small"):
            was_pressed = st.button(
                "Save these together", type="primary", icon=":material/merge:", disabled=is_open, key="merge figures"
            )
            st.button("Forget mine", type="tertiary", on_click=waiting.forget, key="forget mine")
        if is_open:
            note("Choose one of the two for each figure above.")
    return merging.decided({name: bool(is_mine) for name, is_mine in decisions.items()}) if was_pressed else None


def _decide(conflict: Conflict, who: str, version: int) -> bool | None:
    with st.container(gap="xsmall"):
        return decide(
            conflict.name,
            conflict.title,
            before=conflict.before or "not there",
            theirs=conflict.theirs or "nothing",
            mine=conflict.mine or "nothing",
            who=who,
            version=version,
        )
