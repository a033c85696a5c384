"""Mesa's calendar: days in one go where nobody looks on, which a step of Mesa's each would make a sixth slower at ten thousand people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mesa import Model
from mesa.time import Priority, Schedule
from mesa.time.events import EventGenerator


def nobody_looks_on(model: Model[Any, Any], step: Callable[..., None]) -> bool:
    """Whether days that run in one go leave what days that run one by one leave.

    They do where Mesa's calendar holds the model's own step and nothing else, nobody observes the model, and the step is no other code's.

    Args:
        model: The model.
        step: The step that it was written with; a subclass or an assignment may have put another in its place.
    """
    calendar, days = getattr(model, "_event_list", None), getattr(model, "_default_schedule", None)
    if calendar is None or days is None or len(calendar) != 1 or not days.is_active:
        return False  # another Mesa, whose calendar is not known here, or something else is to happen
    own = getattr(getattr(model, "_user_step", None), "__func__", None) is step
    return own and model.step == getattr(model, "_wrapped_step", None) and not any(model.subscribers.values())


def put_on(model: Any, days: int) -> None:
    """Tell Mesa that so many days are over: its clock and count go on, and its next step is that of the day after."""
    model.steps += days
    model.time += float(days)
    model._default_schedule.stop()
    schedule = Schedule(interval=1.0, start=model.time + 1.0)
    model._default_schedule = EventGenerator(model, model._do_step, schedule, priority=Priority.HIGH).start()
