"""Calls about uploaded files, and about posts that use them."""

from hashlib import sha256

from hypothesis import strategies as st

from everpost.domain.media.files import media_id
from tests.contract.http.generated.choices import mostly, new_posts, one_post, statuses
from tests.contract.http.generated.sequences import (
    calls,
    change_post,
    follow_link,
    remove_post,
    remove_user,
)
from tests.contract.http.media.files import picture
from tests.contract.http.memory import Call
from tests.contract.http.people import Who

_CONTENTS = [picture(shade) for shade in range(3)]
_DIGESTS = [sha256(content).hexdigest() for content in _CONTENTS]
_WHO: list[Who] = ["author", "other author", "editor"]

_digests = st.sampled_from(_DIGESTS)
_one_file = _digests.map(lambda digest: f"/media/{media_id(digest)}")
_urls = _digests.map("/media/{}/a.png".format)
_using = st.fixed_dictionaries(
    {}, optional={"cover": _urls | st.none(), "content": _urls, "status": statuses}
)
_facts = st.fixed_dictionaries(
    {},
    optional={
        "name": mostly(["Bear.gif", "a/b", "é"], [1]),
        "alt": mostly(["", "é"], ["\x00"]),
        "focus": mostly([{"x": 0, "y": 100}, None], [{"x": 101, "y": 0}]),
    },
)


def _upload(number: int, by: Who) -> Call:
    return Call("POST", f"/media?name={number}.png", by=by, content=_CONTENTS[number])


upload = st.builds(_upload, st.integers(0, 2), st.sampled_from(_WHO))
use_in_post = calls("PATCH", one_post, _using)
create_with_file = st.builds(lambda post, using: Call("POST", "/posts", {**post, **using}), new_posts, _using)
list_files = calls(
    "GET",
    st.builds(
        "/media?limit={}{}".format,
        st.sampled_from([1, 2, 100]),
        st.sampled_from(["", "&unused=true", "&unused=false", "&type=image", "&name=1", "&type=image/gif"]),
    ),
)
about_media = [
    upload,
    upload,
    calls("PATCH", _one_file, _facts),
    calls("DELETE", _one_file),
    calls("DELETE", _one_file),
    calls("GET", _one_file | _one_file.map("{}/uses".format)),
    calls("GET", _urls),
    list_files,
    list_files,
    use_in_post,
    use_in_post,
    create_with_file,
    change_post,
    remove_post,
    remove_user,
    follow_link,
]
some_files = st.just([_upload(number, who) for number, who in enumerate(_WHO[:2])])
THE_FILES = [
    Call("GET", "/media?limit=1", walk=True),
    *(Call("GET", f"/media/{digest}/a.png", by=who) for digest in _DIGESTS for who in ("nobody", "author")),
    *(Call("GET", f"/media/{media_id(digest)}/uses", by="author") for digest in _DIGESTS),
]
"""What is asked at the end of a sequence about them."""
