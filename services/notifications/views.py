"""What a page sees of a piece of news."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NotificationView:
    """Something a person was told and has not read yet. `kind` is the action, `subject_id` what it happened to."""

    id: str
    project_id: str
    project_name: str
    kind: str
    subject_id: str
    sentence: str
    created_at: datetime
