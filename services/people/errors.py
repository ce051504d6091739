"""What can go wrong with signing in, links and tokens."""

from services.errors import ConflictError, NotSignedInError, PortalError


class SignInRefusedError(NotSignedInError):
    """Unknown account, disabled account or wrong password: one sentence, so that none can be told apart."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is not right. Check both and try again.")


class LinkSpentError(PortalError):
    """A one-time link that is unknown, used, or too old."""

    status = 410
    code = "link_spent"

    def __init__(self) -> None:
        super().__init__("This link has been used, has expired or was replaced. Ask an administrator for a new one.")


class AlreadySetUpError(ConflictError):
    """The portal has people; there is nothing to set up."""

    def __init__(self) -> None:
        super().__init__("This portal is set up already. Sign in, or ask an administrator for an account.")
