"""Where runs are carried out: where Julia is, in this process or in one that owns it."""

import functools


def where_julia_is(function):
    """Decorate a function of a module that needs Julia: a call starts Julia, or has the helper process carry it out.

    What it is called with and what it returns has to travel between processes: no generators, no values of Julia.
    What it changes in place stays there. See `pylyap.start_julia`.
    """

    @functools.wraps(function)
    def carried_out(*arguments, **options):
        from ._runtime import helper_process, session

        if helper_process.is_chosen():
            return helper_process.carry_out(carried_out, *arguments, **options)
        session.start_julia()
        return function(*arguments, **options)

    return carried_out
