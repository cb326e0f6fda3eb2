"""lyapax (JAX): its own call, RK4 with a step of fixed length, or a map."""

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import lyapax  # noqa: E402


def prepare(job, W, x0):
    """A function without arguments that gives the exponents (k,) per tau or step; it is compiled once."""
    W, x0 = jnp.asarray(W), jnp.asarray(x0)
    if job["kind"] == "map":
        step, dt = (lambda x: jnp.tanh(W @ x)), 1.0
    else:
        dt = job["dt"]
        step = lyapax.ode_step(lambda x: W @ jnp.tanh(x) - x, dt, integrator="rk4")
    per_block = job["per_block"]

    @jax.jit
    def exponents():  # its transient moves the frame, too
        return lyapax.lyapunov_spectrum(
            step, x0, dt, job["blocks"] * per_block, k=job["k"], renorm_every=per_block,
            t_transient=job["align"] * per_block * dt).exponents

    return lambda: jax.block_until_ready(exponents())
