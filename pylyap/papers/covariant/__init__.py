"""Covariant Lyapunov vectors of random networks: new numbers, of no paper; see docs/covariant-vectors.md."""

from ..catalogue import Entry

# sizes for quick and for full effort
FIGURES = {
    "gain": Entry(
        "page",
        "rate networks: participation and angles against gain",
        dict(kind="rate", values=((3.0, 6.0), (1.5, 3.0, 6.0))),
    ),
    "tails": Entry(
        "page",
        "heavy-tailed maps: participation and angles against alpha",
        dict(kind="map", values=((1.5, 2.0), (1.0, 1.5, 2.0))),
    ),
}
