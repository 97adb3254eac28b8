"""Reduces any HTML to what is allowed (ammonia, through nh3)."""

from functools import cache

import nh3

from everpost.markup import allow_lists as lists


def sanitize_post(html: str) -> str:
    """The HTML with only what posts may contain."""
    return _post_cleaner().clean(html)


def sanitize_comment(html: str) -> str:
    """The HTML with only what comments may contain; links ask search engines not to follow them."""
    return _comment_cleaner().clean(html)


@cache
def _post_cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(lists.POST_ELEMENTS),
        clean_content_tags=set(lists.HIDDEN_ELEMENTS),
        attributes={element: set(names.split()) for element, names in lists.POST_ATTRIBUTES.items()},
        attribute_filter=lists.filter_attribute,
        link_rel=None,
        url_schemes=set(lists.URL_SCHEMES),
        id_prefix=lists.ID_PREFIX,
    )


@cache
def _comment_cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(lists.COMMENT_ELEMENTS),
        clean_content_tags=set(lists.HIDDEN_ELEMENTS),
        attributes={element: set(names.split()) for element, names in lists.COMMENT_ATTRIBUTES.items()},
        attribute_filter=lists.filter_attribute,
        link_rel=lists.COMMENT_REL,
        url_schemes=set(lists.COMMENT_URL_SCHEMES),
    )
