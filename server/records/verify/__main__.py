"""`python -m server.records.verify report.pdf --key server.pub`: exit code 0 when no claim fails, 1 otherwise."""

import argparse
import sys
from pathlib import Path

from server.records.verify import all_hold, lines, verify_pdf


def main() -> int:
    """Verify one PDF and print every claim."""
    parser = argparse.ArgumentParser(description="Verify a sealed service report, offline.")
    parser.add_argument("pdf", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="the company's public keys (server.pub)")
    given = parser.parse_args()
    claims = verify_pdf(given.pdf.read_bytes(), given.key.read_bytes())
    sys.stdout.write(lines(claims) + "\n")
    return 0 if all_hold(claims) else 1


if __name__ == "__main__":
    sys.exit(main())
