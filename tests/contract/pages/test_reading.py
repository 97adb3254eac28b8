"""What the pages show."""

from datetime import UTC, datetime, timedelta

import pytest

from everpost.domain.blog import NavigationLink
from everpost.domain.comments import CommentPolicy, CommentStatus
from everpost.domain.posts import PostFormat, PostKind
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import MOMENT, a_comment, a_post, comment_on, publish, publish_thread

DAY = timedelta(days=1)


async def test_the_home_page_lists_the_newest_posts(site: Site) -> None:
    await site.change(title="The Quiet Reader", description="Notes.", language="de", time_zone="Asia/Tokyo")
    post = await publish(
        site.store,
        title="A <b>title</b>",
        content="Some *words*.",
        slug="hello",
        tags=("news & more",),
        author=ANN,
        publication_date=datetime(2024, 2, 28, 20, tzinfo=UTC),
    )
    await comment_on(site.store, post.id, guest_name="Gus")
    page = Page(await site.get("/"))
    assert page.one("//h1") == "The Quiet Reader"
    assert page.one("//html/@lang") == "de"
    assert page.titles == ["A <b>title</b>"]
    assert page.one("//article//h2/a/@href") == "/hello"
    assert page.one("//article//time") == "29. Februar 2024"
    assert page.one("//article//time/@datetime") == "2024-02-29T05:00:00+09:00"
    assert page.one("//article//a[@rel='author']") == ANN.name
    assert "Some words." in page.one("//article")
    assert page.one("//article//a[@rel='tag']/@href") == "/tags/news%20%26%20more"
    assert page.one("//article//a[contains(@href, '#comments')]") == "1 Kommentar"


async def test_lists_lead_to_older_and_newer_posts(site: Site) -> None:
    await site.change(posts_per_page=2)
    for number in range(5):
        await publish(
            site.store,
            title=f"Post {number}",
            tags=("t",),
            author=ANN,
            publication_date=MOMENT + number * DAY,
        )
    for start in ("/", "/tags/t", f"/authors/{ANN.id}"):
        first = Page(await site.get(start))
        second = Page(await site.get(first.one("//link[@rel='next']/@href")))
        third = Page(await site.get(second.one("//link[@rel='next']/@href")))
        assert [first.titles, second.titles, third.titles] == [
            ["Post 4", "Post 3"],
            ["Post 2", "Post 1"],
            ["Post 0"],
        ]
        assert first.all("//link[@rel='prev']") == third.all("//link[@rel='next']") == []
        assert first.all("//nav[@aria-label='Pages']/a") == ["Older posts →"]
        back = Page(await site.get(third.one("//link[@rel='prev']/@href")))
        assert back.titles == second.titles
        # The first page has an address without a cursor.
        newest = await site.get(second.one("//link[@rel='prev']/@href"))
        assert (newest.status_code, newest.headers["location"]) == (302, start)


async def test_a_post_is_shown_in_full(site: Site) -> None:
    await publish(
        site.store,
        title="Hello",
        content="## Part\n\nSome **words**.",
        slug="hello",
        summary="In short.",
        author=ANN,
    )
    page = Page(await site.get("/hello"))
    assert page.one("//h1") == "Hello"
    assert page.one("//main//h2[@id and not(@id='comments-title')]") == "Part"
    assert page.one("//main//strong") == "words"
    assert page.one("//title") == "Hello · Blog"
    assert page.one("//meta[@name='description']/@content") == "In short."
    assert page.one("//link[@rel='canonical']/@href") == "http://blog.example/hello"


async def test_nothing_that_is_written_becomes_script(site: Site) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    await site.change(title=evil, description=evil)
    post = await publish(
        site.store,
        title=evil,
        content=evil,
        slug="evil",
        tags=(evil[:50],),
        summary=evil,
        author=ANN,
        format=PostFormat.HTML,
    )
    await comment_on(site.store, post.id, guest_name=evil[:50], content=evil)
    for path in ("/", "/evil", "/tags", "/archive", f"/authors/{ANN.id}"):
        answer = await site.get(path)
        page = Page(answer)
        assert page.all("//script[not(@type='application/ld+json')]") == []
        assert page.all("//@*[starts-with(name(), 'on') or name() = 'style']") == []
        assert "</script>alert" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert "script" not in policy
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none';")


