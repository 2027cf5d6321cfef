// The line that adds a workout, shown on its day. Without this script the same links lead to a page with that line.
"use strict";

const template = document.getElementById("quick-add");

const close = () => document.querySelector(".day .quick")?.remove();

const open = (day) => {
  close();
  const form = template.content.firstElementChild.cloneNode(true);
  form.elements.day.value = day.id.replace("day-", "");
  form.querySelector("a").href = day.querySelector(".add")?.href ?? form.querySelector("a").href;
  (day.querySelector(".head, .date") ?? day).after(form);
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

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest(".quick")) return;
  const day = event.target.closest(".day");
  close();
  (day.querySelector("a.add") ?? day.querySelector("a")).focus();
});
