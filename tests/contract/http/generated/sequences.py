"""Sequences of calls, as Hypothesis generates them, and how they run against a blog.

Ids, dates and texts come from small sets, so that calls collide: an id is created twice, a slug is taken,
rows tie. A value that only a response can provide, such as an ETag or a link, is given by its position among
those seen.
"""

from typing import TypeAlias

from hypothesis import strategies as st

from tests.contract.http.generated.choices import (
    COMMENTS,
    GOOD_DATES,
    POSTS,
    conditions,
    copies,
    decided,
    decisions,
    mostly,
    new_comments,
    new_posts,
    one_comment,
    one_copy,
    one_post,
    one_preview,
    one_restore,
    one_thread,
    page_of_comments,
    page_of_posts,
    past_states,
    people,
    policies,
    post_changes,
    queue,
    rewordings,
    setting_values,
    tags_page,
    user_ids,
)
from tests.contract.http.memory import Call, Json
from tests.contract.http.people import PEOPLE

Bodies: TypeAlias = st.SearchStrategy[dict[str, Json]] | st.SearchStrategy[Json] | st.SearchStrategy[None]
no_body = st.none()


def calls(method: str, paths: st.SearchStrategy[str], bodies: Bodies = no_body) -> st.SearchStrategy[Call]:
    """Calls of one kind by any of the people, some of them conditional."""
    return st.builds(Call, st.just(method), paths, bodies, conditions, by=people)


save_copy = calls("PUT", one_copy, copies)
begin_copy = st.builds(Call, st.just("PUT"), one_copy, copies, st.just("absent"), by=people)
discard_copy = calls("DELETE", one_copy)
read_copy = calls("GET", one_copy)
list_copies = calls("GET", st.just("/users/me/working-copies?limit=1"))
save_post_with_copy = st.builds(
    Call,
    st.just("PATCH"),
    one_post.map("{}?working_copy=latest".format),
    post_changes,
    by=people,
)
create_post = calls("POST", st.just("/posts"), new_posts)
change_post = calls("PATCH", one_post, post_changes)
delete_post = calls("DELETE", one_post)
remove_post = calls("DELETE", one_post.map("{}?permanently=true".format))
undelete_post = calls("POST", one_post.map("{}/restore".format))
list_trash = calls("GET", st.just("/posts?status=trashed&limit=2"))
read_post = calls("GET", one_post | one_post.map("{}?comments=1".format))
link_preview = calls("POST", one_preview, st.just({}))
revoke_previews = calls("DELETE", one_preview)
restore_post = calls("POST", one_restore)
read_revisions = calls("GET", past_states)
list_posts = calls("GET", page_of_posts)
create_comment = calls("POST", one_thread, new_comments)
change_comment = calls("PATCH", one_comment, rewordings)
decide_one = st.builds(
    Call,
    st.just("PATCH"),
    one_comment,
    st.fixed_dictionaries({"status": decided}),
    st.sampled_from(["latest", "any"]),
    by=people,
)
remove_comment = calls("DELETE", one_comment)
restore_comment = calls("POST", one_comment.map("{}/restore".format))
list_deleted_comments = calls("GET", st.just("/comments/trash?limit=2"))
read_comment = calls("GET", one_comment)
list_comments = calls("GET", page_of_comments)
follow_link = st.builds(Call, st.just("GET"), st.just("/posts?limit=1"), link=st.integers(0, 3), by=people)
decide = calls("POST", st.just("/comments/decisions"), decisions)
list_queue = calls("GET", queue)
list_tags = calls("GET", tags_page)
read_settings = calls("GET", st.just("/settings"))
change_settings = calls("PATCH", st.just("/settings"), setting_values)
change_policy = calls("PATCH", st.just("/settings"), st.fixed_dictionaries({"comment_policy": policies}))
change_user = calls(
    "PATCH",
    user_ids.map("/users/{}".format),
    st.fixed_dictionaries({}, optional={"name": mostly(["Ann", "é"], [" "]), "disabled": st.booleans()}),
)
remove_user = calls(
    "DELETE",
    st.builds("/users/{}?posts={}".format, user_ids, user_ids | st.just("keep")),
)

