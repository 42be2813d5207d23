// Shows the errors whose pattern is found in what was pasted, or which contain all of its words.
"use strict";

function fits(entry, message) {
  const written = entry.dataset.pattern;
  const flags = written.startsWith("(?i)") ? "i" : "";
  if (new RegExp(written.replace("(?i)", ""), flags).test(message)) return true;
  const text = entry.textContent.toLowerCase();
  return message.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

document.addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("message");
  if (!field) return;
  field.parentElement.hidden = false;
  const entries = [...document.querySelectorAll(".trouble")];
  field.addEventListener("input", () => {
    const message = field.value.trim();
    let n = 0;
    for (const entry of entries) {
      entry.hidden = message !== "" && !fits(entry, message);
      if (!entry.hidden) n += 1;
    }
    for (const part of document.querySelectorAll("section section")) {
      part.hidden = part.querySelector(".trouble:not([hidden])") === null;
    }
    document.getElementById("message-found").textContent =
      message === "" ? "" : n === 0
        ? "Not in this list. Read its last line: it says what was expected, and where."
        : `${n} of ${entries.length} fit.`;
  });
});
