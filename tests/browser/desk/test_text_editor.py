"""The component in which a text is edited: it never changes what it shows, and never loses a key."""

import random
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route, expect

from everpost.domain.posts import MAX_CONTENT, Post
from everpost.web.assets import Assets
from tests.browser.desk.conftest import Desk, Desks
from tests.browser.desk.editing import expect_text, press, sent_text, settle, shown_text
from tests.browser.inspection import Tab
from tests.contract.desk.writing.forms import a_post

NASTY = (
    "\ttabs\there\t \n"
    "  two spaces at the end  \r\nonly CR\rU+2028\u2028U+2029\u2029U+0085\x85VT\x0bFF\x0c\n\n\n"
    "👩‍👩‍👧‍👦 🇩🇪 e\u0301 é \ufeffBOM no\u00a0break zero\u200bwidth soft\u00adhyphen \x01\x1b\x7f\n"
    "<b>&amp;</b> <!-- --> ]]> \\ ` ``` '\" {{ x }}\n"
    "- item  \n  - nested\n1. one\r2. two\n\uffff\ufffd\U0010ffff\n \n\r\n"
)
RTL = "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}\N{HEBREW LETTER GIMEL} \N{ARABIC LETTER BEH}"
NASTY += f"{RTL} world, \u200f{RTL}\u200e \u202eabc\u202c\r\n"
SET = """(area, text) => {
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}"""
FILE = Assets().names["text-editor.js"]


@pytest.fixture
async def desk(desks: Desks) -> Desk:
    return await desks.on("sqlite")


@pytest.fixture
async def tab(chromium: Browser, desk: Desk) -> AsyncIterator[Tab]:
    async with desk.tab(chromium, "author") as tab:
        yield tab


async def opened(tab: Tab, desk: Desk, content: str) -> Post:
    """A post in the editor."""
    post = await a_post(desk.store, content=content)
    await tab.open(f"/desk/posts/{post.id}")
    return post


async def keys(page: Page, *presses: str) -> None:
    """Press these keys in the text, or type what is longer than a key."""
    box = page.get_by_role("textbox", name="Text", exact=True)
    await box.focus()
    for each in presses:
        if "+" in each or (len(each) > 1 and each[0].isupper() and each.isalnum()):
            await page.keyboard.press(each)
        else:
            await page.keyboard.type(each)


