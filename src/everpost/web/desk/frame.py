"""The frame around every page of the desk: its navigation, language and files."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fastapi import Request

from everpost.domain.people.actors import Actor
from everpost.web.desk import templates
from everpost.web.desk.navigation import ACCOUNT, place_of, places_for
from everpost.web.languages import Language, Languages
from everpost.web.urls import root_of

PREFIX = "/desk"


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of the desk that all requests share."""

    paths: Collection[str]
    """The paths of the desk's pages, below `/desk`."""
    files: Mapping[str, str]
    """The served path of each file that browsers load, by its name."""
    languages: Languages

    def language_of(self, request: Request) -> Language:
        """The language that the browser prefers."""
        return self.languages.preferred(request.headers.get("accept-language", ""))

    def render(self, template: str, request: Request, actor: Actor, values: Mapping[str, object]) -> bytes:
        """The page as HTML in UTF-8."""
        language, root = self.language_of(request), root_of(request)
        path = path_of(request).removeprefix(PREFIX)
        frame: dict[str, object] = {
            "language": language,
            "root": f"{root}{PREFIX}",
            "files": {name: f"{root}/static/{path}" for name, path in self.files.items()},
            "places": [] if actor.user is None else places_for(actor.user.role, self.paths),
            "place_of_account": ACCOUNT,
            "path_of_page": path,
            "place_of_page": place_of(path),
        }
        return templates.render(template, language, frame | dict(values))


def path_of(request: Request) -> str:
    """The path of the request below the one at which the blog is mounted."""
    root: str = request.scope.get("root_path", "").rstrip("/")
    path: str = request.scope["path"]
    return path[len(root) :] if path.startswith(f"{root}/") else path