@pytest.mark.parametrize("title", [" ", "\u200b\u2800"])
async def test_a_blank_title_is_replaced(site: Site, title: str) -> None:
    await site.change(title=title)
    await publish(site.store, title=title, slug="blank", author=ANN)
    for path in ("/", f"/authors/{ANN.id}"):
        assert Page(await site.get(path)).titles == ["Untitled"]
    assert Page(await site.get("/archive")).one("//main//li/a") == "Untitled"
    page = Page(await site.get("/blank"))
    assert page.one("//title") == "Untitled · Blog"
    assert page.one("//h1") == page.one("//meta[@property='og:title']/@content") == "Untitled"
    feed = (await site.get("/feed.json")).json()
    assert feed["title"] == "Blog"
    assert [entry["title"] for entry in feed["items"]] == ["Untitled"]


async def test_a_page_has_neither_a_date_nor_a_place_in_lists(site: Site) -> None:
    await publish(site.store, title="About", slug="about", kind=PostKind.PAGE, tags=("t",), author=ANN)
    page = Page(await site.get("/about"))
    assert page.one("//h1") == "About"
    assert page.all("//article/header//time") == []
    for path in ("/", "/archive"):
        assert "About" not in (await site.get(path)).text
    assert (await site.get("/tags/t")).status_code == 404


async def test_posts_have_the_permalink_of_the_blog_and_pages_their_slug(site: Site) -> None:
    await site.change(permalink="/{year}/{month}/{slug}", time_zone="Asia/Tokyo")
    late = datetime(2024, 2, 29, 20, tzinfo=UTC)
    await publish(site.store, title="Hello", slug="hello", publication_date=late)
    await publish(site.store, title="About", slug="about", kind=PostKind.PAGE)
    assert Page(await site.get("/")).one("//article//h2/a/@href") == "/2024/03/hello"
    assert (await site.get("/2024/03/hello")).status_code == 200
    assert (await site.get("/about")).status_code == 200
    for path, target in {
        "/2024/02/hello": "/2024/03/hello",
        "/hello": "/2024/03/hello",
        "/2024/03/about": "/about",
        "/2024/03/Hello/": "/2024/03/hello",
    }.items():
        moved = await site.get(path)
        assert (moved.status_code, moved.headers.get("location")) == (301, target)


async def test_another_spelling_of_a_slug_redirects_to_the_post(site: Site) -> None:
    await publish(site.store, title="Hello", slug="hello-world")
    for path in ("/Hello-World", "/hello-world/", "/HELLO%20world", "/hello_world"):
        moved = await site.get(path)
        assert (moved.status_code, moved.headers["location"]) == (301, "/hello-world")


async def test_a_slug_of_any_script_has_a_page(site: Site) -> None:
    await publish(site.store, title="Hello", slug="привет-мир")
    link = Page(await site.get("/")).one("//article//h2/a/@href")
    assert link.isascii()
    assert (await site.get(link)).status_code == 200


async def test_tags_are_counted_and_the_archive_is_by_month(site: Site) -> None:
    for number, tags in enumerate([("a", "b"), ("a",), ()]):
        await publish(
            site.store, title=f"Post {number}", tags=tags, publication_date=MOMENT + 20 * number * DAY
        )
    tags_page = Page(await site.get("/tags"))
    assert tags_page.all("//main//li") == ["a 2 posts", "b 1 post"]
    assert tags_page.all("//main//li/a/@href") == ["/tags/a", "/tags/b"]
    archive = Page(await site.get("/archive"))
    assert archive.all("//h2") == ["April 2024", "March 2024", "February 2024"]
    assert archive.all("//main//li") == ["Post 2 Apr 9", "Post 1 Mar 20", "Post 0 Feb 29"]


async def test_search_engines_ignore_a_tag_with_one_post(site: Site) -> None:
    for number in range(2):
        await publish(site.store, title=f"Post {number}", tags=("both", f"only-{number}"))
    assert Page(await site.get("/tags/both")).all("//meta[@name='robots']") == []
    assert Page(await site.get("/tags/only-1")).one("//meta[@name='robots']/@content") == "noindex"


