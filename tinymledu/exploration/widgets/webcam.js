// A live picture, and a button that sends one picture to Python. Nothing is kept here, and nothing
// is asked from the network: a picture goes to the kernel of this page, and nowhere else.

const WHY = {
  NotAllowedError: "The browser may not use the camera. Allow it for this page, then start again.",
  NotFoundError: "There is no camera at this computer.",
  NotReadableError: "Another program uses the camera. Close it, then start again.",
};

function button(text) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.style.cssText = "font: inherit; margin-right: 0.5rem; padding: 0.25rem 0.75rem";
  return made;
}

function render({ model, el }) {
  const start = button("Start the camera");
  const take = button("Take a picture");
  take.disabled = true;
  const video = document.createElement("video");
  video.muted = true;
  video.setAttribute("playsinline", "");
  video.setAttribute("aria-label", "What the camera sees now");
  video.style.cssText = "display: none; max-width: 100%; margin-top: 0.5rem";
  const last = document.createElement("canvas");
  last.setAttribute("role", "img");
  last.setAttribute("aria-label", "The last picture that was taken");
  last.style.cssText = "display: none; max-width: 100%; margin-top: 0.5rem";
  const said = document.createElement("p");
  said.setAttribute("role", "status"); // screen readers read it when it changes
  said.textContent = "The camera is off. A picture goes to Python only, and into no file.";
  keepPlainKeys(el);
  el.append(start, take, said, video, last);

  let stream = null;
  let starting = false; // a disabled button would lose the keyboard's focus, so it is not disabled
  let gone = false; // the cell was run again or deleted

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    video.style.display = "none";
    take.disabled = true;
    start.textContent = "Start the camera";
  }

  async function begin() {
    if (!navigator.mediaDevices) {
      said.textContent =
        "The browser gives the camera only to pages of this computer (localhost) or with https.";
      return;
    }
    try {
      const [width, height] = [model.get("width"), model.get("height")];
      stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: width }, height: { ideal: height } },
        audio: false,
      });
      if (gone) return stop();
      stream.getTracks()[0].addEventListener("ended", () => {
        stop();
        said.textContent = "The camera was switched off or unplugged.";
      });
      video.srcObject = stream;
      video.style.display = "block";
      await video.play();
    } catch (error) {
      stop();
      said.textContent = WHY[error.name] ?? `The camera does not start: ${error.message}`;
      return;
    }
    start.textContent = "Stop the camera";
    take.disabled = false;
    said.textContent = `The camera is on, ${video.videoWidth} × ${video.videoHeight}.`;
  }

  start.addEventListener("click", () => {
    if (starting) return;
    if (stream === null) {
      starting = true;
      begin().finally(() => (starting = false));
      return;
    }
    stop();
    said.textContent = "The camera is off.";
  });

  take.addEventListener("click", () => {
    [last.width, last.height] = [video.videoWidth, video.videoHeight];
    last.style.display = "block";
    const paper = last.getContext("2d");
    paper.drawImage(video, 0, 0);
    const { data, width, height } = paper.getImageData(0, 0, last.width, last.height);
    // A message, not a state: states can be saved in the notebook, and pictures must not be.
    model.send({ width, height }, undefined, [data.buffer]);
  });

  const heard = (message) => {
    if (message.kind === "said") said.textContent = message.text;
  };
  model.on("msg:custom", heard);

  return () => {
    gone = true;
    stop();
    model.off("msg:custom", heard);
  };
}

export default { render };