about_posts = [
    create_post,
    create_post,
    change_post,
    change_post,
    delete_post,
    remove_post,
    undelete_post,
    list_trash,
    read_post,
    list_posts,
    list_posts,
    list_tags,
    follow_link,
    link_preview,
    revoke_previews,
    restore_post,
    read_revisions,
]
about_threads = [
    create_comment,
    create_comment,
    change_comment,
    change_comment,
    decide_one,
    remove_comment,
    remove_comment,
    restore_comment,
    list_deleted_comments,
    read_comment,
    list_comments,
    list_comments,
    decide,
    list_queue,
    follow_link,
]
about_copies = [
    begin_copy,
    begin_copy,
    save_copy,
    save_copy,
    discard_copy,
    read_copy,
    list_copies,
    list_copies,
    delete_post,
    remove_post,
    undelete_post,
    list_trash,
    create_post,
    save_post_with_copy,
    follow_link,
]
about_people = [
    change_user,
    change_user,
    remove_user,
    begin_copy,
    list_copies,
    change_policy,
    create_post,
    change_post,
    list_posts,
]
about_settings = [read_settings, change_settings, change_settings]


def _post(number: int, date: Json) -> Call:
    body: dict[str, Json] = {
        "id": POSTS[number],
        "title": f"T{number}",
        "content": "C",
        "publication_date": date,
    }
    return Call("POST", "/posts", body)


def _comment(number: int, date: Json) -> Call:
    body: dict[str, Json] = {"id": COMMENTS[number], "content": "C", "publication_date": date}
    if number in (2, 3):
        body["parent_id"] = COMMENTS[number - 1]
    return Call("POST", f"/posts/{POSTS[0]}/comments", body)


good_dates = st.sampled_from(GOOD_DATES)
_BASE_URL: dict[str, Json] = {"base_url": "https://blog.example"}
some_posts = st.tuples(
    st.just(Call("PATCH", "/settings", _BASE_URL)),
    *(st.builds(_post, st.just(number), good_dates) for number in range(3)),
).map(list)
a_thread = st.tuples(
    st.just(_post(0, GOOD_DATES[0])),
    *(st.builds(_comment, st.just(number), good_dates) for number in range(5)),
).map(list)


def sequences(
    opening: st.SearchStrategy[list[Call]], *kinds: st.SearchStrategy[Call]
) -> st.SearchStrategy[list[Call]]:
    """An opening, and then calls of these kinds: enough of them that emptying the blogs, the opening and the
    end take the smaller part of the time.
    """
    return st.builds(list.__add__, opening, st.lists(st.one_of(kinds), min_size=7, max_size=16))


EVERY_POST = Call("GET", "/posts?limit=2&comments=10&count=true", by="nobody", walk=True)
THE_POSTS = [
    EVERY_POST,
    Call("GET", "/posts?status=draft&sort=-updated_at"),
    *(Call("GET", f"/posts/{post}/revisions?limit=2", by="editor", walk=True) for post in POSTS),
    Call("GET", "/tags"),
]
THE_COPIES = [Call("GET", "/users/me/working-copies?limit=1", by=who, walk=True) for who in PEOPLE] + [
    Call("GET", f"/posts/{post}/working-copy", by="author") for post in POSTS
]
THE_THREAD = [
    Call("GET", f"/posts/{POSTS[0]}/comments?limit=3", walk=True),
    Call("GET", f"/posts/{POSTS[0]}/comments?view=tree"),
    *(Call("GET", f"/comments?status={status}") for status in ("pending", "removed")),
]
"""What is asked at the end of a sequence about them: every post with its comments; a thread page by page and
as a tree, and what was decided.
"""
