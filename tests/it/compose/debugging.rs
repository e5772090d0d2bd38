//! A long search for a fault in a Python project: failing tests, approaches that did not help, a
//! correction, a to-do list; the session dies in the middle of its last turn.

use super::Transcript;

const TRACE: &str = "============================= test session starts ==============================
platform linux -- Python 3.12.4, pytest-8.2.2, pluggy-1.5.0
rootdir: /home/dev/ledger
configfile: pyproject.toml
plugins: asyncio-0.23.7, anyio-4.4.0
collected 212 items

tests/test_import.py ....F...F                                           [  4%]
tests/test_rates.py ......................                               [ 14%]

=================================== FAILURES ===================================
___________________________ test_import_is_idempotent __________________________

store = <ledger.store.Store object at 0x7f21c0a3d1d0>

    async def test_import_is_idempotent(store):
        await import_file(store, FIXTURES / \"march.csv\")
        await import_file(store, FIXTURES / \"march.csv\")
>       assert await store.count() == 48
E       assert 96 == 48
E        +  where 96 = await <bound method Store.count of <ledger.store.Store object at 0x7f21c0a3d1d0>>()

tests/test_import.py:41: AssertionError
____________________________ test_import_keeps_order ___________________________

    async def test_import_keeps_order(store):
>       assert rows == sorted(rows, key=lambda r: r.booked)
E       AssertionError

tests/test_import.py:77: AssertionError
=========================== short test summary info ============================
FAILED tests/test_import.py::test_import_is_idempotent - assert 96 == 48
FAILED tests/test_import.py::test_import_keeps_order - AssertionError
=================== 2 failed, 210 passed, 3 warnings in 8.41s ==================";

const TRACE_LATER: &str =
    "=================================== FAILURES ===================================
___________________________ test_import_is_idempotent __________________________
>       assert await store.count() == 48
E       assert 96 == 48

tests/test_import.py:41: AssertionError
=========================== short test summary info ============================
FAILED tests/test_import.py::test_import_is_idempotent - assert 96 == 48
=================== 1 failed, 211 passed, 3 warnings in 8.02s ==================";

pub(super) fn session() -> Transcript {
    let mut t = Transcript::at("/home/dev/ledger/.claude/worktrees/fix-import", "fix-import");
    t.prompt("CI is red since yesterday: test_import_is_idempotent and test_import_keeps_order fail on main. Find out why and fix it. Please don't touch the schema (migrations/ is frozen until the release), and never commit anything under fixtures/, that data is real.");
    t.say("I'll start by running the failing tests to see the actual error.");
    t.bash("uv run pytest -x -q tests/test_import.py 2>&1 | tail -60", 1, TRACE);
    t.todos(&[
        ("Reproduce the two failures", "completed"),
        ("Find the change that broke the import", "in_progress"),
        ("Fix the import", "pending"),
        ("Run the whole suite and mypy", "pending"),
    ]);
    t.bash(
        "git log --oneline -8 -- src/ledger/importer.py",
        0,
        "9f3c2ab Read CSV files in chunks\n41d77e0 Use asyncpg for the store\nc0ffee1 Import bank statements",
    );
    t.read("src/ledger/importer.py").read("src/ledger/store.py").read("tests/test_import.py");
    t.say("The import was changed in 9f3c2ab to read in chunks. The problem is that each chunk opens its own transaction, so the duplicate check in `Store.add_all` only sees rows of the same chunk.");
    t.edit(
        "src/ledger/importer.py",
        "    for chunk in chunks(rows, 16):\n        async with store.transaction():\n            await store.add_all(chunk)\n",
        "    async with store.transaction():\n        for chunk in chunks(rows, 16):\n            await store.add_all(chunk)\n",
    );
    t.bash("uv run pytest -q tests/test_import.py 2>&1 | tail -20", 1, TRACE);
    t.say("That didn't help: the count is still 96. The duplicates come from the second call, not from the chunks.");
    t.say("Let me look at how the digest of a row is built.");
    t.bash("grep -n \"digest\" -r src/ledger | head", 0, "src/ledger/rows.py:22:    def digest(self) -> str:\nsrc/ledger/store.py:88:        digests = {r.digest() for r in rows}");
    t.read("src/ledger/rows.py");
    t.say("`Row.digest` includes `imported_at`, which is `datetime.now()`, so no two imports of one row have the same digest. That's why the second import adds 48 rows again.");
    t.edit(
        "src/ledger/rows.py",
        "        parts = [self.account, self.booked.isoformat(), str(self.amount), self.text, self.imported_at.isoformat()]\n",
        "        parts = [self.account, self.booked.isoformat(), str(self.amount), self.text]\n",
    );
    t.bash("uv run pytest -q tests/test_import.py 2>&1 | tail -20", 1, TRACE_LATER);
    t.say("test_import_keeps_order passes now, but idempotency still fails.");
    t.close("I found two causes so far:\n\n1. **Transactions per chunk** (`src/ledger/importer.py`): each chunk committed on its own. Now there is one transaction per file.\n2. **Digest with a time stamp** (`src/ledger/rows.py`): `Row.digest` included `imported_at`.\n\n`test_import_keeps_order` passes. `test_import_is_idempotent` still fails with 96 rows: something else adds the rows again. Should I drop the duplicates in SQL with a unique index?");
    t.wait(1200);
    t.prompt("No, no index, I said the schema is frozen. Two rows with the same text on the same day can be real (two coffees), so the digest must contain the line number of the statement instead. And look at the store, not at the importer.");
    t.say("Understood: no schema change. I'll put the statement's line number into the digest instead of the time stamp, and look at `Store.add_all`.");
    t.edit(
        "src/ledger/rows.py",
        "        parts = [self.account, self.booked.isoformat(), str(self.amount), self.text]\n",
        "        parts = [self.account, self.booked.isoformat(), str(self.amount), self.text, str(self.line)]\n",
    );
    t.edit(
        "src/ledger/rows.py",
        "    text: str\n",
        "    text: str\n    #: Line in the statement, from 1.\n    line: int\n",
    );
    t.bash(
        "uv run mypy src",
        1,
        "src/ledger/importer.py:57: error: Missing named argument \"line\" for \"Row\"  [call-arg]\nFound 1 error in 1 file (checked 31 source files)",
    );
    t.edit(
        "src/ledger/importer.py",
        "        yield Row(account=account, booked=day, amount=amount, text=text)\n",
        "        yield Row(account=account, booked=day, amount=amount, text=text, line=reader.line_num)\n",
    );
    t.bash("uv run mypy src", 0, "Success: no issues found in 31 source files");
    t.say("The known digests are read through a second connection from the pool, which doesn't see the open transaction.");
    t.typed("by the way the staging database is postgres://ledger@db-staging.internal:5433/ledger, you can look there, read only");
    t.bash(
        "psql postgres://ledger@db-staging.internal:5433/ledger -c \"select count(*) from rows\"",
        2,
        "psql: error: could not translate host name \"db-staging.internal\" to address: Name or service not known",
    );
    t.say("Staging isn't reachable from here. I'll go on with the local store.");
    t.edit(
        "src/ledger/store.py",
        "        known = await self._pool.fetch(\"select digest from rows\")\n",
        "        known = await self._connection().fetch(\"select digest from rows\")\n",
    );
    t.write(
        "src/ledger/connection.py",
        "\"\"\"The connection of the running task.\"\"\"\n\nfrom contextvars import ContextVar\n\nfrom asyncpg import Connection\n\ncurrent: ContextVar[Connection | None] = ContextVar(\"current\", default=None)\n\n\ndef bind(connection: Connection) -> None:\n    current.set(connection)\n",
    );
    t.bash(
        "uv run pytest -q tests/test_import.py 2>&1 | tail -20",
        1,
        "tests/test_import.py:12: in <module>\n    from ledger.importer import import_file\nsrc/ledger/importer.py:9: in <module>\n    from ledger.store import Store\nsrc/ledger/store.py:7: in <module>\n    from ledger.connection import current\nE   ImportError: cannot import name 'current' from 'ledger.connection' (/home/dev/ledger/src/ledger/connection/__init__.py)\n=========================== short test summary info ============================\nERROR tests/test_import.py\n!!!!!!!!!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!!!!!!!!!\n=============================== 1 error in 0.61s ===============================",
    );
    t.say("There is already a package `ledger/connection/` with an empty `__init__.py`, which shadows the new module. Let me rename mine to `task_connection.py`.");
    t.bash("git mv -f src/ledger/connection.py src/ledger/task_connection.py || mv src/ledger/connection.py src/ledger/task_connection.py", 0, "");
    t.edit(
        "src/ledger/store.py",
        "from ledger.connection import current\n",
        "from ledger.task_connection import current\n",
    );
    t
}
