// The editor: keeps what is typed, and completes tags.

const form = document.querySelector("#editor");
const { url } = form.dataset;
const fields = form.elements;
const kept = document.querySelector("#kept");
const found = document.querySelector("#found");
const isNew = "new" in form.dataset;
const person = `everpost ${form.dataset.user} `;
const prefix = `${person}${url} `;
const asked = new URLSearchParams(location.hash.slice(1)).get("text"); // what the list of posts offers
const own = prefix + [...crypto.getRandomValues(new Uint32Array(2))].join("");
const NAMES = [
  "title", "content", "summary", "tags", "slug", "publication_date",
  "kind", "format", "comment_policy", "author_id", "paths",
];
const HIDDEN = ["id", "revision", "status", "updated_at", "copy"];

const typed = () => Object.fromEntries(NAMES.filter((name) => fields[name]).map((name) => [name, fields[name].value]));
const start = JSON.stringify(typed());
let latest = start; // as in this browser's storage
let sent = "unsaved" in form.dataset ? "" : start; // as in the working copy or in the post
let sending; // a promise
let unanswered = []; // texts that the server may have, because a response was lost
let isLeaving = false;
let isOther = false; // another tab or device writes the working copy
let withBase = "rebased" in form.dataset || !fields.copy.value;

function say(name) {
  const text = name ? kept.dataset[name] : "";
  if (kept.textContent !== text) kept.textContent = text;
}

// The storage of this browser, at once.

function store(extra = {}) {
  latest = JSON.stringify(typed());
  try {
    const entry = { typed: latest, at: Date.now(), isNew, copy: fields.copy.value, isKept: latest === sent };
    localStorage.setItem(own, JSON.stringify({ ...entry, ...extra }));
  } catch {
    // It is full or forbidden: the working copy remains.
  }
}

form.addEventListener("input", () => {
  isLeaving = false; // the browser has stopped
  store();
  schedule();
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget) return;
  if (sending || isLeaving) {
    // The form names the revision of the working copy that it saves. It is sent only once.
    event.preventDefault();
    sending?.then(() => form.requestSubmit(event.submitter));
    return;
  }
  isLeaving = true;
  store({ isSubmitted: true });
});
addEventListener("pagehide", () => {
  if (isLeaving) return;
  if (latest === start) localStorage.removeItem(own);
  else send(true);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) isLeaving = false;
  if (event.persisted) look();
});

// Texts of tabs that are gone.

async function lost() {
  const locks = navigator.locks ? await navigator.locks.query() : { held: [] };
  const open = new Set(locks.held.map((lock) => lock.name));
  const texts = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(person) || key === own) continue;
    const entry = { key, ...JSON.parse(localStorage.getItem(key)) };
    const isOfThis = key.startsWith(prefix);
    if (isOfThis && (entry.typed === start || (entry.isSubmitted && "saved" in form.dataset))) {
      localStorage.removeItem(key);
    } else if ((key === asked || isOfThis || (isNew && entry.isNew && !entry.copy)) && !open.has(key)) {
      texts.push(entry);
    }
  }
  return texts.sort((one, other) => other.at - one.at);
}

async function offer() {
  const [entry] = await lost();
  found.hidden = !entry;
  found.dataset.asked = "yes";
  if (!entry) return;
  found.querySelector("time").textContent = new Date(entry.at).toLocaleString(document.documentElement.lang);
  const [restore, discard] = found.querySelectorAll("button");
  const done = () => {
    localStorage.removeItem(entry.key);
    offer();
  };
  restore.onclick = () => {
    for (const [name, text] of Object.entries(JSON.parse(entry.typed))) if (fields[name]) fields[name].value = text;
    fields.content.dispatchEvent(new Event("input", { bubbles: true }));
    done();
    fields.content.focus();
  };
  discard.onclick = done;
}

// Held as long as this tab lives. Without locks, as over plain HTTP, other open tabs may be offered, too.
navigator.locks?.request(own, () => new Promise(() => {}));
offer();

// The working copy, after a moment.

let timer;
function schedule(delay = 1000) {
  timer ??= setTimeout(() => {
    timer = undefined;
    send();
  }, delay);
}

async function send(isLast = false) {
  const text = JSON.stringify(typed());
  if (text === sent || isOther || isLeaving || (isLast && sending)) return;
  if (sending) return schedule();
  sending = write(text, isLast);
  await sending;
  sending = undefined;
  if (text !== JSON.stringify(typed())) schedule();
}

