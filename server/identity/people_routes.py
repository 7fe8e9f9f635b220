"""HTTP: what an administrator does about people, and people about their own password."""

from uuid import UUID

from litestar import Controller, Request, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.identity import people
from server.identity.audience import ADMINISTRATORS, STAFF
from server.identity.schemas import NewPassword, PasswordReset, UserChange, UserOut
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]


class People(Controller):
    """Changes of users."""

    path = "/v1"
    tags = ("identity",)

    @patch("/users/{user_id:uuid}", guards=[ADMINISTRATORS])
    async def change_user(
        self,
        user_id: FromPath[UUID],
        data: JSONBody[UserChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> UserOut:
        """Another name, login, language, office or role; a changed role or office ends the user's sessions."""
        return UserOut.of(await people.change_user(session, request.user, user_id, data))

    @post("/users/{user_id:uuid}/deactivate", guards=[ADMINISTRATORS], status_code=200)
    async def deactivate_user(
        self, user_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> UserOut:
        """Take a user's access away. What their phones still hold comes in and is parked."""
        return UserOut.of(await people.deactivate(session, request.user, user_id))

    @post("/users/{user_id:uuid}/reactivate", guards=[ADMINISTRATORS], status_code=200)
    async def reactivate_user(
        self, user_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> UserOut:
        """Give a user's access back, with the password that was."""
        return UserOut.of(await people.reactivate(session, request.user, user_id))

    @post("/users/{user_id:uuid}/password", guards=[ADMINISTRATORS], status_code=200)
    async def reset_password(
        self,
        user_id: FromPath[UUID],
        data: JSONBody[PasswordReset],
        request: Caller,
        sessions: NamedDependency[Sessions],
    ) -> UserOut:
        """Set another password for a user who has lost theirs; their sessions end."""
        return UserOut.of(await people.reset_password(sessions, request.user, user_id, data.password))

    @post("/me/password", guards=[STAFF], status_code=204)
    async def change_own_password(
        self, data: JSONBody[NewPassword], request: Caller, sessions: NamedDependency[Sessions]
    ) -> None:
        """Change one's own password. All other sessions end."""
        await people.change_own_password(sessions, request.user, data.present, data.new)
