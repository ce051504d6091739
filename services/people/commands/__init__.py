"""Change who there is and who is signed in."""

from services.people.commands.accounts import (
    change_role,
    create_user,
    disable_user,
    enable_user,
)
from services.people.commands.api_tokens import create_api_token, revoke_api_token, touch_api_token
from services.people.commands.links import (
    accept_invitation,
    accept_set_up,
    create_invitation,
    create_setup_link,
)
from services.people.commands.sign_in import (
    NewSession,
    SignInClaim,
    claim_sign_in,
    complete_sign_in,
    open_session,
    revoke_sessions,
    sign_in,
    sign_in_demo,
    sign_out,
    touch_session,
)

__all__ = [
    "NewSession",
    "SignInClaim",
    "accept_invitation",
    "accept_set_up",
    "change_role",
    "claim_sign_in",
    "complete_sign_in",
    "create_api_token",
    "create_invitation",
    "create_setup_link",
    "create_user",
    "disable_user",
    "enable_user",
    "open_session",
    "revoke_api_token",
    "revoke_sessions",
    "sign_in",
    "sign_in_demo",
    "sign_out",
    "touch_api_token",
    "touch_session",
]
