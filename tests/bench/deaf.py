"""A server that is busy at first: `python -m tests.bench.deaf PORT NUMBER` does not answer the first `NUMBER`
requests, which wait as long as their connections last.
"""

import asyncio
import sys

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Deaf:
    """Leaves the first requests unanswered."""

    def __init__(self, number: int) -> None:
        self._left = number

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests on a connection, one after the other."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET /ready ") or self._left == 0:
                    writer.write(ANSWER)
                else:
                    self._left -= 1
        except asyncio.IncompleteReadError:
            writer.close()


async def serve(port: int, number: int) -> None:
    server = await asyncio.start_server(Deaf(number).answer, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
