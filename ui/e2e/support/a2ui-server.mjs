import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".txt": "text/plain" };

/** What the gateway sends with a canvas (D16): an origin of nobody, and nothing to be fetched but media. */
const CANVAS_POLICY =
  "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self'; img-src https: data:; media-src https: data:; " +
  "connect-src 'none'; base-uri 'none'; form-action 'none'";
const HOST_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; frame-src *; img-src data:";

/** The built canvas on an origin of its own, and the played host on another. */
export async function serveCanvas() {
  const canvas = await serve(folder("../../dist-a2ui"), CANVAS_POLICY);
  const host = await serve(folder("../../a2ui/harness"), HOST_POLICY);
  const close = () => [canvas, host].forEach(({ server }) => server.close());
  return { canvas: canvas.origin, host: `${host.origin}/?canvas=${encodeURIComponent(`${canvas.origin}/`)}`, close };
}

async function serve(root, policy) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://local").pathname);
    const file = join(root, path === "/" ? "index.html" : path);
    if (!file.startsWith(root) || !existsSync(file)) return response.writeHead(404).end();
    const type = TYPES[extname(file)];
    response.writeHead(200, { "content-type": type, "content-security-policy": policy, "x-content-type-options": "nosniff" });
    response.end(readFileSync(file));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}
