"""`everpost user` and `everpost login`, on every database."""

import os
from collections.abc import Callable

import pytest

from everpost.domain.people.tokens import is_well_formed
from tests.cli.conftest import Command, Outcome

PASSWORD = "correct horse battery"
ANNA = "anna@blog.example"
BEN = "ben@blog.example"

pytestmark = pytest.mark.usefixtures("blog_database")

Typed = Callable[[str], None]


@pytest.fixture
def add(everpost: Command, typed: Typed) -> Callable[..., Outcome]:
    """Adds a user with the password."""

    def run(email: str, *options: str) -> Outcome:
        typed(f"{PASSWORD}\n")
        return everpost("user", "add", email, "--name", "Some Body", "--password-stdin", *options)

    return run


Add = Callable[..., Outcome]


def assert_refused(outcome: Outcome, status: int = 1) -> None:
    assert outcome.status == status
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    if status == 1:
        assert outcome.err.startswith("everpost: ")
        assert outcome.err.count("\n") == 1


def test_a_user_is_added_listed_and_can_log_in(everpost: Command, typed: Typed, add: Add) -> None:
    added = add(ANNA, "--role", "editor")
    assert added.status == 0
    assert added.out.startswith(f"Created user {ANNA} (editor, ")
    assert everpost("user", "list").out.split()[1:] == ["editor", ANNA, "Some", "Body"]
    typed(f"{PASSWORD}\n")
    entered = everpost("login", ANNA.upper(), "--password-stdin")
    assert entered.status == 0
    assert is_well_formed(entered.out.strip())
    assert entered.err.startswith("Expires at ")


def test_a_user_without_a_password_cannot_log_in(everpost: Command, typed: Typed) -> None:
    assert everpost("user", "add", ANNA, "--name", "Anna", "--no-password").status == 0
    typed(f"{PASSWORD}\n")
    assert_refused(everpost("login", ANNA, "--password-stdin"))


def test_a_disabled_user_cannot_log_in_until_enabled(everpost: Command, typed: Typed, add: Add) -> None:
    add(ANNA)
    assert everpost("user", "disable", ANNA).out.endswith("  (disabled)\n")
    typed(f"{PASSWORD}\n")
    assert_refused(everpost("login", ANNA, "--password-stdin"))
    assert everpost("user", "enable", ANNA).status == 0
    typed(f"{PASSWORD}\n")
    assert everpost("login", ANNA, "--password-stdin").status == 0


def test_a_wrong_password_and_an_unknown_email_are_told_the_same(
    everpost: Command, typed: Typed, add: Add
) -> None:
    add(ANNA)
    refused = []
    for email in (ANNA, BEN):
        typed("another password\n")
        refused.append(everpost("login", email, "--password-stdin"))
    assert_refused(refused[0])
    assert refused[0] == refused[1]


