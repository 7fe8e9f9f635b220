"""What is done by the clock (cron, UTC): what ran out, late photos, clearing up, upkeep. One worker of all runs each at a time."""

import logging

from pgqueuer import PgQueuer
from pgqueuer.models import Schedule

from server.clocks.overdue import note_overdue
from server.database.engine import Sessions, snapshot
from server.desk_feed.upkeep import forget_changes
from server.dispatch.missing import alert_missing
from server.dispatch.overdue import tell_overdue
from server.ground import clock
from server.ground.problems import Unavailable
from server.identity.upkeep import forget
from server.media.orphans import abort_abandoned, collect_orphans
from server.media.rules import Custody
from server.media.storage import Storage
from server.notifications.upkeep import erase_words, see_to_waiting
from server.process.retention import forget_old
from server.records.seal.erase import tidy_strokes
from server.records.seal.missed import begin_what_was_missed
from server.records.sealer import Sealer
from server.restore.copies import copy_waiting
from server.restore.photos import restored_since, verify_promised_again
from server.sync.down.upkeep import collect_removals, differences
from server.sync.sql.rewrite import rewrite

log = logging.getLogger("fieldproof.schedule")


def schedules(queue: PgQueuer, sessions: Sessions, storage: Storage, sealer: Sealer, custody: Custody) -> None:
    """Register what is due when; a run that fails is logged, and the next one goes on."""
    _of_the_work(queue, sessions, custody)
    _of_the_storage(queue, sessions, storage, sealer, custody)
    _of_upkeep(queue, sessions)


def _of_the_work(queue: PgQueuer, sessions: Sessions, custody: Custody) -> None:
    @queue.schedule("note_overdue", "* * * * *")
    async def note_what_ran_out(_: Schedule) -> None:
        async with sessions.begin() as session:
            over = await note_overdue(session)
        if over:
            log.info("the time of %d clocks ran out", over)

    @queue.schedule("say_missing_photos", "* * * * *")
    async def say_missing_photos(_: Schedule) -> None:
        async with sessions.begin() as session:
            said = await alert_missing(session, custody.late_after)
        if said:
            log.warning("photos became late on %d visits", said)

    @queue.schedule("begin_what_was_missed", "*/5 * * * *")
    async def look_for_what_was_missed(_: Schedule) -> None:
        async with sessions.begin() as session:
            begun = await begin_what_was_missed(session)
        if begun:
            log.warning("%d reports were ready to be sealed and had no task; they are being sealed", begun)

    @queue.schedule("tell_overdue_visits", "* * * * *")
    async def tell_of_overdue_visits(_: Schedule) -> None:
        async with sessions.begin() as session:
            await tell_overdue(session)

    @queue.schedule("see_to_messages", "* * * * *")
    async def see_to_messages(_: Schedule) -> None:
        async with sessions.begin() as session:
            if forgotten := await see_to_waiting(session):
                log.warning("%d messages were due and had no task; they are being sent", forgotten)

    @queue.schedule("rewrite_bodies", "* * * * *")
    async def bring_rows_to_their_form(_: Schedule) -> None:
        if done := await rewrite(sessions):
            log.info("looked at %d rows of phones whose form has changed", done)


def _of_the_storage(queue: PgQueuer, sessions: Sessions, storage: Storage, sealer: Sealer, custody: Custody) -> None:
    @queue.schedule("clear_storage", "17 * * * *")
    async def clear_storage(_: Schedule) -> None:
        try:
            aborted = await abort_abandoned(sessions, storage, custody.abandoned_after)
            async with sessions() as session:
                restored = await restored_since(session, clock.now() - custody.orphan_after)
            # After a restore phones have some days to say again which objects are theirs.
            removed = 0 if restored else await collect_orphans(sessions, storage, custody.orphan_after)
        except Unavailable as error:
            log.warning("storage could not be cleared up this hour: %s", error)
            return
        log.info("cleared up in storage: %d uploads aborted, %d objects removed", aborted, removed)

    @queue.schedule("copy_waiting", "* * * * *")
    async def keep_apart(_: Schedule) -> None:
        try:
            if done := await copy_waiting(sessions, storage, sealer):
                log.info("%d copies are in the storage that were not", done)
            if found := await verify_promised_again(sessions, storage):
                log.info("%d photos were promised again after a restore, and are verified", found)
        except Unavailable as error:
            log.warning("the storage could not be written to, or asked, this minute: %s", error)

    @queue.schedule("tidy_strokes", "23 3 * * *")
    async def tidy(_: Schedule) -> None:
        done = await tidy_strokes(sessions, storage, sealer)
        log.info("signatures: %s PDFs encrypted, %s drawings erased, %s not yet", done.locked, done.erased, done.failed)


def _of_upkeep(queue: PgQueuer, sessions: Sessions) -> None:
    @queue.schedule("sign_in_upkeep", "50 3 * * *")
    async def forget_sign_ins(_: Schedule) -> None:
        log.info("forgot %d rows of sessions and sign-ins", await forget(sessions))

    @queue.schedule("erase_messages", "11 * * * *")
    async def erase_old_words(_: Schedule) -> None:
        async with sessions.begin() as session:
            if erased := await erase_words(session):
                log.info("erased the words of %d messages that were past their term", erased)

    @queue.schedule("forget_old", "55 3 * * *")
    async def forget_what_is_old(_: Schedule) -> None:
        log.info("forgot %d rows that were past their term", await forget_old(sessions))

    @queue.schedule("desk_feed_upkeep", "7 * * * *")
    async def forget_what_desks_were_told(_: Schedule) -> None:
        log.info("forgot %d changes that desks were told", await forget_changes(sessions))

    @queue.schedule("sync_upkeep", "40 3 * * *")
    async def look_after_sync(_: Schedule) -> None:
        async with snapshot(sessions) as session:
            await differences(session)
        async with sessions.begin() as session:
            log.info("forgot %d old removals", await collect_removals(session))
