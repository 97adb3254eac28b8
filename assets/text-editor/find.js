// Finding and replacing. The browser's own search sees only the part of a long text that is on the screen.

import {
  SearchQuery, closeSearchPanel, findNext, findPrevious, openSearchPanel, replaceAll, replaceNext, search, setSearchQuery,
} from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { keymap, runScopeHandlers } from "@codemirror/view";

const template = document.querySelector("#find");
const { match, line, one, all, deleted } = template.dataset;

function createPanel(view) {
  const dom = template.content.cloneNode(true).firstElementChild;
  const [wanted, other, isExact] = dom.querySelectorAll("input");
  const [next, previous, replace, everywhere, close] = dom.querySelectorAll("button");
  const none = dom.querySelector("[role=status]");
  wanted.setAttribute("main-field", "");
  const look = () => {
    const query = new SearchQuery({
      search: wanted.value,
      replace: other.value,
      caseSensitive: isExact.checked,
      literal: true,
    });
    view.dispatch({ effects: setSearchQuery.of(query) });
    none.textContent = query.valid && query.getCursor(view.state).next().done ? none.dataset.text : "";
  };
  dom.addEventListener("input", look);
  for (const [button, command] of [
    [next, findNext], [previous, findPrevious], [replace, replaceNext], [everywhere, replaceAll], [close, closeSearchPanel],
  ]) {
    button.addEventListener("click", () => command(view));
  }
  dom.addEventListener("keydown", (event) => {
    const isField = event.target === wanted || event.target === other;
    if (event.key === "Enter" && isField && !event.isComposing) {
      (event.target === other ? replaceNext : event.shiftKey ? findPrevious : findNext)(view);
      event.preventDefault();
    } else if (runScopeHandlers(view, event, "search-panel")) event.preventDefault();
  });
  return { dom, top: true, mount: () => wanted.select() };
}

const scope = "editor search-panel";
export const find = [
  search({ createPanel, top: true, literal: true }),
  keymap.of([
    { key: "Mod-f", run: openSearchPanel, scope },
    { key: "F3", run: findNext, shift: findPrevious, scope, preventDefault: true },
    { key: "Mod-g", run: findNext, shift: findPrevious, scope, preventDefault: true },
    { key: "Escape", run: closeSearchPanel, scope },
  ]),
  EditorState.phrases.of({
    "current match": match,
    "on line": line,
    "replaced match on line $": one,
    "replaced $ matches": all,
    "Selection deleted": deleted,
  }),
];
