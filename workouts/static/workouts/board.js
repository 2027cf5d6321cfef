// What scripts add to the forms of the week and the month: the dialog, the undo button in it, error messages, the focus.
"use strict";

// Read by htmx when the page is complete. The policy allows neither styles in the page nor code in attributes.
Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  defaultSettleDelay: 0, // until then htmx does not know the new buttons, and would send a click without its name
  allowEval: false,
  selfRequestsOnly: true,
  historyEnabled: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409|422", swap: true },
    { code: "403|404", swap: true, swapOverride: "none", error: true }, // with the reason as a toast
    { code: "[45]..", swap: false, error: true },
  ],
});

const TOAST_SECONDS = 30;
const page = document.getElementById("content");
const dialog = document.getElementById("dialog");
const dock = document.getElementById("dock");
const toast = () => document.getElementById("toast");
let toastTimer = null;

// A toast below an open dialog could not be read or clicked, so it moves into the dialog. One from before waits there.
const showDialog = (place) => {
  if (!dialog.open) toast().classList.add("earlier");
  dialog.append(toast());
  dialog.ariaLabel = dialog.querySelector("h2").textContent;
  if (!dialog.open) dialog.showModal();
  if (place) dialog.querySelector(place)?.focus();
};

const isTypedIn = ({ value, defaultValue, checked, defaultChecked, options }) =>
  options
    ? [...options].some(({ selected, defaultSelected }) => selected !== defaultSelected)
    : checked !== defaultChecked || (defaultValue !== undefined && value !== defaultValue);

// The forms of the dialog are saved one by one: what is typed in another one must not be lost.
const hasUnsaved = (saved) =>
  [...dialog.querySelectorAll("form")].some((form) => form !== saved && [...form.elements].some(isTypedIn));

const keepAsSaved = (form) => {
  for (const field of form.elements) {
    if (field.options) for (const option of field.options) option.defaultSelected = option.selected;
    else [field.defaultValue, field.defaultChecked] = [field.value, field.checked];
    const shown = form.elements[`initial-${field.name}`];
    if (shown) [shown.value, shown.defaultValue] = [field.value, field.value];
  }
};

dialog.addEventListener("close", () => {
  toast().classList.remove("earlier");
  dock.append(toast());
  dialog.replaceChildren();
  refocus();
});

const mayClose = () => !hasUnsaved() || confirm("Close this without saving what you have typed?");
dialog.addEventListener("cancel", (event) => {
  if (!mayClose()) event.preventDefault();
});
dialog.addEventListener("submit", (event) => {
  if (event.target.method === "dialog" && !mayClose()) event.preventDefault();
});

// Selecting text may end outside.
let pressed = null;
dialog.addEventListener("pointerdown", (event) => {
  pressed = event.target;
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog && pressed === dialog && !hasUnsaved()) dialog.close();
});

const scheduleToast = () => {
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    const shown = toast();
    if (!shown.contains(document.activeElement)) shown.hidden = true; // its key goes on undoing
  }, TOAST_SECONDS * 1000);
};

const showNotSaved = (why = "not-saved") => {
  toast().hidden = false;
  toast().classList.remove("earlier");
  toast().replaceChildren(document.getElementById(why).content.cloneNode(true));
  scheduleToast();
};

// The focus follows the workout that was changed. htmx keeps it on elements that were not redrawn.
let last = null;
document.addEventListener("htmx:beforeRequest", () => {
  const focused = document.activeElement;
  if (dialog.contains(focused)) return; // the workout that opened it
  const ticked = focused?.form?.matches("#several") && document.querySelector(".card :checked");
  const card = focused?.closest(".card") ?? (ticked ? ticked.closest(".card") : null);
  last = { card: card?.id, selector: focused?.name ? `[name=${focused.name}]` : "a" };
});

const refocus = () => {
  const focused = document.activeElement;
  if (focused && focused !== document.body && focused.checkVisibility()) return;
  const card = document.getElementById(last?.card);
  (card?.querySelector(last.selector) ?? card?.querySelector("a") ?? document.getElementById("undo"))?.focus();
};

