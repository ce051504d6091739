"""Which version a form was filled from, so that two people who save at the same time are told."""

from dataclasses import dataclass

import streamlit as st

from portal.ui.text import escape_markdown


@dataclass(frozen=True, slots=True)
class Draft:
    """A form with what a person has typed into it, for one object: "objective of project 7".

    Its widgets carry `key(...)`. The version it was filled from stays the same while they type, also when somebody else
    saves a newer one; then saving is refused and nothing typed is lost.
    """

    name: str

    def key(self, field: str) -> str:
        """The key of one widget."""
        return f"{self._prefix}{field}"

    def version_seen(self, current: int) -> int:
        """The version the form was filled from: `current` when it is drawn for the first time."""
        if not any(str(key).startswith(self._prefix) for key in st.session_state):
            self.saved(current)
        return int(st.session_state.setdefault(self._version_key, current))

    def saved(self, version: int) -> None:
        """What is typed is now this version."""
        st.session_state[self._version_key] = version

    def reload(self) -> None:
        """Forget what was typed; the next run fills the form from the latest version. For a callback."""
        st.session_state[self._generation_key] = self._generation + 1

    @property
    def _prefix(self) -> str:
        return f"{self.name}:{self._generation}:"

    @property
    def _generation(self) -> int:
        return int(st.session_state.get(self._generation_key, 0))

    @property
    def _generation_key(self) -> str:
        return f"generation of {self.name}"

    @property
    def _version_key(self) -> str:
        return f"version of {self.name}"


def show_problems(error: Exception) -> None:
    """What must be changed, one line each; what was typed stays in the form."""
    problems = getattr(error, "problems", ()) or (str(error),)
    lead = "" if len(problems) == 1 else "Some figures cannot be used yet; what you typed is kept.\n\n"
    # It may quote what was typed. A colon before a space starts nothing in Markdown.
    plain = [escape_markdown(problem).replace("\\: ", ": ") for problem in problems]
    st.error(lead + "\n".join(f"- {problem}" if lead else problem for problem in plain), icon=":material/error:")
