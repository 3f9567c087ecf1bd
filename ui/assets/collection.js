// Runs once in each part of the collection that Gradio draws (`element`), with that part's own
// `trigger` and `watch`. Text from papers is only ever set as textContent.

const place = (css) => element.closest(css) !== null;
const marksOf = (figure) => [...figure.querySelectorAll("a[role=button]")];
const markOf = (event) => event.target.closest?.("svg a[role=button]");

// What is chosen stands in the card and in the line that counts; marks follow it.
function follow() {
  const paper = document.querySelector("#pc-chosen .pc-paper")?.dataset.paper;
  const month = document.querySelector("#pc-count [data-month]")?.dataset.month;
  for (const mark of document.querySelectorAll("#pc-figures svg a[role=button]")) {
    const { paper: its, month: when } = mark.dataset;
    const chosen = its === undefined ? when === month : its === paper;
    mark.setAttribute("aria-pressed", String(chosen));
    if (chosen) stop(mark);
  }
}

// A figure is one stop for the Tab key, at the mark that was last focused or chosen.
function stop(mark) {
  const figure = mark.closest("svg");
  for (const other of figure.querySelectorAll('a[tabindex="0"]'))
    other.setAttribute("tabindex", "-1");
  mark.setAttribute("tabindex", "0");
}

const WAYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
function middle(mark) {
  const { x, y, width, height } = mark.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}

// The nearest mark that way; what lies aside counts as further off.
function neighbour(mark, all, [dx, dy]) {
  const [x0, y0] = middle(mark);
  let best = null;
  let least = Infinity;
  for (const other of all) {
    const [x, y] = middle(other);
    const along = (x - x0) * dx + (y - y0) * dy;
    const aside = Math.abs((x - x0) * dy) + Math.abs((y - y0) * dx);
    const far = along + 2.5 * aside;
    if (other === mark || along < 0.5 || far >= least) continue;
    best = other;
    least = far;
  }
  return best;
}

function after(mark, key) {
  const all = marksOf(mark.closest("svg"));
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (mark.dataset.month === undefined) return neighbour(mark, all, WAYS[key]);
  const step = WAYS[key][0] || -WAYS[key][1]; // months lie in a line
  return all[all.indexOf(mark) + step];
}

element.addEventListener("keydown", (event) => {
  const mark = markOf(event);
  if (!mark || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === " ") choose(mark, event);
  else if (event.key in WAYS || event.key === "Home" || event.key === "End") {
    event.preventDefault();
    after(mark, event.key)?.focus();
  }
});
element.addEventListener("click", (event) => {
  const mark = markOf(event);
  if (mark) choose(mark, event);
});
function choose(mark, event) {
  event.preventDefault();
  hide();
  stop(mark);
  const { paper, month } = mark.dataset;
  trigger("select", paper === undefined ? { month } : { paper });
}

// The label of a mark, shown on hover and focus.
const tip = document.querySelector(".pc-tip") ?? document.createElement("div");
if (!tip.isConnected) {
  tip.className = "pc-pop pc-tip";
  tip.setAttribute("aria-hidden", "true"); // a mark's name already
  tip.append(document.createElement("span"), document.createElement("cite"));
  tip.hidden = true;
  (document.querySelector(".gradio-container") ?? document.body).append(tip);
}
function explain(event) {
  const mark = markOf(event) ?? element.querySelector("svg a:focus-visible");
  tip.hidden = !mark;
  if (!mark) return;
  const group = mark.closest("g[role=group]")?.getAttribute("aria-label") ?? "";
  tip.firstChild.textContent = mark.getAttribute("aria-label");
  tip.lastChild.textContent = group;
  tip.lastChild.hidden = !group;
  const at = (mark.querySelector(".pc-bar") ?? mark).getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const left = Math.min(at.left + at.width / 2 + 10, innerWidth - size.width - 12);
  const above = at.top - size.height - 8;
  tip.style.left = `${Math.max(12, left)}px`;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}
const hide = () => (tip.hidden = true);
element.addEventListener("mousemove", (event) => {
  // Where the page moves under the mouse, as it does for a focused mark, nothing is pointed at.
  if (event.movementX || event.movementY) explain(event);
});
element.addEventListener("mouseleave", hide);
element.addEventListener("focusout", hide);
element.addEventListener("focusin", (event) => {
  const mark = markOf(event);
  if (mark) stop(mark);
  explain(event);
});

// A screen reader is told of what changes; of a chosen paper its title.
if (place("#pc-count, #pc-report, #pc-map-told")) element.setAttribute("role", "status");
let said = null;
if (place("#pc-card")) {
  said = document.createElement("p");
  said.className = "pc-unseen";
  said.setAttribute("role", "status");
  element.after(said);
}

watch("value", () => {
  hide();
  follow();
  const title = element.querySelector(".pc-paper h3");
  if (said) said.textContent = title ? `Chosen: ${title.textContent}` : "";
});
follow();
