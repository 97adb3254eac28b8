"""Streams of bytes, cut into chunks."""

from collections.abc import AsyncIterator


async def chunks_of(content: AsyncIterator[bytes], *, size: int, length: int) -> AsyncIterator[bytes]:
    """Yield the content, which has `size` bytes, in chunks of this length; the last one may be shorter.
    Raises ValueError if the content has another size.
    """
    rest = bytearray()
    total = 0
    async for part in content:
        total += len(part)
        if total > size:
            break
        rest += part
        while len(rest) >= length:
            yield bytes(rest[:length])
            del rest[:length]
    if total != size:
        raise ValueError(
            f"The content should have {size} bytes, but has {'more' if total > size else total}."
        )
    if rest:
        yield bytes(rest)
