// Texts that editors have left in this browser. Each entry belongs to one person, one post and one tab.

const place = document.querySelector("#leftovers");
const { user } = place.dataset;
const prefix = user ? `everpost ${user} ` : "everpost ";
const locks = navigator.locks ? await navigator.locks.query() : { held: [] };
const open = new Set(locks.held.map((lock) => lock.name));
const entries = Object.keys(localStorage)
  .filter((key) => key.startsWith(prefix) && key.includes(" /"))
  .map((key) => ({ key, url: key.split(" ")[2], ...JSON.parse(localStorage.getItem(key)) }));
const kept = entries.filter((entry) => entry.isKept);
const left = entries.filter((entry) => !entry.isKept && !open.has(entry.key));

// The address at which the editor offers the text: that of its post, or of a new one.
async function target({ key, url, isNew, copy }) {
  const isThere = isNew ? copy : (await fetch(`${url}/state`)).ok;
  return isThere ? url : `${place.dataset.new}#${new URLSearchParams({ text: key })}`;
}

async function show(entry) {
  const link = document.createElement("a");
  link.textContent = JSON.parse(entry.typed).title.trim() || place.dataset.untitled;
  link.dir = "auto";
  link.href = await target(entry);
  const item = document.createElement("li");
  item.append(link);
  place.querySelector("ul").append(item);
}

if (user) await Promise.allSettled(left.map(show));
else for (const { key } of kept) localStorage.removeItem(key); // signed out: the server has these
place.hidden = !left.length;
