"""Long work on large texts at the desk: meanwhile, others are answered."""

import asyncio
import threading
from collections.abc import Callable
from types import ModuleType
from typing import ParamSpec, TypeVar

import pytest

from everpost.api.http import forms
from everpost.domain.posts import MAX_CONTENT, PostFormat
from everpost.web.desk.writing import checks, conflicts
from everpost.web.desk.writing.fields import line_endings
from everpost.web.desk.writing.fields.base_forms import packed
from everpost.web.desk.writing.fields.post_form import FIELDS
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post, fields_of, open_editor, send
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite")  # the work is the same on each database
P = ParamSpec("P")
T = TypeVar("T")


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (forms, "parse_qsl"),
        (conflicts, "compare_lines"),
        (line_endings, "matches"),
        (checks, "_findings"),
    ],
    ids=["form", "conflict", "line endings", "check"],
)
async def test_others_are_answered_during_long_work(
    desk: DeskSite, monkeypatch: pytest.MonkeyPatch, module: ModuleType, step: str
) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, content="a\r\nb\nc")
    fields = await open_editor(ann, post.id) | {"content": "a\nB\nc" * 20_000}
    if module is conflicts:
        fields["base"] = ""
        fields["revision"] = "1-1"
    begun, answered = asyncio.Event(), threading.Event()
    monkeypatch.setattr(module, step, _between(begun, answered, getattr(module, step)))
    saving = asyncio.create_task(send(ann, post.id, fields, "save"))
    if module is checks:
        await saving
        saving = asyncio.create_task(ann.get(f"/desk/posts/{post.id}"))
    await begun.wait()
    await ann.get("/desk/posts")
    answered.set()
    assert (await saving).status_code in (200, 303, 412)


def _between(begun: asyncio.Event, answered: threading.Event, step: Callable[P, T]) -> Callable[P, T]:
    """The step, which sets one event and waits for the other."""
    loop = asyncio.get_running_loop()

    def wait(*args: P.args, **kwargs: P.kwargs) -> T:
        loop.call_soon_threadsafe(begun.set)
        assert answered.wait(60), "The event loop is blocked."
        return step(*args, **kwargs)

    return wait


async def test_a_conflict_of_the_largest_texts(desk: DeskSite) -> None:
    """The page is little larger than the texts."""
    ann = await desk.as_("author")
    base = "".join(f"{number:06}\n" for number in range(MAX_CONTENT // 10))
    theirs = base.replace("1\n", "theirs\n")
    post = await a_post(desk.store, content=theirs, format=PostFormat.HTML)
    fields = await open_editor(ann, post.id)
    fields |= {"base": packed({**dict.fromkeys(FIELDS, ""), "content": base}), "revision": "1-1"}
    refused = await send(ann, post.id, fields | {"content": base.replace("6\n", "mine\n")}, "save")
    assert refused.status_code == 412
    assert len(refused.content) < 6 * MAX_CONTENT
    assert len(Page(refused).all("//section[@class='conflict']//pre")) < 2_000
    merged = fields_of(refused)["content"]
    assert merged.count("mine") == merged.count("theirs") == MAX_CONTENT // 100
