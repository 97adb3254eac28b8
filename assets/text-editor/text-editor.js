// Shows the text of a post in CodeMirror. The `textarea` stays the field of the form: it always has the same text.
// If this does not load, or fails, the page has its `textarea`.

import { history, historyKeymap, insertNewline, standardKeymap } from "@codemirror/commands";
import { language } from "@codemirror/language";
import { Annotation, Compartment, EditorState, Text } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { directions } from "./directions.js";
import { find } from "./find.js";
import { isHuge, markdown, markdownKeys } from "./markdown.js";
import { theme } from "./theme.js";

const area = document.querySelector("#content");
const format = area.form.elements.format;
const label = area.labels[0];
const error = document.querySelector("#content-error");
const fromArea = Annotation.define();
let own; // the latest event from here

// What a `textarea` ignores.
const ignored = EditorView.domEventHandlers({
  beforeinput: (event) => event.inputType.startsWith("format"),
  copy: (_, view) => view.state.selection.main.empty,
  cut: (_, view) => view.state.selection.main.empty,
  paste: (event) => !event.clipboardData?.getData("text/plain"),
});

const mirror = EditorView.updateListener.of((update) => {
  if (!update.docChanged || update.transactions.some((each) => each.annotation(fromArea))) return;
  area.value = update.state.doc.toString();
  own = new InputEvent("input", { bubbles: true });
  area.dispatchEvent(own);
});

/** The change of the document from one text to another, so that the cursor stays where it is. */
function changeBetween(before, after) {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let same = 0;
  while (same < shorter - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}

/** Rows of the page that cover the end of the text. */
function covered(view) {
  const row = document.querySelector(".actions");
  if (getComputedStyle(row).position !== "sticky") return null;
  const { bottom } = view.dom.getBoundingClientRect();
  return { bottom: Math.max(0, Math.min(bottom, innerHeight) - row.getBoundingClientRect().top) };
}

function enhance() {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const described = document.createElement("p");
  described.id = "error";
  described.hidden = true;
  described.textContent = error?.textContent ?? "";
  const markup = new Compartment();
  const chosen = (text) => (format.value === "markdown" ? [markdownKeys, isHuge(text) ? [] : markdown] : []);
  const doc = Text.of(area.value.split("\n"));
  const view = new EditorView({
    root,
    parent: root,
    doc,
    extensions: [
      mirror,
      ignored,
      history(),
      markup.of(chosen(doc)),
      EditorState.transactionExtender.of(({ docChanged, newDoc, startState }) =>
        docChanged && startState.facet(language) && isHuge(newDoc) ? { effects: markup.reconfigure(chosen(newDoc)) } : null,
      ),
      keymap.of([{ key: "Enter", run: insertNewline, shift: insertNewline }, ...historyKeymap, ...standardKeymap]),
      directions,
      find,
      theme,
      EditorView.lineWrapping,
      EditorView.scrollMargins.of(covered),
      EditorView.contentAttributes.of({
        "aria-label": label.textContent,
        autocapitalize: "sentences",
        autocorrect: "on",
        dir: "auto",
        spellcheck: "true",
        translate: "no",
        writingsuggestions: "true",
        ...(error && { "aria-invalid": "true", "aria-describedby": described.id }),
      }),
      EditorState.tabSize.of(4),
    ],
  });
  root.append(described);

  const adopt = () => {
    const text = area.value;
    const shown = view.state.doc.toString();
    if (text !== shown) view.dispatch({ changes: changeBetween(shown, text), annotations: fromArea.of(true) });
  };
  area.addEventListener("input", (event) => event === own || adopt());
  addEventListener("pageshow", adopt);
  format.addEventListener("change", () => view.dispatch({ effects: markup.reconfigure(chosen(view.state.doc)) }));
  // The form hears about each change once, from the `textarea`.
  for (const name of ["input", "change"]) host.addEventListener(name, (event) => event.stopPropagation());

  area.focus = () => view.focus();
  label.addEventListener("click", () => view.focus());
  for (const link of document.querySelectorAll('a[href="#content"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      view.focus();
    });
  }
  host.className = "text-editor";
  host.classList.toggle("invalid", Boolean(error));
  host.id = area.id;
  area.removeAttribute("id");
  label.removeAttribute("for");
  area.hidden = true;
  area.after(host);
}

// Someone who is already typing goes on in the `textarea`. Without adopted style sheets, there would be no style.
if (document.activeElement !== area && "adoptedStyleSheets" in document) enhance();
