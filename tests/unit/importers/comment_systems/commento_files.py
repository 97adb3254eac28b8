"""Exports of Commento and Comentario, written for the tests."""

import json
from pathlib import Path

ANN = "a1"
PAGE = "00000000-0000-4000-8000-000000000001"

COMMENTER_V1: dict[str, object] = {
    "commenterHex": ANN,
    "email": "ann@blog.example",
    "name": "Ann",
    "link": "https://ann.example",
    "photo": "https://ann.example/a.png",
    "provider": "google",
    "joinDate": "2024-01-01T00:00:00Z",
    "isModerator": True,
}
COMMENT_V1: dict[str, object] = {
    "commentHex": "c1",
    "domain": "blog.example",
    "url": "/2024/first/",
    "commenterHex": ANN,
    "markdown": "Some *text*",
    "html": "<p>Some <em>text</em></p>",
    "parentHex": "root",
    "score": -2,
    "state": "approved",
    "creationDate": "2024-01-31T09:00:00.123456789Z",
    "direction": 1,
    "deleted": False,
}
COMMENTER_V3: dict[str, object] = {
    "id": ANN,
    "email": "ann@blog.example",
    "name": "Ann",
    "websiteUrl": "https://ann.example",
    "hasAvatar": True,
    "isModerator": True,
    "isCommenter": True,
    "colourIndex": 5,
    "createdTime": "2024-01-01T00:00:00Z",
    "federatedIdP": "google",
    "federatedSso": True,
}
PAGE_V3: dict[str, object] = {
    "id": PAGE,
    "domainId": "d1",
    "path": "/2024/first/",
    "title": "First",
    "isReadonly": False,
    "createdTime": "2024-01-01T00:00:00Z",
    "countComments": 1,
    "countViews": 7,
}
COMMENT_V3: dict[str, object] = {
    "id": "c1",
    "parentId": None,
    "pageId": PAGE,
    "markdown": "Some *text*",
    "html": "<p>Some <em>text</em></p>",
    "score": 3,
    "isSticky": False,
    "isApproved": True,
    "isPending": False,
    "isDeleted": False,
    "createdTime": "2024-01-31T09:00:00.123Z",
    "userCreated": ANN,
}


def write_v1(path: Path, *comments: object, commenters: object = (COMMENTER_V1,), **root: object) -> Path:
    path.write_text(json.dumps({"version": 1, "comments": comments, "commenters": commenters, **root}))
    return path


def write_v3(
    path: Path,
    *comments: object,
    commenters: object = (COMMENTER_V3,),
    pages: object = (PAGE_V3,),
    **root: object,
) -> Path:
    export = {"version": 3, "pages": pages, "comments": comments, "commenters": commenters, **root}
    path.write_text(json.dumps(export))
    return path
