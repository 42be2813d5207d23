// Stands before each script of this folder: see live.py.

// JupyterLab takes plain keys, such as arrows and letters, for its own: to fold headings, to delete
// cells. Inside our controls they belong to the controls.
function keepPlainKeys(el) {
  const keep = (event) => {
    if (!(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey)) event.stopPropagation();
  };
  el.addEventListener("keydown", keep);
}
