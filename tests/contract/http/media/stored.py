"""Uploaded files in the store, without the call that uploads them."""

from hashlib import sha256

from everpost.domain.clock import now
from everpost.domain.media.files import MediaFile
from everpost.domain.media.types import MediaType
from everpost.domain.people.users import Author
from everpost.services.media.uploads import in_parts
from everpost.stores.port import Store


async def add_file(store: Store, content: bytes, *, author: Author | None = None) -> MediaFile:
    """Add a clean PNG file."""
    file = MediaFile(
        digest=sha256(content).hexdigest(),
        name="a.png",
        type=MediaType.PNG,
        size=len(content),
        author=author,
        created_at=now(),
        updated_at=now(),
    )
    await store.media_bytes.put(file.digest, in_parts(content), size=len(content))
    return await store.media.add(file)
