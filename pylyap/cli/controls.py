"""``pylyap controls``: is the spectrum of a weight matrix converged, and is it right?"""

from .spectrum import check_targets, network_of


def add_parser(subparsers):
    parser = subparsers.add_parser("controls", help="test the spectrum of a weight matrix: nineteen controls with verdicts")
    parser.add_argument("--weights", required=True, metavar="FILE", help="npy, npz, csv or mtx; [i, j] is from j to i")
    parser.add_argument("--key", help="name of the array in an npz file with several")
    parser.add_argument(
        "--model", choices=("rate", "discrete"), default="rate",
        help="tau dx/dt = -x + W tanh(x), or x(t+1) = tanh(W x(t)) (default: rate)",
    )
    parser.add_argument("--gain", type=float, default=1.0, help="factor on the weights (default: 1)")
    parser.add_argument("--spectral-radius", type=float, metavar="R", help="scale the weights to this spectral radius")
    parser.add_argument("--time-budget", type=float, default=120.0, metavar="SECONDS", help="for all controls (default: 120)")
    parser.add_argument("--t-average", type=float, metavar="T", help="in tau or steps (default: 500 tau, 3000 steps)")
    parser.add_argument("--t-transient", type=float, metavar="T")
    parser.add_argument("--t-align", type=float, metavar="T")
    parser.add_argument("--dt", type=float, help="step in tau, rate networks only (default: 0.1)")
    parser.add_argument("--solver", choices=("rk4", "tsit5", "heun", "euler"), help="rate networks only (default: rk4)")
    parser.add_argument("--qr-interval", type=float, metavar="T", help="default: automatic")
    parser.add_argument("--n-exponents", type=int, metavar="K", help="default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--html", metavar="FILE", help="write a page with the figure inside")
    parser.add_argument("--figure", metavar="FILE", help="write the figure (png, pdf, svg)")
    parser.set_defaults(run=_run)


def _run(options):
    import pylyap

    check_targets(result=options.html, figure=options.figure)
    names = ("t_average", "t_transient", "t_align", "dt", "solver", "qr_interval", "n_exponents")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    report = pylyap.controls(network_of(options), time_budget=options.time_budget, seed=options.seed, **given)
    print(report.table())
    if options.html:
        report.html(options.html)
    if options.figure:
        report.figure().savefig(options.figure, dpi=130)
    return 1 if report.verdict == "fail" else 0
