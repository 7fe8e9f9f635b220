"""The application's own role in PostgreSQL: it owns its database and everything in it, and is no superuser.

A superuser reads and writes the machine's files and runs programs through SQL (`COPY ... FROM PROGRAM`); whoever found a
way to put SQL of their own into a statement would have the machine. `script` is run by a superuser, on a new database and
on one that an older version made as superuser, whose tables then change hands in one transaction.
"""

import asyncpg

from server.database.engine import ASYNCPG, async_url
from server.database.reach import reach, unreached

ROLE = "fieldproof_app"
"""Another name than any superuser had in an older version: the first superuser of a cluster cannot be demoted."""

IN_ORDER = """
select not r.rolsuper and not r.rolcreaterole and d.datdba = r.oid and not exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relowner <> r.oid
)
from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()
"""
"""Whether the role that asks is as it should be, and owns all there is."""

_TAKE_OVER = """
do $take_over$
declare
    new text := {role};
    owner oid := (select oid from pg_roles where rolname = new);
    ours oid[] := array(select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema');
    statement text;
begin
    execute format('alter database %I owner to %I', current_database(), new);
    for statement in
        select format('alter schema %I owner to %s', nspname,
                      case nspname when 'public' then 'pg_database_owner' else quote_ident(new) end)
        from pg_namespace where oid = any (ours) and nspowner not in (owner, 'pg_database_owner'::regrole)
        union all
        -- Sequences of a column follow their table.
        select format('alter table %s owner to %I', c.oid::regclass, new)
        from pg_class c where relnamespace = any (ours) and relkind in ('r', 'p', 'v', 'm', 'S', 'f') and relowner <> owner
            and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid
                            and refclassid = 'pg_class'::regclass and deptype in ('a', 'i') and c.relkind = 'S')
            and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
        union all
        select format('alter routine %s owner to %I', p.oid::regprocedure, new)
        from pg_proc p where pronamespace = any (ours) and proowner <> owner
            and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
        union all
        -- Types of their own: not a table's row, not an array, which follow.
        select format('alter type %s owner to %I', t.oid::regtype, new)
        from pg_type t left join pg_class c on c.oid = t.typrelid
        where typnamespace = any (ours) and typowner <> owner and typcategory <> 'A' and coalesce(c.relkind, 'c') = 'c'
            and typtype in ('c', 'd', 'e', 'r')
            and not exists (select from pg_depend where classid = 'pg_type'::regclass and objid = t.oid and deptype = 'e')
    loop
        execute statement;
    end loop;
end
$take_over$;
"""


def script(role: str, password: str) -> str:
    """Statements that make the role if it is missing, set its password, and give it the database that they run in.

    They are run by a superuser, in one transaction, as often as one likes.
    """
    name = '"' + role.replace('"', '""') + '"'
    rights = "login nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
    return f"""
set local log_statement = 'none';
set local log_min_error_statement = 'panic';
do $role$ begin
    if not exists (select from pg_roles where rolname = {_text(role)}) then create role {name}; end if;
end $role$;
alter role {name} with {rights} password {_text(password)};
{_TAKE_OVER.format(role=_text(role))}
"""


def _text(value: str) -> str:
    """A value as an SQL text; a password comes from a file or a setting, not from strangers, and is quoted all the same."""
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


async def make_role(superuser_url: str, password: str) -> None:
    """Make the application's role in the database of this address, and give it all that is there.

    Raises `ServiceFailed` with one line.
    """
    await reach(superuser_url)
    address = async_url(superuser_url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(address)
        try:
            async with connection.transaction():
                await connection.execute(script(ROLE, password))
        finally:
            await connection.close()
    except (OSError, *ASYNCPG) as error:
        raise unreached(superuser_url, error) from error
