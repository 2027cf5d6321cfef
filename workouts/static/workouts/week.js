// What scripts add to the forms of the week page: dragging, the dialog, the undo button in the dialog, error messages.
"use strict";

document.documentElement.classList.add("scripted");

const TOAST_SECONDS = 30;
const dialog = document.getElementById("dialog");
const main = document.getElementById("content");
const toast = () => document.getElementById("toast");
let dragged = null;
let toastTimer = null;

const slotOf = (event) => event.target.closest?.(".slot") ?? null;
const cardOf = (element) => element?.closest(".card") ?? null;

const light = (slot) => {
  document.querySelector(".slot.over")?.classList.remove("over");
  slot?.classList.add("over");
};

// A drop fills in and sends the card's own form: one request, the same as by keyboard.
const move = (card, { day, slot }) => {
  const form = card.querySelector("form");
  const { current_plan_day: dayField, slot: slotField } = form.elements;
  if (dayField.value === day && slotField.value === slot) return;
  dayField.value = day;
  slotField.value = slot;
  form.requestSubmit();
};

document.addEventListener("dragstart", (event) => {
  dragged = cardOf(event.target);
  if (!dragged) return;
  dragged.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
});

document.addEventListener("dragover", (event) => {
  const slot = dragged && slotOf(event);
  light(slot);
  if (slot) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const slot = dragged && slotOf(event);
  if (!slot) return;
  event.preventDefault();
  move(dragged, slot.dataset);
});

document.addEventListener("dragend", () => {
  light(null);
  dragged?.classList.remove("dragged");
  dragged = null;
});

// A toast below an open dialog could not be read or clicked, so it moves into the dialog.
const showDialog = () => {
  dialog.append(toast());
  if (!dialog.open) dialog.showModal();
};

dialog.addEventListener("close", () => {
  main.append(toast());
  dialog.replaceChildren();
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

const scheduleToast = () => {
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    const shown = toast();
    if (!shown.contains(document.activeElement)) shown.replaceChildren();
  }, TOAST_SECONDS * 1000);
};

const showNotSaved = () => {
  toast().replaceChildren(document.getElementById("not-saved").content.cloneNode(true));
  scheduleToast();
};

// The focus follows the card that was moved; htmx keeps it on elements that were not redrawn.
const refocus = (form) => {
  if (document.activeElement && document.activeElement !== document.body) return;
  const card = cardOf(form);
  (document.getElementById(card?.id.replace("card", "move")) ?? document.getElementById("undo"))?.focus();
};

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { responseURL } = event.detail.xhr;
  if (responseURL && new URL(responseURL).pathname.startsWith("/login/")) {
    event.preventDefault();
    window.location.reload();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, target, successful, xhr } = event.detail;
  if (!successful || xhr.status >= 400) return; // refused: keep what was typed
  if (target === dialog && elt.tagName === "A") showDialog();
  else if (dialog.contains(elt)) dialog.close();
  scheduleToast();
});

document.addEventListener("htmx:afterSettle", (event) => refocus(event.detail.requestConfig?.elt));
document.addEventListener("htmx:sendError", showNotSaved);
document.addEventListener("htmx:timeout", showNotSaved);
document.addEventListener("htmx:responseError", (event) => {
  if (![409, 422].includes(event.detail.xhr.status)) showNotSaved();
});

document.querySelector(".filters").addEventListener("change", (event) => event.currentTarget.requestSubmit());
scheduleToast();
