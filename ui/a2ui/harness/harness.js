// A host for tests: it frames the canvas of the origin that its address names, keeps what was said to it,
// and replays whenever the canvas says that it is there and empty.
const canvas = new URLSearchParams(location.search).get("canvas");
const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const frame = Object.assign(document.createElement("iframe"), { src: canvas, title: "Canvas" });
frame.setAttribute("sandbox", "allow-scripts");

globalThis.host = {
  nonce,
  frame,
  /** Everything that the agent said so far. */
  kept: [],
  /** Everything that the canvas said. */
  heard: [],
  say(type, more = {}) {
    // A sandboxed page has no origin to address; the nonce is what it knows this host by.
    frame.contentWindow.postMessage({ type, nonce, ...more }, "*");
  },
  apply(messages) {
    this.kept.push(...messages);
    this.say("a2ui.apply", { messages });
  },
};

addEventListener("message", ({ source, data }) => {
  if (source !== frame.contentWindow) return;
  host.heard.push(data);
  if (data.type === "a2ui.ready") host.say("a2ui.open", { messages: host.kept });
});
document.body.append(frame);