def test_failed_logins_are_limited(
    everpost: Command, typed: Typed, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERPOST_FAILED_LOGINS_PER_HOUR", "1")
    add(ANNA)
    outcomes = []
    for password in (PASSWORD, PASSWORD, "another password", PASSWORD):
        typed(f"{password}\n")
        outcomes.append(everpost("login", ANNA, "--password-stdin"))
    assert [outcome.status for outcome in outcomes] == [0, 0, 1, 1]
    assert_refused(outcomes[-1])
    assert "Too many" in outcomes[-1].err


def test_a_role_and_a_password_can_be_changed(everpost: Command, typed: Typed, add: Add) -> None:
    add(ANNA)
    assert " admin " in everpost("user", "role", ANNA, "admin").out
    typed("a newer password\n")
    assert everpost("user", "password", ANNA, "--password-stdin").status == 0
    typed("a newer password\n")
    assert everpost("login", ANNA, "--password-stdin").status == 0


def test_a_user_is_removed_and_says_what_becomes_of_the_posts(everpost: Command, add: Add) -> None:
    add(ANNA)
    add(BEN)
    assert everpost("user", "remove", ANNA, "--posts", BEN).out == f"Removed user {ANNA}.\n"
    assert everpost("user", "remove", BEN, "--posts", "keep").out == f"Removed user {BEN}.\n"
    assert everpost("user", "list").out == ""


def test_who_gets_the_posts_must_be_said_and_be_somebody_else(
    everpost: Command, typed: Typed, add: Add
) -> None:
    add(ANNA)
    typed("keep\n")
    unsaid = everpost("user", "remove", ANNA)
    assert_refused(unsaid, 2)
    assert "Missing option --posts: " in unsaid.err
    assert_refused(everpost("user", "remove", ANNA, "--posts", ANNA))
    assert_refused(everpost("user", "remove", ANNA, "--posts", BEN))
    assert ANNA in everpost("user", "list").out


def test_an_email_that_is_taken_is_refused(add: Add) -> None:
    add(ANNA)
    refused = add(ANNA.upper())
    assert_refused(refused)
    assert "email" in refused.err


@pytest.mark.parametrize("password", ["", "short", "a" * 1001])
def test_a_password_that_cannot_be_one_is_refused(everpost: Command, typed: Typed, password: str) -> None:
    typed(f"{password}\n")
    assert_refused(everpost("user", "add", ANNA, "--name", "Anna", "--password-stdin"))


def test_a_password_is_never_read_unseen_where_nobody_types(everpost: Command, typed: Typed) -> None:
    typed(f"{PASSWORD}\n")
    refused = everpost("user", "add", ANNA, "--name", "Anna")
    assert_refused(refused, 2)
    assert "--password-stdin" in refused.err


@pytest.mark.parametrize("command", [("role", ANNA, "admin"), ("disable", ANNA), ("enable", ANNA)])
def test_a_user_that_there_is_not_is_one_clear_line(everpost: Command, command: tuple[str, ...]) -> None:
    assert everpost("user", *command).err == f"everpost: There is no user {ANNA!r}.\n"


def test_what_is_no_role_is_wrong_usage(everpost: Command) -> None:
    assert_refused(everpost("user", "role", ANNA, "king"), 2)


def test_a_name_gives_no_orders_to_the_terminal(everpost: Command) -> None:
    everpost("user", "add", ANNA, "--name", "\x1b[2Jgone", "--no-password")
    assert "\x1b" not in everpost("user", "list").out


def test_another_password_ends_logins_and_other_tokens_where_that_is_asked_for(
    everpost: Command, typed: Typed, add: Add
) -> None:
    add(ANNA)
    left = []
    for options in ((), ("--revoke-tokens",)):
        everpost("token", "create", ANNA, "--name", "Editor")
        typed(f"{PASSWORD}\n")
        assert everpost("login", ANNA, "--password-stdin").status == 0
        typed(f"{PASSWORD}\n")
        assert everpost("user", "password", ANNA, "--password-stdin", *options).status == 0
        left.append([line.split()[1] for line in everpost("token", "list", ANNA).out.splitlines()])
    assert left == [["Editor"], []]


def test_the_last_admin_stays(everpost: Command, add: Add) -> None:
    add(ANNA, "--role", "admin")
    for command in (("role", ANNA, "author"), ("disable", ANNA), ("remove", ANNA, "--posts", "keep")):
        refused = everpost("user", *command)
        assert_refused(refused)
        assert "last enabled admin" in refused.err
    add(BEN, "--role", "admin")
    assert everpost("user", "role", ANNA, "author").status == 0


def test_a_password_that_is_easy_to_guess_is_refused(everpost: Command, typed: Typed) -> None:
    for password in ("passwordpassword", f"{ANNA}1"):
        typed(f"{password}\n")
        refused = everpost("user", "add", ANNA, "--name", "Anna", "--password-stdin")
        assert_refused(refused)
        assert "easy to guess" in refused.err


def test_a_reset_prints_an_address_that_works(everpost: Command) -> None:
    everpost("user", "add", "ann@blog.example", "--name", "Ann", "--no-password")
    outcome = everpost("user", "reset", "ann@blog.example")
    address, _, secret = outcome.out.rstrip("\n").partition("#")
    assert (outcome.status, address) == (0, f"http://127.0.0.1:{os.environ['EVERPOST_PORT']}/desk/reset")
    assert is_well_formed(secret)
    everpost("user", "disable", "ann@blog.example")
    refused = everpost("user", "reset", "ann@blog.example")
    assert (refused.status, refused.out) == (1, "")
    assert "Enable the account first" in refused.err
    assert "no user" in everpost("user", "reset", "eve@blog.example").err
