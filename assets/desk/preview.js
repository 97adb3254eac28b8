// The live preview. `XMLHttpRequest` parses it, because scripts of the desk may not turn text into HTML.

const form = document.querySelector("#editor");
const live = document.querySelector("#live");
const isLive = document.querySelector("#live-on");
let request; // at most one at a time, so that long texts do not pile up on the server
let isDue = false;
let timer;

function preview() {
  if (!isLive.checked) return;
  isDue = true;
  timer ??= setTimeout(() => {
    timer = undefined;
    if (!request) update();
  }, 30);
}

function update() {
  isDue = false;
  request = new XMLHttpRequest();
  request.open("POST", form.querySelector("[formtarget]").formAction);
  request.responseType = "document";
  request.timeout = 10_000;
  request.onloadend = ({ target }) => {
    request = undefined;
    if (target.status === 200) show(target.response);
    if (isDue) preview();
  };
  const body = new URLSearchParams(new FormData(form));
  body.delete("base");
  request.send(body);
}

function show(rendered) {
  const page = live.contentDocument;
  if (!page?.body || !rendered) return;
  page.title = rendered.title;
  page.body.replaceChildren(...page.adoptNode(rendered.body).childNodes);
}

form.addEventListener("input", preview);
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
