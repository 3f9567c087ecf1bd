"use strict";
const cases = [...document.querySelectorAll(".case")];
const words = cases.map((one) => one.textContent.toLowerCase());
const [type, short, typed] = ["by-type", "by-short", "by-words"].map((id) => document.getElementById(id));
const filter = () => {
  const wanted = typed.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  cases.forEach((one, place) => {
    const fell = one.dataset.short.split(" ").filter(Boolean);
    const fits = (!type.value || one.dataset.type === type.value)
      && (!short.value || (short.value === "*" ? fell.length > 0 : fell.includes(short.value)))
      && wanted.every((word) => words[place].includes(word));
    one.hidden = !fits;
    shown += fits;
  });
  document.getElementById("shown").textContent = `${shown} of ${cases.length} cases`;
};
for (const control of [type, short, typed]) control.addEventListener("input", filter);
document.getElementById("filters").hidden = false;
filter();
