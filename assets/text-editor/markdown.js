// Markdown: highlighting, Enter in lists and quotes, and keys for emphasis and links.

import { insertNewline } from "@codemirror/commands";
import { Language, defineLanguageFacet, ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import { EditorSelection, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { GFM, parser } from "@lezer/markdown";

export const markdown = new Language(defineLanguageFacet(), parser.configure(GFM), [], "markdown");

const QUOTE = /^(?: {0,3}> ?)*/;
const ITEM = /^(\s*)(?:([-*+])|(\d{1,8})([.)]))(\s+)(\[[ xX]\]\s+)?/;

/** The names of the blocks around a position. */
function blocksAround(state, position) {
  const names = new Set();
  const tree = ensureSyntaxTree(state, position, 20) ?? syntaxTree(state);
  for (let node = tree.resolveInner(position, -1); node; node = node.parent) names.add(node.name);
  return names;
}

/** What a line begins with, and what the next line of its list or quote begins with. */
function beginnings(line, blocks) {
  const quote = blocks.has("Blockquote") ? QUOTE.exec(line.text)[0] : "";
  const item = blocks.has("ListItem") && ITEM.exec(line.text.slice(quote.length));
  if (!item) return { quote, own: quote, next: quote };
  const [own, indent, bullet, number, dot, space, box] = item;
  const mark = bullet ?? `${Number(number) + 1}${dot}`;
  return { quote, own: quote + own, next: quote + indent + mark + space + (box ? "[ ] " : "") };
}

/** Starts the next item of a list, or ends the list if this one is empty; likewise a quote. */
function continueBlock({ state, dispatch }) {
  const { main } = state.selection;
  const line = state.doc.lineAt(main.from);
  const blocks = blocksAround(state, main.from);
  if (!main.empty || blocks.has("FencedCode") || blocks.has("CodeBlock")) return false;
  const { quote, own, next } = beginnings(line, blocks);
  if (!own || main.from < line.from + own.length) return false;
  const isEmpty = !line.text.slice(own.length).trim();
  const start = line.from + (own === quote ? 0 : quote.length);
  const changes = isEmpty ? { from: start, to: line.to } : { from: main.from, insert: state.lineBreak + next };
  const selection = { anchor: isEmpty ? start : main.from + 1 + next.length };
  dispatch(state.update({ changes, selection, scrollIntoView: true, userEvent: "input" }));
  return true;
}

/** Puts marks around the selected text, or removes them. */
function toggle(mark) {
  return ({ state, dispatch }) => {
    const { main } = state.selection;
    const selected = state.sliceDoc(main.from, main.to);
    const text = selected.trim();
    const from = main.from + (text ? selected.indexOf(text) : 0);
    const to = text ? from + text.length : main.to;
    const stars = Math.min(
      /\**$/.exec(state.sliceDoc(Math.max(0, from - 3), from))[0].length,
      /^\**/.exec(state.sliceDoc(to, to + 3))[0].length,
    );
    const isOn = stars === 3 || stars === mark.length;
    const { length } = mark;
    const changes = isOn
      ? [{ from: from - length, to: from }, { from: to, to: to + length }]
      : [{ from, insert: mark }, { from: to, insert: mark }];
    const by = isOn ? -length : length;
    const selection = EditorSelection.single(from + by, to + by);
    dispatch(state.update({ changes, selection, scrollIntoView: true, userEvent: "input" }));
    return true;
  };
}

/** Makes a link of the selected text or address, with the cursor where the other one belongs. */
function link({ state, dispatch }) {
  const { main } = state.selection;
  const text = state.sliceDoc(main.from, main.to);
  const isAddress = /^(?:https?:\/\/|mailto:|\/)\S+$/.test(text);
  const insert = isAddress ? `[](${text})` : `[${text}]()`;
  const anchor = main.from + (isAddress || !text ? 1 : text.length + 3);
  const changes = { from: main.from, to: main.to, insert };
  dispatch(state.update({ changes, selection: { anchor }, scrollIntoView: true, userEvent: "input" }));
  return true;
}

/** Whether highlighting a text would delay typing: each change parses the whole paragraph again. */
export function isHuge(text) {
  if (text.length > 300_000) return true;
  for (const line of text.iterLines()) if (line.length > 10_000) return true;
  return false;
}

export const markdownKeys = Prec.high(
  keymap.of([
    { key: "Enter", run: continueBlock, shift: insertNewline },
    { key: "Mod-b", run: toggle("**"), preventDefault: true },
    { key: "Mod-i", run: toggle("*"), preventDefault: true },
    { key: "Mod-k", run: link, preventDefault: true },
  ]),
);
