"""What `calibrate` and `thesis` share: writing the results of one case."""

from pathlib import Path

from desertion.files import write_text
from desertion.study.blocks import markdown
from desertion.study.thesis.fit import Fit
from desertion.study.thesis.report import RIVAL_NAMES, case_blocks


def write_case(fit: Fit, seconds: float, target: Path) -> list[Path]:
    """Write table, predictions and posteriors of one case and return the paths."""
    from desertion.figures import series as drawing
    from desertion.figures import style
    from desertion.figures.power import posteriors

    name = fit.case.name
    paths = [write_text(target / f"{name}.md", markdown(case_blocks(fit, seconds)))]
    with style.house():
        figure = style.new_figure("wide")
        ax, series = figure.subplots(), fit.series
        drawing.predictions(ax, series.table, series.kind, series.title, fit.predictions, RIVAL_NAMES, fit.held_out)
        paths.append(style.save(figure, target / f"{name}-predictions.png"))
        likeliest = fit.case.rivals[int(fit.probabilities[-1].argmax())]
        names, shares = fit.shares[likeliest]
        if len(shares):
            figure = style.new_figure("tall" if len(names) > 4 else "wide")
            axes = figure.subplots(-(-len(names) // 4), 4, squeeze=False).ravel()
            used = (*fit.case.priors_of(likeliest), *fit.case.nuisances)
            meanings = {prior.name: prior.name.replace("_", " ") for prior in used}
            posteriors(list(axes), names, shares, fit.weights[likeliest], meanings)
            for spare in axes[len(names) :]:
                spare.set_visible(False)
            style.note(
                figure,
                f"{RIVAL_NAMES[likeliest]}: posterior (bars) over prior (dashed), on the scale on which the prior is flat.",
            )
            paths.append(style.save(figure, target / f"{name}-posterior.png"))
    return paths
