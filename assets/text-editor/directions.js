// The direction of each line is that of its text, as in other fields of the desk.

import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";

const auto = Decoration.line({ attributes: { dir: "auto" } });

function decorations(view) {
  const found = new RangeSetBuilder();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      // An empty line has that of the whole text.
      if (line.length) found.add(line.from, line.from, auto);
      at = line.to + 1;
    }
  }
  return found.finish();
}

export const directions = [
  EditorView.perLineTextDirection.of(true),
  ViewPlugin.fromClass(
    class {
      constructor(view) {
        this.decorations = decorations(view);
      }
      update(update) {
        if (update.docChanged || update.viewportChanged) this.decorations = decorations(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  ),
];
