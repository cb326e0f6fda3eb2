"""How the pages of this paper look: one colour for each stability index, ours solid, the published curves dashed."""

from ...plotting import style

COLOURS = {alpha: style.COLOURS[i] for alpha, i in {0.5: 3, 0.75: 4, 1.0: 0, 1.5: 2, 2.0: 1}.items()}


def panels(count, *, height=3.4, width=3.7, share_y=False):
    """A figure with panels side by side."""
    import matplotlib.pyplot as plt

    figure, row = plt.subplots(
        1, count, figsize=(max(width * count + 0.4, 5.4), height), layout="constrained", squeeze=False, sharey=share_y
    )
    return figure, [style.finish(ax) for ax in row[0]]


def curve(ax, x, y, band, colour, label=None, **line):
    """A mean with its band."""
    ax.plot(x, y, color=colour, label=label, **{"linewidth": 1.6, "marker": "o", "markersize": 3, **line})
    if band is not None:
        ax.fill_between(x, y - band, y + band, color=colour, alpha=0.18, linewidth=0)
    return ax


def published(ax, curve, colour, label=None):
    """A published mean, dashed, with thin lines at the ends of its band."""
    ax.plot(curve.x, curve.y, color=colour, linewidth=1.2, linestyle=(0, (4, 2)), label=label)
    if curve.sd.any():
        for end in (curve.y - curve.sd, curve.y + curve.sd):
            ax.plot(curve.x, end, color=colour, linewidth=0.5, linestyle=(0, (1, 2)))
    return ax


def zero(ax):
    """The line between order and chaos."""
    ax.axhline(0.0, **style.ZERO_LINE)
    return ax


def zero_line(ax):
    """The same where exponents are the abscissa."""
    ax.axvline(0.0, **style.ZERO_LINE)
    return ax


def legend_of_styles(ax, published_protocol=False, **where):
    """A legend in grey that says which style of line is ours and which is published; one of the colours may follow."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color="0.3", marker="o", markersize=3, label="pylyap")]
    handles.append(Line2D([], [], color="0.3", linestyle=(0, (4, 2)), label="published"))
    if published_protocol:
        handles.append(Line2D([], [], color="0.3", linestyle="", marker="x", label="published protocol, re-run"))
    ax.add_artist(ax.legend(handles=handles, fontsize=7, frameon=False, **where))
    return ax
