// Moving workouts with a finger: a card that is held for a moment follows it. A shorter touch opens or scrolls as before.
"use strict";

const HELD = 400; // milliseconds
const SLACK = 10; // px that a finger may stray while it holds
const EDGE = 80; // px at the top and bottom of the screen, where the page scrolls on
const STEP = 8; // px in each frame
let held = null;

const follow = () => {
  if (!held || moved !== held.card) return;
  const { x, y, hasStrayed } = held;
  const { innerHeight } = window;
  if (!hasStrayed) return requestAnimationFrame(follow); // it goes nowhere before the finger does
  if (y < EDGE || y > innerHeight - EDGE) window.scrollBy(0, y < EDGE ? -STEP : STEP);
  pick(placeOf(document.elementFromPoint(x, y)));
  requestAnimationFrame(follow);
};

const isAway = (x, y) => Math.hypot(x - held.x, y - held.y) > SLACK;

const take = () => {
  held.card.classList.add("dragged");
  begin(held.card);
  navigator.vibrate?.(10);
  follow();
};

const letGo = () => {
  clearTimeout(held?.timer);
  if (held && moved === held.card) end();
  held = null;
};

document.addEventListener(
  "touchstart",
  (event) => {
    letGo();
    const card = cardOf(event.target);
    if (!card || event.touches.length > 1 || event.target.closest("input, button")) return;
    const [{ clientX: x, clientY: y }] = event.touches;
    held = { card, x, y, hasStrayed: false, timer: setTimeout(take, HELD) };
  },
  { passive: true },
);

document.addEventListener(
  "touchmove",
  (event) => {
    if (!held) return;
    const [{ clientX: x, clientY: y }] = event.touches;
    if (moved === held.card) {
      event.preventDefault(); // the page does not scroll with it
      const hasStrayed = held.hasStrayed || isAway(x, y);
      Object.assign(held, { x, y, hasStrayed });
    } else if (isAway(x, y)) {
      letGo();
    }
  },
  { passive: false },
);

document.addEventListener("touchend", (event) => {
  if (held && moved === held.card) {
    event.preventDefault(); // no click follows
    if (target) drop(moved, target);
  }
  letGo();
});

document.addEventListener("touchcancel", letGo);

// What browsers do themselves with a link or a card that is held.
for (const name of ["contextmenu", "dragstart"]) {
  document.addEventListener(name, (event) => held && event.preventDefault(), { capture: true });
}
