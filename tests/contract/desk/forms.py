"""Forms of pages of the desk, as browsers read them."""

import httpx
from lxml import html


def form_of(answer: httpx.Response, action: str) -> dict[str, str]:
    """The fields of the only form with this action, as they are when the page is opened."""
    forms = html.document_fromstring(answer.text).forms
    (form,) = [each for each in forms if each.action == action]
    return {name: (text or "").removeprefix("\n") for name, text in form.form_values()}
