
"use strict";
const slides = [...document.querySelectorAll("section")];
let now = 0;

function show(number) {
  now = Math.min(Math.max(number, 0), slides.length - 1);
  slides.forEach((slide, i) => slide.classList.toggle("here", i === now));
  document.getElementById("place").textContent = `${now + 1} / ${slides.length}`;
  history.replaceState(null, "", `#s${now + 1}`);
}

function fromAddress() {
  show(slides.findIndex((slide) => `#${slide.id}` === location.hash));
}

const KEYS = {
  ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1, Home: -Infinity, End: Infinity,
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in KEYS)) return;
  if (event.key === " " && event.target.closest("button, a, summary")) return;
  event.preventDefault();
  show(now + KEYS[event.key]);
});
document.getElementById("back").addEventListener("click", () => show(now - 1));
document.getElementById("on").addEventListener("click", () => show(now + 1));
document.querySelector("main").addEventListener("click", (event) => {
  if (event.target.closest("a, summary, pre, table")) return;
  const where = event.clientX / innerWidth;
  if (where < 0.12) show(now - 1);
  if (where > 0.88) show(now + 1);
});
window.addEventListener("hashchange", fromAddress);
document.querySelector("nav").hidden = slides.length < 2;
document.documentElement.classList.add("one");
fromAddress();
