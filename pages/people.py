"""People: an administrator comes here to add people, change what they may do, and end their access."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.layout import head, note, page, section
from portal.ui.session import reading, transaction
from portal.ui.state import flash
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import PortalError
from services.people.commands import (
    change_role,
    create_invitation,
    create_user,
    disable_user,
    enable_user,
    revoke_sessions,
)
from services.people.permissions import Role
from services.people.queries import Person, list_people

LINK = "people_link"  # who it is for and the link: shown in one rerun, then forgotten
N_ADDED = "people_added"
_ROLES = [role.value for role in Role]


def show(actor: Actor) -> None:
    """The page for an administrator; `list_people` refuses everybody else."""
    with reading() as session:
        people = list_people(session, actor=actor)
    head("People", "Who can sign in, and as what", finding=_finding(people))
    _show_link_once()
    with section("Add a person", "You get a link to give them, with which they choose a password."):
        _ask_for_person(actor)
    with section("Everybody", "A change takes effect with the person's next click."):
        for person in people:
            _show_person(actor, person)


def _finding(people: list[Person]) -> str:
    active = [person for person in people if person.is_active]
    n_waiting = sum(1 for person in active if not person.can_sign_in)
    if len(active) == 1:
        return "You are alone here. Add the first people: somebody who owns an objective, builds models, or signs."
    tail = f"; {n_waiting} of them without a password yet" if n_waiting else ""
    return f"{len(active)} people have access{tail}."


def _show_link_once() -> None:
    name, link = st.session_state.pop(LINK, (None, None))
    if link:
        st.success(f"Give {escape_markdown(name)} this link. It works once, for seven days, and is not shown again.")
        st.code(link, language=None, wrap_lines=True)


def _ask_for_person(actor: Actor) -> None:
    with st.form(f"add_person_{st.session_state.get(N_ADDED, 0)}"):  # empty again after each person
        left, right = st.columns(2)
        name = left.text_input("Name", max_chars=100)
        email = right.text_input("E-mail", max_chars=200)
        role = st.selectbox("Role", _ROLES, format_func=_in_words, index=None, placeholder="What they do here")
        submitted = st.form_submit_button("Add person", type="primary", icon=":material/person_add:")
    if submitted:
        _add(actor, name=name, email=email, role=role or "")


def _add(actor: Actor, *, name: str, email: str, role: str) -> None:
    try:
        with transaction() as session:
            user = create_user(session, actor=actor, email=email, name=name, role=role)
            token = create_invitation(session, actor=actor, user_id=user.id)
    except PortalError as error:
        st.error(error.sentence, icon=":material/error:")
        return
    st.session_state[LINK] = (user.name, _link(token))
    st.session_state[N_ADDED] = st.session_state.get(N_ADDED, 0) + 1
    flash(f"{user.name} was added.")
    st.rerun()


def _show_person(actor: Actor, person: Person) -> None:
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width=400):
            st.markdown(f"**{escape_markdown(person.name)}**")
            note(f"{escape_markdown(person.email)} · {_seen(person.last_seen_at)}")
        with st.container(horizontal=True, gap="xsmall", width=300):
            Badge(_in_words(person.role), "gray").draw()
            _state(person).draw()
        if person.id == actor.user_id:
            note("That is you")
            return
        with st.popover("Change", key=f"change_{person.id}"):
            _ask_for_change(actor, person)


def _ask_for_change(actor: Actor, person: Person) -> None:
    role = st.selectbox("Role", _ROLES, index=_ROLES.index(person.role), format_func=_in_words, key=f"role_{person.id}")
    if st.button("Change role", key=f"set_role_{person.id}", disabled=role == person.role):
        _carry_out(person, lambda session: change_role(session, actor=actor, user_id=person.id, role=role))
    if person.is_active and st.button("Make a link for a new password", key=f"invite_{person.id}"):
        _carry_out(person, lambda session: create_invitation(session, actor=actor, user_id=person.id))
    if person.is_active and st.button("Sign out everywhere", key=f"revoke_{person.id}"):
        _carry_out(person, lambda session: revoke_sessions(session, actor=actor, user_id=person.id))
    if person.is_active and st.button("End access", key=f"disable_{person.id}", icon=":material/block:"):
        _carry_out(person, lambda session: disable_user(session, actor=actor, user_id=person.id))
    if not person.is_active and st.button("Give access back", key=f"enable_{person.id}"):
        _carry_out(person, lambda session: enable_user(session, actor=actor, user_id=person.id))


def _carry_out(person: Person, command: Callable[[Any], object]) -> None:
    try:
        with transaction() as session:
            outcome = command(session)
    except PortalError as error:
        st.error(error.sentence, icon=":material/error:")
        return
    if isinstance(outcome, str):  # a link's token
        st.session_state[LINK] = (person.name, _link(outcome))
    flash(f"Done for {person.name}.")
    st.rerun()


def _link(token: str) -> str:
    here = urlsplit(st.context.url or "")
    return urlunsplit((here.scheme, here.netloc, "/invitation", f"token={token}", ""))


def _state(person: Person) -> Badge:
    if not person.is_active:
        return Badge("No access", "red", ":material/block:")
    return Badge("Can sign in", "green", ":material/check:") if person.can_sign_in else Badge("Invited", "orange")


def _in_words(role: str) -> str:
    return Role(role).label.capitalize() if role in set(Role) else role


def _seen(moment: datetime | None) -> str:
    return f"last here {moment.day} {moment:%b %Y}" if moment else "not here yet"


with page():
    show(get_actor())
