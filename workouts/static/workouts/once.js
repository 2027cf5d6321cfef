// A form of a page is sent once: the second press of a button, while the answer to the first is on its way, sends nothing.
"use strict";

const AGAIN = 10_000; // milliseconds; until then nobody presses again because nothing happens
let sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return; // htmx sends it, or it closes the dialog
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  setTimeout(() => sent.delete(form), AGAIN);
});

// The page may be shown again as it was left.
window.addEventListener("pageshow", () => {
  sent = new WeakSet();
});
