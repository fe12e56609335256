// The bridge of a canvas page. Whoever shows the page is an app around a web view, or the page that
// frames this one; there is nobody else to talk to.
(() => {
  "use strict";
  const script = document.currentScript;
  const base = script.src.slice(0, script.src.lastIndexOf("/") + 1);
  const FAMILY = ["tidegate", "openclaw", "clawdbot", "coderclaw"];
  const NONCE_CHARS = 16;
  const AGAIN_MS = 1_000;
  const AGAIN_MOST_MS = 30_000;

  // What people do on the page.

  let nonce;
  const waiting = [];
  const WAITING = 8;

  /** The app around a web view; an action goes to one handler, or it would arrive twice. */
  function toApp(message) {
    for (const family of FAMILY) {
      const name = `${family}CanvasA2UIAction`;
      const ios = window.webkit?.messageHandlers?.[name];
      if (typeof ios?.postMessage === "function") {
        ios.postMessage(message);
        return true;
      }
      const other = window[name];
      if (typeof other === "function") {
        other(JSON.stringify(message));
        return true;
      }
      if (typeof other?.postMessage === "function") {
        other.postMessage(JSON.stringify(message));
        return true;
      }
    }
    return false;
  }

  function toParent(message) {
    if (window.parent === window) return false;
    if (nonce !== undefined) window.parent.postMessage({ type: "canvas.action", nonce, ...message }, "*");
    else if (waiting.length < WAITING) waiting.push(message);
    return true;
  }

  function freshId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** Tells the agent what somebody did. Gives the action's id, or `false` if nobody listens. */
  function sendUserAction(action) {
    const given = typeof action === "string" ? { name: action } : action;
    if (typeof given?.name !== "string") return false;
    const userAction = { id: freshId(), timestamp: new Date().toISOString(), ...given };
    return toApp({ userAction }) || toParent({ userAction }) ? userAction.id : false;
  }

  for (const family of FAMILY) {
    Object.defineProperty(window, `${family}SendUserAction`, { value: sendUserAction, configurable: true });
  }
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || source === window || data?.type !== "canvas.open" || nonce !== undefined) return;
    if (typeof data.nonce !== "string" || data.nonce.length < NONCE_CHARS) return;
    nonce = data.nonce;
    for (const message of waiting.splice(0)) toParent(message);
  });
  if (window.parent !== window) window.parent.postMessage({ type: "canvas.ready", protocol: 1 }, "*");

  // The page again when its files change, also if they did before anybody listened.

  let wait = AGAIN_MS;
  function listen() {
    const socket = new WebSocket(`${base.replace(/^http/, "ws")}ws?seen=${script.dataset.live}`);
    socket.onopen = () => {
      wait = AGAIN_MS;
    };
    socket.onmessage = ({ data }) => {
      if (data === "reload") location.reload();
    };
    socket.onclose = () => {
      setTimeout(listen, wait);
      wait = Math.min(wait * 2, AGAIN_MOST_MS);
    };
  }
  if (script.dataset.live) listen();
})();
