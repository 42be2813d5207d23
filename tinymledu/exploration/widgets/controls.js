// Sliders and menus of the browser itself: each is inside its label, so that a screen reader says
// its name, and each is used by keyboard as everywhere. Python keeps where they stand.

const ROW = "display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0.25rem 0";
const NAMED = "display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center";
const WIDTH = "width: 20rem; max-width: 100%";

function short(value) {
  return String(Number(Number(value).toPrecision(6)));
}

function control(kind, changed) {
  const [row, named, text] = ["div", "label", "span"].map((tag) => document.createElement(tag));
  const input = document.createElement(kind === "menu" ? "select" : "input");
  const readout = document.createElement("output");
  [row.style.cssText, named.style.cssText, input.style.cssText] = [ROW, NAMED, WIDTH];
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

// JupyterLab takes plain keys, such as arrows and letters, for its own: to fold headings, to delete
// cells. Inside our controls they belong to the controls.
function keepPlainKeys(el) {
  const keep = (event) => {
    if (!(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey)) event.stopPropagation();
  };
  el.addEventListener("keydown", keep);
}

function render({ model, el }) {
  const made = model.get("controls").map((one) => {
    const changed = (value) => model.send({ name: one.name, value });
    return control(one.kind, changed);
  });
  const putAll = () => model.get("controls").forEach((one, place) => made[place].put(one));
  putAll();
  keepPlainKeys(el);
  el.append(...made.map(({ row }) => row));
  model.on("change:controls", putAll);
  return () => model.off("change:controls", putAll);
}

export default { render };
