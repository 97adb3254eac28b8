// The editor: keeps what is typed, completes tags, and shows a live preview.

const form = document.querySelector("#editor");
const { url } = form.dataset;
const fields = form.elements;
const kept = document.querySelector("#kept");
const found = document.querySelector("#found");
const isNew = "new" in form.dataset;
const person = `everpost ${form.dataset.user} `;
const prefix = `${person}${url} `;
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
let isLeaving = false;
let isOther = false; // another tab writes the working copy
let withBase = "rebased" in form.dataset || !fields.copy.value;

function say(name) {
  const text = name ? kept.dataset[name] : "";
  if (kept.textContent !== text) kept.textContent = text;
}

// The storage of this browser, at once.

function store(extra = {}) {
  latest = JSON.stringify(typed());
  try {
    const copy = fields.copy.value;
    localStorage.setItem(own, JSON.stringify({ typed: latest, at: Date.now(), isNew, copy, ...extra }));
  } catch {
    // It is full or forbidden: the working copy remains.
  }
}

form.addEventListener("input", () => {
  store();
  schedule();
  preview();
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget) return;
  if (sending) {
    // The form names the revision of the working copy that it saves.
    event.preventDefault();
    sending.then(() => form.requestSubmit(event.submitter));
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
    } else if ((isOfThis || (isNew && entry.isNew && !entry.copy)) && !open.has(key)) texts.push(entry);
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
  if (text === sent || isOther || isLeaving) return;
  if (sending) return schedule();
  sending = write(text, isLast);
  await sending;
  sending = undefined;
  if (text !== JSON.stringify(typed())) schedule();
}

async function write(text, isLast) {
  const body = new URLSearchParams(typed());
  for (const name of HIDDEN) body.set(name, fields[name].value);
  if (withBase) body.set("base", fields.base.value);
  const isSmall = body.toString().length < 60_000; // the limit of keepalive
  try {
    const signal = AbortSignal.timeout(10_000);
    const keepalive = isLast && isSmall;
    const response = await fetch(`${url}/working-copy`, { method: "POST", body, keepalive, signal });
    if (response.ok) {
      const { copy, updated_at } = await response.json();
      fields.copy.value = copy;
      sent = text;
      withBase = false;
      compare(updated_at);
      say("kept");
      if (isNew) history.replaceState(null, "", url);
    } else if (response.status === 412) {
      isOther = true;
      say("other");
    } else if (response.status === 404 && fields.copy.value) {
      fields.copy.value = ""; // another tab has saved it
      withBase = true;
      schedule();
    } else {
      say(response.status === 401 ? "ended" : "waiting");
      schedule(3000);
    }
  } catch {
    say("waiting");
    schedule(3000);
  }
}
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
  if (document.hidden || !fields.revision.value) return;
  try {
    const response = await fetch(`${url}/state`);
    if (response.ok) compare((await response.json()).updated_at);
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

// The preview. `XMLHttpRequest` parses it, because scripts of the desk may not turn text into HTML.

const live = document.querySelector("#live");
const isLive = document.querySelector("#live-on");
let request;
let previewTimer;

function preview() {
  if (!isLive.checked) return;
  clearTimeout(previewTimer);
  previewTimer = setTimeout(() => {
    request?.abort();
    request = new XMLHttpRequest();
    request.open("POST", form.querySelector("[formtarget]").formAction);
    request.responseType = "document";
    request.onload = ({ target }) => {
      const page = live.contentDocument;
      if (target.status !== 200 || !page?.body || !target.response) return;
      page.title = target.response.title;
      page.body.replaceChildren(...page.adoptNode(target.response.body).childNodes);
    };
    const body = new URLSearchParams(typed());
    body.set("id", fields.id.value);
    request.send(body);
  }, 150);
}

live.addEventListener("load", () => {
  live.contentDocument?.addEventListener("click", (event) => {
    if (event.target.closest("a[href]:not([href^='#'])")) event.preventDefault();
  });
  preview();
});
isLive.addEventListener("change", () => {
  live.hidden = !isLive.checked;
  localStorage.setItem("everpost live", isLive.checked ? "on" : "");
  if (isLive.checked && !live.src) live.src = form.querySelector("[formtarget]").formAction;
  else preview();
});
for (const each of document.querySelectorAll("[data-script]")) each.hidden = false;
if (localStorage.getItem("everpost live")) isLive.click();

// An undo for ten seconds.

const undo = document.querySelector(".undo");
setTimeout(() => {
  if (undo && !undo.contains(document.activeElement)) undo.hidden = true;
}, 10_000);
