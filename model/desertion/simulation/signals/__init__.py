"""What everybody can see this morning, published once from yesterday's state: perceived chances, fears and shared hazards."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.simulation.signals.communities import publish_region
from desertion.simulation.signals.forces import publish_force
from desertion.simulation.signals.hosts import publish_hosts
from desertion.simulation.signals.shocks import draw_shocks
from desertion.simulation.signals.units import publish_front
from desertion.simulation.world.fields import World


@kernel
def publish_states(w: World, day: int) -> None:
    """Publish the day's signals of forces, hosts and regions, and draw the day's shared shocks."""
    for f in range(len(w.people)):
        publish_force(w, f, day)
        publish_front(w, f)
    publish_hosts(w)
    for region in range(len(w.region_force)):
        publish_region(w, region)
    draw_shocks(w, day)
