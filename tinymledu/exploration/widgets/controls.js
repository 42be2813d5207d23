// Sliders and menus of the browser itself: each is inside its label, so that a screen reader says
// its name, and each is used by keyboard as everywhere. Python keeps where they stand, and says in
// words what a change did: those who cannot see the figure hear it.

const ROW = "display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0.25rem 0";
// On a phone the name stands above its control, and the number of a slider has room beside it.
const NAMED = "display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; min-width: 0";
const BESIDE = "; max-width: calc(100% - 4.5rem)";
const WIDTH = "width: 20rem; max-width: 100%; box-sizing: border-box";
const UNSEEN =
  "position: absolute; top: 0; width: 1px; height: 1px; margin: 0; overflow: hidden; " +
  "clip-path: inset(50%)";

function short(value) {
  return String(Number(Number(value).toPrecision(6)));
}

function control(kind, changed) {
  const [row, named, text] = ["div", "label", "span"].map((tag) => document.createElement(tag));
  const input = document.createElement(kind === "menu" ? "select" : "input");
  const readout = document.createElement("span"); // for the eye: a slider says its number itself
  readout.setAttribute("aria-hidden", "true");
  const room = kind === "slider" ? NAMED + BESIDE : NAMED + "; max-width: 100%";
  [row.style.cssText, named.style.cssText, input.style.cssText] = [ROW, room, WIDTH];
  text.style.minWidth = "12rem";
  named.append(text, input);
  row.append(named);
  if (kind === "slider") {
    input.type = "range";
    row.append(readout);
    input.addEventListener("input", () => (readout.textContent = short(input.value)));
  }
  input.addEventListener("change", () => changed(Number(input.value)));

  function put(one) {
    text.textContent = one.label;
    if (kind === "slider") {
      [input.min, input.max, input.step] = [one.low, one.high, one.step];
      readout.textContent = short(one.value);
    } else if (input.options.length === 0) {
      input.append(...one.options.map((option, place) => new Option(option, place)));
    }
    input.value = one.value;
  }
  return { row, put };
}

function render({ model, el }) {
  const made = model.get("controls").map((one) => {
    const changed = (value) => model.send({ name: one.name, value });
    return control(one.kind, changed);
  });
  const putAll = () => model.get("controls").forEach((one, place) => made[place].put(one));
  putAll();
  keepPlainKeys(el);
  const said = document.createElement("p");
  said.setAttribute("role", "status"); // screen readers read it when it changes
  said.style.cssText = UNSEEN;
  const say = () => (said.textContent = model.get("said"));
  el.style.position = "relative"; // what is unseen scrolls with its cell
  el.append(...made.map(({ row }) => row), said);
  model.on("change:controls", putAll);
  model.on("change:said", say);
  return () => {
    model.off("change:controls", putAll);
    model.off("change:said", say);
  };
}

export default { render };
