// Keys for links and buttons: each is named by the element's aria-keyshortcuts.
"use strict";

const SETTING = "keys";
const inUse = () => localStorage.getItem(SETTING) !== "off";
const isKey = (event) => inUse() && !event.ctrlKey && !event.metaKey && !event.altKey;
const showSetting = () => {
  const box = document.getElementById("use-keys");
  if (box) box.checked = inUse();
};

const isTyping = (element) => element?.closest("input:not([type=checkbox]), select, textarea, dialog[open]");

document.documentElement.classList.add("scripted");

document.addEventListener("keydown", (event) => {
  if (!isKey(event) || event.defaultPrevented || isTyping(event.target)) return;
  const named = `[aria-keyshortcuts="${CSS.escape(event.key)}"]`;
  const element = document.querySelector(`body ${named}`) ?? document.querySelector(named);
  if (!element) return;
  event.preventDefault();
  if (element.matches("input")) element.focus();
  else if (element.matches("link")) location.assign(element.href);
  else element.click();
});

document.addEventListener("change", (event) => {
  if (event.target.id === "use-keys") localStorage.setItem(SETTING, event.target.checked ? "on" : "off");
});

document.addEventListener("htmx:afterSettle", showSetting);
showSetting();
