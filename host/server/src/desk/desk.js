// Keeps the parts of a page fresh, every two seconds while it can be seen. Without it the desk works all the same.
"use strict";

const PAUSE_MS = 2000;
const address = document.body.dataset.live;
const shown = new Map();
let waiting = false;

async function refresh() {
  if (document.hidden || waiting) return;
  waiting = true;
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    document.body.classList.remove("stale");
  } catch {
    document.body.classList.add("stale");
  } finally {
    waiting = false;
  }
}

// The server escaped every value; a part that somebody is in the middle of stays as it is.
function show(parts) {
  for (const [name, content] of Object.entries(parts)) {
    const place = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!place || shown.get(name) === content || place.contains(document.activeElement)) continue;
    place.innerHTML = content;
    shown.set(name, content);
  }
}

if (address) {
  setInterval(refresh, PAUSE_MS);
  document.addEventListener("visibilitychange", refresh);
}

for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });
}
