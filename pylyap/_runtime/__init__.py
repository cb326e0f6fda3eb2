"""Find, fetch and start a Julia, and call it from the main thread. Nobody else imports juliacall."""

from .session import call, is_running, julia, start_julia

__all__ = ["call", "is_running", "julia", "start_julia"]
