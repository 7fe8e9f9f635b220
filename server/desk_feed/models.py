"""Tables of what desks are told: which things changed, by the transaction that changed them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Table, one_of
from server.desk_feed.rules import DeskList


class DeskChange(Table):
    """A thing of a list changed in a transaction, noted by triggers once for each, and forgotten after a day.

    The kind is the list that a desk looks at; the subject is a visit (`board`, `unsealed`), a ticket, an operation, an incident, a message.

    `tx` is the transaction's number (xid8). Numbers are given in another order than transactions commit; `tailer.py` says how nothing
    is skipped all the same.
    """

    __tablename__ = "desk_change"
    __table_args__ = (one_of("kind", DeskList),)
    tx: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True, server_default=text("clock_timestamp()"))


class DeskFeed(Table):
    """The one row that says from when on changes are kept: those of transactions from `floor`.

    `epoch` names the count of transactions, which begins anew when a backup is restored into another cluster.
    """

    __tablename__ = "desk_feed"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[UUID]
    floor: Mapped[int]
