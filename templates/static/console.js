// Conveniences of the console. Everything works without this file.
"use strict";

// One key for what is done often: it ticks the button, or presses it. Not while somebody writes, and not where it
// was switched off (WCAG 2.1.4).
(function () {
  const OFF = "aftercare.keys.off";
  const WRITES = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

  function off() {
    try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
  }

  function keep(isOff) {
    try { localStorage.setItem(OFF, isOff ? "1" : "0"); } catch { /* then it holds for this page only */ }
  }

  let isOff = off();

  document.addEventListener("keydown", (event) => {
    if (isOff || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
    if (event.target.closest(WRITES) || !/^[a-z0-9]$/.test(event.key)) return;
    const found = document.querySelector(`[data-key="${event.key}"]`);
    if (!found) return;
    event.preventDefault();
    found.focus();
    if (found.type !== "radio") { found.click(); return; }
    found.checked = true;
    const brought = document.getElementById(found.dataset.brings || "");
    if (brought && !brought.form.querySelector(`[name="${brought.name}"]:checked`)) brought.checked = true;
  });

  const note = document.querySelector("[data-keys-note]");
  if (note) {
    const change = document.createElement("button");
    const say = () => { change.textContent = isOff ? "Switch the keys on" : "Switch the keys off"; };
    change.type = "button";
    change.className = "plain";
    change.addEventListener("click", () => { isOff = !isOff; keep(isOff); say(); });
    say();
    note.append(" ", change);
  }
})();
