// Moving workouts by dragging and by arrow keys. Both tick the workout and press a button of the form `several`, so the
// server sees what it would see without scripts.
"use strict";

const several = document.getElementById("several");
const DAYS = { ArrowLeft: -1, ArrowRight: 1 };
const SLOTS = { ArrowUp: -1, ArrowDown: 1 };
let moved = null;
let target = null;

const cardOf = (element) => element?.closest?.(".card[draggable]") ?? null;
const isMonth = Boolean(document.querySelector(".month"));
const PLACES = isMonth ? ".slot, .day" : ".slot, .day, .steps [rel]"; // a month has no day to move it to
const placeOf = (element) => element?.closest?.(PLACES) ?? null;

const pick = (place) => {
  target?.classList.remove("target");
  target = place;
  target?.classList.add("target");
};

// The slots that are empty: where they are among the others, as long as a workout is on its way.
const showFreeSlots = () => {
  const names = [...several.elements.slot.options].slice(1);
  for (const day of document.querySelectorAll("section.day")) {
    let before = day.querySelector(".head");
    for (const { value, label } of names) {
      let slot = day.querySelector(`[data-slot="${value}"]`);
      if (!slot) {
        slot = document.createElement("div");
        slot.className = "slot free";
        slot.dataset.slot = value;
        slot.append(Object.assign(document.createElement("h3"), { textContent: label }));
        before.after(slot);
      }
      before = slot;
    }
  }
};

// The card stays where it is, under the finger or the pointer, while other parts of the page come and go.
const inPlace = (card, change) => {
  const before = card.getBoundingClientRect().top;
  change();
  window.scrollBy(0, card.getBoundingClientRect().top - before);
};

const begin = (card) => {
  if (moved === card) return;
  moved = card;
  inPlace(card, () => {
    document.body.classList.add("moving");
    showFreeSlots();
  });
};

const fold = () => {
  document.body.classList.remove("moving");
  for (const slot of document.querySelectorAll(".slot.free")) slot.remove();
};

const end = () => {
  pick(null);
  if (moved?.isConnected) inPlace(moved, fold);
  else fold();
  moved?.classList.remove("dragged");
  moved = null;
};

const press = (verb) => several.querySelector(`[value=${verb}]`).click();

const isAt = (card, place) => place.contains(card) && (place.matches(".slot") || !place.querySelector(".slot"));

// Ticked workouts move together, if the one that is moved is among them.
const drop = (card, place) => {
  const box = document.getElementById(card.id)?.querySelector("input"); // redrawn meanwhile, if the card was
  if (!box) return; // moved away meanwhile
  if (!box.checked) {
    if (isAt(card, place)) return;
    several.reset();
    box.checked = true;
  }
  if (place.matches("[rel]")) return press(place.rel === "prev" ? "earlier" : "later");
  several.elements.current_plan_day.value = place.closest(".day").id.replace("day-", "");
  several.elements.slot.value = place.dataset.slot ?? "keep";
  press("move");
};

document.addEventListener("dragstart", (event) => {
  const card = cardOf(event.target);
  if (!card) return;
  card.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.id);
  setTimeout(() => begin(card)); // a page that changes its layout at once ends the drag in Chromium
});

document.addEventListener("dragover", (event) => {
  if (!moved) return;
  pick(placeOf(event.target));
  if (target) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (!moved || !target) return;
  event.preventDefault();
  drop(moved, target);
  end(); // here as well: a card that is redrawn while it is dragged gets no dragend
});

document.addEventListener("dragend", end);

const nextPlace = (card, key) => {
  const from = target ?? card.closest(".slot, .day");
  const days = [...document.querySelectorAll(".day")].filter((day) => day.checkVisibility());
  const at = days.indexOf(from.closest(".day"));
  if (key in SLOTS) {
    const slots = from.matches("[rel]") ? [] : [...days[at].querySelectorAll(".slot")];
    const weeks = days[at + 7 * SLOTS[key]];
    return slots.length ? slots[slots.indexOf(from) + SLOTS[key]] : isMonth && weeks;
  }
  if (from.matches("[rel]")) return DAYS[key] > 0 === (from.rel === "prev") ? days.at(DAYS[key] > 0 ? 0 : -1) : null;
  const day = days[at + DAYS[key]];
  if (!day) return isMonth ? null : document.querySelector(`.steps [rel=${DAYS[key] < 0 ? "prev" : "next"}]`);
  return day.querySelector(`.slot[data-slot="${from.dataset.slot ?? ""}"]`) ?? day;
};

const say = (text) => {
  document.getElementById("place").textContent = text;
};

const nameOf = (place) => {
  if (place.matches("[rel]")) return place.textContent;
  const day = place.closest(".day");
  const names = [...day.querySelectorAll("h2 > *")].map(({ textContent }) => textContent); // the date, today
  if (!names.length) names.push(day.querySelector(".date").ariaLabel);
  return [...names, place.querySelector("h3")?.textContent].filter(Boolean).join(", ");
};

document.addEventListener("keydown", (event) => {
  const card = cardOf(event.target);
  if (!card || !isKey(event)) return;
  if (event.key === "x") {
    event.preventDefault();
    card.querySelector("input").click();
  } else if (event.key in DAYS || event.key in SLOTS) {
    event.preventDefault();
    begin(card);
    const place = nextPlace(card, event.key) ?? target ?? card.closest(".slot, .day");
    pick(place);
    place.scrollIntoView({ block: "nearest" });
    say(`${nameOf(place)}: Enter moves it here, Escape cancels.`);
  } else if (target && event.key === "Enter") {
    event.preventDefault();
    drop(card, target);
    end();
    say("");
  } else if (moved && event.key === "Escape") {
    end();
    say("");
  }
});

document.addEventListener("focusout", () => {
  if (moved && !moved.matches(".dragged")) end();
});
