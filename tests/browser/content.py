"""A blog with everything that a page can show, in English and in Arabic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from everpost.domain.blog import BlogChange, NavigationLink
from everpost.domain.clock import now
from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import PostKind, PostStatus
from everpost.stores.port import Store
from everpost.web.assets import Assets
from tests.contract.port.examples import (
    MOMENT,
    a_comment,
    a_post,
    a_user,
    comment_on,
    numbered,
    publish,
    publish_thread,
)

ANN = a_user(id=numbered(1), name="Ann Author", email="ann@blog.example")
DRAFT = numbered(2)
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LATEST_POST = MOMENT + timedelta(days=10)
ICON = f"/static/{Assets().names['icon.svg']}"
EVERYTHING = f"""
The first paragraph has *emphasis*, **importance**, `code`, ~~a mistake~~, [a link](/archive), and a very
long word: {LONG_WORD}. مرحبا بالعالم, שלום.

## A section

1. One
2. Two
   - Nested

- [x] Done
- [ ] Open

> A quotation that is long enough to continue on a second line of a narrow screen.

### Code

```python
# A comment
def greet(name: str = "world", *, times: int = 42) -> None:
    \"\"\"A text.\"\"\"
    return print(f"Hello {{name}}" * times) or None  # and a line that is much wider than a narrow screen is
```

```diff
- removed
+ added
```

| Column | Number | A column with a long heading | Another one |
|---|---:|---|---|
| A cell | 1 | {LONG_WORD} | a |
| Another | 2 | c | d |

![The icon of the blog]({ICON})

A footnote.[^1] A formula: $a^2 + b^2 = c^2$.

$$\\sum_{{i=1}}^n i = \\frac{{n(n+1)}}{{2}} \\text{{ and a text that is wider than a phone, plus }} x$$

---

[^1]: Its text.
"""
ARABIC = """
هذه تدوينة باللغة العربية، وفيها `code` و**نص مهم** و[رابط](/archive).

## قسم

- أول
- ثان

> اقتباس قصير.

| عمود | رقم |
|---|---:|
| خلية | 1 |
"""


async def fill(store: Store) -> None:
    """Write the blog. Its comments wait for approval, except those on the post `open`."""
    await store.users.add(ANN)
    for number in range(3):
        tags = ("older", "café", f"tag {number}")
        await publish(store, title=f"Older post {number}", slug=f"older-{number}", tags=tags)
    await publish(
        store, title="مرحبا بالعالم", slug="arabic", content=ARABIC, tags=("عربي",), author=ANN.author
    )
    opened = await publish(store, title="Open", slug="open", comment_policy=CommentPolicy.OPEN)
    await comment_on(store, opened.id, guest_name="Gus")
    long = a_post(title="A long thread", slug="long")
    comments = [a_comment(long.id, guest_name=f"Guest {number}") for number in range(52)]
    comments[0] = parent = replace(comments[0], reply_count=50)
    comments += [a_comment(long.id, guest_name="Gus", parent_id=parent.id, depth=1) for _ in range(50)]
    await publish_thread(store, long, comments)
    everything = a_post(
        title=f"Everything, and a {LONG_WORD}",
        slug="everything",
        content=EVERYTHING,
        author=ANN.author,
        tags=("everything", "a longer tag"),
        publication_date=LATEST_POST,
        updated_at=LATEST_POST + timedelta(days=2),
    )
    await publish_thread(store, everything, discussion(everything.id))
    await publish(store, kind=PostKind.PAGE, title="About", slug="about", content="We are *here*.")
    await publish(
        store,
        id=DRAFT,
        title="A draft",
        slug="draft",
        content=EVERYTHING,
        author=ANN.author,
        status=PostStatus.DRAFT,
    )
    change = BlogChange(
        updated_at=now(),
        title="A blog",
        description="About this and that",
        navigation=(NavigationLink("About", "/about"), NavigationLink("معلومات", "/arabic")),
        posts_per_page=3,
    )
    await store.blog.save(change, match=None)


def discussion(post_id: Id) -> Sequence[Comment]:
    """Comments down to a great depth, a tombstone with a reply, and one in Arabic."""
    comments = [
        a_comment(post_id, guest_name="Gus Guest", content="> Quoted\n\n*Well*, `done`.", reply_count=1)
    ]
    for depth in range(1, 8):
        name = LONG_WORD if depth == 3 else f"Guest {depth}"
        reply = a_comment(
            post_id,
            parent_id=comments[-1].id,
            depth=depth,
            content=f"{LONG_WORD} {depth}",
            author=ANN.author if depth == 1 else None,
            guest_name=None if depth == 1 else name,
            reply_count=1 if depth < 7 else 0,
        )
        comments.append(reply)
    removed = a_comment(post_id, guest_name="Eve", status=CommentStatus.REMOVED, reply_count=1)
    answer = a_comment(post_id, guest_name="زائر", content="شكرا!", parent_id=removed.id, depth=1)
    return [*comments, removed, answer]
