"""Systems that Everpost cannot import directly, and the way from each to one that it can."""

from collections.abc import Mapping

_THROUGH_GHOST = (
    "Convert the export of {1} with Ghost's tools (npm install --global @tryghost/migrate, then"
    " migrate {0} --help), unpack the zip file that they write, and import the JSON file in it with"
    " --from ghost."
)
_THROUGH_WORDPRESS = (
    "Import the blog into WordPress (Tools, Import, {0}), export it there (Tools, Export, All content), and"
    " import that file with --from wordpress."
)
_AS_MARKDOWN = (
    "{0} Write each post as a Markdown file with front matter, and import the folder with --from markdown."
)
_NO_COMMENTS = (
    "{0} Convert the comments to the XML of Disqus or to a backup of Remark42, and import that with"
    " --from disqus or --from remark42."
)

ADVICE: Mapping[str, str] = {
    "medium": _THROUGH_GHOST.format("medium", "Medium"),
    "substack": _THROUGH_GHOST.format("substack", "Substack"),
    "wix": _THROUGH_GHOST.format("wix-csv", "Wix (the CSV file of posts)"),
    "beehiiv": _THROUGH_GHOST.format("beehiiv", "beehiiv"),
    "buttondown": _THROUGH_GHOST.format("buttondown", "Buttondown"),
    "revue": _THROUGH_GHOST.format("revue", "Revue"),
    "squarespace": "Squarespace exports a site as a WordPress file (Settings, Import & Export, Export,"
    " WordPress): import that with --from wordpress.",
    "tumblr": _THROUGH_WORDPRESS.format("Tumblr"),
    "livejournal": _THROUGH_WORDPRESS.format("LiveJournal"),
    "movabletype": _THROUGH_WORDPRESS.format("Movable Type and TypePad"),
    "typepad": _THROUGH_WORDPRESS.format("Movable Type and TypePad"),
    "hashnode": "Hashnode backs up a blog to a GitHub repository, a Markdown file for each post: clone it,"
    " and import the folder with --from markdown.",
    "hugo": "Hugo's posts are Markdown files: import its folder content with --from markdown.",
    "jekyll": "Jekyll's posts are Markdown files: import the folder of the site with --from markdown.",
    "pelican": "Pelican's posts are Markdown files: import its folder content with --from markdown.",
    "eleventy": "Eleventy's posts are Markdown files: import their folder with --from markdown.",
    "zola": "Zola's posts are Markdown files: import its folder content with --from markdown.",
    "astro": "Astro's posts are Markdown files: import the folder of a collection with --from markdown.",
    "devto": _AS_MARKDOWN.format("Everpost does not read the exports of DEV and Forem."),
    "writeas": _AS_MARKDOWN.format("Everpost does not read the exports of Write.as and WriteFreely."),
    "drupal": _AS_MARKDOWN.format("Everpost does not read Drupal's database."),
    "joomla": _AS_MARKDOWN.format("Everpost does not read Joomla's database."),
    "giscus": _NO_COMMENTS.format("giscus keeps comments in GitHub Discussions, and has no export."),
    "utterances": _NO_COMMENTS.format("utterances keeps comments in GitHub issues, and has no export."),
    "facebook": _NO_COMMENTS.format("Facebook's comments have no export that Everpost could read."),
    "hyvor": _NO_COMMENTS.format("Everpost does not read the exports of Hyvor Talk."),
    "commentics": _NO_COMMENTS.format("Everpost does not read the database of Commentics."),
    "everpost": "An archive of Everpost needs no --from: everpost import FILE.",
}
_READ = frozenset({"wordpress", "ghost", "markdown", "blogger", "disqus", "isso", "remark42", "commento"})
ALIASES: Mapping[str, str] = {
    "bloggertakeout": "blogger",
    "blogspot": "blogger",
    "takeout": "blogger",
    "wp": "wordpress",
    "wxr": "wordpress",
    "wordpresscom": "wordpress",
    "md": "markdown",
    "comentario": "commento",
    "mt": "movabletype",
    "11ty": "eleventy",
    "forem": "devto",
    "dev": "devto",
    "writefreely": "writeas",
    "hyvortalk": "hyvor",
    "facebookcomments": "facebook",
    "archive": "everpost",
}


def advice_for(name: str) -> str:
    """How to import from a system that Everpost cannot read, in one line; empty for an unknown system."""
    key = "".join(filter(str.isalnum, name.casefold()))
    read = key if key in _READ else ALIASES.get(key, "")
    return f"Everpost calls it {read}: use --from {read}." if read in _READ else ADVICE.get(read or key, "")
