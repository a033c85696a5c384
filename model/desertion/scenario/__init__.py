"""Scenarios: from `seeds/*.toml` to one resolved, cited document that a model can run.

Layers: forces, hosts and behaviour as the scenario states them, its own dated changes, settings, policies, the asylum
dial, and the scale, in this order.
"""

from desertion.scenario.dial import Dial
from desertion.scenario.documents import catalogue
from desertion.scenario.layers import Stop
from desertion.scenario.policy import Policy, PolicyChange
from desertion.scenario.scenario import Scenario

__all__ = ["Dial", "Policy", "PolicyChange", "Scenario", "Stop", "catalogue"]
