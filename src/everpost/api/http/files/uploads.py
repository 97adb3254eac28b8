"""Reads uploaded files: a form, or the file alone. A file is kept on disk, and never in memory as a whole."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.message import Message as MailMessage
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message

from everpost.api.http.problems import refusal
from everpost.api.schemas.media.files import UploadFacts
from everpost.errors import OutOfSpace
from everpost.services.media.uploads import Upload, Uploads, is_full

MULTIPART = "multipart/form-data"
FILE = "file"
_FACTS: TypeAdapter[UploadFacts] = TypeAdapter(UploadFacts)
_MAX_FIELDS = 5
_MAX_FIELD = 16 * 1024
"""Bytes of a form's field: 1,000 characters of any script, with room to say that there are too many."""
_FORM_OVERHEAD = 128 * 1024
"""Bytes of a form besides the file: its other fields, headers of its parts, and boundaries."""
_MEGABYTE = 1_000_000
_IN_MEMORY = 100_000
"""Bytes up to which a file is not written to disk."""
_MAX_HEADER = 2_000
_MAX_END = 2_000
"""Bytes at the end of a form that are searched for its last boundary."""
_LENGTH = re.compile("[0-9]{1,19}")


@asynccontextmanager
async def received_upload(
    request: Request, uploads: Uploads, query: Mapping[str, str], *, pace: float
) -> AsyncIterator[Upload]:
    """The file in the body, until the context ends. Each megabyte must arrive within `pace` seconds.

    Raises, before the whole body has arrived, HTTPException (400: malformed or incomplete, 408: too slow),
    RequestValidationError, TooLarge or OutOfSpace.
    """
    body = _Body(request, uploads, pace=pace)
    try:
        upload = await (_read_form(body, query) if _is_form(request) else _read_file(body, query))
    except OSError as error:
        if is_full(error):
            raise OutOfSpace from error
        raise
    try:
        uploads.limits.check_size(upload.size)
        yield upload
    finally:
        upload.content.close()


class _Body:
    """The body of an upload, with limits on size and time."""

    def __init__(self, request: Request, uploads: Uploads, *, pace: float) -> None:
        self.headers = request.headers
        self._request = request
        self._limits = uploads.limits
        self._deadline = _Deadline(pace)
        self._overhead = _FORM_OVERHEAD if _is_form(request) else 0
        self._size = 0
        self._end = b""

    def bounded(self) -> Request:
        """The request, whose body is read within the limits."""
        announced = self.headers.get("content-length", "0")
        if not _LENGTH.fullmatch(announced):
            raise HTTPException(400, "The Content-Length header is malformed.")
        self._limits.check_size(int(announced) - self._overhead)
        return Request(self._request.scope, self._receive)

    async def _receive(self) -> Message:
        async with self._deadline.next():
            message = await self._request.receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "The request body is incomplete.")
        part: bytes = message.get("body", b"")
        self._end = (self._end + part)[-_MAX_END:]
        if not message.get("more_body", False):
            self._require_end()
        size = len(part)
        self._size += size
        self._limits.check_size(self._size - self._overhead)
        self._deadline.extend(size)
        return message

    def _require_end(self) -> None:
        """Refuse a form whose last boundary is missing, which Starlette accepts."""
        boundary = _parsed("content-type", self.headers.get("content-type", "")).get_boundary("")
        if self._overhead and f"--{boundary}--".encode("latin-1", "replace") not in self._end:
            raise HTTPException(400, "The form is incomplete.")


class _Deadline:
    """The time at which the next megabyte must have arrived."""

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._at = self._loop.time() + pace
        self._left = _MEGABYTE

    @asynccontextmanager
    async def next(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(self._at):
                yield
        except TimeoutError:
            headers = {"connection": "close"}
            raise HTTPException(408, "The request body did not arrive in time.", headers) from None

    def extend(self, size: int) -> None:
        """Count bytes that have arrived."""
        self._left -= size
        if self._left <= 0:
            self._left = _MEGABYTE
            self._at = self._loop.time() + self._pace


async def _read_file(body: _Body, query: Mapping[str, str]) -> Upload:
    name = query.get("name") or _name_in(body.headers.get("content-disposition", ""))
    facts = _checked({**query, "name": name}, "query")
    spool = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - `received_upload` closes it
    upload = UploadFile(cast("BinaryIO", spool), size=0)
    try:
        async for part in body.bounded().stream():
            await upload.write(part)
        await upload.seek(0)
    except BaseException:
        upload.file.close()
        raise
    return _upload(upload, facts)


async def _read_form(body: _Body, query: Mapping[str, str]) -> Upload:
    form = await body.bounded().form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD)
    try:
        file = _file_in(form)
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        return _upload(file, _checked({**query, "name": file.filename or "", **fields}, "body"))
    except BaseException:
        await form.close()
        raise


def _file_in(form: FormData) -> UploadFile:
    """The file in the form. Raises RequestValidationError."""
    file = form.get(FILE)
    if not isinstance(file, UploadFile):
        raise refusal("body", FILE, "is required, as a part of the form with a file name")
    return file


def _is_form(request: Request) -> bool:
    sent = request.headers.get("content-type", "")
    return sent.partition(";")[0].strip().lower() == MULTIPART


def _checked(sent: Mapping[str, str], place: str) -> UploadFacts:
    try:
        return _FACTS.validate_python(sent)
    except ValidationError as error:
        faults = [{**fault, "loc": (place, *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None


def _upload(file: UploadFile, facts: UploadFacts) -> Upload:
    return Upload(
        content=file.file,
        size=file.size or 0,
        name=facts.get("name", ""),
        alt=facts.get("alt", ""),
    )


def _name_in(disposition: str) -> str:
    """The file name in a Content-Disposition header (RFC 6266)."""
    return _parsed("content-disposition", _as_utf_8(disposition)).get_filename("")


def _parsed(name: str, value: str) -> MailMessage:
    """A message with this header, whose parameters the standard library can read."""
    parsed = MailMessage()
    parsed[name] = value[:_MAX_HEADER]
    return parsed


def _as_utf_8(header: str) -> str:
    """The text of a header that was sent in UTF-8, which is not allowed, but frequent."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
