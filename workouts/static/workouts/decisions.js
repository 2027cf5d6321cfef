// A decision for all workouts that are gone is shown at each of them. Without this script it counts, too. One tick for all
// new ones is for scripts alone.
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

const all = document.getElementById("take-all");
const rows = all ? [...all.closest("table").querySelectorAll("[name=taken]")] : [];

const show = () => {
  const ticked = rows.filter(({ checked }) => checked).length;
  all.checked = ticked === rows.length;
  all.indeterminate = ticked > 0 && !all.checked;
};

all?.addEventListener("change", () => {
  for (const row of rows) row.checked = all.checked;
});
for (const row of rows) row.addEventListener("change", show);
if (all) window.addEventListener("pageshow", show);
