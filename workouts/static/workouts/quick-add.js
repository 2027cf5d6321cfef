// The line that adds a workout, shown on its day. Without this script the same links lead to a page with that line.
"use strict";

const template = document.getElementById("quick-add");

let form = null; // the open one
let added = null; // one whose line was added
let before = new Set(); // the workouts of its day until then
let typing = false;

const close = () => {
  form?.remove();
  form = null;
};

const place = (day) => (day.querySelector(".head, .date") ?? day).after(form);

const open = (day) => {
  close();
  form = template.content.firstElementChild.cloneNode(true);
  form.elements.day.value = day.id.replace("day-", "");
  form.querySelector("a").href = day.querySelector(".add")?.href ?? form.querySelector("a").href;
  place(day);
  htmx.process(form);
  form.elements.line.focus();
};

const dayOf = (link) =>
  link.matches(".add")
    ? link.closest(".day")
    : document.activeElement.closest(".day") ?? document.querySelector(".day.today") ?? document.querySelector(".day");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.add, a.new");
  const day = link && dayOf(link);
  if (!day || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(day);
});

const cardsOf = (day) => [...(day?.querySelectorAll(".card") ?? [])];

// The keys go on at the workout that was added.
const focusAdded = () => {
  const day = document.getElementById(`day-${added.elements.day.value}`);
  cardsOf(day).find(({ id }) => !before.has(id))?.querySelector("a").focus();
  added.remove();
  added = null;
};

// A day that is redrawn, after a change of something else, keeps what is being typed on it.
document.addEventListener("htmx:afterSettle", () => {
  if (added) focusAdded();
  const day = form && !form.isConnected && document.getElementById(`day-${form.elements.day.value}`);
  if (!day) return;
  place(day);
  if (typing) form.elements.line.focus();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  typing = form?.contains(document.activeElement);
  const { requestConfig, xhr } = event.detail;
  if (!form || requestConfig.elt !== form || xhr.status >= 400) return;
  [added, form] = [form, null];
  before = new Set(cardsOf(added.closest(".day")).map(({ id }) => id));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".quick a");
  if (link) link.search = new URLSearchParams({ line: link.closest("form").elements.line.value });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest(".quick")) return;
  const day = event.target.closest(".day");
  close();
  (day.querySelector("a.add") ?? day.querySelector("a")).focus();
});