// What a press sends, as it was when it was pressed: the answer to the one before it redraws cards and resets ticks.
const PRESSED = "#several, .toast form";
const presses = new WeakMap(); // by the event that htmx keeps with a request
const waiting = new Set();

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (!form.matches(PRESSED)) return;
    const path = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    const sent = new FormData(form, submitter);
    const press = { path, sent, key: `${path}?${new URLSearchParams(sent)}` };
    if (waiting.has(press.key)) {
      event.preventDefault(); // the same again, while it is not answered
      event.stopImmediatePropagation();
      return;
    }
    waiting.add(press.key);
    presses.set(event, press);
  },
  { capture: true },
);

// After a login in another tab the page's forms have the token of the login before.
const csrfToken = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") {
    delete detail.parameters.csrfmiddlewaretoken;
    detail.headers["X-CSRFToken"] = csrfToken();
    // The answer leaves out the parts that would be the same.
    detail.parameters.shown = [...document.querySelectorAll("[data-shown]")].map(({ dataset }) => dataset.shown);
  }
  const press = presses.get(detail.triggeringEvent);
  if (!press) return;
  detail.path = press.path;
  for (const name of press.sent.keys()) {
    if (name !== "csrfmiddlewaretoken") detail.parameters[name] = press.sent.getAll(name);
  }
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  waiting.delete(presses.get(detail.requestConfig.triggeringEvent)?.key);
});

// The second half of a double click would press what the first one has put there: "Do it" after "Skip", "Redo" after
// "Undo", the tick of the card that has moved up.
let pressedButton = false;
document.addEventListener(
  "click",
  (event) => {
    if (event.detail === 1) pressedButton = Boolean(event.target.closest(".do > *, .several button, .toast button"));
    if (event.detail < 2 || !pressedButton) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { responseURL } = event.detail.xhr;
  if (responseURL && new URL(responseURL).pathname.startsWith("/login/")) {
    event.preventDefault();
    if (isTyped()) showNotSaved("logged-out"); // what was typed stays
    else window.location.reload();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, target, successful, xhr, pathInfo } = event.detail;
  if (elt === page || !successful || xhr.status >= 400) return; // refused: keep what was typed
  if (target === dialog && elt.tagName === "A") showDialog(elt.hash);
  else if (hasUnsaved(elt)) keepAsSaved(elt);
  else if (dialog.contains(elt)) dialog.close();
  if (elt.matches("#several") && pathInfo.requestPath === elt.getAttribute("action")) elt.reset();
  refocus(); // its button may be hidden by now
  scheduleToast();
});

// On a phone the season is wider than the screen: it opens on the week that is shown.
let weeks = null;
const showWeek = () => {
  const found = document.querySelector("#season .weeks");
  if (!found || found === weeks) return;
  weeks = found;
  const { left, width } = weeks.querySelector(".shown").getBoundingClientRect();
  weeks.scrollLeft = left + width / 2 - weeks.getBoundingClientRect().left - weeks.clientWidth / 2;
};

document.addEventListener("htmx:afterSettle", refocus);
document.addEventListener("htmx:afterSettle", showWeek);
for (const failure of ["sendError", "timeout", "responseError"]) {
  document.addEventListener(`htmx:${failure}`, ({ detail }) => {
    if (detail.elt !== page && !detail.xhr.responseText.includes('id="toast"')) showNotSaved();
  });
}

const isTyped = () => hasUnsaved() || Boolean(document.querySelector(".quick input")?.value);

// What was changed elsewhere, on another device or by the coach's file, is there when the page is looked at again.
document.addEventListener("visibilitychange", () => {
  const { news } = page.dataset;
  if (news && !document.hidden && !isTyped()) htmx.ajax("GET", news, { source: page, swap: "none" });
});

document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && !dialog.open && !document.querySelector(".moving")) document.getElementById("several").reset();
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Back to a board as it was left: what was changed since, here or elsewhere, is not on it.
window.addEventListener("pageshow", ({ persisted }) => {
  const [navigation] = performance.getEntriesByType("navigation");
  if (persisted || navigation?.type === "back_forward") location.reload();
});

document.querySelector(".filters")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
scheduleToast();
showWeek();
