"""Which priorities a person may give."""

from services.audit.actor import Actor
from services.automl.turns.rule import PRIORITIES, Priority
from services.people.permissions import Permission, is_allowed


def priorities_to_give(actor: Actor, current: str) -> tuple[Priority, ...]:
    """Which others than its own the actor may give a run that they may see.

    Low and normal by who may steer it; high is given and taken by a manager only.
    """
    others = tuple(priority for priority in PRIORITIES if priority != current)
    if is_allowed(actor, Permission.PRIORITIZE_RUNS):
        return others
    if current == "high" or not is_allowed(actor, Permission.START_RUN):
        return ()
    return tuple(priority for priority in others if priority != "high")
