import { batch, signal } from "@preact/signals";
import { strings } from "../strings.ts";
import { type Admitted, type Asking, type Person, readAdmittedList, readAsking, readAskingList } from "../wire/people.ts";
import { networkLabel, reasonOf } from "./channels.ts";
import { gateway, isReady } from "./gateway.ts";
import { showNotice } from "./page.ts";

const words = strings.channels.people;
/** No event tells that somebody was let in elsewhere, or that a code is void. */
const LOOK_AGAIN_MS = 30_000;

/** Those who ask to be let in, oldest first. */
export const asking = signal<readonly Asking[]>([]);
/** Those who were let in by a code. */
export const admitted = signal<readonly Admitted[]>([]);
/** Why this browser is not told; it may lack the scope. */
export const peopleFailure = signal<string | undefined>(undefined);

export function personName(person: Person): string {
  return person.name ?? person.senderId;
}

export function personKey({ channel, accountId, senderId }: Person): string {
  return `${channel}/${accountId}/${senderId}`;
}

export async function refreshPeople(): Promise<void> {
  if (!isReady.value) return;
  try {
    const [waiting, senders] = await Promise.all([
      gateway().call("channels.pairing.list", {}),
      gateway().call("channels.senders.list", {}),
    ]);
    batch(() => {
      asking.value = readAskingList(waiting);
      admitted.value = readAdmittedList(senders);
      peopleFailure.value = undefined;
    });
  } catch (error) {
    if (isReady.value) peopleFailure.value = reasonOf(error);
  }
}

/** Lets a person in by the code that the person was shown. */
export async function approve(person: Asking, owner: boolean): Promise<void> {
  const { channel, code } = person;
  await gateway().call("channels.pairing.approve", { channel, code, ...(owner ? { owner } : {}) });
  forget(person);
  showNotice(words.approved(personName(person)));
  await refreshPeople();
}

/** Refuses a person who waits, or shows one who was let in the door. */
export async function dismiss(person: Person): Promise<void> {
  const { channel, accountId, senderId } = person;
  await gateway().call("channels.pairing.dismiss", { channel, accountId, senderId });
  forget(person);
  showNotice(words.dismissed(personName(person)));
  await refreshPeople();
}

function forget(person: Person): void {
  asking.value = asking.value.filter((one) => personKey(one) !== personKey(person));
}

export function watchPeople(): void {
  gateway().on("channels.pairing.requested", (payload) => {
    const person = readAsking(payload);
    if (!person) return;
    forget(person);
    asking.value = [...asking.value, person];
    showNotice(words.asked(personName(person), networkLabel(person.channel)));
  });
  setInterval(() => {
    if (asking.value.length > 0) void refreshPeople();
  }, LOOK_AGAIN_MS);
}
