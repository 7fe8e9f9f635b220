"""The verifier of sealed records. It shares no code with the sealer, so that a mistake in one is not in the other."""

from server.records.verify.claim import Claim, all_hold, lines
from server.records.verify.verdict import verify_answer, verify_pdf, verify_pdf_answer, verify_record

__all__ = ["Claim", "all_hold", "lines", "verify_answer", "verify_pdf", "verify_pdf_answer", "verify_record"]
