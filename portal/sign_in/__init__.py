"""The pages before the portal: sign in and out, set up, choose a password. Plain HTML without any script."""

from portal.sign_in.routes import sign_in_routes

__all__ = ["sign_in_routes"]
