// The style, in the colours of the desk.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const marks = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url], color: "var(--link)" },
  { tag: [tags.monospace, tags.quote, tags.labelName, tags.comment], color: "var(--soft)" },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.meta], color: "var(--soft)" },
]);

export const theme = [
  syntaxHighlighting(marks),
  EditorView.theme({
    "&": { height: "100%" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit" },
    ".cm-content": { padding: ".45rem 0", caretColor: "var(--ink)" },
    ".cm-line": { padding: "0 .7rem", textAlign: "start" },
    ".cm-panels": { backgroundColor: "var(--shade)", color: "var(--ink)" },
    ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
    ".cm-searchMatch": { backgroundColor: "transparent", outline: "1px solid var(--warn)" },
    ".cm-searchMatch-selected": { backgroundColor: "color-mix(in srgb, var(--warn) 30%, transparent)" },
    ".find": { display: "flex", flexWrap: "wrap", gap: ".4rem .8rem", alignItems: "end", padding: ".6rem .7rem" },
    ".find label": { flex: "1 1 9rem", font: "600 .9rem/1.5 var(--sans)" },
    ".find .check": { flex: "0 0 auto", fontWeight: "400", lineHeight: "2.2rem" },
    ".find p": { margin: "0", font: ".9rem/1.5 var(--sans)" },
    ".find .buttons": { display: "flex", flexWrap: "wrap", gap: ".4rem", flexBasis: "100%" },
    ".find [type=text]": {
      display: "block",
      boxSizing: "border-box",
      width: "100%",
      minHeight: "2.2rem",
      padding: ".2rem .5rem",
      border: "1px solid var(--soft)",
      borderRadius: "4px",
      background: "var(--paper)",
      color: "inherit",
      font: ".95rem/1.5 var(--mono)",
      unicodeBidi: "plaintext",
    },
    ".find [type=checkbox]": { width: "1.2rem", height: "1.2rem", margin: "0", verticalAlign: "middle", accentColor: "var(--link)" },
    ".find button": {
      minHeight: "2.2rem",
      padding: ".2rem .8rem",
      border: "1px solid var(--link)",
      borderRadius: "4px",
      background: "none",
      color: "var(--link)",
      font: "600 .9rem/1.5 var(--sans)",
      cursor: "pointer",
    },
    ".find :focus-visible": { outline: "3px solid var(--link)", outlineOffset: "1px" },
  }),
];
