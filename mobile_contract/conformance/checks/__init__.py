"""What the contract promises, one file a subject: each check makes its own visits and phones, and judges what it sees."""

from mobile_contract.conformance.checks import (
    chain,
    clocks,
    errors,
    exactly_once,
    integrity,
    membership,
    network,
    paging,
    parking,
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
    "errors": errors.CHECKS,
    "clocks": clocks.CHECKS,
}


def all_checks(seeds: tuple[int, ...]) -> dict[str, Check]:
    """Every check by its full name, `subject: promise`, in the order they run."""
    subjects = {**SUBJECTS, "network": network.checks(seeds)}
    return {f"{subject}: {name}": check for subject, checks in subjects.items() for name, check in checks.items()}
