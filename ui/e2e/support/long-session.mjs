import { gate } from "./model-server.mjs";

/** One message that is answered, and so many that wait for it and are answered together. */
const QUEUED = 48;
const ROUND = QUEUED + 3;

const ROUNDS = 200;
/** Of the conversation that is made. */
export const TOTAL = ROUNDS * ROUND;

/** The words that stand at this place of the conversation, counted from 1; an answer has its own. */
function words(place, hidden) {
  return `Message **${place}** ${"words of water ".repeat(1 + (place % 17))}${hidden.get(place) ?? ""}`;
}

/** Fills a session through the public protocol. `hidden` adds words to messages, by their place. */
export async function fill(owner, models, sessionKey, hidden) {
  for (let round = 0; round < ROUNDS; round++) await takeRound(owner, models, sessionKey, round * ROUND, hidden);
}

async function takeRound(owner, models, sessionKey, before, hidden) {
  const places = [before + 1, ...Array.from({ length: QUEUED }, (_, index) => before + 3 + index)];
  const accepted = gate();
  const answers = [before + 2, before + ROUND];
  models.script = async function* () {
    await accepted.opened;
    yield { text: words(answers.shift(), hidden) };
  };
  const runs = await Promise.all(places.map((place) => owner.say(sessionKey, words(place, hidden))));
  accepted.open();
  await owner.call("agent.wait", { runId: runs.at(-1).runId, timeoutMs: 30_000 });
}
