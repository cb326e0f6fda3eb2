"""The only rooms that know Julia exists: find or fetch a Julia, start it, call it."""

from .session import call, is_running, julia, start_julia

__all__ = ["call", "is_running", "julia", "start_julia"]
