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

// Where what led to the panel is out of sight, as on a phone, a button leads back to it.
let origin = null;
const back = document.createElement("button");
back.type = "button";
back.className = "pc-back";
back.textContent = "Back to the answer";
back.hidden = true;
back.addEventListener("click", goBack);
const sight = new IntersectionObserver((seen) => (back.hidden = seen.at(-1).isIntersecting));
page.signal.addEventListener("abort", () => leave());

const alike = (link) =>
  [...document.querySelectorAll(`#pc-chat .${link.className}`)].filter(
    (other) =>
      other.dataset.number === link.dataset.number && other.dataset.marker === link.dataset.marker,
  );

// `link` led to `target` in the panel. The button stands behind it, also for a screen reader.
function arrive(link, target) {
  const place = alike(link).indexOf(link);
  origin = { link, place, number: link.dataset.number };
  const { marker } = link.dataset;
  back.setAttribute("aria-label", back.textContent + (marker ? `, at source ${marker}` : ""));
  sight.disconnect();
  sight.observe(link);
  (target?.closest(".pc-card") ?? panel()).append(back);
}

function leave() {
  origin = null;
  sight.disconnect();
  back.remove();
}

function goBack() {
  // An answer is drawn anew when it ends.
  const link = origin.link.isConnected ? origin.link : alike(origin.link)[origin.place];
  leave();
  link?.scrollIntoView({ block: "center", behavior: motion() });
  link?.focus({ preventScroll: true });
}

function reveal(marker, start) {
  const only = start ? `[data-starts~="${start}"]` : "";
  const marks = [...element.querySelectorAll(`mark[data-markers~="${marker}"]${only}`)];
  const card = element.querySelector(`.pc-card[data-markers~="${marker}"]`);
  const target = marks[0] ?? card;
  if (!target) return null;
  target.scrollIntoView({ block: "center", behavior: motion() });
  target.focus({ preventScroll: true });
  flash(marks.length ? marks : [card]);
  return target;
}

function open(card) {
  const target = document.getElementById(card);
  if (!target) return null;
  for (let node = target; node && node !== element; node = node.parentElement)
    if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView({ block: "nearest", behavior: motion() });
  target.querySelector("summary")?.focus({ preventScroll: true });
  flash([target]);
  return target;
}

function top() {
  const head = panel()?.querySelector("h2");
  head?.setAttribute("tabindex", "-1");
  panel()?.scrollIntoView({ block: "start", behavior: motion() });
  head?.focus({ preventScroll: true });
  return head;
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
  if (origin && origin.number !== panel()?.dataset.number) leave();
  else if (origin && !back.isConnected) panel().append(back);
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
  if (event.key !== "Escape") return;
  hide();
  if (origin && element.contains(document.activeElement)) goBack();
});

// Gradio's button for the sidebar doesn't tell whether that is open.
const side = document.getElementById("pc-side");
const toggle = side?.querySelector(".toggle-button");
if (toggle) {
  const tell = () => toggle.setAttribute("aria-expanded", side.classList.contains("open"));
  const watching = new MutationObserver(tell);
  watching.observe(side, { attributes: true, attributeFilter: ["class"] });
  page.signal.addEventListener("abort", () => watching.disconnect());
  tell();
}

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
    ".pc-cite, .pc-near, .pc-show, .pc-copy, .pc-edit, .pc-drop, .pc-again",
  );
  if (!link) return;
  event.preventDefault();
  hide();
  const { number, marker: wantedMarker, start, card, what, field } = link.dataset;
  if (link.matches(".pc-copy")) copy(link);
  else if (link.matches(".pc-again"))
    document.querySelector('#pc-chat button[aria-label="Retry"]')?.click(); // the last one's
  else if (link.matches(".pc-drop")) trigger("submit", { number: Number(number), field });
  else if (link.matches(".pc-edit")) {
    trigger("edit", { number: Number(number), what });
    document.querySelector("#pc-box textarea")?.focus();
  }
  else if (link.matches(".pc-cite")) show(number, () => arrive(link, reveal(wantedMarker, start)));
  else if (link.matches(".pc-near")) show(number, () => arrive(link, open(card)));
  else show(number, () => arrive(link, top()));
});
