"""What the contract promises, one file a subject: each check makes its own visits and phones, and judges what it sees."""

from mobile_contract.conformance.checks import (
    chain,
    clocks,
    doors,
    errors,
    exactly_once,
    hints,
    integrity,
    membership,
    network,
    paging,
    parking,
    photos,
    signing,
    wire,
)
from mobile_contract.conformance.field import Check

SUBJECTS: dict[str, dict[str, Check]] = {
    "exactly-once": exactly_once.CHECKS,
    "chain": chain.CHECKS,
    "parked": parking.CHECKS,
    "membership": membership.CHECKS,
    "paging": paging.CHECKS,
    "integrity": integrity.CHECKS,
    "wire": wire.CHECKS,
    "clocks": clocks.CHECKS,
    "photos": photos.CHECKS,
    "signature": signing.CHECKS,
    "hints": hints.CHECKS,
    "doors": doors.CHECKS,
    "errors": errors.CHECKS,
}


def all_checks(seeds: tuple[int, ...]) -> dict[str, Check]:
    """Every check by its full name, `subject: promise`, in the order they run."""
    subjects = [*SUBJECTS.items(), ("network", network.checks(seeds)), ("errors", errors.OF_THE_WHOLE_RUN)]
    return {f"{subject}: {name}": check for subject, checks in subjects for name, check in checks.items()}
