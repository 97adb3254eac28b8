"""Where the XML in a file begins and ends."""

from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from tests.unit.importers.formats.test_xml_files import read, texts


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\ufeff",
        "\ufeff\n\n",
        "\n \n",
        "\n\ufeff\n",
        "<br />\n<b>Warning</b>: Cannot modify header information in <b>/a.php</b><br />\n",
        "Notice: undefined index & so on\n",
        "<!-- a comment -->",
        "<!DOCTYPE html><p>",
        "<div class='a < b'><a href=\"?xml\">of a plugin</a></div>\n",
    ],
)
@pytest.mark.parametrize("start", ['<?xml version="1.0"?>\n<rss>', '<rss version="2.0">', "<disqus>"])
def test_a_file_starts_at_its_xml(tmp_path: Path, before: str, start: str) -> None:
    end = start.rpartition("<")[2].partition(" ")[0].removesuffix(">")
    found, reasons = read(tmp_path, f"{before}{start}<b>1</b></{end}>")
    assert found == ["1"]
    is_xml = before == "<!-- a comment -->" and not start.startswith("<?xml")
    is_reported = bool(before.removeprefix("\ufeff")) and not is_xml
    assert [reason.partition(" bytes before")[1] for reason in reasons] == [" bytes before"] * is_reported


@pytest.mark.parametrize(
    "before", ["<p title='<rss >'>uses <feed> and <?php x ?></p>\n", '<?xml version="1.0"?>', "x\ufeff"]
)
def test_a_file_starts_at_the_declaration_of_its_root(tmp_path: Path, before: str) -> None:
    found, reasons = read(tmp_path, f"{before}<?xml version='1.0'?><rss><b>1</b></rss>")
    assert (found, len(reasons)) == (["1"], 1)
    assert read(tmp_path, '<rss><b>1 <![CDATA[<?xml version="1.0"?><rss>]]></b></rss>')[1] == []


@pytest.mark.parametrize(
    "extra", ["Notice: undefined index\n", "- ", "<br />\n<b>Warning</b>: in <b>/a.php</b><br />\n", "0"]
)
@pytest.mark.parametrize("start", ['<?xml version="1.0"?>\n', ""])
@pytest.mark.parametrize("where", ["at the start of", "after"])
def test_output_of_plugins_around_the_root_is_skipped(
    tmp_path: Path, extra: str, start: str, where: str
) -> None:
    root = "<rss>\n<b>1 <![CDATA[<?xml version='1.0'?></rss>]]></b></rss>"
    file = f"{start}{root}{extra}" if where == "after" else f"{start}{extra}{root}"
    found, reasons = read(tmp_path, file)
    assert found == ["1 <?xml version='1.0'?></rss>"]
    where = where if start or where == "after" else "before"
    assert reasons == [f"{len(extra)} bytes {where} the XML were skipped: {' '.join(extra.split())!r}"]


@pytest.mark.parametrize("more", ["<rss/>", "<rss><b>2</b></rss>", '\n<?xml version="1.0"?>\n<rss ></rss>'])
def test_a_second_document_is_not_skipped(tmp_path: Path, more: str) -> None:
    with pytest.raises(BrokenFile):
        texts(tmp_path, f"<rss><b>1</b></rss>{more}")
    with pytest.raises(BrokenFile):
        texts(tmp_path, f"<rss><b>1</b></rss>{' ' * 600_000}{more}")
