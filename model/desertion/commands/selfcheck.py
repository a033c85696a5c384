"""`desertion selfcheck`: whether this machine computes the shipped histories, bit for bit."""

from typing import Annotated

import typer


def command(
    scenarios: Annotated[list[str] | None, typer.Argument(help="Only the histories of these scenarios.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Only so many days of each.")] = None,
) -> None:
    """Run the shipped histories again in both forms, with one thread and two; say on which day the first differs.

    Exits with 1 where bits differ on a machine of the kind that made the histories. Elsewhere exp, log and pow may round otherwise: this is told and is no fault.
    """
    from desertion.errors import refuse_unknown
    from desertion.simulation.golden.histories import PAIRS, machine
    from desertion.simulation.golden.selfcheck import PLATFORMS, checks, examined, is_promised

    names = list(dict.fromkeys(pair.scenario for pair in PAIRS))
    for name in scenarios or []:
        refuse_unknown("scenario with a shipped history", name, names, where="desertion selfcheck")
    wanted = checks(scenarios or (), days)
    differ = 0
    for check, difference in examined(wanted):
        print(f"{check}: {difference or 'as shipped'}")
        differ += difference is not None
    print(
        f"{len(wanted) - differ} of {len(wanted)} histories on {machine()} are the shipped ones, which were made on {', '.join(sorted(PLATFORMS))}"
    )
    if differ and not is_promised():
        print("this is another kind of machine, whose exp, log and pow may round otherwise: the difference is no fault")
    elif differ:
        print("this machine is of that kind, so the bits must be equal: this is a fault, please report it")
        raise typer.Exit(1)