async def set_field(page: Page, text: str) -> None:
    """Change the field as a script or an extension of the browser would."""
    change = (
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    await page.locator("textarea[name=content]").evaluate(change, text)


async def saved(page: Page, desk: Desk, post: Post) -> str:
    await press(page, "Save draft")
    return (await desk.store.posts.get(post.id, comments=0)).content


async def test_saving_changes_nothing_but_what_was_typed(tab: Tab, desk: Desk) -> None:
    post = await opened(tab, desk, f"start\n{NASTY}middle\n{NASTY}")
    page = tab.page
    before = await sent_text(page)
    await keys(page, "Control+Home", "x", "End", "y", "Enter", "z ")
    assert await sent_text(page) == before.replace("start", "xstarty\nz ")
    await page.get_by_role("textbox", name="Text", exact=True).get_by_text("middle").click()
    await page.keyboard.press("End")
    await page.keyboard.type("!")
    # Most lines end in LF, so the new one does.
    assert await saved(page, desk, post) == f"xstarty\nz \n{NASTY}middle!\n{NASTY}"


async def test_a_text_that_was_not_touched_is_sent_as_it_is(tab: Tab, desk: Desk) -> None:
    post = await opened(tab, desk, NASTY)
    await tab.page.get_by_label("Title").fill("Another")
    await keys(tab.page, "Control+End", "Control+Home", "Control+a", "ArrowLeft")
    assert await saved(tab.page, desk, post) == NASTY


async def test_the_form_has_each_change_at_once(tab: Tab, desk: Desk) -> None:
    """Actions in a random order, after each of which the form must have what the page shows."""
    chance = random.Random(6)
    await opened(tab, desk, "one\n- two\n\n> three")
    page = tab.page
    actions = [
        *["a", "é ", "*b* ", "- ", "1. ", "> ", "`", "😀", " "],
        *["Enter", "Backspace", "Delete", "Control+z", "Control+y", "Control+b", "Control+i", "Control+k"],
        *["ArrowUp", "ArrowLeft", "Home", "End", "Shift+ArrowUp", "Shift+Home", "Control+Backspace"],
    ]
    for _ in range(40):
        action = chance.choice(actions)
        await keys(page, action)
        assert await sent_text(page) == await shown_text(page), action
    text = await sent_text(page)
    for _ in range(50):
        await page.keyboard.press("Control+z")
    await expect_text(page, "one\n- two\n\n> three")
    for _ in range(50):
        await page.keyboard.press("Control+y")
    await expect_text(page, text)


async def test_what_else_changes_the_field_is_shown(tab: Tab, desk: Desk) -> None:
    await opened(tab, desk, "one\ntwo")
    page = tab.page
    await keys(page, "Control+End")
    await set_field(page, "zero\none\ntwo")
    await keys(page, "!")  # the cursor is still there
    await expect_text(page, "zero\none\ntwo!")
    await settle(page)
    await page.reload()
    await expect_text(page, "zero\none\ntwo!")
    await page.evaluate("location = '/desk/posts'")
    await page.wait_for_url("**/desk/posts")
    await page.go_back()
    await expect_text(page, "zero\none\ntwo!")


async def test_texts_of_input_methods_and_the_clipboard(tab: Tab, desk: Desk) -> None:
    await opened(tab, desk, "a\nb")
    page = tab.page
    devtools = await page.context.new_cdp_session(page)
    await keys(page, "Control+Home", "End")
    for part in ("k", "か", "かn", "かん"):
        composition = {"text": part, "selectionStart": len(part), "selectionEnd": len(part)}
        await devtools.send("Input.imeSetComposition", composition)
        await expect_text(page, f"a{part}\nb")
    await devtools.send("Input.insertText", {"text": "漢\u2028"})
    await expect_text(page, "a漢\u2028\nb")
    await page.keyboard.insert_text(" two\n\nlines\t \n")
    await expect_text(page, "a漢\u2028 two\n\nlines\t \n\nb")
    for text in ("\u00a0", " x", "x ", "\u00a0 "):
        await keys(page, "Control+Home")
        before = await sent_text(page)
        await page.keyboard.insert_text(text)
        await expect_text(page, text + before)

    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copied = "p\tq  \r\nr\rs\u2028\ufefft\n"
    pasted = "p\tq  \nr\ns\u2028\ufefft\n"
    await page.evaluate("text => navigator.clipboard.writeText(text)", copied)
    await keys(page, "Control+a", "Control+v")
    await expect_text(page, pasted)
    # Without a selection, these do nothing.
    await keys(page, "Control+Home", "Control+x", "Control+c")
    assert await page.evaluate("navigator.clipboard.readText()") == copied
    await expect_text(page, pasted)
    await keys(page, "Shift+End", "Control+x", "Control+End", "Control+v")
    await expect_text(page, f"{pasted[5:]}p\tq  ")


async def test_keys_for_writers(tab: Tab, desk: Desk) -> None:
    await opened(tab, desk, "")
    page = tab.page
    for typed, text in (
        (["word", "Shift+Home", "Control+b", "Control+i", "Control+i"], "**word**"),
        (["Control+b", "x", "Control+i"], "**x****"),
        (["word ", "Shift+Home", "Control+k", "/a"], "[word ](/a)"),
        (["/a", "Shift+Home", "Control+k", "word"], "[word](/a)"),
        (["- a  ", "Enter", "b", "Enter", "Enter", "c"], "- a  \n- b\nc"),
        (["9) a", "Enter", "b"], "9) a\n10) b"),
        (["- [x] a", "Enter", "b"], "- [x] a\n- [ ] b"),
        (["> - a", "Enter", "b"], "> - a\n> - b"),
        (["- a", "Shift+Enter", "b"], "- a\nb"),
        (["* * *", "Enter", "a"], "* * *\na"),
        (["```", "Enter", "- a", "Enter", "b"], "```\n- a\nb"),
        (["    code", "Enter", "b"], "    code\nb"),
    ):
        await keys(page, "Control+a", "Backspace", *typed)
        await expect_text(page, text)
    await page.get_by_label("Format").select_option("html")
    await keys(page, "Control+a", "Backspace", "- a", "Enter", "b", "Shift+Home", "Control+b", "Control+u")
    await expect_text(page, "- a\nb")
    assert await page.locator(".cm-content :is(b, u)").count() == 0


@pytest.mark.long
async def test_the_largest_text(tab: Tab, desk: Desk) -> None:
    line = "A *line* of [text](/a) with `code`.  \n"
    text = (line * MAX_CONTENT)[:MAX_CONTENT]
    post = await opened(tab, desk, text)
    page = tab.page
    await keys(page, "Control+End", "Backspace", "z", "Control+Home", "y", "Delete")
    assert await sent_text(page) == f"y{text[1:-1]}z"
    assert await saved(page, desk, post) == f"y{text[1:-1]}z"


async def test_find_and_replace(tab: Tab, desk: Desk) -> None:
    post = await opened(tab, desk, "One fish\r\ntwo fish\r\nred Fish \\n")
    page = tab.page
    await keys(page, "Control+f")
    await expect(page.get_by_label("Find", exact=True)).to_be_focused()
    await page.keyboard.type("fish")
    await page.get_by_label("Match case").check()
    await page.get_by_label("Replace with").fill("\\n")
    for width in (320, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert not await tab.is_wider_than_the_screen()
        assert await tab.violations() == []
    await page.get_by_role("button", name="Replace all").click()
    await page.get_by_label("Find", exact=True).fill("FISH")
    await expect(page.get_by_text("Not found.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_be_focused()
    await expect(page.get_by_label("Find", exact=True)).to_have_count(0)
    assert await saved(page, desk, post) == "One \\n\r\ntwo \\n\r\nred Fish \\n"


async def test_huge_paragraphs_are_plain(tab: Tab, desk: Desk) -> None:
    """Highlighting them would delay each key."""
    await opened(tab, desk, "*a*")
    page = tab.page
    await expect(page.locator(".cm-line span")).not_to_have_count(0)
    await keys(page, "Control+End")
    await page.keyboard.insert_text(" *b*" * 5_000)
    await expect(page.locator(".cm-line span")).to_have_count(0)
    await keys(page, "Control+End", "Control+b", "x", "End", "Enter", "- a", "Enter", "b")
    assert await sent_text(page) == f"*a*{' *b*' * 5_000}**x**\n- a\nb"


async def test_an_error_belongs_to_the_text(tab: Tab, desk: Desk) -> None:
    post = await opened(tab, desk, "one")
    page = tab.page
    tab.statuses |= {page.url: 422, f"{page.url}/working-copy": 422}
    await set_field(page, "one\0two")
    await press(page, "Save draft")
    box = page.get_by_role("textbox", name="Text", exact=True)
    await expect(box).to_have_attribute("aria-invalid", "true")
    message = await page.locator("#content-error").text_content()
    await expect(box).to_have_accessible_description(message or "none")
    await page.get_by_role("alert").get_by_role("link").click()
    await expect(box).to_be_focused()
    assert await tab.violations() == []
    await keys(page, "Control+a", "two")
    tab.statuses[page.url] = 200
    assert await saved(page, desk, post) == "two"


async def test_the_strict_policy_holds(tab: Tab, desk: Desk) -> None:
    page = tab.page
    await page.add_init_script("""
        window.refused = [];
        addEventListener("securitypolicyviolation", event => refused.push(event.violatedDirective));
    """)
    await opened(tab, desk, "# Title\n\n*text*")
    await keys(page, "Control+End", " more", "Control+b")
    assert await page.evaluate("refused") == []
    host = page.locator("#content")
    assert await host.evaluate("host => host.shadowRoot.adoptedStyleSheets.length") > 0
    assert await host.evaluate("host => host.shadowRoot.querySelectorAll('style, script').length") == 0
    heading = page.get_by_role("textbox", name="Text", exact=True).get_by_text("Title")
    assert await heading.evaluate("each => getComputedStyle(each).fontWeight") == "700"


async def test_a_text_box_like_others(tab: Tab, desk: Desk) -> None:
    await opened(tab, desk, f"abc\n\n{RTL}")
    page = tab.page
    box = page.get_by_label("Text", exact=True)
    assert await box.count() == 1
    for name, value in (("aria-multiline", "true"), ("spellcheck", "true"), ("dir", "auto")):
        await expect(box).to_have_attribute(name, value)
    await expect(box).to_have_role("textbox")
    await page.locator("label", has_text="Text").first.click()
    await expect(box).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(box).not_to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(box).to_be_focused()
    directions = "box => [...box.querySelectorAll('.cm-line')].map(line => getComputedStyle(line).direction)"
    assert await box.evaluate(directions) == ["ltr", "ltr", "rtl"]


async def _fail(route: Route) -> None:
    await route.abort()


async def _break(route: Route) -> None:
    await route.fulfill(body="throw new Error('broken')", content_type="text/javascript")


@pytest.mark.parametrize("answer", [_fail, _break], ids=["away", "broken"])
async def test_without_the_component_there_is_a_text_area(tab: Tab, desk: Desk, answer: object) -> None:
    page = tab.page
    await page.route(f"**/{FILE}", answer)  # type: ignore[arg-type]
    post = await opened(tab, desk, NASTY)
    tab.faults.clear()
    await page.get_by_label("Text", exact=True).press("Control+Home")
    await page.keyboard.type("x")
    await settle(page)
    assert await saved(page, desk, post) == f"x{NASTY}"
    tab.faults.clear()
