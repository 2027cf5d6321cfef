// A decision for all workouts that are gone is shown at each of them. Without this script it counts, too.
"use strict";

const forAll = document.querySelector("select[name=gone]");
const single = document.querySelectorAll("select[name^=gone-]");

forAll?.addEventListener("change", () => {
  if (forAll.value === "each") return;
  for (const select of single) select.value = forAll.value === "rename" ? select.dataset.rename : forAll.value;
});

for (const select of single) {
  select.addEventListener("change", () => {
    if (forAll) forAll.value = "each";
  });
}
