"""Splits a file of SQL into statements: the driver prepares each, and so takes one at a time."""


def statements(text: str) -> list[str]:
    """The statements of a text; `;` at a line's end outside comments and $$ bodies ends one."""
    found, lines, quoted = [], [], False
    for line in text.splitlines():
        lines.append(line)
        quoted ^= line.count("$$") % 2 == 1
        if line.rstrip().endswith(";") and not quoted and not line.lstrip().startswith("--"):
            found.append("\n".join(lines))
            lines = []
    return found