async function write(text, isLast) {
  const body = new URLSearchParams(typed());
  body.set("user", form.dataset.user);
  for (const name of HIDDEN) body.set(name, fields[name].value);
  if (withBase) body.set("base", fields.base.value);
  const isSmall = body.toString().length < 60_000; // the limit of keepalive
  try {
    const signal = AbortSignal.timeout(10_000);
    const keepalive = isLast && isSmall;
    const response = await fetch(`${url}/working-copy`, { method: "POST", body, keepalive, signal });
    if (response.ok) {
      const { copy, updated_at } = await response.json();
      adopt(copy, text);
      withBase = false;
      compare(updated_at);
      say("kept");
      if (isNew) history.replaceState(null, "", url);
    } else if (response.status === 412) {
      const theirs = await read();
      if (!theirs || unanswered.includes(theirs.text)) {
        adopt(theirs?.copy ?? "", theirs?.text ?? ""); // it is this tab's own, or gone
        schedule();
      } else setOther(true);
    } else if (response.status === 404 && fields.copy.value) {
      fields.copy.value = ""; // another tab has saved it
      withBase = true;
      schedule();
    } else if ([403, 404, 413, 422].includes(response.status)) {
      say("refused");
    } else {
      say(response.status === 401 ? "ended" : "waiting");
      schedule(3000);
    }
  } catch {
    unanswered = [...unanswered, text].slice(-9);
    say("waiting");
    schedule(3000);
  }
}

// The form now belongs to this working copy, with this text.
function adopt(copy, text) {
  fields.copy.value = copy;
  sent = text;
  unanswered = [];
  if (latest !== start) store();
}

// Only one tab or device at a time writes the working copy.

const other = document.querySelector("#other");

function setOther(is) {
  isOther = is;
  other.hidden = !is;
  if (is) say("");
}

// The working copy as the server has it; undefined if there is none.
async function read() {
  const response = await fetch(`${url}/working-copy`);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(response.status);
  const { copy, text } = await response.json();
  const known = Object.keys(typed()).map((name) => [name, text[name] ?? ""]);
  return { copy, text: JSON.stringify(Object.fromEntries(known)) };
}

// Goes on in this tab. The other tab stops, and its text is offered here.
other.querySelector("button").addEventListener("click", async () => {
  try {
    const theirs = await read();
    const isSame = !theirs || [start, JSON.stringify(typed())].includes(theirs.text);
    if (!isSame) {
      const entry = { typed: theirs.text, at: Date.now(), isNew, copy: theirs.copy };
      localStorage.setItem(`${prefix}other ${theirs.copy}`, JSON.stringify(entry));
    }
    adopt(theirs?.copy ?? "", theirs?.text ?? "");
    withBase = true;
    setOther(false);
    fields.content.focus();
    send();
    offer();
  } catch {
    say("waiting");
  }
});
addEventListener("online", () => send());
if (sent !== start) {
  store();
  schedule();
}

// Whether someone else has saved the post.

function compare(updated) {
  const known = fields.updated_at.value;
  document.querySelector("#elsewhere").hidden = !updated || updated === known;
}

async function look() {
  if (document.hidden || !(fields.revision.value || fields.copy.value)) return;
  const known = fields.copy.value;
  try {
    const response = await fetch(`${url}/state`);
    if (!response.ok) return;
    const { updated_at, copy } = await response.json();
    if (fields.revision.value) compare(updated_at);
    const isMine = sending || known !== fields.copy.value || unanswered.length;
    if (copy && copy !== known && !isMine) setOther(true);
  } catch {
    // It asks again.
  }
}
setInterval(look, 15_000);
addEventListener("focus", look);
look();

// Tags: the list offers each tag after those that are already there.

const list = document.querySelector("#known-tags");
const tags = [...list.options].map((option) => option.value);
fields.tags.addEventListener("input", () => {
  const before = fields.tags.value.replace(/[^,]*$/, "");
  const has = new Set(before.split(",").map((tag) => tag.trim()));
  list.replaceChildren(
    ...tags.filter((tag) => !has.has(tag) && !tag.includes(",")).map((tag) => new Option("", `${before}${before && " "}${tag}`)),
  );
});

// An undo for ten seconds.

const undo = document.querySelector(".undo");
setTimeout(() => {
  if (undo && !undo.contains(document.activeElement)) undo.hidden = true;
}, 10_000);
