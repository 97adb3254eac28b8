// The queue of comments: decisions without leaving the page, and keys while the focus is in the queue.

const queue = document.querySelector("#queue");
const outcome = document.querySelector("#outcome");
const many = document.querySelector("#many");
const all = document.querySelector("#all");
const keys = document.querySelector("#keys");
const done = document.querySelector("#done");
const decisions = []; // those that can be undone, the latest last
let waiting = 0;

const idOf = (article) => article.id.replace("comment-", "");
const shown = () => [...queue.querySelectorAll("li:not([hidden]) > article")];
const selected = () => [...queue.querySelectorAll("li:not([hidden]) [form=many]:checked")];
const current = () => document.activeElement.closest("#queue article");
const view = () => new URLSearchParams(location.search).get("status") ?? "pending";

function focus(article) {
  (article ?? queue.querySelector("[rel=next], #done a") ?? queue).focus();
}

function hide(article) {
  article.parentElement.hidden = true;
  const box = article.querySelector("[form=many]");
  if (box) box.checked = false;
  update();
}

function show(article) {
  article.parentElement.hidden = false;
  update();
}

function update() {
  const isEmpty = !shown().length;
  if (many) many.hidden = isEmpty;
  if (done) done.hidden = !isEmpty;
  if (all) all.checked = false;
}

function revise(article, revision) {
  for (const input of article.querySelectorAll("[name^='c.']")) input.value = revision;
}

// The comment as it is now. Its words are plain text, because scripts insert no HTML.
function renew(article, { revision, status, label, content, note }) {
  revise(article, revision);
  article.querySelector("[name=from]").value = status;
  for (const button of article.querySelectorAll("button")) button.hidden = button.value === status || !content;
  if (status !== view()) article.querySelector("[form=many]")?.remove();
  const words = article.querySelector(".words");
  words.classList.add("plain");
  words.textContent = content;
  for (const [name, text] of [["label", status === view() ? "" : label], ["note", note]]) {
    const place = article.querySelector(`[data-${name}]`);
    place.hidden = !text;
    place.textContent = text;
  }
  show(article);
}

function say(name, text = "") {
  const said = document.querySelector(`#said-${name}`).content.cloneNode(true);
  if (text) said.querySelector("p").textContent = text;
  outcome.replaceChildren(said);
  outcome.querySelector("button")?.addEventListener("click", undo);
}

// The outcomes of a call of the API, or the name of the message about its failure.
async function send(fields) {
  queue.ariaBusy = String(++waiting > 0);
  try {
    const headers = { accept: "application/json" };
    const options = { method: "POST", body: fields, headers, keepalive: true };
    const response = await fetch(location.pathname, options);
    if (response.ok) return await response.json();
    return { failure: response.status === 401 ? "ended" : "failed" };
  } catch {
    return { failure: "failed" };
  } finally {
    queue.ariaBusy = String(--waiting > 0);
  }
}

// Shows each comment as its outcome requires. Returns those that were decided.
function apply(articles, { decided, changed, gone }) {
  return articles.filter((article) => {
    const id = idOf(article);
    if (id in decided) {
      revise(article, decided[id]);
      return true;
    }
    if (id in changed) renew(article, changed[id]);
    else if (gone.includes(id)) article.parentElement.remove();
    else show(article);
    return false;
  });
}

async function finish(decision, fields) {
  const outcomes = await send(fields);
  if (outcomes.failure) {
    decision.articles.forEach(show);
    decision.articles = [];
    say(outcomes.failure);
  } else {
    decision.articles = apply(decision.articles, outcomes);
    if (outcomes.problem) say("problem", `${outcomes.text} ${outcomes.problem}`.trim());
    else if (decision === decisions.at(-1)) say("decided", outcomes.text);
  }
  if (!decision.articles.length && decisions.includes(decision)) {
    decisions.splice(decisions.indexOf(decision), 1);
  }
}

function decide(articles, fields) {
  const before = shown();
  const place = before.indexOf(articles[0]);
  const focused = document.activeElement;
  articles.forEach(hide);
  if (focused === document.body || focused.closest("article, #many")) {
    const left = (each) => !each.parentElement.hidden;
    focus(before.slice(place + 1).find(left) ?? before.findLast(left));
  }
  const decision = { articles, earlier: fields.get("from"), status: fields.get("status") };
  decisions.push(decision);
  decision.done = finish(decision, fields);
}

// Undoes the latest decision of this page, or the one before it was loaded.
async function undo() {
  const decision = decisions.pop();
  if (!decision) return outcome.querySelector("form button")?.click();
  await decision.done;
  if (!decision.articles.length) return;
  const fields = new URLSearchParams({
    from: decision.status,
    status: decision.earlier,
    view: view(),
    undo: "true",
  });
  for (const article of decision.articles) {
    fields.set(`c.${idOf(article)}`, article.querySelector("[name^='c.']").value);
  }
  const outcomes = await send(fields);
  if (outcomes.failure) {
    decisions.push(decision);
    return say(outcomes.failure);
  }
  const restored = apply(decision.articles, outcomes);
  restored.forEach(show);
  focus(decision.articles.find((each) => each.isConnected));
  if (outcomes.problem) say("problem", outcomes.problem);
  else say("undone", outcomes.text);
}

function move(step) {
  const articles = shown();
  const place = articles.indexOf(current());
  const next = place < 0 ? 0 : Math.min(Math.max(place + step, 0), articles.length - 1);
  articles[next]?.focus();
}

function press(status) {
  const form = selected().length ? many : current()?.querySelector("form");
  const button = form?.querySelector(`button[value=${status}]:not([hidden])`);
  if (button) form.requestSubmit(button);
}

const actions = {
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector("[form=many]")?.click(),
  a: () => press("approved"),
  s: () => press("spam"),
  r: () => press("removed"),
  u: undo,
  "?": () => keys.showModal(),
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#many, article form")) return;
  const fields = new URLSearchParams(new FormData(event.target, event.submitter));
  const names = [...fields.keys()].filter((name) => name.startsWith("c."));
  if (!names.length) return; // the server says that none is selected
  event.preventDefault();
  decide(names.map((name) => document.getElementById(name.replace("c.", "comment-"))), fields);
});

// Only while the focus is in the queue (WCAG 2.1.4).
queue.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const isLatin = event.key <= "~";
  const key = isLatin ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
  if (!Object.hasOwn(actions, key) || (event.repeat && key !== "j" && key !== "k")) return;
  event.preventDefault();
  actions[key]();
});

all?.addEventListener("change", () => {
  for (const box of queue.querySelectorAll("li:not([hidden]) [form=many]")) box.checked = all.checked;
});

// The address has not changed, so the browser would only scroll.
done?.querySelector("a").addEventListener("click", (event) => {
  event.preventDefault();
  location.hash = "queue";
  location.reload();
});

if (location.hash === "#queue") queue.focus();
for (const each of document.querySelectorAll("[data-script]")) each.hidden = false;
document.querySelector("#help").addEventListener("click", () => keys.showModal());