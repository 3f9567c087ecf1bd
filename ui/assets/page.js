// Runs once inside Gradio, which gives `element` (the source panel), `trigger` and `watch`.
// It links an answer's markers with the panel. Text from papers is only ever set as textContent.

window.paperchat?.abort();
const page = new AbortController();
window.paperchat = page;
const on = (type, handler, options) =>
  document.addEventListener(type, handler, { ...options, signal: page.signal });

const opened = new Set();
const motion = () =>
  matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
const panel = () => element.querySelector(".pc-sources");

function flash(targets) {
  for (const target of targets) {
    target.classList.remove("pc-flash");
    void target.offsetWidth; // restarts the animation
    target.classList.add("pc-flash");
  }
}

function reveal(marker, start) {
  const only = start ? `[data-starts~="${start}"]` : "";
  const marks = [...element.querySelectorAll(`mark[data-markers~="${marker}"]${only}`)];
  const card = element.querySelector(`.pc-card[data-markers~="${marker}"]`);
  const target = marks[0] ?? card;
  if (!target) return;
  target.scrollIntoView({ block: "center", behavior: motion() });
  target.focus({ preventScroll: true });
  flash(marks.length ? marks : [card]);
}

function open(card) {
  const target = document.getElementById(card);
  if (!target) return;
  for (let node = target; node && node !== element; node = node.parentElement)
    if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView({ block: "nearest", behavior: motion() });
  target.querySelector("summary")?.focus({ preventScroll: true });
  flash([target]);
}

// A request for another answer's sources goes to the server, which sends its panel back. Other
// panels may still be on their way: of an answer that ends at the same moment, or of an earlier
// request. What was asked for last wins until a new question brings a panel of its own.
let wanted = null;
let newest = 0;
function show(number, action) {
  wanted = { number, action, tries: 5 };
  if (panel()?.dataset.number === number) return settle();
  trigger("select", { number: Number(number) });
}

function settle() {
  const { action } = wanted;
  wanted.action = null;
  if (action) requestAnimationFrame(action);
}

// The address carries the kept conversation, so that a reload, or a bookmark, finds it again.
let talk = null;
function remember() {
  const now = element.querySelector(".pc-of")?.dataset.conversation ?? "";
  if (now === talk) return;
  if (talk !== null) newest = 0; // numbers of another conversation
  talk = now;
  const address = new URL(location.href);
  if (now) address.searchParams.set("c", now);
  else if (panel()?.dataset.number !== "0") return; // not kept yet
  else address.searchParams.delete("c");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

// A new question comes into view though one was reading further up. Its answer is followed while it
// grows until the question is at the top, so that one reads from the beginning, or until one scrolls.
let following = false;
const follow = () => {
  const talk = document.querySelector("#pc-chat .bubble-wrap");
  const asked = [...(talk?.querySelectorAll(".user-row") ?? [])].pop();
  if (!following || !asked) return;
  talk.scrollTop += asked.getBoundingClientRect().top - talk.getBoundingClientRect().top - 8;
};
const growth = new ResizeObserver(follow);
page.signal.addEventListener("abort", () => growth.disconnect());
for (const type of ["wheel", "touchmove", "pointerdown", "keydown"])
  on(type, () => (following = false), { passive: true });

function followNewest() {
  following = true;
  requestAnimationFrame(() => {
    const messages = document.querySelector("#pc-chat .message-wrap");
    if (messages) growth.observe(messages);
    follow();
  });
}

watch("value", () => {
  remember();
  for (const id of opened) {
    const card = document.getElementById(id);
    if (card) card.open = true;
  }
  const shown = panel()?.dataset.number;
  const isNew = !shown || Number(shown) > newest;
  if (Number(shown ?? 0) > newest) followNewest();
  newest = Math.max(newest, Number(shown ?? 0));
  if (!wanted || isNew) wanted = null;
  else if (shown === wanted.number) settle();
  else if (wanted.tries-- > 0) trigger("select", { number: Number(wanted.number) });
});

on("toggle", (event) => {
  const { id, open: isOpen } = event.target;
  if (!id?.startsWith("pc-")) return;
  if (isOpen) opened.add(id);
  else opened.delete(id);
}, { capture: true });

// The quote behind a marker, shown on hover and focus.
const bubble = document.createElement("div");
bubble.className = "pc-pop";
bubble.id = "pc-pop";
bubble.setAttribute("role", "tooltip");
bubble.hidden = true;
const [quote, title] = ["q", "cite"].map((tag) => document.createElement(tag));
bubble.append(quote, title);
(document.querySelector(".gradio-container") ?? document.body).append(bubble);
page.signal.addEventListener("abort", () => bubble.remove());

function hide() {
  bubble.hidden = true;
}

function explain(link) {
  quote.textContent = link.dataset.quote;
  title.textContent = link.dataset.title;
  link.setAttribute("aria-describedby", bubble.id);
  bubble.hidden = false;
  const at = link.getBoundingClientRect();
  const size = bubble.getBoundingClientRect();
  const left = Math.min(at.left - 12, innerWidth - size.width - 12);
  const above = at.top - size.height - 8;
  bubble.style.left = `${Math.max(12, left)}px`;
  bubble.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

const marker = (event) => event.target.closest?.("a.pc-cite");
on("mouseover", (event) => {
  const link = marker(event);
  if (link) explain(link);
  else hide();
});
on("focusin", (event) => {
  const link = marker(event);
  if (link) explain(link);
  else hide();
});
on("scroll", hide, { capture: true, passive: true });
on("keydown", (event) => {
  wanted = null;
  if (event.key === "Escape") hide();
});

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser did not allow it";
  }
  setTimeout(() => (button.textContent = "Copy"), 1600);
}

on("click", (event) => {
  wanted = null;
  const link = event.target.closest?.(
    ".pc-cite, .pc-near, .pc-show, .pc-copy, .pc-edit, .pc-drop",
  );
  if (!link) return;
  event.preventDefault();
  hide();
  const { number, marker: wantedMarker, start, card, what, field } = link.dataset;
  if (link.matches(".pc-copy")) copy(link);
  else if (link.matches(".pc-drop")) trigger("submit", { number: Number(number), field });
  else if (link.matches(".pc-edit")) {
    trigger("edit", { number: Number(number), what });
    document.querySelector("#pc-box textarea")?.focus();
  }
  else if (link.matches(".pc-cite")) show(number, () => reveal(wantedMarker, start));
  else if (link.matches(".pc-near")) show(number, () => open(card));
  else
    show(number, () => panel()?.scrollIntoView({ block: "start", behavior: motion() }));
});
