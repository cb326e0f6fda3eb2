"""The Lyapunov spectrum: computing it, its statistics, its result."""
