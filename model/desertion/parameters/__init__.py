"""Frozen, validated inputs with units: the one home of every parameter of the model."""

from desertion.parameters.behaviour import FORMS, LEVELS, SPREADING, Behaviour
from desertion.parameters.field import HORIZON, SWEPT, Frozen, fixed, lever
from desertion.parameters.force import Force, Region, Wave
from desertion.parameters.host import CATEGORIES, Host
from desertion.parameters.reference import Change, Reference

__all__ = [
    "CATEGORIES",
    "FORMS",
    "HORIZON",
    "LEVELS",
    "SPREADING",
    "SWEPT",
    "Behaviour",
    "Change",
    "Force",
    "Frozen",
    "Host",
    "Reference",
    "Region",
    "Wave",
    "fixed",
    "lever",
]
