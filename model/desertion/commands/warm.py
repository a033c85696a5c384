"""`desertion warm`: compile the model ahead of the first run, for images and clusters."""


def command() -> None:
    """Compile the model for this machine, so that no run has to: for images, clusters and the impatient."""
    from desertion import DesertionModel
    from desertion.engine.compile import compilations, folders, stored

    DesertionModel("toy", rng=1, days=3, threads=2).run()
    DesertionModel("toy", rng=1, days=3, settings={"behaviour.form": "threshold"}).run()
    DesertionModel("toy", rng=1, days=3, scale=0.5, population="mesa").run()
    print(
        f"{stored()} compiled functions are at hand in {folders()[0]} ({compilations()} were compiled by this process)"
    )
