// Runs once inside Gradio, which gives `element` (the drafted questions), `trigger` and `watch`.

const card = (node) => node.closest(".pc-draft");
const cards = () => [...element.querySelectorAll(".pc-draft")];
const written = (one) =>
  Object.fromEntries([...one.querySelectorAll("textarea")].map((area) => [area.name, area.value]));

let shown = false; // whether the section is unfolded
let place = null; // of the question that was decided on
let writing = {}; // what was written and not decided on, by the questions' keys
let refused = {}; // what was written in the question that was decided on, should it not be taken

const unfold = (one, on) => {
  one.querySelector(".pc-edit").hidden = !on;
  one.querySelector('[data-action="open"]').setAttribute("aria-expanded", on);
};

element.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-action]");
  if (!button) return;
  const one = card(button);
  const action = button.dataset.action;
  if (action === "open" || action === "close") {
    const on = action === "open" && one.querySelector(".pc-edit").hidden;
    unfold(one, on);
    if (action === "close") {
      delete writing[one.dataset.draft];
      for (const area of one.querySelectorAll("textarea")) area.value = area.defaultValue;
    }
    one.querySelector(on ? "textarea" : '[data-action="open"]').focus();
    return;
  }
  place = cards().indexOf(one);
  const key = one.dataset.draft;
  const fields = action === "edit" ? written(one) : {};
  refused = action === "edit" || key in writing ? { [key]: written(one) } : {};
  delete writing[key];
  trigger("select", { action, draft: key, ...fields });
});

// At each letter, since the questions may be drawn anew at any time.
element.addEventListener("input", (event) => {
  const one = card(event.target);
  if (one) writing[one.dataset.draft] = written(one);
});

element.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches(".pc-drafts")) shown = event.target.open;
  },
  true,
);

// The questions are drawn anew: what is being written stays, and so does the keyboard's place.
watch("value", () => {
  const section = element.querySelector(".pc-drafts");
  if (!section) return;
  section.open ||= shown;
  if (section.querySelector(".pc-refused")) writing = { ...writing, ...refused };
  for (const one of cards()) {
    const kept = writing[one.dataset.draft];
    if (!kept) continue;
    unfold(one, true);
    for (const area of one.querySelectorAll("textarea")) area.value = kept[area.name] ?? area.value;
  }
  if (place === null) return;
  const next = cards()[Math.min(place, cards().length - 1)];
  (next?.querySelector("button") ?? section.querySelector("summary")).focus();
  place = null;
});
