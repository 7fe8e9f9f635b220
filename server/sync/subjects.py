"""Everything that an operation can be about, each declared in its room."""

from server.customers.meters import ASSET
from server.field.subject import Subject
from server.jobs.subject import VISIT

SUBJECTS: dict[str, Subject] = {subject.name: subject for subject in (VISIT, ASSET)}
