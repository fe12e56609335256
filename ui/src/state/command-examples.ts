/** Something to begin with for each command that takes something: short, and fit to be sent as it is. */
const EXAMPLES: Readonly<Record<string, object>> = {
  "browser.proxy": { method: "GET", path: "/tabs" },
  "camera.clip": { facing: "front", durationMs: 3_000 },
  "camera.snap": { facing: "front", maxWidth: 1_600 },
  "canvas.a2ui.push": {
    messages: [
      { version: "v0.9", createSurface: { surfaceId: "hello", catalogId: "basic" } },
      { version: "v0.9", updateComponents: { surfaceId: "hello", components: [{ id: "root", component: "Text", text: "Hello from your gateway" }] } },
    ],
  },
  "canvas.a2ui.pushJSONL": { jsonl: '{"version":"v0.9","createSurface":{"surfaceId":"hello","catalogId":"basic"}}' },
  "canvas.eval": { javaScript: "document.title" },
  "canvas.navigate": { url: "https://example.org/" },
  "canvas.present": { url: "https://example.org/" },
  "canvas.snapshot": { format: "jpg", maxWidth: 1_200 },
  "file.list": { path: "" },
  "file.read": { path: "notes/today.md" },
  "file.write": { path: "notes/hello.txt", base64: "SGVsbG8K" },
  "location.get": { desiredAccuracy: "balanced" },
  "screen.record": { durationMs: 5_000 },
  "sms.send": { to: "+15551234", message: "On my way" },
  "system.execApprovals.set": { file: { version: 1 } },
  "system.notify": { title: "Tidegate", body: "Hello from your gateway" },
  "system.run": { command: ["uptime"] },
  "system.run.prepare": { command: ["uptime"] },
  "system.which": { bins: ["git"] },
};

/** An example as a person would type it; empty for a command that takes nothing. */
export function exampleOf(command: string): string {
  const params = Object.hasOwn(EXAMPLES, command) ? EXAMPLES[command] : undefined;
  return params ? JSON.stringify(params, undefined, 2) : "";
}
