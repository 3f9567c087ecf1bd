// Runs once inside Gradio, which gives `element` (the table of runs), `trigger` and `watch`.

let opened = null;
element.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-run]");
  if (!button) return;
  opened = button.dataset.run;
  trigger("select", { run: opened });
});

// The table is drawn anew with the run marked: the keyboard stays where it was.
watch("value", () => {
  if (opened === null) return;
  const buttons = [...element.querySelectorAll("button[data-run]")];
  buttons.find((button) => button.dataset.run === opened)?.focus({ preventScroll: true });
  opened = null;
});
