"""The list of the files of a blog."""

from contextlib import closing

import pytest

from everpost.transfer.media import file_list
from everpost.transfer.media.file_list import FileList
from tests.unit.transfer.files import file_of

FILES = [file_of(b"A picture" * number, f"picture-{number}.jpg") for number in range(1, 200)]
LISTED = [(file.digest, file.size, file.name) for file in FILES]


@pytest.mark.parametrize("memory", [4_000_000, 100])
def test_files_are_read_as_often_as_necessary_and_at_the_same_time(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_list, "_IN_MEMORY", memory)
    with closing(FileList()) as files:
        for file in FILES[:100]:
            files.add(file)
        assert [*files] == LISTED[:100]
        first = iter(files)
        assert next(first) == LISTED[0]
        for file in FILES[100:]:
            files.add(file)
        assert [*zip(first, files, strict=False)] == [*zip(LISTED[1:], LISTED, strict=False)]
        assert (files.count, files.size) == (len(FILES), sum(file.size for file in FILES))
        files.clear()
        assert ([*files], files.count, files.size) == ([], 0, 0)
