"""The component in which a text is edited: it never changes what it shows, and never loses a key."""

import asyncio
import random

import pytest
from playwright.async_api import Route, expect

from everpost.domain.posts import MAX_CONTENT
from everpost.web.assets import Assets
from tests.browser.desk.conftest import Desk
from tests.browser.desk.editing import (
    expect_text,
    keys,
    opened,
    press,
    saved,
    sent_text,
    set_field,
    settle,
    shown_text,
)
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
FILE = Assets().names["text-editor.js"]


async def test_saving_changes_nothing_but_what_was_typed(author_tab: Tab, one_desk: Desk) -> None:
    post = await opened(author_tab, one_desk, f"start\n{NASTY}middle\n{NASTY}")
    page = author_tab.page
    before = await sent_text(page)
    await keys(page, "Control+Home", "x", "End", "y", "Enter", "z ")
    assert await sent_text(page) == before.replace("start", "xstarty\nz ")
    await page.get_by_role("textbox", name="Text", exact=True).get_by_text("middle").click()
    await page.keyboard.press("End")
    await page.keyboard.type("!")
    # Most lines end in LF, so the new one does.
    assert await saved(page, one_desk, post) == f"xstarty\nz \n{NASTY}middle!\n{NASTY}"


async def test_a_text_that_was_not_touched_is_sent_as_it_is(author_tab: Tab, one_desk: Desk) -> None:
    post = await opened(author_tab, one_desk, NASTY)
    await author_tab.page.get_by_label("Title").fill("Another")
    await keys(author_tab.page, "Control+End", "Control+Home", "Control+a", "ArrowLeft")
    assert await saved(author_tab.page, one_desk, post) == NASTY


async def test_the_form_has_each_change_at_once(author_tab: Tab, one_desk: Desk) -> None:
    """Actions in a random order, after each of which the form must have what the page shows."""
    chance = random.Random(6)
    await opened(author_tab, one_desk, "one\n- two\n\n> three")
    page = author_tab.page
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


async def test_other_changes_of_the_field_are_shown(author_tab: Tab, one_desk: Desk) -> None:
    await opened(author_tab, one_desk, "one\ntwo")
    page = author_tab.page
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


async def test_texts_of_input_methods_and_the_clipboard(author_tab: Tab, one_desk: Desk) -> None:
    await opened(author_tab, one_desk, "a\nb")
    page = author_tab.page
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


@pytest.mark.long
async def test_the_largest_text(author_tab: Tab, one_desk: Desk) -> None:
    line = "A *line* of [text](/a) with `code`.  \n"
    text = (line * MAX_CONTENT)[:MAX_CONTENT]
    author_tab.page.set_default_timeout(120_000)  # the server checks the links of the post
    post = await opened(author_tab, one_desk, text)
    page = author_tab.page
    await keys(page, "Control+End", "Backspace", "z", "Control+Home", "y", "Delete")
    assert await sent_text(page) == f"y{text[1:-1]}z"
    assert await saved(page, one_desk, post) == f"y{text[1:-1]}z"


async def test_an_error_belongs_to_the_text(author_tab: Tab, one_desk: Desk) -> None:
    post = await opened(author_tab, one_desk, "one")
    page = author_tab.page
    author_tab.statuses |= {page.url: 422, f"{page.url}/working-copy": 422}
    await set_field(page, "one\0two")
    await press(page, "Save draft")
    box = page.get_by_role("textbox", name="Text", exact=True)
    await expect(box).to_have_attribute("aria-invalid", "true")
    message = await page.locator("#content-error").text_content()
    await expect(box).to_have_accessible_description(message or "none")
    await page.get_by_role("alert").get_by_role("link").click()
    await expect(box).to_be_focused()
    assert await author_tab.violations() == []
    await keys(page, "Control+a", "two")
    author_tab.statuses[page.url] = 200
    assert await saved(page, one_desk, post) == "two"


async def test_the_strict_policy_holds(author_tab: Tab, one_desk: Desk) -> None:
    page = author_tab.page
    await page.add_init_script("""
        window.refused = [];
        addEventListener("securitypolicyviolation", event => refused.push(event.violatedDirective));
    """)
    await opened(author_tab, one_desk, "# Title\n\n*text*")
    await keys(page, "Control+End", " more", "Control+b")
    assert await page.evaluate("refused") == []
    host = page.locator("#content")
    assert await host.evaluate("host => host.shadowRoot.adoptedStyleSheets.length") > 0
    assert await host.evaluate("host => host.shadowRoot.querySelectorAll('style, script').length") == 0
    heading = page.get_by_role("textbox", name="Text", exact=True).get_by_text("Title")
    assert await heading.evaluate("each => getComputedStyle(each).fontWeight") == "700"


async def test_a_text_box_like_others(author_tab: Tab, one_desk: Desk) -> None:
    await opened(author_tab, one_desk, f"abc\n\n{RTL}")
    page = author_tab.page
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
async def test_without_the_component_there_is_a_text_area(
    author_tab: Tab, one_desk: Desk, answer: object
) -> None:
    page = author_tab.page
    await page.route(f"**/{FILE}", answer)  # type: ignore[arg-type]
    post = await opened(author_tab, one_desk, NASTY)
    author_tab.faults.clear()
    await page.get_by_label("Text", exact=True).press("Control+Home")
    await page.keyboard.type("x")
    await settle(page)
    assert await saved(page, one_desk, post) == f"x{NASTY}"
    author_tab.faults.clear()


async def test_a_writer_who_is_already_typing_stays_in_the_text_area(author_tab: Tab, one_desk: Desk) -> None:
    page, may_load = author_tab.page, asyncio.Event()

    async def wait(route: Route) -> None:
        await may_load.wait()
        await route.continue_()

    await page.route(f"**/{FILE}", wait)
    post = await a_post(one_desk.store, content="one")
    await page.goto(f"{one_desk.address}/desk/posts/{post.id}", wait_until="commit")
    area = page.locator("textarea[name=content]")
    await area.press("Control+End")
    await page.keyboard.type(" two")
    may_load.set()
    await page.wait_for_load_state("load")
    await page.keyboard.type(" three")
    await expect(area).to_be_focused()
    assert await saved(page, one_desk, post) == "one two three"


async def test_a_phone(author_tab: Tab, one_desk: Desk) -> None:
    """There, the component gets its keys in other ways."""
    page = author_tab.page
    devtools = await page.context.new_cdp_session(page)
    agent = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"
    await devtools.send("Emulation.setUserAgentOverride", {"userAgent": agent, "platform": "Linux armv81"})
    await devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    await page.set_viewport_size({"width": 360, "height": 740})
    post = await opened(author_tab, one_desk, f"{NASTY}\n- one")
    before = await sent_text(page)
    field = page.locator("textarea[name=content]")
    await keys(page, "Control+End", " two")
    await expect(field).to_have_value(f"{before} two")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value(f"{before} two\n- ")
    for part in ("h", "ha", "hal", "hallo"):
        composition = {"text": part, "selectionStart": len(part), "selectionEnd": len(part)}
        await devtools.send("Input.imeSetComposition", composition)
        await expect(field).to_have_value(f"{before} two\n- {part}")
    await devtools.send("Input.insertText", {"text": "hallo "})
    await page.keyboard.press("Backspace")
    await expect(field).to_have_value(f"{before} two\n- hallo")
    assert await saved(page, one_desk, post) == f"{NASTY}\n- one two\n- hallo"
