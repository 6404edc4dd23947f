// Conveniences of the console. Everything works without this file.
"use strict";

// One key for what is done often: it ticks the choice, follows the link, or goes to the button, which Enter presses. A
// key alone sends nothing: whoever types a word into nothing has done nothing. Not while somebody writes, and not where
// it was switched off (WCAG 2.1.4).
(function () {
  const OFF = "aftercare.keys.off";
  const FIELDS = "input:not([type=hidden]), textarea, select";
  const WRITES = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

  function off() {
    try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
  }

  function keep(isOff) {
    try { localStorage.setItem(OFF, isOff ? "1" : "0"); } catch { /* then it holds for this page only */ }
  }

  let isOff = off();

  let pressed = false; // once a link was followed, no key does anything until the next page is there
  addEventListener("pageshow", () => { pressed = false; });

  function shown(key) {
    return [...document.querySelectorAll(`[data-key="${key}"]`)].find((one) => one.getClientRects().length);
  }

  function press(found) {
    found.focus();
    if (found.type === "radio") {
      found.checked = true;
      const brought = document.getElementById(found.dataset.brings || "");
      if (brought && !brought.form.querySelector(`[name="${brought.name}"]:checked`)) brought.checked = true;
    } else if (found.tagName === "SUMMARY") {
      found.parentElement.open = true;
      found.parentElement.querySelector(FIELDS)?.focus();
    } else if (found.tagName === "A") {
      pressed = true;
      found.click();
    }
  }

  // What the page offers now: not every page about a thing has every button.
  function show(list) {
    if (list.open) return;
    for (const one of list.querySelectorAll("[data-lists]")) one.hidden = !shown(one.dataset.lists);
    list.showModal();
  }

  const list = document.getElementById("keys");
  document.addEventListener("keydown", (event) => {
    if (isOff || pressed || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
    if (event.target.closest(WRITES)) return;
    if (event.key === "?" && list) { show(list); return; }
    if (list?.open || !/^[a-z0-9]$/.test(event.key)) return;
    const found = shown(event.key);
    if (!found) return;
    event.preventDefault();
    press(found);
  });

  for (const button of document.querySelectorAll("[data-closes]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.closes).close());
  }

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

// A file's text is put into the field that takes it.
for (const place of document.querySelectorAll("[data-reads]")) {
  const label = document.createElement("label");
  const chooser = document.createElement("input");
  label.textContent = place.dataset.says;
  label.htmlFor = chooser.id = `file-of-${place.dataset.reads}`;
  chooser.type = "file";
  chooser.accept = place.dataset.ends;
  chooser.addEventListener("change", async () => {
    if (chooser.files[0]) document.getElementById(`f-${place.dataset.reads}`).value = await chooser.files[0].text();
  });
  place.append(label, chooser);
}
