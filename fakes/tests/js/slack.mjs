// The vendor's own clients, told by JSON lines on stdin what to do, telling on stdout what they saw.
// Arguments: a folder with node_modules, the API root, the bot's token, the app's token.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [, , modules, slackApiUrl, botToken, appToken] = process.argv;
const require = createRequire(join(modules, 'package.json'));
const { SocketModeClient, LogLevel } = require('@slack/socket-mode');
const { WebClient } = require('@slack/web-api');

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const web = new WebClient(botToken, {
  slackApiUrl,
  logLevel: LogLevel.ERROR,
  retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 },
});
web.on('rate_limited', (seconds) => say({ saw: 'rate_limited', seconds }));

const socket = new SocketModeClient({
  appToken,
  logLevel: LogLevel.ERROR,
  // It waits this long before it connects anew, and expects pongs within it.
  clientPingTimeout: 500,
  clientOptions: { slackApiUrl },
});
for (const state of ['connected', 'reconnecting', 'disconnected']) {
  socket.on(state, () => say({ saw: state }));
}

let unanswered = 0;
let reply;
socket.on('slack_event', async ({ ack, type, body, retry_num, retry_reason }) => {
  const answered = unanswered === 0;
  if (answered) {
    await ack(type === 'events_api' ? undefined : reply);
  } else {
    unanswered -= 1;
  }
  say({ saw: type, body, retry_num, retry_reason, answered });
});

const verbs = {
  start: () => socket.start().then(() => ({})),
  stop: () => socket.disconnect().then(() => ({})),
  call: ({ method, args }) => web.apiCall(method, args),
  upload: ({ args, bytes }) => web.filesUploadV2({ ...args, file: Buffer.from(bytes, 'base64') }),
  leaveUnanswered: ({ count }) => {
    unanswered = count;
    return {};
  },
  replyWith: ({ payload }) => {
    reply = payload;
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    say({ done: order.id, result: await verbs[order.verb](order) });
  } catch (error) {
    say({ done: order.id, error: error.data?.error ?? String(error) });
  }
}
process.exit(0);