async def test_comments_are_a_tree_with_tombstones(site: Site) -> None:
    post = await publish(site.store, slug="hello", author=ANN)
    first = await comment_on(site.store, post.id, guest_name="Gus", content="First")
    gone = await comment_on(site.store, post.id, guest_name="Eve", content="Secret", parent_id=first.id)
    await comment_on(site.store, post.id, author=ANN, content="Answer", parent_id=gone.id)
    await comment_on(site.store, post.id, guest_name="Zoe", content="Waiting", status=CommentStatus.PENDING)
    await site.store.comments.remove(post.id, gone.id, match=None)
    answer = await site.get("/hello")
    page = Page(answer)
    assert "Secret" not in answer.text
    assert "Waiting" not in answer.text
    assert page.one("//h2[@id='comments-title']") == "2 comments"
    assert page.one(f"//li[@id='comment-{gone.id}']/p") == "This comment was removed."
    assert page.one(f"//li[@id='comment-{first.id}']/ol/li/ol/li//b") == ANN.name
    assert page.all("//span[@class='mark']") == ["Author"]


async def test_a_long_thread_is_paged_at_every_level(site: Site) -> None:
    post, step = a_post(slug="hello"), timedelta(seconds=1)
    top = [
        a_comment(post.id, guest_name="Gus", content=f"top {n}", publication_date=MOMENT + n * step)
        for n in range(60)
    ]
    replies = [
        a_comment(
            post.id,
            guest_name="Eve",
            content=f"reply {n}",
            parent_id=top[0].id,
            depth=1,
            publication_date=MOMENT + (100 + n) * step,
        )
        for n in range(60)
    ]
    top[0] = a_comment(
        post.id, id=top[0].id, guest_name="Gus", content="top 0", publication_date=MOMENT, reply_count=60
    )
    await publish_thread(site.store, post, [*top, *replies])
    seen: list[str] = []
    waiting = ["/hello"]
    while waiting:
        page = Page(await site.get(waiting.pop()))
        seen += page.all("//div[@class='text']")
        waiting += page.all("//section//a[@rel='next']/@href | //section//a[.='More replies']/@href")
    assert sorted(seen) == sorted(comment.content for comment in [*top, *replies])


@pytest.mark.parametrize(
    ("policy", "notice"),
    [
        (CommentPolicy.CLOSED, "Comments are closed."),
        (CommentPolicy.MEMBERS, "Only people with an account on this blog can comment."),
    ],
)
async def test_a_post_says_why_it_takes_no_comments(site: Site, policy: CommentPolicy, notice: str) -> None:
    await publish(site.store, slug="hello", comment_policy=policy)
    page = Page(await site.get("/hello"))
    assert page.all("//form") == []
    assert notice in page.one("//section[@id='comments']")


async def test_an_empty_blog_greets_its_owner(site: Site) -> None:
    page = Page(await site.get("/"))
    assert "ready for its first post" in page.one("//main")
    assert "everpost import --from wordpress" in page.one("//main//pre")
    for link in page.all("//main//a/@href"):
        assert (await site.client.get(link, follow_redirects=True)).status_code == 200
    for path in ("/tags", "/archive"):
        assert (await site.get(path)).status_code == 200
    await publish(site.store, title="Hello")
    assert Page(await site.get("/")).titles == ["Hello"]


async def test_frames_of_players_may_load_and_others_are_links(site: Site) -> None:
    frames = "".join(
        f'<iframe src="https://{host}/embed/x"></iframe>' for host in ("www.youtube.com", "evil.example")
    )
    await publish(site.store, slug="film", content=frames, format=PostFormat.HTML)
    answer = await site.get("/film")
    assert Page(answer).all("//iframe/@src") == ["https://www.youtube.com/embed/x"]
    policy = answer.headers["content-security-policy"]
    assert " https://www.youtube.com" in policy.partition("frame-src")[2]
    assert "evil" not in policy


async def test_navigation_leads_to_pages_of_the_blog_and_elsewhere(site: Site) -> None:
    links = (NavigationLink("About", "/about"), NavigationLink("Code", "https://code.example/x"))
    await site.change(navigation=links)
    page = Page(await site.get("/"))
    assert page.all("//nav[@aria-label='Main']//a/@href") == [
        "/about",
        "https://code.example/x",
        "/archive",
        "/tags",
    ]
