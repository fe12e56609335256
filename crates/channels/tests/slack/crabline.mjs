// Starts Crabline's Slack with a door of ours to call: its command line has no option for that.
// Arguments: its library, our door, then `--ready-file FILE --recorder FILE` as its own.
import { renameSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [library, eventsRequestUrl, , ready, , recorderPath] = process.argv.slice(2);
const { startSlackServer } = await import(pathToFileURL(library).href);
const server = await startSlackServer({
  adminToken: process.env.CRABLINE_ADMIN_TOKEN,
  botToken: process.env.CRABLINE_BOT_TOKEN,
  signingSecret: process.env.CRABLINE_SIGNING_SECRET,
  eventsRequestUrl,
  recorderPath,
});
writeFileSync(`${ready}.new`, JSON.stringify(server.manifest));
renameSync(`${ready}.new`, ready);
