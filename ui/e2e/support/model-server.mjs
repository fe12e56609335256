import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";

/** Thrown by a script before its first word: the answer is this refusal. */
export class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** A gate that a script waits at until the test opens it. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => { open = resolve; });
  return { opened, open };
}

/**
 * A model server in OpenAI's language that says what a test scripts: an async generator over
 * `{ thinking }`, `{ text }` and `{ tool, input }`, a call that ends what it says. A script that throws after its first word breaks the stream. Who
 * leaves before the end is told as `hangup`.
 */
export class ModelServer extends EventEmitter {
  models = ["tide-large", "tide-mini"];
  /** The bodies of all requests for an answer, in order. */
  requests = [];
  script = echo;
  #server = createServer((request, response) => void this.#serve(request, response));

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** What `tidegate.json` needs to talk to it. */
  get config() {
    const { port } = this.#server.address();
    const local = { api: "openai", baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: KEY };
    return {
      models: { providers: { local } },
      agents: { defaults: { model: { primary: "local/tide-mini" } } },
    };
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request, response) {
    if (request.url === "/v1/models") {
      return json(response, 200, { object: "list", data: this.models.map((id) => ({ id, object: "model" })) });
    }
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    this.requests.push(body);
    const words = this.script(body);
    response.once("close", () => response.writableFinished || this.emit("hangup"));
    try {
      await stream(response, body.model, words);
    } catch (error) {
      if (!(error instanceof Refusal)) return response.destroy();
      json(response, error.status, { error: { message: error.message } }, error.headers);
    }
  }
}

/** A secret that must never be seen on a page. */
export const KEY = "sk-never-shown-anywhere-0123456789";

export async function* echo({ messages }) {
  yield { text: `You said: ${messages.at(-1).content}` };
}

function json(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function stream(response, model, words) {
  const send = (rest) => response.write(`data: ${JSON.stringify({ object: "chat.completion.chunk", model, ...rest })}\n\n`);
  let output = 0;
  let calls = 0;
  for await (const { text, thinking, tool, input } of words) {
    if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
    if (tool) {
      const call = { index: calls, id: `call-${randomUUID()}`, type: "function", function: { name: tool, arguments: JSON.stringify(input) } };
      calls += 1;
      send({ choices: [{ index: 0, delta: { tool_calls: [call] } }] });
      continue;
    }
    output += (text ?? thinking).split(/\s+/).length;
    send({ choices: [{ index: 0, delta: text === undefined ? { reasoning_content: thinking } : { content: text } }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: calls > 0 ? "tool_calls" : "stop" }] });
  send({ choices: [], usage: { prompt_tokens: 12, completion_tokens: output, total_tokens: 12 + output } });
  response.end("data: [DONE]\n\n");
}
